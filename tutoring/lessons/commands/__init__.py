"""What people do with lessons, and who gives them skills."""

from tutoring.lessons.commands.progress import finish_lesson, go_on, reach_step, record_attempt
from tutoring.lessons.commands.skills import grant_skill, may_grant, revoke_skill

__all__ = [
    "finish_lesson",
    "go_on",
    "grant_skill",
    "may_grant",
    "reach_step",
    "record_attempt",
    "revoke_skill",
]
