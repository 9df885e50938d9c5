"""The step of a lesson that the whole room follows: moved within its lesson, or to that of a card."""

from tutoring.accounts.models import User
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Invalid, NotAllowed
from tutoring.kernel.events import announce
from tutoring.kernel.text import N_
from tutoring.lessons import queries as lessons
from tutoring.lessons.commands import reach_step
from tutoring.lessons.models import Lesson
from tutoring.policy.rooms import may_follow
from tutoring.rooms.events import StepMoved
from tutoring.rooms.helped_models import RoomAct
from tutoring.rooms.models import Room
from tutoring.rooms.queries import facts, learners, locked_room, message, readable


@command
def follow(user: User, room_id: int, step: int) -> Room:
    """Move the shared step; learners who have come go along, and their progress with them."""
    room = _to_move(user, room_id)
    lesson = lessons.find_lesson(room.lesson_slug) if room.lesson_slug else None
    if lesson is None or type(step) is not int or lesson.step_id(step) is None:
        raise Invalid(N_("Bài này không có bước đó."), field="step")
    return _move(user, room, lesson, step)


@command
def open_lesson(user: User, room_id: int, seq: int) -> Room:
    """The lesson of a card becomes the one that the whole room follows, at its step."""
    room = _to_move(user, room_id)
    card = message(room_id, seq)
    shown = card.status in {"sent", "masked"}
    lesson = lessons.find_lesson(card.lesson_slug) if card.lesson_slug and shown else None
    if lesson is None:
        raise Invalid(N_("Bài này không còn nữa. Hãy chọn bài khác."), field="lesson")
    return _move(user, room, lesson, card.step_number if card.step_number and lesson.step_id(card.step_number) else 1)


def _to_move(user: User, room_id: int) -> Room:
    """The room, held, for somebody who may move its step."""
    room = locked_room(room_id)
    known = facts(room, user)
    if not may_follow(known):
        readable(user, room_id)
        if known.closed:
            raise Conflict(N_("Buổi học này đã kết thúc."), code="closed")
        raise NotAllowed(N_("Người giúp hoặc thầy cô chuyển bước chung cho cả phòng."))
    return room


def _move(user: User, room: Room, lesson: Lesson, step: int) -> Room:
    if (room.lesson_slug, room.step_number) == (lesson.slug, step):
        return room
    room.lesson_slug, room.step_number, room.step_id = lesson.slug, step, lesson.step_id(step)
    db.session.add(RoomAct(room_id=room.id, user_id=user.id))
    for one in learners(room.id):
        reach_step(one.user_id, lesson.slug, step)
    announce(StepMoved(room.id, lesson.slug, step, user.id))
    return room
