"""The blueprint of the lesson pages, and how they write a day."""

from typing import cast

from flask import Blueprint, Flask

from tutoring.kernel import clock
from tutoring.web import visitor_cache

blueprint = Blueprint("lessons", __name__)
blueprint.record_once(lambda state: visitor_cache.init(cast(Flask, state.app)))


@blueprint.app_template_test()
def past(value: str | None) -> bool:
    """Whether a day (2026-11-24, or nothing) is over."""
    return bool(value) and str(value) < clock.today().isoformat()
