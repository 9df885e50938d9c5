"""The blueprint of site administration; its routes are in `views.py`."""

import re
from datetime import date
from pathlib import Path

from flask import Blueprint, current_app
from flask_babel import format_date
from markupsafe import Markup

blueprint = Blueprint("administration", __name__)


@blueprint.app_template_filter("day_said")
def day_said(value: date) -> str:
    """Formats a day with its weekday and year."""
    return str(format_date(value, "EEEE d/M/y"))


@blueprint.app_template_filter("breaking")
def breaking(word: str) -> Markup:
    """Returns a technical identifier with line-break points after its punctuation."""
    return Markup("<wbr>").join(re.sub(r"([:_.,-])", "\\1\0", word).split("\0"))


def content() -> Path:
    """Returns the folder of lessons and facts."""
    return Path(current_app.config["SETTINGS"].content)
