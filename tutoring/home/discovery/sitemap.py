"""The public pages of the site, as a sitemap (sitemaps.org) with the languages of each page."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from flask import url_for

from tutoring.accounts.sign_ins.flow import absolute_url
from tutoring.campaigns import queries as campaigns_queries
from tutoring.home.discovery.xml_text import add_text, moment, serialize
from tutoring.home.help import catalogue as help_catalogue
from tutoring.insights.transparency import jobs as transparency_jobs
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.lessons.catalogue.models import SOURCE
from tutoring.web.i18n import LANGUAGES

NAMESPACES = {"xmlns": "http://www.sitemaps.org/schemas/sitemap/0.9", "xmlns:xhtml": "http://www.w3.org/1999/xhtml"}


@dataclass(frozen=True)
class PublicPage:
    """A page that visitors read; `changed` is None where no time of change is stored."""

    endpoint: str
    values: dict[str, Any]
    changed: datetime | None = None
    languages: Collection[str] = field(default_factory=lambda: tuple(LANGUAGES))

    def address(self, language: str = SOURCE) -> str:
        """Returns the absolute address; the one in Vietnamese has no language in it."""
        values = self.values if language == SOURCE else {**self.values, "lang": language}
        return absolute_url(url_for(self.endpoint, **values))


def public_pages() -> Iterator[PublicPage]:
    """Yields the public pages, in a number of queries that does not depend on their number."""
    yield PublicPage("home.start", {})
    yield from _lesson_pages()
    yield PublicPage("campaigns.index", {})
    for code, published_at in campaigns_queries.open_addresses():
        yield PublicPage("campaigns.show", {"code": code}, published_at, (SOURCE,))
    halves = transparency_jobs.published()
    yield PublicPage("insights.transparency", {}, max((one.made_at for one in halves), default=None))
    yield PublicPage("home.help", {})
    for page in help_catalogue.pages():
        yield PublicPage("help.page", {"slug": page.head.id}, None, tuple(page.texts))


def _lesson_pages() -> Iterator[PublicPage]:
    lessons = catalogue_queries.latest_lessons()
    changed = {one.slug: one.loaded_at for one in lessons}
    yield PublicPage("lessons.index", {}, max(changed.values(), default=None))
    for path in catalogue_queries.paths(SOURCE):
        times = [changed[one.slug] for one in path.lessons if one.slug in changed]
        if times:
            yield PublicPage("lessons.path", {"path": path.slug}, max(times))
    for lesson in lessons:
        yield PublicPage("lessons.lesson", {"slug": lesson.slug}, lesson.loaded_at, tuple(lesson.texts))
        for number, step in enumerate(lesson.outline, 1):
            values = {"slug": lesson.slug, "number": number}
            yield PublicPage("lessons.step", values, lesson.loaded_at, tuple(step["titles"]))


def sitemap() -> bytes:
    """Returns the sitemap as XML: each page in each of its languages, with its other languages."""
    root = Element("urlset", NAMESPACES)
    for page in public_pages():
        addresses = {language: page.address(language) for language in LANGUAGES if language in page.languages}
        for address in addresses.values():
            entry = SubElement(root, "url")
            add_text(entry, "loc", address)
            if page.changed:
                add_text(entry, "lastmod", moment(page.changed))
            for language, other in addresses.items() if len(addresses) > 1 else ():
                SubElement(entry, "xhtml:link", {"rel": "alternate", "hreflang": language, "href": other})
    return serialize(root)
