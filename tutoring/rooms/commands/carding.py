"""Lessons put into the talk by who helps."""

from tutoring.accounts.models import User
from tutoring.kernel.commands import command
from tutoring.kernel.errors import Invalid, NotAllowed
from tutoring.kernel.text import N_
from tutoring.lessons import queries as lessons
from tutoring.policy.rooms import may_send_card
from tutoring.rooms.commands.lines import Card
from tutoring.rooms.commands.messages import post_message, refuse_silent
from tutoring.rooms.models import Message
from tutoring.rooms.queries import readable


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
