"""The blueprint of the lesson pages, and how they write a day."""

from datetime import date, datetime
from typing import cast

from flask import Blueprint, Flask
from flask_babel import format_date

from tutoring.kernel import clock
from tutoring.lessons import visitors
from tutoring.web.i18n import language

blueprint = Blueprint("lessons", __name__)
blueprint.record_once(lambda state: visitors.init(cast(Flask, state.app)))


@blueprint.app_template_test()
def past(value: str | None) -> bool:
    """Whether a day (2026-11-24, or nothing) is over."""
    return bool(value) and str(value) < clock.today().isoformat()


@blueprint.app_template_filter()
def day(value: str | date) -> str:
    """A day as people here write it: 24/11/2026."""
    if isinstance(value, str):
        value = date.fromisoformat(value)
    elif isinstance(value, datetime):
        value = clock.local(value).date()
    return str(format_date(value, "dd/MM/yyyy" if language() == "vi" else "d MMM yyyy"))
