"""Page fragments: single elements of a page, for static/app/live-regions.js to refresh by their ids.

With "id=STATE" an element is sent only when its `data-state` differs.

The whole page is rendered as usual, so that access is decided in one place. Elements that were not requested are cut
away.
"""

import re

from flask import Flask, request
from werkzeug.wrappers import Response

from tutoring.web import security
from tutoring.web.assets import release

MOST = 60  # elements requested at once
NAME = r"[A-Za-z][\w-]*(?:=[\w-]*)?"
NAMES = re.compile(f"{NAME}(?: {NAME})*")
OPENING = re.compile(r"""<([a-z][a-z0-9-]*)(?:[^<>"']|"[^"]*"|'[^']*')*>""")
BEFORE = re.compile(r"""<[a-z][a-z0-9-]*(?:[^<>"']|"[^"]*"|'[^']*')*""")  # an id that is not inside a quoted attribute
ALONE = frozenset({"area", "br", "hr", "img", "input", "link", "meta", "source", "wbr"})
# Browsers parse these only inside their parents.
WITHIN = frozenset({"html", "head", "body", "caption", "colgroup", "col", "tbody", "thead", "tfoot", "tr", "td", "th"})
WITHIN |= {"option", "optgroup"}


def _part(html: str, wanted: str) -> str | None:
    """Returns the element with this id, "" when it is not wanted, or None when it cannot be cut."""
    name, asked, state = wanted.partition("=")
    for found in re.finditer(rf'\sid="{name}"', html):
        start = html.rfind("<", 0, found.start())
        opening = OPENING.match(html, start) if start >= 0 else None
        if opening is None or not BEFORE.fullmatch(html, start, found.start()) or opening.end() < found.end():
            continue  # user text
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
    """Returns these elements in order, or None where only the whole page will do."""
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
        response.headers.pop("ETag", None)  # the ETag belongs to the whole page
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Release"] = release()
        security.as_data(response)
    return response


def init(app: Flask) -> None:
    """Answers with fragments where requested; call it after compression, which has to run last."""
    app.after_request(_parts_alone)
