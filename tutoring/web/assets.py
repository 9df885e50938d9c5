"""Static files: addresses that change with their content, and the style sheet that is inlined: whole, or what a kind of
page needs, and light or dark as the person has chosen.

Which version of the site a page belongs to: whatever browsers load together changes it.
"""

import base64
import hashlib
import re
from functools import lru_cache
from pathlib import Path

from flask import Flask, current_app, has_request_context, request, url_for
from markupsafe import Markup

SCHEMES = ("auto", "light", "dark")  # "auto": as the device asks for
KINDS = ("", "lean", "room", "parts")  # of pages, by the sheets that are inlined
NOT_IN_ROOMS = ("lesson-parts.css", "practice.css")
SCHEME_COOKIE = "scheme"
_DARK = "@media screen and (prefers-color-scheme:dark)"

_root = Path()


def scheme() -> str:
    """The scheme that was chosen on this device."""
    chosen = request.cookies.get(SCHEME_COOKIE) if has_request_context() else None
    return chosen if chosen in SCHEMES else "auto"


@lru_cache(maxsize=512)
def _version(path: str) -> str:
    return hashlib.sha256((_root / path).read_bytes()).hexdigest()[:8]


def asset_url(path: str) -> str:
    """The address of a static file; it changes when the file does, so browsers may keep it for good."""
    return url_for("static", filename=path, v=_version(path))


@lru_cache(maxsize=32)
def colour(name: str) -> str:
    """A colour of tokens.css, for what is drawn on the server: pictures and papers look like the pages."""
    found = re.search(rf"--{name}:\s*(#[0-9a-f]{{3,6}})\b", (_root / "css" / "tokens.css").read_text("utf-8"))
    if found is None:
        raise LookupError(name)
    value = found[1]
    return value if len(value) == 7 else "#" + "".join(digit * 2 for digit in value[1:])


def font(weight: int) -> Path:
    """The file of the site's letters, as programs read it; browsers get a smaller one."""
    return _root / "vendor" / f"bvp-{weight}.ttf"


@lru_cache(maxsize=16)
def _folder_version(folder: str) -> str:
    scripts = sorted((_root / folder).glob("*.js"))
    return hashlib.sha256(b"".join(one.read_bytes() for one in scripts)).hexdigest()[:8]


def module_url(path: str) -> str:
    """The address of a script that loads others of its folder under its own version: that of the whole folder."""
    return url_for("static", filename=path, v=_folder_version(path.rpartition("/")[0]))


def is_kept_under(path: str, version: str) -> bool:
    """Whether this version of an address means the file as it is here. While servers are renewed one after the other,
    the page of a new one may ask an old one: such an answer must not be kept under the new address."""
    return version in (_version(path), _folder_version(path.rpartition("/")[0]))


@lru_cache(maxsize=len(KINDS) * len(SCHEMES))
def _css(kind: str = "", chosen: str = "auto") -> str:
    """All sheets; "lean": those that the steps of lessons need, which are read on the poorest networks; "room": those
    of a room with its messages and its lesson, which would otherwise be one round trip more before it is seen; "parts":
    the same with all others, for what features put beside the talk."""
    found = (_root / "css").glob("*.css" if kind == "lean" else "**/*.css")
    sheets = sorted(found, key=lambda p: (p.name != "tokens.css", p.name, len(p.parts)))
    if kind == "room":
        sheets = [one for one in sheets if one.parent.name != "pages" or one.name not in NOT_IN_ROOMS]
    if kind in ("room", "parts"):
        sheets += [_root / "rooms" / "messages.css", _root / "rooms" / "together.css"]
    written = "".join(sheet.read_text("utf-8") for sheet in sheets)
    # Fonts get addresses that change with them, so that browsers keep them without asking again.
    css = re.sub(r"url\(/static/([^)]+)\)", lambda m: f"url(/static/{m[1]}?v={_version(m[1])})", tight(written))
    return css if chosen == "auto" else css.replace(_DARK, "@media screen" if chosen == "dark" else "@media not all")


def tight(css: str) -> str:
    """The same rules without comments and without space that only people need."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s*([{};,])\s*", r"\1", css)
    return re.sub(r"([\w-]):\s+", r"\1:", re.sub(r"\s+", " ", css)).strip()


def inline_css(kind: str = "") -> Markup:
    """The style sheets as one <style> element: one round trip less on a slow network."""
    return Markup(f"<style>{_css(kind, scheme())}</style>")


def font_urls() -> list[str]:
    """The addresses of the fonts that the style sheet names."""
    return re.findall(r"url\((/static/[^)]+)\)", _css())


@lru_cache(maxsize=len(SCHEMES))
def css_hash(chosen: str = "auto") -> str:
    """The Content-Security-Policy sources of the inlined style sheets of a scheme, of each kind of page: scripts read
    pages of another kind than their own, and browsers hold the sheets in those against the policy of the first."""
    digests = (hashlib.sha256(_css(kind, chosen).encode()).digest() for kind in KINDS)
    return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


def init(app: Flask, static: Path) -> None:
    """Attach the helpers; refuses to start while the front-end files are not set up."""
    global _root
    if not (static / "vendor").is_dir():
        raise RuntimeError("static/vendor is missing: run `python3 dev.py run` once to set everything up")
    _root = static
    for cached in (_version, colour, _folder_version, _css, css_hash):
        cached.cache_clear()
    app.jinja_env.globals.update(asset_url=asset_url, module_url=module_url, inline_css=inline_css, scheme=scheme)


@lru_cache(maxsize=4)
def _of(static: Path) -> str:
    scripts = sorted(path for path in static.rglob("*.js") if "vendor" not in path.parts)
    read = hashlib.sha256(css_hash().encode())
    for path in scripts:
        read.update(path.read_bytes())
    return read.hexdigest()[:12]


def release() -> str:
    """The version of all scripts and sheets together, as short as a mark may be."""
    return _of(Path(str(current_app.static_folder)))


def init_release(app: Flask) -> None:
    """Let templates name it."""
    _of.cache_clear()
    app.jinja_env.globals.update(release=release)
