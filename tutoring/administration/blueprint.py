"""The blueprint of running the site; its pages stand in the modules beside it."""

import re
from datetime import date
from pathlib import Path

from flask import Blueprint, current_app
from flask_babel import format_date
from markupsafe import Markup

blueprint = Blueprint("administration", __name__)


@blueprint.app_template_filter("day_said")
def day_said(value: date) -> str:
    """A day with its weekday and year."""
    return str(format_date(value, "EEEE d/M/y"))


@blueprint.app_template_filter("breaking")
def breaking(word: str) -> Markup:
    """A word of the machine, which may go on in the next line."""
    return Markup("<wbr>").join(re.sub(r"([:_.,-])", "\\1\0", word).split("\0"))


def content() -> Path:
    """The folder of lessons and facts."""
    return Path(current_app.config["SETTINGS"].content)
