"""The addresses that crawlers, feed readers and security researchers ask for."""

from flask import Blueprint, Response
from flask_babel import gettext

from tutoring.home.discovery import feeds, text_files
from tutoring.home.discovery import sitemap as sitemap_document
from tutoring.lessons.catalogue.models import SOURCE
from tutoring.web.i18n import language
from tutoring.web.security import as_data
from tutoring.web.visitor_cache import cached_for_visitors

blueprint = Blueprint("discovery", __name__)
ATOM = "application/atom+xml"
SHARED_SECONDS = 600  # as long as a retired lesson may still be named by a shared cache


def _document(body: str | bytes, mimetype: str) -> Response:
    response = Response(body, mimetype=mimetype)
    response.headers["Cache-Control"] = f"public, max-age={SHARED_SECONDS}"
    as_data(response)
    return response


@blueprint.get("/robots.txt")
@cached_for_visitors
def robots() -> Response:
    return _document(text_files.robots(), "text/plain")


@blueprint.get("/.well-known/security.txt")
def security() -> Response:
    return _document(text_files.security(), "text/plain")


@blueprint.get("/sitemap.xml")
@cached_for_visitors
def sitemap() -> Response:
    return _document(sitemap_document.sitemap(), "application/xml")


@blueprint.get("/lessons.atom")
@cached_for_visitors
def lessons_feed() -> Response:
    entries = feeds.lesson_entries(language())
    shown = feeds.atom_feed(gettext("Bài học mới"), language(), "discovery.lessons_feed", "lessons.index", entries)
    response = _document(shown, ATOM)
    response.vary.add("Cookie")  # which may choose the language
    return response


@blueprint.get("/campaigns.atom")
@cached_for_visitors
def campaigns_feed() -> Response:
    """Answers the feed in Vietnamese alone: campaigns are written in one language."""
    shown = feeds.atom_feed(
        "Chiến dịch", SOURCE, "discovery.campaigns_feed", "campaigns.index", feeds.campaign_entries()
    )
    return _document(shown, ATOM)
