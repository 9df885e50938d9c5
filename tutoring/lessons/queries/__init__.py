"""Reads of the lesson bank, of progress and of skills."""

from tutoring.lessons.queries.acknowledgements import (
    acknowledgement,
    lessons_left,
    lessons_reached,
    paper,
    public_paper,
)
from tutoring.lessons.queries.bank import find_lesson, find_step, lesson, path, path_of, paths, step, steps, titles
from tutoring.lessons.queries.editing import is_editor
from tutoring.lessons.queries.family import taught_back, teach_back
from tutoring.lessons.queries.progress import progress_in, progress_of, resume, resume_at, resume_number, steps_done
from tutoring.lessons.queries.quizzes import (
    marked,
    open_try,
    own_try,
    quiz_pool,
    quiz_size,
    shown_questions,
    tries,
)
from tutoring.lessons.queries.skills import (
    find_skill,
    grants_of,
    holders,
    skill_names,
    skills,
    skills_of,
    skills_taken_back,
    topics,
)

__all__ = [
    "acknowledgement",
    "find_lesson",
    "find_skill",
    "find_step",
    "grants_of",
    "holders",
    "is_editor",
    "lesson",
    "lessons_left",
    "lessons_reached",
    "marked",
    "open_try",
    "own_try",
    "paper",
    "path",
    "path_of",
    "paths",
    "progress_in",
    "progress_of",
    "public_paper",
    "quiz_pool",
    "quiz_size",
    "resume",
    "resume_at",
    "resume_number",
    "shown_questions",
    "skill_names",
    "skills",
    "skills_of",
    "skills_taken_back",
    "step",
    "steps",
    "steps_done",
    "taught_back",
    "teach_back",
    "titles",
    "topics",
    "tries",
]
