"""All pages of accounts."""

from tutoring.accounts import child_views, email_views, entry_views, factor_views, own_views
from tutoring.accounts.routes import blueprint

__all__ = ["blueprint", "child_views", "email_views", "entry_views", "factor_views", "own_views"]
