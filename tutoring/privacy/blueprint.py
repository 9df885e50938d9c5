"""The blueprint of data rights and its template filters; the pages are in views.py."""

from datetime import datetime

from flask import Blueprint
from markupsafe import Markup

from tutoring.kernel import clock
from tutoring.web import i18n

blueprint = Blueprint("privacy", __name__)


@blueprint.app_template_filter("until_day")
def until_day(value: datetime) -> Markup:
    """Returns the day of a deadline as HTML, such as "thứ sáu 4/12"."""
    day = clock.local(value).date()
    shown = i18n.day(day, "weekday" if day.year == clock.today().year else "weekday_year")
    return Markup('<time datetime="{}">{}</time>').format(value.isoformat(timespec="seconds"), shown)


@blueprint.app_template_filter("megabytes")
def megabytes(size: int) -> str:
    """Returns a file size in a readable unit."""
    return f"{size / 1_000_000:.1f} MB".replace(".", ",") if size >= 1_000_000 else f"{max(1, size // 1000)} kB"


@blueprint.app_template_filter("dated")
def dated(value: datetime) -> str:
    """Returns a moment for print, always with its day."""
    here = clock.local(value)
    return f"{here:%H:%M}, {i18n.day(here)}"


@blueprint.app_template_filter("breakable")
def breakable(path: str) -> Markup:
    """Returns a file path that may break across lines."""
    return Markup("<wbr>").join(path.replace("/", "/\0").replace("_", "_\0").split("\0"))
