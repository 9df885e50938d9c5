"""What people do with lessons, and who gives them skills."""

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from tutoring.accounts.models import User
from tutoring.community.queries import memberships, roles_at
from tutoring.kernel import audit, clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db, is_sqlite
from tutoring.kernel.errors import Conflict, Invalid, Missing, NotAllowed
from tutoring.kernel.events import announce
from tutoring.kernel.text import N_
from tutoring.lessons import checkpoints
from tutoring.lessons.events import LessonFinished, SkillGranted, SkillRevoked
from tutoring.lessons.models import Attempt, Lesson, LessonProgress, Skill, SkillGrant, StepDone
from tutoring.lessons.queries import lesson, step
from tutoring.policy import access
from tutoring.policy import lessons as policy

LONGEST_LOOK = timedelta(minutes=5)  # a page left open over lunch is not an hour of learning


def _insert_once(model: type, **values: Any) -> bool:
    """Insert unless it is there; False when it was. Two devices may do it in the same moment."""
    insert: Any = sqlite.insert if is_sqlite() else postgresql.insert
    done: Any = db.session.execute(insert(model).values(**values).on_conflict_do_nothing())
    return bool(done.rowcount == 1)


# ---- progress --------------------------------------------------------------------------------------------


def _progress(user_id: int, found: Lesson, step_id: str) -> LessonProgress:
    _insert_once(LessonProgress, user_id=user_id, lesson_slug=found.slug, version=found.version, step_id=step_id)
    return db.session.scalars(
        sa.select(LessonProgress)
        .where(LessonProgress.user_id == user_id, LessonProgress.lesson_slug == found.slug)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _touch(row: LessonProgress, version: int) -> None:
    moment = clock.now()
    row.seconds += int(max(timedelta(0), min(moment - row.updated_at, LONGEST_LOOK)).total_seconds())
    row.updated_at, row.version = moment, version


@command
def reach_step(user_id: int, lesson_slug: str, number: int) -> LessonProgress:
    """The person is now at this step of the lesson; raises Missing when there is no such step.

    Going forward counts the step that was left as done; nothing is ever taken back.
    """
    found = lesson(lesson_slug)
    step_id = found.step_id(number)
    if step_id is None:
        raise Missing
    row = _progress(user_id, found, step_id)
    left = found.number_of(row.step_id)
    if left is not None and left < number:
        _insert_once(StepDone, user_id=user_id, lesson_slug=lesson_slug, step_id=row.step_id)
    _touch(row, found.version)
    row.step_id, row.furthest = step_id, max(row.furthest, number)
    return row


@command
def finish_lesson(user_id: int, lesson_slug: str) -> LessonProgress:
    """The person is through with the lesson; finishing again after an update notes the new version."""
    found = lesson(lesson_slug)
    row = reach_step(user_id, lesson_slug, found.step_count)
    _insert_once(StepDone, user_id=user_id, lesson_slug=lesson_slug, step_id=row.step_id)
    row.finished_version = found.version
    if row.state != "finished":
        row.state, row.finished_at = "finished", clock.now()
        announce(LessonFinished(user_id, lesson_slug))
    return row


@command
def go_on(user_id: int, lesson_slug: str, number: int) -> bool:
    """The person leaves this step for the next; False when it was the last, and the lesson is finished."""
    if number >= lesson(lesson_slug).step_count:
        finish_lesson(user_id, lesson_slug)
        return False
    reach_step(user_id, lesson_slug, number)
    reach_step(user_id, lesson_slug, number + 1)
    return True


@command
def record_attempt(
    user_id: int, attempt_id: str, lesson_slug: str, number: int, checkpoint_id: str, answer: Sequence[str],
    hints_used: int = 0,
) -> checkpoints.Verdict:  # fmt: skip
    """Keep one answer to a checkpoint and say what it is worth; the same id sent twice is kept once."""
    found, text = lesson(lesson_slug), step(lesson_slug, number, "vi")
    block = text.checkpoint(checkpoint_id)
    if block is None:
        raise Missing
    chosen = checkpoints.given(block, answer)
    if not chosen:
        raise Invalid(N_("Hãy chọn một câu trả lời trước."), field=checkpoint_id, code="empty")
    verdict = checkpoints.judge(block, chosen)
    _insert_once(
        Attempt, id=_attempt_id(attempt_id), user_id=user_id, lesson_slug=lesson_slug, version=found.version,
        step_id=text.step_id, checkpoint_id=checkpoint_id, correct=verdict.correct,
        answer=checkpoints.summary(block, chosen), hints_used=max(0, min(hints_used, len(block["hints"]))),
    )  # fmt: skip
    return verdict


def _attempt_id(typed: str) -> str:
    try:
        return str(uuid.UUID(typed))
    except ValueError:
        raise Invalid from None


# ---- skills ----------------------------------------------------------------------------------------------


def may_grant(actor: User, user_id: int) -> bool:
    """Whether this person may give skills to that one; raises Missing when they share no unit as staff."""
    units = [member.unit_id for member in memberships(user_id)]
    held = frozenset[str]().union(*(roles_at(actor.id, unit_id) for unit_id in units))
    if access.STAFF.isdisjoint(held):
        raise Missing
    target_held = frozenset(member.role for member in memberships(user_id))
    return policy.may_grant_skill(held, target_held, actor.id == user_id)


def _granting(actor: User, user_id: int) -> None:
    if not may_grant(actor, user_id):
        raise NotAllowed(N_("Kỹ năng do một thầy cô hoặc điều phối viên khác của đơn vị ghi nhận."))


def _in_force(user_id: int, skill_id: str) -> SkillGrant | None:
    return db.session.scalar(
        sa.select(SkillGrant)
        .where(SkillGrant.user_id == user_id, SkillGrant.skill_id == skill_id, SkillGrant.revoked_at.is_(None))
        .with_for_update()
    )


@command
def grant_skill(actor: User, user_id: int, skill_id: str, level: int) -> SkillGrant:
    """A teacher's word that this person holds a skill at a level (1 quiz, 2 practised, 3 witnessed)."""
    _granting(actor, user_id)
    skill = db.session.get(Skill, skill_id)
    if skill is None or skill.retired_at is not None:
        raise Invalid(N_("Hãy chọn một kỹ năng trong danh sách."), field="skill")
    if level not in (1, 2, 3):
        raise Invalid(N_("Hãy chọn một mức trong danh sách."), field="level")
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
    except IntegrityError:  # two teachers in the same moment: the index lets one through
        raise Conflict(N_("Một người khác vừa ghi nhận kỹ năng này. Hãy tải lại trang.")) from None
    audit.record(actor.id, "grant_skill", f"user:{user_id}", skill=skill_id, level=level)
    announce(SkillGranted(user_id, skill_id, level, actor.id))
    return made


@command
def revoke_skill(actor: User, user_id: int, skill_id: str) -> None:
    """Take a skill back; safe to say twice."""
    _granting(actor, user_id)
    before = _in_force(user_id, skill_id)
    if before is None:
        return
    before.revoked_at, before.revoked_by_id = clock.now(), actor.id
    audit.record(actor.id, "revoke_skill", f"user:{user_id}", skill=skill_id, level=before.level)
    announce(SkillRevoked(user_id, skill_id, actor.id))
