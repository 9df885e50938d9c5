"""Commands of a lesson followed together: progress markers, the shared step, lesson cards.

A learner ticks steps, answers checkpoints, and points at the sentence where they are stuck. A helper or teacher moves
the shared step, sends lesson cards, and confirms that a learner can do the lesson.
"""

from collections.abc import Sequence

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.kernel import audit, clock
from tutoring.kernel.commands import command
from tutoring.kernel.database.sql import insert_if_absent
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.lessons.catalogue.models import Lesson
from tutoring.lessons.progress.commands import keep_attempt, reach_step, tick_step
from tutoring.lessons.progress.mastery import witnessed
from tutoring.policy.rooms.participation import (
    may_clear_stuck,
    may_follow,
    may_send_card,
    may_set_progress,
    may_witness,
    teaches_here,
)
from tutoring.rooms.events import ProgressMarkersChanged, StepMoved
from tutoring.rooms.messages.commands import post_message, require_may_write
from tutoring.rooms.messages.store import Card, append_system_message
from tutoring.rooms.models import Message, Room
from tutoring.rooms.queries import (
    holds_lesson_skills,
    learners,
    learners_without_practice,
    locked_room,
    message,
    readable_room,
    room_facts,
    shown_name,
)
from tutoring.rooms.shared_lesson.models import ProgressMarker
from tutoring.rooms.volunteer_minutes.models import RoomActivity


def _followed(user: User, room_id: int, slug: str, step: int) -> tuple[Room, str]:
    """Returns the room, its row locked, and the id of a step, for a learner who may set markers."""
    room = locked_room(room_id)
    known = room_facts(room, user)
    if not may_set_progress(known):
        readable_room(user, room_id)
        if known.closed:
            raise Conflict(N_("Buổi học này đã kết thúc."), code="closed")
        if known.locked:
            raise Forbidden(N_("Phòng đang khoá: %(why)s. Bạn vẫn đọc được."), code="locked", why=room.lock_words)
        raise Forbidden(N_("Việc này là của người học trong phòng."))
    lesson = catalogue_queries.find_lesson(slug) if slug == room.lesson_slug else None
    if lesson is None:
        raise Conflict(N_("Phòng đã chuyển sang bài khác. Hãy tải lại trang."), code="moved")
    step_id = lesson.step_id(step) if type(step) is int else None
    if step_id is None:
        raise InvalidInput(N_("Bài này không có bước đó."), field="step")
    return room, step_id


def _told(room_id: int, user_id: int) -> None:
    """Records an activity, which shows that a person is present, and publishes the change."""
    db.session.add(RoomActivity(room_id=room_id, user_id=user_id))
    db.session.flush()
    publish(ProgressMarkersChanged(room_id))


def _own(room_id: int, user_id: int, kind: str, **where: str) -> sa.Select[ProgressMarker]:
    return sa.select(ProgressMarker).filter_by(room_id=room_id, user_id=user_id, kind=kind, **where)


@command
def tick(user: User, room_id: int, slug: str, step: int, on: bool = True) -> None:
    """Marks a step as done, also in the learner's progress; without `on` removes the marker."""
    room, step_id = _followed(user, room_id, slug, step)
    where = {"lesson_slug": slug, "step_id": step_id}
    if on:
        tick_step(user.id, slug, step)
        changed = insert_if_absent(
            ProgressMarker, room_id=room.id, user_id=user.id, kind="done", tries=1, place="", at=clock.now(), **where
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
    """Stores an answer to a checkpoint, as in the lesson itself; returns whether it is right."""
    room, step_id = _followed(user, room_id, slug, step)
    verdict, new = keep_attempt(user.id, attempt_id, slug, step, checkpoint, chosen, hints)
    if not new:
        return verdict.correct
    where = {"lesson_slug": slug, "step_id": step_id, "place": checkpoint}
    found = db.session.scalar(_own(room.id, user.id, "answer", **where))
    if found is None:
        db.session.add(
            ProgressMarker(room_id=room.id, user_id=user.id, kind="answer", correct=verdict.correct, **where)
        )
    else:
        found.correct, found.tries, found.at = verdict.correct, found.tries + 1, clock.now()
    _told(room.id, user.id)
    return verdict.correct


@command
def point(user: User, room_id: int, slug: str, step: int, sentence_id: str) -> None:
    """Marks the sentence where the learner is stuck; it replaces an earlier one."""
    room, step_id = _followed(user, room_id, slug, step)
    if catalogue_queries.sentence(slug, step_id, sentence_id) is None:
        raise InvalidInput(N_("Hãy chọn một câu trong bước này."), field="sentence")
    found = db.session.scalar(_own(room.id, user.id, "stuck"))
    if found is None:
        found = ProgressMarker(room_id=room.id, user_id=user.id, kind="stuck")
        db.session.add(found)
    elif (found.lesson_slug, found.step_id, found.place) == (slug, step_id, sentence_id):
        return
    found.lesson_slug, found.step_id, found.place, found.at = slug, step_id, sentence_id, clock.now()
    _told(room.id, user.id)


@command
def unpoint(user: User, room_id: int, learner_id: int) -> None:
    """Removes the learner's stuck marker, by the learner or a helper; idempotent."""
    room = locked_room(room_id)
    known = room_facts(room, user)
    if not may_clear_stuck(known, user.id == learner_id):
        readable_room(user, room_id)
        if known.closed:
            raise Conflict(N_("Buổi học này đã kết thúc."), code="closed")
        raise Forbidden
    found = db.session.scalar(_own(room.id, learner_id, "stuck"))
    if found is not None:
        db.session.delete(found)
        _told(room.id, user.id)


@command
def follow(user: User, room_id: int, step: int) -> Room:
    """Moves the shared step, and with it the progress of the learners who have entered."""
    room = _to_move(user, room_id)
    lesson = catalogue_queries.find_lesson(room.lesson_slug) if room.lesson_slug else None
    if lesson is None or type(step) is not int or lesson.step_id(step) is None:
        raise InvalidInput(N_("Bài này không có bước đó."), field="step")
    return _move(user, room, lesson, step)


@command
def open_lesson(user: User, room_id: int, seq: int) -> Room:
    """Makes the lesson of a card the shared lesson of the room, at the card's step."""
    room = _to_move(user, room_id)
    card = message(room_id, seq)
    shown = card.status in {"sent", "masked"}
    lesson = catalogue_queries.find_lesson(card.lesson_slug) if card.lesson_slug and shown else None
    if lesson is None:
        raise InvalidInput(N_("Bài này không còn nữa. Hãy chọn bài khác."), field="lesson")
    return _move(user, room, lesson, card.step_number if card.step_number and lesson.step_id(card.step_number) else 1)


def _to_move(user: User, room_id: int) -> Room:
    """Returns the room, its row locked, for a user who may move the shared step."""
    room = locked_room(room_id)
    known = room_facts(room, user)
    if not may_follow(known):
        readable_room(user, room_id)
        if known.closed:
            raise Conflict(N_("Buổi học này đã kết thúc."), code="closed")
        raise Forbidden(N_("Người giúp hoặc thầy cô chuyển bước chung cho cả phòng."))
    return room


def _move(user: User, room: Room, lesson: Lesson, step: int) -> Room:
    place = (lesson.slug, step, lesson.step_id(step))
    if (room.lesson_slug, room.step_number, room.step_id) == place:
        return room
    room.lesson_slug, room.step_number, room.step_id = place
    db.session.add(RoomActivity(room_id=room.id, user_id=user.id))
    for one in learners(room.id):
        reach_step(one.user_id, lesson.slug, step)
    publish(StepMoved(room.id, lesson.slug, step, user.id))
    return room


PRACTISE_FIRST = N_("Người học cần tự làm đạt trong phần luyện tập của bài này trước, rồi bạn mới xác nhận được.")


@command
def witness(actor: User, room_id: int, user_id: int) -> Room:
    """Confirms, as a helper or teacher here, that a learner can do the lesson; idempotent."""
    room = locked_room(room_id)
    _room, known = readable_room(actor, room_id)
    if known.closed:
        raise Conflict(N_("Buổi học này đã kết thúc."), code="closed")
    if not may_witness(known, holds_lesson_skills(room, actor), actor.id == user_id):
        raise Forbidden(N_("Chỉ người giúp có kỹ năng của bài hoặc thầy cô trong phòng xác nhận được."))
    seated = next((one for one in learners(room_id) if one.user_id == user_id), None)
    if seated is None or room.lesson_slug is None:
        raise InvalidInput(N_("Hãy chọn một người học đang có trong phòng."), field="user")
    if learners_without_practice(room, [seated]):
        raise InvalidInput(PRACTISE_FIRST, field="user")
    if witnessed(user_id, room.lesson_slug, actor.id, by_teacher=teaches_here(known)):
        audit.record(actor.id, "witness", f"user:{user_id}", room=room_id, lesson=room.lesson_slug)
        append_system_message(room, f"{shown_name(actor)} xác nhận {seated.user.said_name} đã làm được bài này.")
    return room


def card_text(title: str, number: int | None) -> str:
    """Returns the text of a card for clients without cards."""
    return f"Bài học: {title}" + (f", bước {number}" if number else "")


@command
def send_card(user: User, room_id: int, client_id: str, slug: str, number: int | None = None) -> Message:
    """Sends a lesson, or a step of it, as a message; all rules of messages apply."""
    room, known = readable_room(user, room_id)
    if not may_send_card(known):
        require_may_write(room, user, known)
        raise Forbidden(N_("Người giúp hoặc thầy cô gửi bài học vào phòng."))
    lesson = catalogue_queries.find_lesson(slug)
    if lesson is None:
        raise InvalidInput(N_("Bài này không còn nữa. Hãy chọn bài khác."), field="lesson")
    if number is not None and lesson.step_id(number) is None:
        raise InvalidInput(N_("Bài này không có bước đó."), field="step")
    return post_message(user, room_id, client_id, card_text(lesson.title("vi"), number), lesson=Card(slug, number))
