"""The import map of a page: which versioned address stands behind the name of a script.

Scripts import each other by their path in static/ ("rooms/outbox.js"). The map stands inline, one round trip earlier
than a file would, and the policy of the page allows it by its hash. It must come before every script of its page.
"""

import base64
import hashlib
import json
import re
from functools import lru_cache

from flask import Flask
from markupsafe import Markup

from tutoring.web.assets import PARTS, file_address, scripts, static_text

# Which scripts pages need: all, or those with which a device learns and practises without an account.
KINDS = {"": ("",), "device": ("lessons/", "practice/offline/")}
_AT_ONCE = re.compile(r'^import\b[^";(]*"([^"]+)"', re.MULTILINE)
_LATER = re.compile(r'\bimport\("([^"]+)"\)')


def imports(script: str, later: bool = True) -> set[str]:
    """Returns the names that the text of a script imports at once, and those that it may import later."""
    return {*_AT_ONCE.findall(script), *(_LATER.findall(script) if later else ())}


@lru_cache(maxsize=1)
def _names() -> list[str]:
    return sorted(set().union(*map(imports, scripts())).difference(*PARTS.values()))


@lru_cache(maxsize=len(KINDS))
def text(kind: str = "") -> str:
    """Returns the map for a kind of page as JSON."""
    found = {name: file_address(name) for name in _names() if name.startswith(KINDS[kind])}
    return json.dumps({"imports": found}, separators=(",", ":"))


def import_map(kind: str = "") -> Markup:
    """Returns the map as one element for the head of a page."""
    return Markup(f'<script type="importmap">{text(kind)}</script>')


@lru_cache(maxsize=8)
def preloads(script: str) -> Markup:
    """Returns elements that fetch at once what a script imports: else each import in turn costs a round trip."""
    found, todo = set[str](), [script]
    while todo:
        fresh = imports(static_text(todo.pop()), later=False) - found
        found |= fresh
        todo += fresh
    names = sorted(found.difference(*PARTS.values()))
    links = "".join(f'<link rel="modulepreload" href="{file_address(name)}">\n' for name in names)
    return Markup(links)


def hashes() -> str:
    """Returns the CSP hashes of the maps."""
    digests = (hashlib.sha256(text(kind).encode()).digest() for kind in KINDS)
    return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


def init(app: Flask) -> None:
    """Makes the map available to templates; call it after `assets.init`."""
    for cached in (_names, text, preloads):
        cached.cache_clear()
    app.jinja_env.globals.update(import_map=import_map, preloads=preloads)
