"""Tables of the lesson bank: what content/ holds, as last loaded, and what people did with it.

What people did points to lessons and steps by their permanent words (slug, step id), never to a row of one
version, so it survives every reload of the content.
"""

from tutoring.lessons.models.bank import SOURCE, Lesson, LessonPath, LessonStep, in_language
from tutoring.lessons.models.progress import Attempt, LessonProgress, StepDone
from tutoring.lessons.models.search import SearchDocument, SearchSynonym
from tutoring.lessons.models.skills import LEVELS, Skill, SkillGrant

__all__ = [
    "LEVELS",
    "SOURCE",
    "Attempt",
    "Lesson",
    "LessonPath",
    "LessonProgress",
    "LessonStep",
    "SearchDocument",
    "SearchSynonym",
    "Skill",
    "SkillGrant",
    "StepDone",
    "in_language",
]
