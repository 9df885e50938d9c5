"""A walk of the guided tour as text, built from the acts that the browser test performs."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _gettext

from tutoring.home.help.schema import Act, Both, Stop, Tour

_PLACE = re.compile(r"%\(\w+\)[sd]")
TABS = {"lesson": "Bài học", "talk": "Trò chuyện"}


@dataclass(frozen=True)
class StopText:
    """A stop in one language."""

    id: str
    who: str
    title: str
    page: str | None
    acts: list[str]
    why: str


def gettext(msgid: str, **filled: str) -> str:
    """Returns a text in the language of the page."""
    return str(_gettext(msgid, **filled))


def _in(text: Both, lang: str) -> str:
    return text.en if lang == "en" else text.vi


def _label(msgid: str) -> str:
    """Returns a product label as the page shows it; placeholders become an ellipsis."""
    return _PLACE.sub("…", gettext(msgid))


def sentence(act: Act, lang: str) -> str:
    """Describes one thing to do, or to see."""
    if act.press:
        return gettext("Bấm “%(label)s”.", label=_label(act.press))
    if act.field and act.write:
        return gettext(
            "Ô “%(label)s”: viết “%(text)s”.", label=_label(act.field), text=_in(act.write, lang).removesuffix(".")
        )
    if act.write:
        return gettext("Viết “%(text)s” vào ô tin nhắn rồi gửi.", text=_in(act.write, lang).removesuffix("."))
    if act.tick:
        return gettext("Chọn “%(label)s”.", label=_label(act.tick))
    if act.open:
        return gettext("Mở phần “%(label)s”.", label=_label(act.open))
    if act.tab:
        return gettext("Trên điện thoại: chuyển sang thẻ “%(label)s”.", label=_label(TABS[act.tab]))
    if act.hear:
        return gettext("Tin nhắn “%(text)s” hiện ra.", text=_in(act.hear, lang).removesuffix("."))
    return gettext("Bạn thấy “%(label)s”.", label=_label(act.see or "").removesuffix("."))


def _build_stop(stop: Stop, lang: str, places: Mapping[str, int]) -> StopText:
    page = stop.page.format_map(places) if stop.page else None
    acts = [sentence(act, lang) for act in stop.acts]
    return StopText(stop.id, stop.who, _in(stop.title, lang), page, acts, _in(stop.why, lang))


def stops(tour: Tour, lang: str, places: Mapping[str, int]) -> list[StopText]:
    """Returns the stops of a walk in this language; `places` fills unit ids into URLs."""
    return [_build_stop(stop, lang, places) for stop in tour.stops]
