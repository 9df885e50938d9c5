"""Descriptions of pages by schema.org, as JSON-LD that search engines read."""

from collections.abc import Iterable
from typing import Any

from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup


def as_element(description: dict[str, Any]) -> Markup:
    """Returns the description as an element of a page's head; browsers do not run it."""
    data = htmlsafe_json_dumps({"@context": "https://schema.org", **description}, ensure_ascii=False)
    return Markup(f'<script type="application/ld+json">{data}</script>')


def question_page(answers: Iterable[tuple[str, str]], lang: str) -> Markup:
    """Returns the questions of a page with the answer that the page shows to each, or nothing without questions."""
    found = [
        {"@type": "Question", "name": asked, "acceptedAnswer": {"@type": "Answer", "text": said}}
        for asked, said in answers
    ]
    return as_element({"@type": "FAQPage", "inLanguage": lang, "mainEntity": found}) if found else Markup()
