"""Grants and revokes skills."""

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from tutoring.accounts.models import User
from tutoring.accounts.queries import user
from tutoring.community.queries import memberships
from tutoring.community.units.scopes import Held, paths_of
from tutoring.kernel import audit, clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_
from tutoring.lessons.events import SkillGranted, SkillRevoked
from tutoring.lessons.skills.models import LEVELS, Skill, SkillGrant
from tutoring.policy import access
from tutoring.policy import lessons as policy
from tutoring.policy.pairing.school_subjects import GRADES, is_school_subject, may_hold, topic_of

WITNESSED = max(LEVELS)


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

    The level is 1 (quiz), 2 (practised) or 3 (witnessed). A school subject goes only to a pupil, and not above the
    pupil's own grade.
    """
    _granting(actor, user_id)
    skill = db.session.get(Skill, skill_id)
    if skill is None or skill.retired_at is not None:
        raise InvalidInput(N_("Hãy chọn một kỹ năng trong danh sách."), field="skill")
    if level not in (1, 2, 3):
        raise InvalidInput(N_("Hãy chọn một mức trong danh sách."), field="level")
    if is_school_subject(skill_id):
        _check_pupil(user_id, skill_id)
    return _grant(actor, user_id, skill_id, level)


def _check_pupil(user_id: int, topic: str) -> None:
    pupil = user(user_id)
    if not may_hold(topic, pupil.is_minor, pupil.grade):
        raise InvalidInput(N_("Môn học chỉ ghi nhận cho học sinh, đến lớp bạn ấy đang học."), field="last")


def _grant(actor: User, user_id: int, skill_id: str, level: int) -> SkillGrant:
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
def grant_subject(actor: User, user_id: int, subject: str, first: int, last: int) -> None:
    """Grants a school subject for a range of grades; grades that the subject does not have are left out.

    Raises InvalidInput when the range has no grade of the subject, or goes above the pupil's own grade.
    """
    grant_subject_to(actor, [user_id], subject, first, last)


@command
def grant_subject_to(actor: User, user_ids: Collection[int], subject: str, first: int, last: int) -> None:
    """Does the same for several pupils: all of them get it, or none when one of them may not."""
    for user_id in user_ids:
        _granting(actor, user_id)
    known = set(db.session.scalars(sa.select(Skill.id).where(Skill.retired_at.is_(None))))
    wanted = [topic for grade in range(first, last + 1) if (topic := topic_of(subject, grade)) in known]
    if not wanted:
        raise InvalidInput(N_("Môn này không có ở các lớp đã chọn. Hãy chọn lại."), field="last")
    for user_id in sorted(user_ids):  # in one order: two teachers at once do not wait for each other
        _check_pupil(user_id, wanted[-1])
        for topic in wanted:
            _grant(actor, user_id, topic, WITNESSED)


@command
def revoke_subject(actor: User, user_id: int, subject: str) -> None:
    """Revokes a school subject in all its grades. Idempotent."""
    _granting(actor, user_id)
    for grade in GRADES:
        _revoke(actor, user_id, topic_of(subject, grade))


@command
def revoke_skill(actor: User, user_id: int, skill_id: str) -> None:
    """Revokes a skill. Idempotent."""
    _granting(actor, user_id)
    _revoke(actor, user_id, skill_id)


def _revoke(actor: User, user_id: int, skill_id: str) -> None:
    before = _in_force(user_id, skill_id)
    if before is None:
        return
    before.revoked_at, before.revoked_by_id = clock.now(), actor.id
    audit.record(actor.id, "revoke_skill", f"user:{user_id}", skill=skill_id, level=before.level)
    publish(SkillRevoked(user_id, skill_id, actor.id))
