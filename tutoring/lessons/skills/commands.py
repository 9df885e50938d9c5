"""Grants and revokes skills."""

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from tutoring.accounts.models import User
from tutoring.community.queries import memberships
from tutoring.community.units.scopes import Held, paths_of
from tutoring.kernel import audit, clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_
from tutoring.lessons.events import SkillGranted, SkillRevoked
from tutoring.lessons.skills.models import Skill, SkillGrant
from tutoring.policy import access
from tutoring.policy import lessons as policy


def may_grant(actor: User, user_id: int) -> bool:
    """Returns whether the actor may grant skills to this user.

    Raises NotFound when the actor is not staff in a unit of the user.
    """
    theirs, mine = memberships(user_id), Held(actor)
    paths = paths_of(member.unit_id for member in theirs)
    held = frozenset[str]().union(*map(mine.at, paths.values())) - {"site_admin"}
    if access.STAFF.isdisjoint(held):
        raise NotFound
    target_held = frozenset(member.role for member in theirs)
    return policy.may_grant_skill(held, target_held, actor.id == user_id)


def _granting(actor: User, user_id: int) -> None:
    if not may_grant(actor, user_id):
        raise Forbidden(N_("Kỹ năng do một thầy cô hoặc điều phối viên khác của đơn vị ghi nhận."))


def _in_force(user_id: int, skill_id: str) -> SkillGrant | None:
    return db.session.scalar(
        sa.select(SkillGrant)
        .where(SkillGrant.user_id == user_id, SkillGrant.skill_id == skill_id, SkillGrant.revoked_at.is_(None))
        .with_for_update()
    )


@command
def grant_skill(actor: User, user_id: int, skill_id: str, level: int) -> SkillGrant:
    """Grants a skill on a teacher's statement.

    The level is 1 (quiz), 2 (practised) or 3 (witnessed).
    """
    _granting(actor, user_id)
    skill = db.session.get(Skill, skill_id)
    if skill is None or skill.retired_at is not None:
        raise InvalidInput(N_("Hãy chọn một kỹ năng trong danh sách."), field="skill")
    if level not in (1, 2, 3):
        raise InvalidInput(N_("Hãy chọn một mức trong danh sách."), field="level")
    before = _in_force(user_id, skill_id)
    if before is not None and before.level == level:
        return before
    if before is not None:
        before.revoked_at, before.revoked_by_id = clock.now(), actor.id
        db.session.flush()
    made = SkillGrant(user_id=user_id, skill_id=skill_id, level=level, granted_by_id=actor.id)
    db.session.add(made)
    try:
        db.session.flush()
    except IntegrityError:  # two teachers at once: the unique index allows one grant
        raise Conflict(N_("Một người khác vừa ghi nhận kỹ năng này. Hãy tải lại trang.")) from None
    audit.record(actor.id, "grant_skill", f"user:{user_id}", skill=skill_id, level=level)
    publish(SkillGranted(user_id, skill_id, level, actor.id))
    return made


@command
def revoke_skill(actor: User, user_id: int, skill_id: str) -> None:
    """Revokes a skill. Idempotent."""
    _granting(actor, user_id)
    before = _in_force(user_id, skill_id)
    if before is None:
        return
    before.revoked_at, before.revoked_by_id = clock.now(), actor.id
    audit.record(actor.id, "revoke_skill", f"user:{user_id}", skill=skill_id, level=before.level)
    publish(SkillRevoked(user_id, skill_id, actor.id))
