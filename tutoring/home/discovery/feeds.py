"""Atom feeds (RFC 4287) of lessons that are new or changed, and of open campaigns."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from flask import url_for

from tutoring.accounts.sign_ins.flow import absolute_url
from tutoring.campaigns import queries as campaigns_queries
from tutoring.home.discovery.xml_text import add_text, moment, serialize
from tutoring.kernel import clock
from tutoring.kernel.site_identity import site_name
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.lessons.catalogue.models import SOURCE

NEWEST = 30


@dataclass(frozen=True)
class Entry:
    """One entry of a feed; `address` is its id as well, because the address never changes."""

    title: str
    summary: str
    address: str
    updated: datetime
    author: str = ""


def _language_value(language: str) -> dict[str, Any]:
    return {} if language == SOURCE else {"lang": language}


def lesson_entries(language: str) -> list[Entry]:
    """Returns the lessons that were loaded last, the latest first."""
    return [
        Entry(
            one.title(language), one.summary(language),
            absolute_url(url_for("lessons.lesson", slug=one.slug, **_language_value(language))), one.loaded_at,
        )
        for one in catalogue_queries.latest_lessons(NEWEST)
    ]  # fmt: skip


def campaign_entries() -> list[Entry]:
    """Returns the newest open campaigns, as their pages show them."""
    return [
        Entry(
            one.title, one.summary, absolute_url(url_for("campaigns.show", code=one.code)),
            one.published_at or one.written_at, one.unit.name,
        )
        for one in campaigns_queries.open_campaigns().items
    ]  # fmt: skip


def atom_feed(title: str, language: str, self_endpoint: str, page_endpoint: str, entries: Iterable[Entry]) -> bytes:
    """Returns a feed; one without entries states the present day as its time of change."""
    found = list(entries)
    here = absolute_url(url_for(self_endpoint, **_language_value(language)))
    root = Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": language})
    add_text(root, "title", f"{title} – {site_name()}")
    add_text(root, "id", here)
    add_text(root, "updated", moment(max((one.updated for one in found), default=_today_began())))
    SubElement(root, "link", {"rel": "self", "type": "application/atom+xml", "href": here})
    page = absolute_url(url_for(page_endpoint, **_language_value(language)))
    SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": page})
    add_text(SubElement(root, "author"), "name", site_name())
    for one in found:
        _add_entry(root, one)
    return serialize(root)


def _today_began() -> datetime:
    return datetime.combine(clock.today(), time(), clock.LOCAL)


def _add_entry(root: Element, one: Entry) -> None:
    entry = SubElement(root, "entry")
    add_text(entry, "title", one.title)
    add_text(entry, "id", one.address)
    add_text(entry, "updated", moment(one.updated))
    add_text(entry, "summary", one.summary)
    SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": one.address})
    if one.author:
        add_text(SubElement(entry, "author"), "name", one.author)
