"""Languages: Vietnamese first, English second; Vietnamese texts are the msgids."""

from datetime import datetime

from flask import Flask, g, has_request_context, request
from flask_babel import Babel, format_date, get_locale, gettext, ngettext
from markupsafe import Markup

from tutoring.config import ROOT
from tutoring.kernel import clock
from tutoring.kernel.errors import Refusal

LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
COOKIE = "language"


def language() -> str:
    """The language of the present page or socket call; `?lang=` is a device's that saves a copy, without cookies."""
    asked = (request.args.get("lang"), request.cookies.get(COOKIE)) if has_request_context() else ()
    return next((str(one) for one in (g.get("language"), *asked) if one in LANGUAGES), "vi")


def said(refusal: Refusal) -> str:
    """A refusal in the language of the person it is said to."""
    text = gettext(refusal.say)
    return str(text % refusal.params if refusal.params else text)


def moment(value: datetime) -> Markup:
    """A moment in local time as a <time> element: today's hour, otherwise day and hour."""
    here = clock.local(value)
    shown = here.strftime("%H:%M")
    if here.date() != clock.today():
        shown += ", " + format_date(here.date(), "EEEE d/M" if here.year == clock.today().year else "d/M/y")
    return Markup('<time datetime="{}">{}</time>').format(value.isoformat(timespec="seconds"), shown)


def when(value: datetime) -> Markup:
    """A moment to come, in local time as a <time> element: today and tomorrow by name, otherwise the day."""
    here = clock.local(value)
    near = {0: gettext("hôm nay"), 1: gettext("ngày mai")}
    day = near.get((here.date() - clock.today()).days) or format_date(here.date(), "EEEE d/M")
    shown = f"{here:%H:%M} {day}"
    return Markup('<time datetime="{}">{}</time>').format(value.isoformat(timespec="seconds"), shown)


def ago(value: datetime) -> str:
    """How long ago, in words that stay true for a while."""
    seconds = max(0, int((clock.now() - value).total_seconds()))
    if seconds < 60:
        return str(gettext("vừa xong"))
    if seconds < 3600:
        return str(ngettext("%(num)d phút trước", "%(num)d phút trước", seconds // 60))
    if seconds < 86400:
        return str(ngettext("%(num)d giờ trước", "%(num)d giờ trước", seconds // 3600))
    return str(ngettext("%(num)d ngày trước", "%(num)d ngày trước", seconds // 86400))


def init(app: Flask) -> None:
    """Attach languages, filters and the locale to the app."""
    app.config.setdefault("BABEL_DEFAULT_LOCALE", "vi")
    app.config.setdefault("BABEL_DEFAULT_TIMEZONE", "Asia/Ho_Chi_Minh")
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", str(ROOT / "translations"))
    Babel(app, locale_selector=language)  # one for each app: it keeps the catalogues it has read
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.filters.update(moment=moment, when=when, ago=ago)
    app.context_processor(lambda: {"locale": str(get_locale()), "languages": LANGUAGES})
