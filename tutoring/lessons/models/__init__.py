"""Tables of the lesson bank: what content/ holds, as last loaded, and what people did with it.

What people did points to lessons and steps by their permanent words (slug, step id), never to a row of one
version, so it survives every reload of the content.
"""

from tutoring.lessons.models.acknowledgements import SHOWN, Acknowledgement
from tutoring.lessons.models.bank import SOURCE, ContentNote, Lesson, LessonPath, LessonStep, in_language
from tutoring.lessons.models.editing import LessonEditor, Proposal, PublishedText
from tutoring.lessons.models.feedback import REASONS, StepFeedback
from tutoring.lessons.models.progress import CONFIRMED, Attempt, LessonProgress, StepDone, TaughtBack
from tutoring.lessons.models.quizzes import QuizQuestion, QuizTry
from tutoring.lessons.models.search import SearchDocument, SearchMiss, SearchSynonym
from tutoring.lessons.models.skills import LEVELS, SOURCES, Skill, SkillGrant

__all__ = [
    "CONFIRMED",
    "LEVELS",
    "REASONS",
    "SHOWN",
    "SOURCE",
    "SOURCES",
    "Acknowledgement",
    "Attempt",
    "ContentNote",
    "Lesson",
    "LessonEditor",
    "LessonPath",
    "LessonProgress",
    "LessonStep",
    "Proposal",
    "PublishedText",
    "QuizQuestion",
    "QuizTry",
    "SearchDocument",
    "SearchMiss",
    "SearchSynonym",
    "Skill",
    "SkillGrant",
    "StepDone",
    "StepFeedback",
    "TaughtBack",
    "in_language",
]
