"""Static files: versioned addresses, inlined style sheets and the release version.

An address changes with its file's content. The inlined style sheet is either complete or reduced to what a kind of page
needs, in the light or dark scheme that the user chose. Every file that browsers load together changes the release
version.
"""

import base64
import hashlib
import re
from functools import lru_cache, partial
from pathlib import Path

from flask import Flask, current_app, has_request_context, request, url_for
from markupsafe import Markup

from tutoring.config import ROOT

SCHEMES = ("auto", "light", "dark")  # "auto": as the device prefers
# Kinds of pages: the style sheets in css/ that are inlined, in this order, and those in pages/ that are left out.
EVERY = ("*.css", "pages/*.css")
CARDS = (*EVERY, "learner/cards.css")
NOT_OF_LEARNERS = ("columns.css", "handouts.css", "practice.css", "tables.css")
KINDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "": (EVERY, ()),
    "lean": (("*.css", "lean/*.css"), ()),
    "home": ((*CARDS, "learner/home.css"), NOT_OF_LEARNERS),
    "learner": ((*CARDS, "learner/start.css", "learner/praise.css"), NOT_OF_LEARNERS),
    "waiting": ((*CARDS, "learner/waiting.css"), NOT_OF_LEARNERS),
    "found": ((*CARDS, "learner/found.css"), NOT_OF_LEARNERS),
    "rehearsals": (CARDS, ("columns.css", "handouts.css", "lesson-parts.css", "tables.css", "waiting.css")),
    "work": ((*EVERY, "work/*.css"), ("handouts.css", "lesson-parts.css", "practice.css", "waiting.css")),
    "figures": (
        (*EVERY, "work/*.css", "figures/*.css"),
        ("handouts.css", "lesson-parts.css", "practice.css", "waiting.css", "pictures.css"),
    ),
    "table": (
        (*EVERY, "work/shell.css", "tables/*.css"),
        ("handouts.css", "lesson-parts.css", "practice.css", "waiting.css", "pictures.css"),
    ),
    "room": (
        (*EVERY, "room/*.css"),
        (*NOT_OF_LEARNERS, "lesson-parts.css", "lists.css", "pictures.css", "waiting.css"),
    ),
    "parts": (
        (*EVERY, "room/*.css"),
        ("columns.css", "handouts.css", "lesson-parts.css", "lists.css", "pictures.css", "tables.css", "waiting.css"),
    ),
}
SCHEME_COOKIE = "scheme"
HUES = ("sky", "plum", "rose", "leaf", "sun", "teal", "clay", "slate")
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
# Modules that browsers get together with a script, as one file (bundles.py); each imports only those before it.
PARTS = {
    "rooms/show.js": (
        "rooms/page.js",
        "rooms/scroll.js",
        "rooms/pictures/pictures.js",
        "rooms/connection.js",
        "rooms/delivery.js",
        "rooms/message.js",
        "rooms/composer.js",
        "rooms/conversation.js",
    )
}
_DARK = "@media screen and (prefers-color-scheme:dark)"

STATIC = ROOT / "static"


def scheme() -> str:
    """Returns the colour scheme that was chosen on this device."""
    chosen = request.cookies.get(SCHEME_COOKIE) if has_request_context() else None
    return chosen if chosen in SCHEMES else "auto"


@lru_cache(maxsize=512)
def _version(path: str) -> str:
    files = ((STATIC / one).read_bytes() for one in (*PARTS.get(path, ()), path))
    return hashlib.sha256(b"".join(files)).hexdigest()[:6]


def static_text(path: str) -> str:
    """Returns the text of a script or a style sheet."""
    return (STATIC / path).read_text("utf-8")


def scripts() -> list[str]:
    """Returns the texts of our own scripts."""
    return [path.read_text("utf-8") for path in STATIC.rglob("*.js") if "vendor" not in path.parts]


def file_address(path: str) -> str:
    """Returns the address of a static file for text that is made once, outside of a request."""
    return f"/static/{path}?v={_version(path)}"


def asset_url(path: str) -> str:
    """Returns the address of a static file, versioned so that browsers may cache it for ever."""
    return url_for("static", filename=path, v=_version(path))


@lru_cache(maxsize=512)
def _picture(name: str) -> str:
    paths = (f"pictures/{name}.svg", f"vendor/pictures/{name}.svg")
    return next((path for path in paths if (STATIC / path).is_file()), "")


def picture_url(name: str) -> str:
    """Returns the address of a picture, one's own or a fetched one, or "" when there is none of this name."""
    path = _picture(name) if SLUG.fullmatch(name) else ""
    return asset_url(path) if path else ""


def hue_of(person_id: int) -> str:
    """Returns the hue that a person keeps on every page."""
    return HUES[person_id % len(HUES)]


@lru_cache(maxsize=32)
def colour(name: str) -> str:
    """Returns a colour of tokens.css, so that server-made pictures and PDFs match the pages."""
    found = re.search(rf"--{name}:\s*(#[0-9a-f]{{3,6}})\b", (STATIC / "css" / "tokens.css").read_text("utf-8"))
    if found is None:
        raise LookupError(name)
    value = found[1]
    return value if len(value) == 7 else "#" + "".join(digit * 2 for digit in value[1:])


def font(weight: int) -> Path:
    """Returns the font file for server-side use; browsers get a smaller one."""
    return STATIC / "vendor" / f"bvp-{weight}.ttf"


def paper_font(weight: int, italic: bool) -> Path:
    """Returns the font file of official papers, with the measures of Times New Roman."""
    return STATIC / "vendor" / f"tinos-{weight}{'-italic' if italic else ''}.ttf"


def is_kept_under(path: str, version: str) -> bool:
    """Whether this version of the address belongs to the file on this server.

    During a rolling restart, a page of a new server may fetch from an old one. Such an answer must not be cached under
    the new address.
    """
    return version == _version(path)


def sheets_of(kind: str) -> list[Path]:
    """Returns the style sheets in css/ for a kind of page: the tokens first, those of a folder after those above it."""
    patterns, left_out = KINDS[kind]
    groups = (sorted((STATIC / "css").glob(pattern)) for pattern in patterns)
    found = [sheet for group in groups for sheet in group if sheet.parent.name != "pages" or sheet.name not in left_out]
    return sorted(found, key=lambda sheet: sheet.name != "tokens.css")


@lru_cache(maxsize=len(KINDS) * len(SCHEMES))
def _css(kind: str = "", chosen: str = "auto") -> str:
    """Returns the style sheets for a kind of page, minified.

    "lean": those that lesson steps need, which are read on the poorest networks. "home", "learner", "waiting": with
    the cards of a visitor's first page, of learners' pages, of pages on the way to a helper. "room": those of a room
    with its messages and its lesson, which would otherwise cost one more round trip before it is shown. "parts": the
    same with those of practice, for what features show beside the conversation.
    """
    sheets = sheets_of(kind)
    if kind in ("room", "parts"):
        sheets += [STATIC / "rooms" / "messages.css", STATIC / "rooms" / "together.css"]
    written = "".join(sheet.read_text("utf-8") for sheet in sheets)
    # Font addresses change with their content, so that browsers cache them without revalidation.
    css = re.sub(r"url\(/static/([^)]+)\)", lambda m: f"url({file_address(m[1])})", used(tight(written), _linked()))
    return css if chosen == "auto" else css.replace(_DARK, "@media screen" if chosen == "dark" else "@media not all")


def used(css: str, linked: str) -> str:
    """Leaves out the tokens that no rule of a minified style sheet uses, nor one of `linked`."""
    fewer = ""
    while fewer != css:
        css = fewer or css
        names = {*re.findall(r"var\((--[\w-]+)", css + linked)}
        unused = {token for token in re.findall(r"[{;](--[\w-]+):", css) if token not in names}
        fewer = re.sub(r"(--[\w-]+):[^;}]+;", partial(_unless_in, unused), css)
    return css


def _unless_in(unused: set[str], found: re.Match[str]) -> str:
    return "" if found[1] in unused else found[0]


def _linked() -> str:
    """Returns the style sheets that pages link to, which use the tokens of the page."""
    sheets = sorted(one for one in STATIC.glob("*/**/*.css") if "css" not in one.parts and "vendor" not in one.parts)
    return "".join(one.read_text("utf-8") for one in sheets)


def tight(css: str) -> str:
    """Minifies a style sheet: removes comments and needless space."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s*([{};,>])\s*", r"\1", css).replace(";}", "}")
    return re.sub(r"([\w-]):\s+", r"\1:", re.sub(r"\s+", " ", css)).strip()


def with_sheet(path: str) -> str:
    """Returns the tokens and one linked style sheet as text, for a page that stands alone."""
    return tight(static_text("css/tokens.css") + static_text(path))


def inline_css(kind: str = "") -> Markup:
    """Returns the style sheets as one <style> element: one round trip less on a slow network."""
    return Markup(f"<style>{_css(kind, scheme())}</style>")


def font_urls() -> list[str]:
    """Returns the addresses of the fonts that the style sheet names."""
    return re.findall(r"url\((/static/[^)]+)\)", _css())


@lru_cache(maxsize=len(SCHEMES))
def css_hash(chosen: str = "auto") -> str:
    """Returns the CSP hashes of a scheme's inlined style sheets, for every kind of page.

    Scripts fetch pages of other kinds, and browsers check the style sheets in those against the policy of the first
    page.
    """
    digests = (hashlib.sha256(_css(kind, chosen).encode()).digest() for kind in KINDS)
    return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


def init(app: Flask) -> None:
    """Attaches the helpers; raises an error while the front-end files are not set up."""
    if not (Path(str(app.static_folder)) / "vendor").is_dir():
        raise RuntimeError("static/vendor is missing: run `python3 dev.py run` once to set everything up")
    app.jinja_env.globals.update(asset_url=asset_url, inline_css=inline_css, scheme=scheme)
    app.jinja_env.globals.update(picture_url=picture_url, hue_of=hue_of)


@lru_cache(maxsize=4)
def _of(static: Path) -> str:
    scripts = sorted(path for path in static.rglob("*.js") if "vendor" not in path.parts)
    read = hashlib.sha256(css_hash().encode())
    for path in scripts:
        read.update(path.read_bytes())
    return read.hexdigest()[:12]


def release() -> str:
    """Returns the version of all scripts and style sheets together, as a short digest."""
    return _of(Path(str(current_app.static_folder)))


def init_release(app: Flask) -> None:
    """Makes the release version available to templates."""
    _of.cache_clear()
    app.jinja_env.globals.update(release=release)
