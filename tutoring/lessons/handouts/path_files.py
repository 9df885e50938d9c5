"""The PDF of each path, drawn once for a state of its lessons and kept by the process."""

import hashlib
from collections.abc import Sequence
from threading import Lock
from typing import NamedTuple

from flask import url_for
from flask_babel import gettext

from tutoring.accounts.sign_ins.flow import absolute_url
from tutoring.kernel.site_identity import site_name
from tutoring.lessons.blueprint import past
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.lessons.catalogue.localized import PathText, StepText
from tutoring.lessons.catalogue.models import Lesson
from tutoring.lessons.handouts.path_pdf import PrintedLesson, PrintedPath, PrintedStep, draw_path
from tutoring.web.i18n import day

LOOK = 1  # increase it when the drawing changes


class _File(NamedTuple):
    digest: str
    data: bytes


# One file for each path and language; a change of a lesson takes the place of the last one.
_files: dict[tuple[str, str], _File] = {}
_drawing = Lock()  # a file takes seconds of a processor: never two at once


def path_file(path: PathText, lang: str) -> bytes:
    """Returns the PDF of a path in a language; one that must be drawn first waits while another one is drawn."""
    lessons = catalogue_queries.found_lessons(head.slug for head in path.lessons)
    digest = _digest(path, lessons)
    if (kept := _kept(path.slug, lang, digest)) is not None:
        return kept
    with _drawing:
        if (kept := _kept(path.slug, lang, digest)) is not None:  # drawn while this one waited
            return kept
        data = draw_path(_printed(path, lang, lessons, catalogue_queries.steps_of_path(path.slug, lang)))
        _files[path.slug, lang] = _File(digest, data)
    return data


def _kept(slug: str, lang: str, digest: str) -> bytes | None:
    found = _files.get((slug, lang))
    return found.data if found is not None and found.digest == digest else None


def _digest(path: PathText, lessons: dict[str, Lesson]) -> str:
    rows = [lessons[head.slug] for head in path.lessons]
    states = [f"{one.slug} {one.content_hash} {past(one.facts.get('review_due'))}" for one in rows]
    said = (path.title, path.summary, site_name(), absolute_url("/"), str(LOOK), *states)
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


def _printed(path: PathText, lang: str, lessons: dict[str, Lesson], steps: Sequence[StepText]) -> PrintedPath:
    parts = {"con": gettext("Phần của con"), "ba-me": gettext("Phần của ba mẹ")}
    of_lesson: dict[str, list[PrintedStep]] = {}
    for step in steps:
        mistakes = step.block("mistakes")
        said = [(item["wrong"], item["fix"]) for item in mistakes["items"]] if mistakes else []
        printed = PrintedStep(step.title, str(step.html), parts.get(step.part, ""), said)
        of_lesson.setdefault(step.lesson_slug, []).append(printed)
    return PrintedPath(
        path.title, path.summary, site_name(), lang, gettext("Cùng Học, giấy phép CC BY 4.0."), gettext("Hay nhầm:"),
        gettext("Cách đúng:"), gettext("Hình:"),
        [
            PrintedLesson(
                head.title, head.summary, absolute_url(url_for("lessons.lesson", slug=head.slug)),
                _warning(lessons[head.slug]), of_lesson.get(head.slug, []),
            )
            for head in path.lessons
        ],
    )  # fmt: skip


def _warning(lesson: Lesson) -> str:
    if not past(lesson.facts.get("review_due")):
        return ""
    due = day(lesson.facts["review_due"])
    said = gettext(
        "Lẽ ra bài này đã được kiểm tra lại trước ngày %(day)s. "
        "Thấy màn hình khác trong bài thì dừng lại và hỏi người giúp.", day=due,
    )  # fmt: skip
    return " ".join((gettext("Bài này có thể đã cũ."), said))
