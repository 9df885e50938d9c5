"""What people do with lessons, and who gives them skills."""

from tutoring.lessons.commands.acknowledgements import (
    acknowledge,
    reopen_acknowledgement,
    show_on_acknowledgement,
    withdraw_acknowledgement,
)
from tutoring.lessons.commands.device import merge_device
from tutoring.lessons.commands.mastery import practised, witnessed
from tutoring.lessons.commands.feedback import say_useful
from tutoring.lessons.commands.progress import finish_lesson, go_on, reach_step, record_attempt
from tutoring.lessons.commands.quizzes import begin_quiz, hand_in, save_answers
from tutoring.lessons.commands.searching import record_miss
from tutoring.lessons.commands.skills import grant_skill, may_grant, revoke_skill
from tutoring.lessons.commands.teaching import tick_taught

__all__ = [
    "acknowledge",
    "begin_quiz",
    "finish_lesson",
    "go_on",
    "grant_skill",
    "hand_in",
    "may_grant",
    "merge_device",
    "practised",
    "reach_step",
    "record_attempt",
    "record_miss",
    "reopen_acknowledgement",
    "revoke_skill",
    "say_useful",
    "save_answers",
    "show_on_acknowledgement",
    "tick_taught",
    "withdraw_acknowledgement",
    "witnessed",
]
