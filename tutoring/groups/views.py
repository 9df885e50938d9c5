"""All pages of the pages of neighbourhoods and wards, and of visits."""

from tutoring.groups.routes import blueprint

__all__ = ["blueprint"]
