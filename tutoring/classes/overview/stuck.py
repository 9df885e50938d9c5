"""Who is stuck at which step of which lesson: one row for each step, with its pupils."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from flask import url_for
from flask_babel import gettext

from tutoring.classes.overview.queries import Pupil
from tutoring.classes.overview.states import STUCK, LessonState
from tutoring.lessons.catalogue.models import Lesson
from tutoring.policy.class_overview import may_nudge, offers_session

States = Mapping[int, Mapping[str, LessonState]]  # by pupil and lesson


@dataclass(frozen=True)
class StuckPupil:
    """One pupil at a step: since when, whether help was asked for, and whether a teacher may ask today."""

    pupil: Pupil
    since: date | None
    waits: bool
    may_nudge: bool


@dataclass(frozen=True)
class StuckStep:
    """One step and the pupils who are stuck there, the longest first."""

    lesson: Lesson
    number: int
    title: str
    pupils: list[StuckPupil]
    session_href: str  # a form for a session together, or ""


def stuck_steps(
    pupils: Iterable[Pupil], states: States, lessons: Mapping[str, Lesson], unit_id: int, lang: str
) -> list[StuckStep]:
    """Returns the steps at which pupils are stuck, first where most are."""
    places: defaultdict[tuple[str, int], list[StuckPupil]] = defaultdict(list)
    for one in pupils:
        for slug, state in states.get(one.id, {}).items():
            lesson = lessons.get(slug)
            if state.state == STUCK and lesson is not None and lesson.retired_at is None:
                number = lesson.number_of(state.step_id) or 1
                places[slug, number].append(_row(one, state))
    found = []
    for (slug, number), rows in places.items():
        lesson = lessons[slug]
        href = _session(lesson, number, unit_id, lang) if offers_session(len(rows)) else ""
        rows.sort(key=lambda row: (row.since or date.max, row.pupil.name))
        found.append(StuckStep(lesson, number, lesson.step_titles(lang)[number - 1], rows, href))
    return sorted(found, key=lambda one: (-len(one.pupils), one.pupils[0].since or date.max, one.lesson.slug))


def _row(pupil: Pupil, state: LessonState) -> StuckPupil:
    return StuckPupil(pupil, state.since, state.waits, may_nudge(pupil.shown, True, state.waits, pupil.nudged_today))


def _session(lesson: Lesson, number: int, unit_id: int, lang: str) -> str:
    """Returns the form of a group session, filled with the lesson and the step; it names no pupil."""
    teaches: Collection[str] = lesson.facts.get("teaches") or ()
    words = gettext("Cùng làm bước %(n)s: %(lesson)s", n=number, lesson=lesson.title(lang))
    return url_for(
        "pairing.new_session", words=words[:80], topic=next(iter(teaches), None), unit=unit_id, audience="pupils"
    )
