"""All pages of the training of staff."""

from tutoring.training.routes import blueprint

__all__ = ["blueprint"]
