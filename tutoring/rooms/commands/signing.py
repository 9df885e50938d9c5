"""What a learner shows of the lesson that is followed together: done, answered, stuck at this very sentence."""

from collections.abc import Sequence

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db, insert_once
from tutoring.kernel.errors import Conflict, Invalid, NotAllowed
from tutoring.kernel.events import announce
from tutoring.kernel.text import N_
from tutoring.lessons import queries as lessons
from tutoring.lessons.commands import keep_attempt, tick_step
from tutoring.policy.rooms import may_clear_stuck, may_sign
from tutoring.rooms.events import SignsChanged
from tutoring.rooms.helped_models import RoomAct
from tutoring.rooms.models import Room
from tutoring.rooms.queries import facts, locked_room, readable
from tutoring.rooms.signs_models import LessonSign


def _followed(user: User, room_id: int, slug: str, step: int) -> tuple[Room, str]:
    """A room, held by the running command, and the id of a step of its lesson, for a learner who may sign there."""
    room = locked_room(room_id)
    known = facts(room, user)
    if not may_sign(known):
        readable(user, room_id)
        if known.closed:
            raise Conflict(N_("Buổi học này đã kết thúc."), code="closed")
        if known.locked:
            raise NotAllowed(N_("Phòng đang khoá: %(why)s. Bạn vẫn đọc được."), code="locked", why=room.lock_words)
        raise NotAllowed(N_("Việc này là của người học trong phòng."))
    lesson = lessons.find_lesson(slug) if slug == room.lesson_slug else None
    if lesson is None:
        raise Conflict(N_("Phòng đã chuyển sang bài khác. Hãy tải lại trang."), code="moved")
    step_id = lesson.step_id(step) if type(step) is int else None
    if step_id is None:
        raise Invalid(N_("Bài này không có bước đó."), field="step")
    return room, step_id


def _told(room_id: int, user_id: int) -> None:
    """Somebody did this, so a person and not a page is there; and open pages look again."""
    db.session.add(RoomAct(room_id=room_id, user_id=user_id))
    db.session.flush()
    announce(SignsChanged(room_id))


def _own(room_id: int, user_id: int, kind: str, **where: str) -> sa.Select[LessonSign]:
    return sa.select(LessonSign).filter_by(room_id=room_id, user_id=user_id, kind=kind, **where)


@command
def tick(user: User, room_id: int, slug: str, step: int, on: bool = True) -> None:
    """The learner says that a step is done; it counts as their progress too. Without `on` the tick goes again."""
    room, step_id = _followed(user, room_id, slug, step)
    where = {"lesson_slug": slug, "step_id": step_id}
    if on:
        tick_step(user.id, slug, step)
        changed = insert_once(
            LessonSign, room_id=room.id, user_id=user.id, kind="done", tries=1, place="", at=clock.now(), **where
        )
    else:
        found = db.session.scalar(_own(room.id, user.id, "done", **where))
        changed = found is not None
        if found is not None:
            db.session.delete(found)
    if changed:
        _told(room.id, user.id)


@command
def answer(
    user: User, room_id: int, slug: str, step: int, checkpoint: str, attempt_id: str, chosen: Sequence[str],
    hints: int = 0,
) -> bool:  # fmt: skip
    """The learner answers a checkpoint: kept as in the lesson itself, and here whether it was right. Returns that."""
    room, step_id = _followed(user, room_id, slug, step)
    verdict, new = keep_attempt(user.id, attempt_id, slug, step, checkpoint, chosen, hints)
    if not new:
        return verdict.correct
    where = {"lesson_slug": slug, "step_id": step_id, "place": checkpoint}
    found = db.session.scalar(_own(room.id, user.id, "answer", **where))
    if found is None:
        db.session.add(LessonSign(room_id=room.id, user_id=user.id, kind="answer", correct=verdict.correct, **where))
    else:
        found.correct, found.tries, found.at = verdict.correct, found.tries + 1, clock.now()
    _told(room.id, user.id)
    return verdict.correct


@command
def point(user: User, room_id: int, slug: str, step: int, sentence_id: str) -> None:
    """The learner is stuck at this sentence; one at a time, so another takes its place."""
    room, step_id = _followed(user, room_id, slug, step)
    if lessons.sentence(slug, step_id, sentence_id) is None:
        raise Invalid(N_("Hãy chọn một câu trong bước này."), field="sentence")
    found = db.session.scalar(_own(room.id, user.id, "stuck"))
    if found is None:
        found = LessonSign(room_id=room.id, user_id=user.id, kind="stuck")
        db.session.add(found)
    elif (found.lesson_slug, found.step_id, found.place) == (slug, step_id, sentence_id):
        return
    found.lesson_slug, found.step_id, found.place, found.at = slug, step_id, sentence_id, clock.now()
    _told(room.id, user.id)


@command
def unpoint(user: User, room_id: int, learner_id: int) -> None:
    """The learner is no longer stuck there: by their own word, or that of who helps. Safe to say twice."""
    room = locked_room(room_id)
    known = facts(room, user)
    if not may_clear_stuck(known, user.id == learner_id):
        readable(user, room_id)
        if known.closed:
            raise Conflict(N_("Buổi học này đã kết thúc."), code="closed")
        raise NotAllowed
    found = db.session.scalar(_own(room.id, learner_id, "stuck"))
    if found is not None:
        db.session.delete(found)
        _told(room.id, user.id)
