"""All pages of circles of parents."""

from tutoring.circles.routes import blueprint

__all__ = ["blueprint"]
