"""Pages of the lesson bank; every module here adds its own to the blueprint."""

from tutoring.lessons.views import acknowledgements, bank, device, family, quizzes, search, skills, steps, useful, worker
from tutoring.lessons.views.blueprint import blueprint

__all__ = ["acknowledgements", "bank", "blueprint", "device", "family", "quizzes", "search", "skills", "steps", "useful", "worker"]
