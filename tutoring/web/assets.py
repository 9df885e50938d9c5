"""Static files: addresses that change with their content, and the style sheet that is inlined, whole or lean."""

import base64
import hashlib
import re
from functools import lru_cache
from pathlib import Path

from flask import Flask, url_for
from markupsafe import Markup

_root = Path()


@lru_cache(maxsize=512)
def _version(path: str) -> str:
    return hashlib.sha256((_root / path).read_bytes()).hexdigest()[:12]


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
    return hashlib.sha256(b"".join(one.read_bytes() for one in scripts)).hexdigest()[:12]


def module_url(path: str) -> str:
    """The address of a script that loads others of its folder under its own version: that of the whole folder."""
    return url_for("static", filename=path, v=_folder_version(path.rpartition("/")[0]))


@lru_cache(maxsize=2)
def _css(lean: bool = False) -> str:
    """All sheets; or those that the steps of lessons need, which are read on the poorest networks."""
    found = (_root / "css").glob("*.css" if lean else "**/*.css")
    sheets = sorted(found, key=lambda p: (p.name != "tokens.css", p.name, len(p.parts)))
    written = "".join(sheet.read_text("utf-8") for sheet in sheets)
    # Fonts get addresses that change with them, so that browsers keep them without asking again.
    return re.sub(r"url\(/static/([^)]+)\)", lambda m: f"url(/static/{m[1]}?v={_version(m[1])})", tight(written))


def tight(css: str) -> str:
    """The same rules without comments and without space that only people need."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s*([{};,])\s*", r"\1", css)
    return re.sub(r"([\w-]):\s+", r"\1:", re.sub(r"\s+", " ", css)).strip()


def inline_css(lean: bool = False) -> Markup:
    """The style sheets as one <style> element: one round trip less on a slow network."""
    return Markup(f"<style>{_css(lean)}</style>")


def font_urls() -> list[str]:
    """The addresses of the fonts that the style sheet names."""
    return re.findall(r"url\((/static/[^)]+)\)", _css())


@lru_cache(maxsize=1)
def css_hash() -> str:
    """The Content-Security-Policy sources of the inlined style sheets, whole and lean."""
    digests = (hashlib.sha256(_css(lean).encode()).digest() for lean in (False, True))
    return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


def init(app: Flask, static: Path) -> None:
    """Attach the helpers; refuses to start while the front-end files are not set up."""
    global _root
    if not (static / "vendor").is_dir():
        raise RuntimeError("static/vendor is missing: run `python3 dev.py run` once to set everything up")
    _root = static
    for cached in (_version, colour, _folder_version, _css, css_hash):
        cached.cache_clear()
    app.jinja_env.globals.update(asset_url=asset_url, module_url=module_url, inline_css=inline_css)
