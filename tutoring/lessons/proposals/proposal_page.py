"""What pages of authors and of reviewers share: the proposal, and what the submitted page knew of it."""

from datetime import datetime
from pathlib import Path

from flask import current_app, request

from tutoring.config import Settings
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.lessons.proposals import queries as proposals_queries
from tutoring.lessons.proposals.models import Proposal
from tutoring.policy import lessons as policy
from tutoring.web.auth import current_roles, require_user
from tutoring.web.i18n import language


def folder() -> Path:
    """Returns the content folder."""
    settings: Settings = current_app.config["SETTINGS"]
    return settings.content


def reviews() -> bool:
    """Returns whether the current user may review proposals of others."""
    return policy.may_review(current_roles(), proposals_queries.is_editor(require_user().id))


def about(row: Proposal) -> dict[str, object]:
    """Returns what every page about a proposal shows: its lesson and step as they are now."""
    found = catalogue_queries.find_lesson(row.lesson_slug)
    number = found.number_of(row.step_id) if found and row.step_id else None
    return {"row": row, "lesson": found, "number": number, "lang": language()}


def seen() -> datetime | None:
    """Returns the time of the last change that the submitted page knows, or None."""
    try:
        return datetime.fromisoformat(request.form.get("seen", ""))
    except ValueError:
        return None
