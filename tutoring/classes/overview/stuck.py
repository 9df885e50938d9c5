"""Who is stuck at which step of which lesson: one row for each step, with its pupils."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from flask import url_for
from flask_babel import gettext

from tutoring.classes.overview.lessons import LessonOutline
from tutoring.classes.overview.queries import Pupil
from tutoring.classes.overview.states import LessonState
from tutoring.policy.class_overview import may_nudge, offers_session

StuckIn = tuple[int, str, LessonState]  # a pupil, a lesson, and how far the pupil is there


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

    lesson: LessonOutline
    number: int
    title: str
    pupils: list[StuckPupil]
    session_href: str  # a form for a session together, or ""


def stuck_steps(
    pupils: Iterable[Pupil], stuck: Iterable[StuckIn], lessons: Mapping[str, LessonOutline], unit_id: int
) -> list[StuckStep]:
    """Returns the steps at which pupils are stuck, first where most are."""
    places: defaultdict[tuple[str, int], list[StuckPupil]] = defaultdict(list)
    by_id = {one.id: one for one in pupils}
    for pupil_id, slug, state in stuck:
        lesson = lessons.get(slug)
        if lesson is not None and not lesson.retired:
            places[slug, lesson.number_of(state.step_id)].append(_row(by_id[pupil_id], state))
    found = []
    for (slug, number), rows in places.items():
        lesson = lessons[slug]
        href = _session(lesson, number, unit_id) if offers_session(len(rows)) else ""
        rows.sort(key=lambda row: (row.since or date.max, row.pupil.name))
        found.append(StuckStep(lesson, number, lesson.step_titles[number - 1], rows, href))

    def order(one: StuckStep) -> tuple[int, date, str, int]:
        return -len(one.pupils), one.pupils[0].since or date.max, one.lesson.slug, one.number

    return sorted(found, key=order)


def _row(pupil: Pupil, state: LessonState) -> StuckPupil:
    return StuckPupil(pupil, state.since, state.waits, may_nudge(pupil.shown, True, state.waits, pupil.nudged_today))


def _session(lesson: LessonOutline, number: int, unit_id: int) -> str:
    """Returns the form of a group session, filled with the lesson and the step; it names no pupil."""
    words = gettext("Cùng làm bước %(n)s: %(lesson)s", n=number, lesson=lesson.title)
    return url_for("pairing.new_session", words=words[:80], topic=lesson.topic, unit=unit_id, audience="pupils")
