"""Languages: Vietnamese first, English second; Vietnamese texts are the msgids."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from functools import lru_cache
from typing import Any, cast

from babel import Locale
from babel.dates import format_date
from flask import Flask, g, has_request_context, request
from flask.globals import app_ctx
from flask_babel import Babel, Domain, force_locale, format_decimal, get_locale, gettext, ngettext
from markupsafe import Markup, escape

from tutoring.config import ROOT
from tutoring.kernel import clock
from tutoring.kernel.errors import DomainError
from tutoring.kernel.holidays import holiday_on
from tutoring.kernel.site_identity import named, site_name

LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
COOKIE = "language"
# Date formats: 03/04 is ambiguous outside Vietnam, so other languages name the month.
_DAYS = {
    "day": "dd/MM/y", "short": "dd/MM", "weekday": "EEEE d/M", "weekday_year": "EEEE d/M/y", "said": "d 'tháng' M",
    "said_year": "d 'tháng' M, y",
}  # fmt: skip
_NAMED = {
    "day": "d MMM y", "short": "d MMM", "weekday": "EEEE d MMM", "weekday_year": "EEEE d MMM y", "said": "d MMM",
    "said_year": "d MMM y",
}  # fmt: skip
_WRITTEN = re.compile(r"(?:(\d\d:\d\d),? )?(\d\d)/(\d\d)(?:/(\d{4}))?")


def language() -> str:
    """Returns the language of the current page or socket event.

    `?lang=` is sent without cookies by a device that stores an offline copy.
    """
    asked = (request.args.get("lang"), request.cookies.get(COOKIE)) if has_request_context() else ()
    return next((str(one) for one in (g.get("language"), *asked) if one in LANGUAGES), "vi")


def translate_error(refusal: DomainError) -> str:
    """Returns a domain error's message in the language of its reader."""
    text = gettext(refusal.say)
    return str(text % days_said(refusal.params) if refusal.params else text)


def day(value: str | date, kind: str = "day") -> str:
    """Formats a day in the current language: 28/11/2026 or 28 Nov 2026; `kind` is in `_DAYS`."""
    if isinstance(value, str):
        value = date.fromisoformat(value)
    elif isinstance(value, datetime):
        value = clock.local(value).date()
    return _written_day(value, (_DAYS if language() == "vi" else _NAMED)[kind], get_locale())


@lru_cache(maxsize=1_024)  # a list says the same few days again and again, and Babel reads the format each time
def _written_day(value: date, pattern: str, locale: Locale | None) -> str:
    return str(format_date(value, pattern, locale or Locale("vi")))


def greeted(person: Any) -> str:
    """Returns the name for a greeting: with the form of address in Vietnamese, alone in English.

    A pupil is "em", as in every sentence of the page.
    """
    called, form = str(person.called_name), "em" if person.is_minor else person.address_form
    return f"{form} {called}" if language() == "vi" else called


def days_said(values: Mapping[str, Any]) -> dict[str, Any]:
    """Localizes the dates in the values of a sentence, which are stored in Vietnamese notation."""
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


def said_day(value: datetime) -> Markup:
    """Formats the day of a moment as people say it, "29 tháng 11", as a <time> element.

    A day of another year has its year.
    """
    here = clock.local(value).date()
    shown = day(here, "said" if here.year == clock.today().year else "said_year")
    return Markup('<time datetime="{}">{}</time>').format(here.isoformat(), shown)


def moment(value: datetime) -> Markup:
    """Formats a moment in local time as a <time> element: today's hour, otherwise day and hour."""
    here = clock.local(value)
    shown = here.strftime("%H:%M")
    if here.date() != clock.today():
        shown += ", " + day(here.date(), "weekday" if here.year == clock.today().year else "day")
    return Markup('<time datetime="{}">{}</time>').format(value.isoformat(timespec="seconds"), shown)


def when(value: datetime) -> Markup:
    """Formats a future moment in local time as a <time> element.

    Today and tomorrow are named, other days are dates. A public holiday is marked.
    """
    here = clock.local(value)
    near = {0: gettext("hôm nay"), 1: gettext("ngày mai")}
    named = near.get((here.date() - clock.today()).days) or day(here.date(), "weekday")
    shown = f"{here:%H:%M} {named}"
    if (free := holiday_on(here.date())) is not None:
        shown += " (" + gettext("ngày nghỉ lễ: %(name)s", name=free.name(str(get_locale()))) + ")"
    return Markup('<time datetime="{}">{}</time>').format(value.isoformat(timespec="seconds"), shown)


def ago(value: datetime) -> str:
    """Returns how long ago a moment was, in words that stay true for a while."""
    seconds = max(0, int((clock.now() - value).total_seconds()))
    if seconds < 60:
        return str(gettext("vừa xong"))
    if seconds < 3600:
        return str(ngettext("%(num)d phút trước", "%(num)d phút trước", seconds // 60))
    if seconds < 86400:
        return str(ngettext("%(num)d giờ trước", "%(num)d giờ trước", seconds // 3600))
    return str(ngettext("%(num)d ngày trước", "%(num)d ngày trước", seconds // 86400))


# ---- how texts speak to a pupil ---------------------------------------------------------------------------------

# Texts say "bạn" to their reader and "tôi" in the reader's own voice, and a pupil reads "em" in place of both: no text
# for all readers needs a second version, and none is forgotten. A text that speaks of "em" was written for pupils
# and stays as it is.

# Beside these words "bạn" is a friend or a helper and not the reader: "bạn bè", "các bạn", "bạn đồng hành".
_YOU = re.compile(
    r"(?<![cC]ác )(?<![hH]ai )(?<![vV]ài )(?<![mM]ột )(?<![nN]hững )(?<![nN]hiều )"
    r"\b(?:bạn|Bạn)\b(?! (?:bè|ấy|khác|lớn|lớp|đồng hành|%\(name\)s))"
)
# "Chúng tôi" are those who run the site; children of their own are of grown-ups.
_I = re.compile(r"(?<![cC]húng )(?<![cC]on )(?<![cC]on của )\b(?:tôi|Tôi)\b")
_OF_A_PUPIL = re.compile(r"(?<!trẻ )(?<!Trẻ )\b[eE]m\b")


@lru_cache(maxsize=8192)  # all texts of the code
def for_pupil(text: str) -> str:
    """Returns the text as a pupil reads it."""
    if ("ạn" not in text and "ôi" not in text) or _OF_A_PUPIL.search(text):
        return text
    return _I.sub(_em, _YOU.sub(_em, text))


def _em(found: re.Match[str]) -> str:
    return "em" if found[0][0].islower() else "Em"


def speaks_to_pupil() -> bool:
    """Whether the texts of this request, socket event or letter are for a pupil.

    Nobody is loaded for this, because an error page speaks too when the database does not answer.
    """
    if "pupil" in g:
        return bool(g.pupil)
    reader = g.get("_login_user")
    return bool(reader is not None and reader.is_authenticated and reader.is_minor)


def spoken(text: str) -> str:
    """Returns a Vietnamese text as its reader is addressed."""
    said = for_pupil(text)
    return said if said is not text and g and speaks_to_pupil() else text


class _Spoken:
    """The Vietnamese texts, which speak to a pupil as to a pupil."""

    def __init__(self, found: Any) -> None:
        self._found = found

    def ugettext(self, text: str) -> str:
        return spoken(self._found.ugettext(text))

    def ungettext(self, one: str, many: str, number: int) -> str:
        return spoken(self._found.ungettext(one, many, number))

    def upgettext(self, about: str, text: str) -> str:
        return spoken(self._found.upgettext(about, text))

    def unpgettext(self, about: str, one: str, many: str, number: int) -> str:
        return spoken(self._found.unpgettext(about, one, many, number))

    gettext, ngettext = ugettext, ungettext


class _Named:
    """The texts of one language, in which the site has the name that its administrators gave it.

    No text needs a place for the name, and none is forgotten. `found` are the texts without it.
    """

    def __init__(self, found: Any) -> None:
        self.found = found

    def ugettext(self, text: str) -> str:
        return named(self.found.ugettext(text))

    def ungettext(self, one: str, many: str, number: int) -> str:
        return named(self.found.ungettext(one, many, number))

    def upgettext(self, about: str, text: str) -> str:
        return named(self.found.upgettext(about, text))

    def unpgettext(self, about: str, one: str, many: str, number: int) -> str:
        return named(self.found.unpgettext(about, one, many, number))

    gettext, ngettext = ugettext, ungettext


@contextmanager
def addressed_to(person: Any) -> Iterator[None]:
    """Lets texts speak to this person, in the person's language: for letters, which are written in no request."""
    before = g.get("pupil")
    g.pupil = person.is_minor
    try:
        with force_locale(person.language):
            yield
    finally:
        g.pop("pupil") if before is None else setattr(g, "pupil", before)


class _TextsOfReader(dict[str, Markup]):
    """The texts of templates for one language and kind of reader, each made at its first use."""

    def __init__(self, made: Callable[[str], Markup]) -> None:
        super().__init__()
        self._made = made

    def __missing__(self, text: str) -> Markup:
        said = self[text] = self._made(text)
        return said


class Texts(Domain):
    """A Babel domain that caches the catalogue of each language, and the texts of templates.

    A page looks up a hundred texts, and the library resolves the catalogue each time. The language still comes from
    `get_locale`, which caches it.
    """

    def __init__(self) -> None:
        super().__init__()
        self._of: dict[Locale, _Named] = {}
        self._ready: dict[tuple[str, bool, str], _TextsOfReader] = {}
        self._open: dict[tuple[str, bool, str], _TextsOfReader] = {}

    def forget(self) -> None:
        """Drops the cached catalogues and texts."""
        self.cache.clear()
        self._of.clear()
        self._ready.clear()
        self._open.clear()

    def get_translations(self) -> _Named:
        locale = getattr(g.get("_flask_babel"), "babel_locale", None) if g else None
        found = self._of.get(locale) if locale is not None else None
        if found is None:
            made, now = super().get_translations(), get_locale()
            found = _Named(_Spoken(made) if str(now) == "vi" else made)
            if now is not None:
                self._of[now] = found
        return found

    def of_reader(self) -> tuple[_TextsOfReader, _TextsOfReader]:
        """Returns the texts of templates as the current reader reads them: ready ones, and those with values to fill.

        Both are found once for a language and a reader, and again where a letter goes to another.
        """
        seen = app_ctx.g.__dict__
        babel, found = seen.get("_flask_babel"), seen.get("_template_texts")
        if (
            found is not None and babel is not None and found[0] is babel.babel_locale
            and found[1] is seen.get("pupil") and found[2] is seen.get("_login_user")
        ):  # fmt: skip
            return cast(tuple[_TextsOfReader, _TextsOfReader], found[3])
        locale, name = get_locale(), site_name(asks=False)  # base.html has asked
        key = str(locale), speaks_to_pupil(), name
        if key not in self._ready:
            self._open[key] = _TextsOfReader(
                lambda text: Markup(named(self.get_translations().found.ugettext(text), str(escape(name))))
            )
            self._ready[key] = _TextsOfReader(lambda text: self._open[key][text] % {})
        both = self._ready[key], self._open[key]
        seen["_template_texts"] = (locale, seen.get("pupil"), seen.get("_login_user"), both)
        return both


class TemplateTexts:
    """The look-up that templates are compiled with (`page_templates.py`): the texts of the current reader."""

    def __init__(self, texts: Texts, which: int) -> None:
        self._texts, self._which = texts, which

    def __getitem__(self, text: str) -> Markup:
        return self._texts.of_reader()[self._which][text]


def init(app: Flask) -> None:
    """Attaches languages, filters and the locale to the app."""
    app.config.setdefault("BABEL_DEFAULT_LOCALE", "vi")
    app.config.setdefault("BABEL_DEFAULT_TIMEZONE", "Asia/Ho_Chi_Minh")
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", str(ROOT / "translations"))
    babel = Babel(app, locale_selector=language)  # one for each app, because it caches the catalogues
    texts = babel.domain_instance = Texts()
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: texts.get_translations().ugettext(text),
        lambda one, many, number: texts.get_translations().ungettext(one, many, number),
        newstyle=True,
        pgettext=lambda about, text: texts.get_translations().upgettext(about, text),
        npgettext=lambda about, one, many, number: texts.get_translations().unpgettext(about, one, many, number),
    )
    app.jinja_env.globals.update(ready_texts=TemplateTexts(texts, 0), open_texts=TemplateTexts(texts, 1))
    app.jinja_env.filters.update(
        greeted=greeted,
        moment=moment, when=when, ago=ago, day=day, said_day=said_day, days_said=days_said, number=format_decimal,
        short_day=lambda value: day(value, "short"),
    )  # fmt: skip
    app.context_processor(lambda: {"locale": str(get_locale()), "languages": LANGUAGES})
