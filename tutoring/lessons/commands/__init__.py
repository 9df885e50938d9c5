"""What people do with lessons, and who gives them skills."""

from tutoring.lessons.commands.device import merge_device
from tutoring.lessons.commands.progress import finish_lesson, go_on, reach_step, record_attempt
from tutoring.lessons.commands.skills import grant_skill, may_grant, revoke_skill
from tutoring.lessons.commands.teaching import tick_taught

__all__ = [
    "finish_lesson",
    "go_on",
    "grant_skill",
    "may_grant",
    "merge_device",
    "reach_step",
    "record_attempt",
    "revoke_skill",
    "tick_taught",
]
