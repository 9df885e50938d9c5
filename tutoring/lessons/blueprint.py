"""The blueprint of the lesson pages, and its template test for past dates."""

from typing import cast

from flask import Blueprint, Flask

from tutoring.kernel import clock
from tutoring.web import visitor_cache

blueprint = Blueprint("lessons", __name__)
blueprint.record_once(lambda state: visitor_cache.init(cast(Flask, state.app)))


@blueprint.app_template_test()
def past(value: str | None) -> bool:
    """Returns whether a date (2026-11-24, or None) is in the past."""
    return bool(value) and str(value) < clock.today().isoformat()
