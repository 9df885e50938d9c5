"""What other programs show of a lesson's overview: its preview card; and descriptions by schema.org."""

from dataclasses import dataclass
from typing import Any

from flask import url_for
from markupsafe import Markup

from tutoring.accounts.sign_ins.flow import absolute_url
from tutoring.kernel.site_identity import site_name
from tutoring.lessons.catalogue.localized import PathText
from tutoring.lessons.catalogue.models import SOURCE, Lesson
from tutoring.lessons.catalogue.structured_data import as_element
from tutoring.lessons.pictures.preview_picture import picture_digest

_LICENCES = {"CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/"}


@dataclass(frozen=True)
class PreviewCard:
    """Address, picture and description of a lesson, absolute and for visitors."""

    here: str
    picture: str
    data: Markup  # one element with the description as JSON-LD


def preview_card(lesson: Lesson, lang: str) -> PreviewCard:
    """Returns the card of a lesson with its path, in this language; it needs no query."""
    here = address_in("lessons.lesson", lang, slug=lesson.slug)
    shown = lang if lang in lesson.texts else SOURCE
    digest = picture_digest(lesson.content_hash, lesson.path.title(shown), site_name(), shown)
    picture = absolute_url(url_for("lessons.preview_picture", slug=lesson.slug, lang=shown, digest=digest))
    return PreviewCard(here, picture, as_element(_description(lesson, lang, here, picture)))


def address_in(endpoint: str, lang: str, **values: Any) -> str:
    """Returns the absolute address of a page in a language; the source language is not named in it."""
    return absolute_url(url_for(endpoint, **values, lang=None if lang == SOURCE else lang))


def _description(lesson: Lesson, lang: str, here: str, picture: str) -> dict[str, Any]:
    steps = [
        {"@type": "HowToStep", "position": number, "name": title,
         "url": address_in("lessons.step", lang, slug=lesson.slug, number=number)}
        for number, title in enumerate(lesson.step_titles(lang), 1)
    ]  # fmt: skip
    licence = _LICENCES.get(lesson.facts.get("licence", ""))
    path = _course(lesson.path_slug, lesson.path.title(lang), lesson.path.summary(lang), lang)
    return {
        "@type": ["HowTo", "LearningResource"], "name": lesson.title(lang),
        "description": lesson.summary(lang), "url": here, "image": picture, "isAccessibleForFree": True,
        "inLanguage": lang if lang in lesson.texts else SOURCE, "totalTime": f"PT{lesson.minutes}M", "step": steps,
        "isPartOf": path, **({"license": licence} if licence else {}),
    }  # fmt: skip


def _course(slug: str, title: str, summary: str, lang: str) -> dict[str, Any]:
    return {
        "@type": "Course", "name": title, "description": summary,
        "url": address_in("lessons.path", lang, path=slug),
        "provider": {"@type": "Organization", "name": site_name(), "url": absolute_url("/")},
    }  # fmt: skip


def described_path(path: PathText, lang: str) -> Markup:
    """Returns a path as a course with its lessons in order, as an element of the page's head."""
    parts = [
        {"@type": "LearningResource", "position": number, "name": one.title, "timeRequired": f"PT{one.minutes}M",
         "url": address_in("lessons.lesson", lang, slug=one.slug)}
        for number, one in enumerate(path.lessons, 1)
    ]  # fmt: skip
    course = _course(path.slug, path.title, path.summary, lang)
    return as_element({**course, "inLanguage": lang, "isAccessibleForFree": True, "hasPart": parts})
