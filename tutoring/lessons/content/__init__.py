"""The lesson format: a folder of files read, checked and handed out. Pure: no clock, no database, no web."""

from tutoring.lessons.content.bank import (
    SOURCE,
    Bank,
    Fault,
    LearningPath,
    Lesson,
    LessonText,
    Medium,
    Place,
    Review,
    Skill,
    Step,
    StepText,
)
from tutoring.lessons.content.folder import load

__all__ = [
    "SOURCE", "Bank", "Fault", "LearningPath", "Lesson", "LessonText", "Medium", "Place", "Review", "Skill", "Step",
    "StepText", "load",
]  # fmt: skip
