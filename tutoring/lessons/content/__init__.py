"""The lesson format: reads and checks a folder of files.

Pure: no clock, no database, no web.
"""

from tutoring.lessons.content.loader import load
from tutoring.lessons.content.types import (
    QUIZ_FILE,
    SOURCE,
    SOURCE_FILE,
    Fault,
    LearningPath,
    Lesson,
    LessonContent,
    LessonText,
    Medium,
    Place,
    Review,
    Skill,
    Step,
    StepText,
)

__all__ = [
    "QUIZ_FILE",
    "SOURCE",
    "SOURCE_FILE",
    "Fault",
    "LearningPath",
    "Lesson",
    "LessonContent",
    "LessonText",
    "Medium",
    "Place",
    "Review",
    "Skill",
    "Step",
    "StepText",
    "load",
]  # fmt: skip
