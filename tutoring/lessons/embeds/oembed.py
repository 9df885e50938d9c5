"""oEmbed 1.0 (oembed.com): what another program asks for to show a lesson, as plain values."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map

from tutoring.accounts.sign_ins.flow import absolute_url
from tutoring.kernel.errors import NotFound
from tutoring.kernel.site_identity import site_name
from tutoring.lessons.catalogue.models import SOURCE, Lesson
from tutoring.lessons.embeds.addresses import HEIGHT, WIDTH, Place, frame_markup
from tutoring.web.i18n import LANGUAGES

ENDPOINTS = {"lessons.lesson", "lessons.step", "lessons.embedded_lesson", "lessons.embedded_step"}
CACHE_SECONDS = 3600
_MAX_ADDRESS = 500


def place_of(address: str) -> Place:
    """Returns the lesson or step that an address of this site names; raises NotFound for any other address."""
    settings = current_app.config["SETTINGS"]
    try:
        parts = urlsplit(address[:_MAX_ADDRESS])
    except ValueError:  # such as http://[
        raise NotFound from None
    if f"{parts.scheme}://{parts.netloc}" not in settings.origins:
        raise NotFound
    rules: Map = current_app.url_map
    try:
        endpoint, values = rules.bind(parts.netloc, url_scheme=parts.scheme).match(parts.path, method="GET")
    except HTTPException:
        raise NotFound from None
    if endpoint not in ENDPOINTS:
        raise NotFound
    asked = [part.removeprefix("lang=") for part in parts.query.split("&") if part.startswith("lang=")]
    language = asked[0] if asked and asked[0] in LANGUAGES else SOURCE
    return Place(values["slug"], values.get("number"), language)


def discovery_address(place: Place) -> str:
    """Returns the address at which other programs find how to embed this page."""
    return absolute_url(url_for("lessons.oembed_answer", url=place.page))


def _at_most(default: int, asked: str) -> int:
    """Returns the size, within what the other site allows; what is no number limits nothing."""
    return max(1, min(default, int(asked))) if asked.isascii() and asked.isdigit() and len(asked) < 9 else default


def described(place: Place, lesson: Lesson, query: Mapping[str, str]) -> dict[str, Any]:
    """Returns the answer for a lesson or step; raises NotFound for a step that the lesson does not have."""
    title = lesson.title(place.language)
    if place.number is not None:
        titles = lesson.step_titles(place.language)
        if not 1 <= place.number <= len(titles):
            raise NotFound
        title = f"{titles[place.number - 1]} – {title}"
    width = _at_most(WIDTH, query.get("maxwidth", ""))
    height = _at_most(HEIGHT, query.get("maxheight", ""))
    return {
        "version": "1.0", "type": "rich", "title": title, "provider_name": site_name(),
        "provider_url": absolute_url("/"), "cache_age": CACHE_SECONDS, "width": width, "height": height,
        "html": str(frame_markup(place, title, width, height)),
    }  # fmt: skip
