"""All pages of campaigns."""

from tutoring.campaigns.routes import blueprint

__all__ = ["blueprint"]
