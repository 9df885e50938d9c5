"""The help pages and tours of an application; a process loads each content folder on first use."""

import logging
from collections.abc import Collection
from functools import cache
from pathlib import Path

from tutoring.home.help.loader import HelpContent, Page, load
from tutoring.home.help.schema import Tour
from tutoring.home.help.screenshots import Picture
from tutoring.kernel import logs
from tutoring.kernel.content_folder import content_folder
from tutoring.kernel.errors import NotFound

log = logging.getLogger(__name__)


def pages(kind: str = "", roles: Collection[str] = ()) -> list[Page]:
    """Returns every page without a fault, or those of one kind; pages for these roles first."""
    found = [page for page in _read(content_folder()).pages if not kind or page.head.kind == kind]
    return sorted(found, key=lambda page: not set(page.head.roles) & set(roles))


def page(slug: str) -> Page:
    """Returns a page; raises NotFound."""
    found = next((one for one in _read(content_folder()).pages if one.head.id == slug), None)
    if found is None:
        raise NotFound
    return found


def picture(slug: str, name: str) -> Picture:
    """Returns a picture of a page by its file name; raises NotFound."""
    found = next((one for one in page(slug).pictures if one.file.name == name), None)
    if found is None:
        raise NotFound
    return found


def tours() -> tuple[Tour, ...]:
    """Returns every walk of the guided tour."""
    return _read(content_folder()).tours


def tour(tour_id: str) -> Tour:
    """Returns one walk; raises NotFound."""
    found = next((one for one in tours() if one.id == tour_id), None)
    if found is None:
        raise NotFound
    return found


@cache
def _read(folder: Path) -> HelpContent:
    read = load(folder)
    for fault in read.faults:
        log.error("help: %s", logs.LogSafe(str(fault)))
    return read
