"""Pages of the lesson bank; every module here adds its own to the blueprint."""

from tutoring.lessons.views import (
    acknowledgements,
    bank,
    device,
    family,
    quizzes,
    reviewing,
    search,
    skills,
    steps,
    useful,
    worker,
    writing,
)
from tutoring.lessons.views.blueprint import blueprint

__all__ = [
    "acknowledgements",
    "bank",
    "blueprint",
    "device",
    "family",
    "quizzes",
    "reviewing",
    "search",
    "skills",
    "steps",
    "useful",
    "worker",
    "writing",
]
