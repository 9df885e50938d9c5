"""What people do in circles."""

from tutoring.circles.commands.asking import (
    LONGEST_TEXT,
    LONGEST_TITLE,
    answer,
    ask,
    edit_answer,
    edit_topic,
    withdraw_answer,
    withdraw_topic,
)
from tutoring.circles.commands.forgetting import forget_old, forget_person
from tutoring.circles.commands.keeping import close_topic, hide_answer, hide_topic, mark_helped, pin
from tutoring.circles.commands.live import note_session, wish
from tutoring.circles.commands.to_lessons import agree, send_to_new_lesson, send_to_step, suggest

__all__ = [
    "LONGEST_TEXT", "LONGEST_TITLE", "agree", "answer", "ask", "close_topic", "edit_answer", "edit_topic",
    "forget_old", "forget_person", "hide_answer", "hide_topic", "mark_helped", "note_session", "pin",
    "send_to_new_lesson", "send_to_step", "suggest", "wish", "withdraw_answer", "withdraw_topic",
]  # fmt: skip
