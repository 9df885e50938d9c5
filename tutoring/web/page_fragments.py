"""Parts of a page alone, for a page that is already there and renews them: static/app/live.js names them by their ids.
With "id=STATE" a part comes only when its `data-state` is no longer this one.

The page is made as for anybody else, so who may see what is decided in one place; what was not asked for stays here.
"""

import re

from flask import Flask, request
from werkzeug.wrappers import Response

from tutoring.web import security
from tutoring.web.assets import release

MOST = 60  # parts asked for at once
NAME = r"[A-Za-z][\w-]*(?:=[\w-]*)?"
NAMES = re.compile(f"{NAME}(?: {NAME})*")
OPENING = re.compile(r"""<([a-z][a-z0-9-]*)(?:[^<>"']|"[^"]*"|'[^']*')*>""")
BEFORE = re.compile(r"""<[a-z][a-z0-9-]*(?:[^<>"']|"[^"]*"|'[^']*')*""")  # an id that stands in no other's quotes
ALONE = frozenset({"area", "br", "hr", "img", "input", "link", "meta", "source", "wbr"})
# Browsers read these only where they belong.
WITHIN = frozenset({"html", "head", "body", "caption", "colgroup", "col", "tbody", "thead", "tfoot", "tr", "td", "th"})
WITHIN |= {"option", "optgroup"}


def _part(html: str, wanted: str) -> str | None:
    """The element with this id as it stands there; "" where it is not wanted, None where it cannot be told."""
    name, asked, state = wanted.partition("=")
    for found in re.finditer(rf'\sid="{name}"', html):
        start = html.rfind("<", 0, found.start())
        opening = OPENING.match(html, start) if start >= 0 else None
        if opening is None or not BEFORE.fullmatch(html, start, found.start()) or opening.end() < found.end():
            continue  # the words of somebody
        if opening[1] in WITHIN:
            return None
        if asked and f' data-state="{state}"' in opening[0]:
            return ""
        if opening[1] in ALONE:
            return opening[0]
        depth = 0
        for tag in re.finditer(rf"""<(/?){opening[1]}(?=[\s>/])(?:[^<>"']|"[^"]*"|'[^']*')*>""", html[start:]):
            depth += -1 if tag[1] else 1
            if not depth:
                return html[start : start + tag.end()]
        return None
    return ""


def cut(html: str, names: list[str]) -> str | None:
    """These elements one after the other, or None where only the whole page will do."""
    parts = [_part(html, name) for name in names]
    return None if None in parts else "\n".join(part for part in parts if part)


def _parts_alone(response: Response) -> Response:
    wanted = request.headers.get("X-Parts", "")
    names = wanted.split(" ")
    if (
        not NAMES.fullmatch(wanted)
        or len(names) > MOST
        or response.status_code != 200
        or response.mimetype != "text/html"
        or response.is_streamed
        or "Content-Encoding" in response.headers
    ):
        return response
    parts = cut(response.get_data(as_text=True), names)
    if parts is not None:
        response.set_data(f"<!doctype html>\n{parts}")
        response.headers.pop("ETag", None)  # that of the page, which this is not
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Release"] = release()
        security.as_data(response)
    return response


def init(app: Flask) -> None:
    """Answer with parts where a page asks for them; to be called after compression, which has to be last."""
    app.after_request(_parts_alone)
