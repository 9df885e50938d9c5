"""The help pages and tours that this process offers: read from files when first asked for, then kept."""

import logging
from collections.abc import Collection
from functools import cache
from pathlib import Path

from tutoring.home.help.loader import Page, Read, load
from tutoring.home.help.schema import Tour
from tutoring.home.help.screenshots import Picture
from tutoring.kernel import logs
from tutoring.kernel.errors import NotFound

log = logging.getLogger(__name__)
_folder = Path()


def configure(folder: Path) -> None:
    """Offer the help of this folder, which is laid out like content/."""
    global _folder
    _folder = folder


def pages(kind: str = "", roles: Collection[str] = ()) -> list[Page]:
    """Every page without a fault (or those of one kind): first those for people who hold these roles."""
    found = [page for page in _read(_folder).pages if not kind or page.head.kind == kind]
    return sorted(found, key=lambda page: not set(page.head.roles) & set(roles))


def page(slug: str) -> Page:
    """A page; raises Missing."""
    found = next((one for one in _read(_folder).pages if one.head.id == slug), None)
    if found is None:
        raise NotFound
    return found


def picture(slug: str, name: str) -> Picture:
    """A picture of a page by the name of its file; raises Missing."""
    found = next((one for one in page(slug).pictures if one.file.name == name), None)
    if found is None:
        raise NotFound
    return found


def tours() -> tuple[Tour, ...]:
    """Every walk of the guided tour."""
    return _read(_folder).tours


def tour(tour_id: str) -> Tour:
    """One walk; raises Missing."""
    found = next((one for one in tours() if one.id == tour_id), None)
    if found is None:
        raise NotFound
    return found


@cache
def _read(folder: Path) -> Read:
    read = load(folder)
    for fault in read.faults:
        log.error("help: %s", logs.LogSafe(str(fault)))
    return read
