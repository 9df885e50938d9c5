"""Languages: Vietnamese first, English second; Vietnamese texts are the msgids."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from babel import Locale
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, Domain, format_date, format_decimal, get_locale, gettext, ngettext
from markupsafe import Markup

from tutoring.config import ROOT
from tutoring.kernel import clock
from tutoring.kernel.errors import DomainError
from tutoring.kernel.holidays import holiday_on

LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
COOKIE = "language"
# How days are written: 03/04 is another day elsewhere, so all but Vietnamese name the month.
_DAYS = {"day": "dd/MM/y", "short": "dd/MM", "weekday": "EEEE d/M", "weekday_year": "EEEE d/M/y"}
_NAMED = {"day": "d MMM y", "short": "d MMM", "weekday": "EEEE d MMM", "weekday_year": "EEEE d MMM y"}
_WRITTEN = re.compile(r"(?:(\d\d:\d\d),? )?(\d\d)/(\d\d)(?:/(\d{4}))?")


def language() -> str:
    """The language of the present page or socket call; `?lang=` is a device's that saves a copy, without cookies."""
    asked = (request.args.get("lang"), request.cookies.get(COOKIE)) if has_request_context() else ()
    return next((str(one) for one in (g.get("language"), *asked) if one in LANGUAGES), "vi")


def translate_error(refusal: DomainError) -> str:
    """A refusal in the language of the person it is said to."""
    text = gettext(refusal.say)
    return str(text % days_said(refusal.params) if refusal.params else text)


def day(value: str | date, kind: str = "day") -> str:
    """A day as the present language writes it: 28/11/2026, or 28 Nov 2026; `kind` is one of `_DAYS`."""
    if isinstance(value, str):
        value = date.fromisoformat(value)
    elif isinstance(value, datetime):
        value = clock.local(value).date()
    return str(format_date(value, (_DAYS if language() == "vi" else _NAMED)[kind]))


def greeted(person: Any) -> str:
    """Somebody as a greeting names them: Vietnamese with the form of address, English with the name alone."""
    called = str(person.called_name)
    return f"{person.address_form} {called}" if language() == "vi" else called


def days_said(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values of a sentence that was written down with its days in figures, which other languages write otherwise."""
    return {key: _day_said(value) if isinstance(value, str) else value for key, value in values.items()}


def _day_said(value: str) -> str:
    found = None if language() == "vi" else _WRITTEN.fullmatch(value)
    if found is None:
        return value
    hour, dom, month, year = found.groups()
    try:
        named = day(date(int(year or clock.today().year), int(month), int(dom)), "day" if year else "short")
    except ValueError:
        return value
    return f"{hour}, {named}" if hour else named


def moment(value: datetime) -> Markup:
    """A moment in local time as a <time> element: today's hour, otherwise day and hour."""
    here = clock.local(value)
    shown = here.strftime("%H:%M")
    if here.date() != clock.today():
        shown += ", " + day(here.date(), "weekday" if here.year == clock.today().year else "day")
    return Markup('<time datetime="{}">{}</time>').format(value.isoformat(timespec="seconds"), shown)


def when(value: datetime) -> Markup:
    """A moment to come, in local time as a <time> element: today and tomorrow by name, otherwise the day; and whether
    that day is a public holiday."""
    here = clock.local(value)
    near = {0: gettext("hôm nay"), 1: gettext("ngày mai")}
    named = near.get((here.date() - clock.today()).days) or day(here.date(), "weekday")
    shown = f"{here:%H:%M} {named}"
    if (free := holiday_on(here.date())) is not None:
        shown += " (" + gettext("ngày nghỉ lễ: %(name)s", name=free.name(str(get_locale()))) + ")"
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


class Texts(Domain):
    """Finds the catalogue of a language at once. A page asks for its texts a hundred times, and the library works out
    each time anew where they are; which language it is, it still says (`get_locale`, which it remembers)."""

    def __init__(self) -> None:
        super().__init__()
        self._of: dict[Locale, Any] = {}

    def forget(self) -> None:
        """Read all catalogues anew."""
        self.cache.clear()
        self._of.clear()

    def get_translations(self) -> Any:
        locale = getattr(g.get("_flask_babel"), "babel_locale", None) if g else None
        found = self._of.get(locale) if locale is not None else None
        if found is None:
            found = super().get_translations()
            if (now := get_locale()) is not None:
                self._of[now] = found
        return found


def init(app: Flask) -> None:
    """Attach languages, filters and the locale to the app."""
    app.config.setdefault("BABEL_DEFAULT_LOCALE", "vi")
    app.config.setdefault("BABEL_DEFAULT_TIMEZONE", "Asia/Ho_Chi_Minh")
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", str(ROOT / "translations"))
    babel = Babel(app, locale_selector=language)  # one for each app: it keeps the catalogues it has read
    texts = babel.domain_instance = Texts()
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: texts.get_translations().ugettext(text),
        lambda one, many, number: texts.get_translations().ungettext(one, many, number),
        newstyle=True,
        pgettext=lambda about, text: texts.get_translations().upgettext(about, text),
        npgettext=lambda about, one, many, number: texts.get_translations().unpgettext(about, one, many, number),
    )
    app.jinja_env.filters.update(
        greeted=greeted,
        moment=moment, when=when, ago=ago, day=day, days_said=days_said, number=format_decimal,
        short_day=lambda value: day(value, "short"),
    )  # fmt: skip
    app.context_processor(lambda: {"locale": str(get_locale()), "languages": LANGUAGES})
