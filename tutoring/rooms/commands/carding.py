"""Lessons put into the talk by who helps, and opened from there for the whole room."""

from tutoring.accounts.models import User
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Invalid, NotAllowed
from tutoring.kernel.events import announce
from tutoring.kernel.text import N_
from tutoring.lessons import queries as lessons
from tutoring.lessons.commands import reach_step
from tutoring.policy.rooms import may_follow, may_send_card
from tutoring.rooms.commands.lines import Card
from tutoring.rooms.commands.messages import post_message, refuse_silent
from tutoring.rooms.events import StepMoved
from tutoring.rooms.helped_models import RoomAct
from tutoring.rooms.models import Message, Room
from tutoring.rooms.queries import facts, locked_room, message, readable, seats


def card_text(title: str, number: int | None) -> str:
    """A card in words, for whoever shows no cards."""
    return f"Bài học: {title}" + (f", bước {number}" if number else "")


@command
def send_card(user: User, room_id: int, client_id: str, slug: str, number: int | None = None) -> Message:
    """Put a lesson, or a step of it, into the talk: a message like others, by all of their rules."""
    room, known = readable(user, room_id)
    if not may_send_card(known):
        refuse_silent(room, user, known)
        raise NotAllowed(N_("Người giúp hoặc thầy cô gửi bài học vào phòng."))
    lesson = lessons.find_lesson(slug)
    if lesson is None:
        raise Invalid(N_("Bài này không còn nữa. Hãy chọn bài khác."), field="lesson")
    if number is not None and lesson.step_id(number) is None:
        raise Invalid(N_("Bài này không có bước đó."), field="step")
    return post_message(user, room_id, client_id, card_text(lesson.title("vi"), number), lesson=Card(slug, number))


@command
def open_lesson(user: User, room_id: int, seq: int) -> Room:
    """The lesson of a card becomes the one that the whole room follows, at its step."""
    room = locked_room(room_id)
    known = facts(room, user)
    if not may_follow(known):
        readable(user, room_id)
        if known.closed:
            raise Conflict(N_("Buổi học này đã kết thúc."), code="closed")
        raise NotAllowed(N_("Người giúp hoặc thầy cô chuyển bước chung cho cả phòng."))
    card = message(room_id, seq)
    shown = card.status in {"sent", "masked"}
    lesson = lessons.find_lesson(card.lesson_slug) if card.lesson_slug and shown else None
    if lesson is None:
        raise Invalid(N_("Bài này không còn nữa. Hãy chọn bài khác."), field="lesson")
    step = card.step_number if card.step_number and lesson.step_id(card.step_number) else 1
    if (room.lesson_slug, room.step_number) == (lesson.slug, step):
        return room
    room.lesson_slug, room.step_number, room.step_id = lesson.slug, step, lesson.step_id(step)
    db.session.add(RoomAct(room_id=room.id, user_id=user.id))
    for one in seats(room.id):
        if one.role == "learner" and one.joined_at is not None:
            reach_step(one.user_id, lesson.slug, step)
    announce(StepMoved(room.id, lesson.slug, step, user.id))
    return room
