"""What a device needs to show a lesson offline: pages, files, and the keys of checkpoints.

The practice questions of a lesson may include their answers; quiz questions are never included.
"""

import hashlib
import json
from typing import Any

from flask import url_for
from flask_babel import gettext

from tutoring.lessons.catalogue.localized import StepText
from tutoring.lessons.catalogue.media import SHEET
from tutoring.lessons.catalogue.models import Lesson
from tutoring.web.assets import asset_url, css_hash, font_urls

SCRIPTS = (
    "offline/device-progress",
    "progress/step",
    "offline/checkpoint-grading",
    "catalogue/read-aloud",
    "lists",
    "offline/saved-items",
)
PAGE = 7_000  # approximate bytes of a page in transfer


def mark(lesson: Lesson, lang: str) -> str:
    """Returns a value that changes whenever a saved copy should be renewed."""
    parts = [lesson.content_hash, lang, css_hash(), *_assets()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def size(lesson: Lesson) -> int:
    """Returns the approximate bytes of saving a lesson: pages and media.

    Fonts and scripts are already cached.
    """
    return PAGE * (lesson.step_count + 3) + sum(int(one["bytes"]) for one in lesson.facts.get("media", ()))


def _assets() -> list[str]:
    scripts = [asset_url(f"lessons/{name}.js") for name in SCRIPTS]
    pages = ("app/refresh-cached-page.js", "app/print.js", "app/emergency-card.js", "icon.svg", SHEET)
    shared = [asset_url(path) for path in pages]
    return [*scripts, *shared, *font_urls()]


def manifest(lesson: Lesson, steps: list[StepText], lang: str) -> dict[str, Any]:
    """Returns the manifest as JSON data for saved-items.js and checkpoint-grading.js in static/lessons/offline/."""
    pages = [url_for(f"lessons.{name}", slug=lesson.slug) for name in ("lesson", "done", "handout")]
    pages += [url_for("lessons.step", slug=lesson.slug, number=step.number) for step in steps]
    return {
        "slug": lesson.slug,
        "title": lesson.title(lang),
        "mark": mark(lesson, lang),
        "lang": lang,
        "bytes": size(lesson),
        "pages": pages,
        "media": [one["url"] for one in lesson.facts.get("media", ())],
        "assets": _assets(),
        "offline": url_for("lessons.offline"),
        "fresh": asset_url("app/refresh-cached-page.js"),
        "steps": {step.step_id: step.number for step in steps},
        "questions": {block["id"]: _key(block) for step in steps for block in step.checkpoints},
        "words": _words(),
    }


def _key(block: dict[str, Any]) -> dict[str, Any]:
    names = ("id", "correct", "say", "back_to", *(["text"] if block["kind"] == "type" else ()))
    options = [{name: option[name] for name in names} for option in block["options"]]
    return {"kind": block["kind"], "say": block["say"], "options": options}


def _words() -> dict[str, str]:
    return {
        "right": gettext("Đúng rồi!"),
        "wrong": gettext("Chưa đúng."),
        "empty": gettext("Hãy chọn một câu trả lời trước."),
        "look": gettext("Hãy xem gợi ý rồi chọn lại."),
        "back": gettext("Xem lại bước %(n)s", n="{n}"),
        "copy": gettext("Bản đã tải về máy này. Không có mạng vẫn học được."),
        "newer": gettext("Mở trang mới nhất"),
    }


def body(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))
