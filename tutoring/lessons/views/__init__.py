"""Pages of the lesson bank; every module here adds its own to the blueprint."""

from tutoring.lessons.views import bank, device, skills, steps
from tutoring.lessons.views.blueprint import blueprint

__all__ = ["bank", "blueprint", "device", "skills", "steps"]
