"""The blueprint of data rights; its pages stand in own_views and site_views."""

from datetime import datetime

from flask import Blueprint
from markupsafe import Markup

from tutoring.kernel import clock
from tutoring.web import i18n

blueprint = Blueprint("privacy", __name__)


@blueprint.app_template_filter("until_day")
def until_day(value: datetime) -> Markup:
    """The day before whose end something is done: "thứ sáu 4/12"."""
    day = clock.local(value).date()
    shown = i18n.day(day, "weekday" if day.year == clock.today().year else "weekday_year")
    return Markup('<time datetime="{}">{}</time>').format(value.isoformat(timespec="seconds"), shown)


@blueprint.app_template_filter("megabytes")
def megabytes(size: int) -> str:
    """A size for people."""
    return f"{size / 1_000_000:.1f} MB".replace(".", ",") if size >= 1_000_000 else f"{max(1, size // 1000)} kB"


@blueprint.app_template_filter("dated")
def dated(value: datetime) -> str:
    """A moment for paper, which says the day whenever it is read."""
    here = clock.local(value)
    return f"{here:%H:%M}, {i18n.day(here)}"


@blueprint.app_template_filter("breakable")
def breakable(path: str) -> Markup:
    """The name of a file, which may go on in the next line."""
    return Markup("<wbr>").join(path.replace("/", "/\0").replace("_", "_\0").split("\0"))
