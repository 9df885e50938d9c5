"""Reads of the lesson bank, of progress and of skills."""

from tutoring.lessons.queries.bank import find_lesson, find_step, lesson, path, paths, step, steps, titles
from tutoring.lessons.queries.family import taught_back, teach_back
from tutoring.lessons.queries.progress import progress_in, progress_of, resume, resume_at, resume_number, steps_done
from tutoring.lessons.queries.skills import find_skill, grants_of, holders, skill_names, skills, skills_of, topics

__all__ = [
    "find_lesson",
    "find_skill",
    "find_step",
    "grants_of",
    "holders",
    "lesson",
    "path",
    "paths",
    "progress_in",
    "progress_of",
    "resume",
    "resume_at",
    "resume_number",
    "skill_names",
    "skills",
    "skills_of",
    "step",
    "steps",
    "steps_done",
    "taught_back",
    "teach_back",
    "titles",
    "topics",
]
