"""The blueprint of staff training; its routes are in the `views` module."""

from flask import Blueprint
from flask_babel import get_locale, gettext, ngettext

from tutoring.training.labels import STATE_KINDS, STATE_WORDS
from tutoring.training.tracks import title


def track_title(track_id: str) -> str:
    """Returns the title of a track in the language of this page."""
    return title(track_id, str(get_locale()))


def format_duration(minutes: int) -> str:
    """Formats the length of a session in hours and minutes."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return str(ngettext("%(num)d phút", "%(num)d phút", rest))
    return str(gettext("%(h)s giờ %(n)s phút", h=hours, n=rest) if rest else gettext("%(h)s giờ", h=hours))


blueprint = Blueprint("training", __name__)
blueprint.add_app_template_global(track_title, "track_title")
blueprint.add_app_template_global(format_duration, "how_long")
blueprint.context_processor(lambda: {"states": STATE_WORDS, "kinds": STATE_KINDS})
