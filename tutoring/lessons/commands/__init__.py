"""What people do with lessons, and who gives them skills."""

from tutoring.lessons.commands.acknowledgements import (
    acknowledge,
    reopen_acknowledgement,
    show_on_acknowledgement,
    withdraw_acknowledgement,
)
from tutoring.lessons.commands.device import merge_device
from tutoring.lessons.commands.editing import (
    build_on_present,
    propose_change,
    propose_lesson,
    reopen_proposal,
    save_proposal,
    submit_proposal,
    take_back_proposal,
    withdraw_proposal,
)
from tutoring.lessons.commands.feedback import say_useful
from tutoring.lessons.commands.forgetting import forget_learner, forget_progress
from tutoring.lessons.commands.from_words import Words, propose_lesson_from_words, propose_step_from_words
from tutoring.lessons.commands.mastery import practised, witnessed
from tutoring.lessons.commands.progress import (
    finish_lesson,
    go_on,
    keep_attempt,
    reach_step,
    record_attempt,
    tick_step,
)
from tutoring.lessons.commands.quizzes import begin_quiz, hand_in, save_answers
from tutoring.lessons.commands.reviewing import name_editor, publish_proposal, return_proposal
from tutoring.lessons.commands.searching import record_miss
from tutoring.lessons.commands.skills import grant_skill, may_grant, revoke_skill
from tutoring.lessons.commands.teaching import tick_taught

__all__ = [
    "Words",
    "acknowledge",
    "begin_quiz",
    "build_on_present",
    "finish_lesson",
    "forget_learner",
    "forget_progress",
    "go_on",
    "grant_skill",
    "hand_in",
    "keep_attempt",
    "may_grant",
    "merge_device",
    "name_editor",
    "practised",
    "propose_change",
    "propose_lesson",
    "propose_lesson_from_words",
    "propose_step_from_words",
    "publish_proposal",
    "reach_step",
    "record_attempt",
    "record_miss",
    "reopen_acknowledgement",
    "reopen_proposal",
    "return_proposal",
    "revoke_skill",
    "save_answers",
    "save_proposal",
    "say_useful",
    "show_on_acknowledgement",
    "submit_proposal",
    "take_back_proposal",
    "tick_step",
    "tick_taught",
    "withdraw_acknowledgement",
    "withdraw_proposal",
    "witnessed",
]
