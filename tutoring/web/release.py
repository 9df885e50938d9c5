"""Which version of the site a page belongs to: whatever browsers load together changes it."""

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask, current_app

from tutoring.web import assets


@lru_cache(maxsize=4)
def _of(static: Path) -> str:
    scripts = sorted(path for path in static.rglob("*.js") if "vendor" not in path.parts)
    read = hashlib.sha256(assets.css_hash().encode())
    for path in scripts:
        read.update(path.read_bytes())
    return read.hexdigest()[:12]


def release() -> str:
    """The version of all scripts and sheets together, as short as a mark may be."""
    return _of(Path(str(current_app.static_folder)))


def init(app: Flask) -> None:
    """Let templates name it."""
    _of.cache_clear()
    app.jinja_env.globals.update(release=release)
