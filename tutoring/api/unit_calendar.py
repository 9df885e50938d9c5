"""The times of a unit, as the pages of its staff show them: without names.

Titles come from the content of the site, never from words about a session or a work, which may name a pupil. The title
of a campaign is public. The place of a training session is a public place.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flask import url_for

from tutoring.campaigns.queries import taken_part_in
from tutoring.classes.work.queries import works_of_unit
from tutoring.classes.work.targets import catalogue_of
from tutoring.community.duty.queries import hours_between
from tutoring.community.models import Unit
from tutoring.kernel import clock
from tutoring.lessons.skills.queries import topics
from tutoring.pairing.group_sessions.queries import announced_between
from tutoring.training.queries import planned_between
from tutoring.training.tracks import tracks


@dataclass(frozen=True)
class UnitTime:
    """One time of a unit."""

    kind: str
    title: str
    starts: datetime
    ends: datetime
    path: str
    place: str = ""
    all_day: bool = False


def times_of_unit(place: Unit, shown: frozenset[str], first: date, last: date, lang: str) -> list[UnitTime]:
    """Returns the times of these kinds in a range of days, both included, in order."""
    found = [one for kind in sorted(shown) for one in _SOURCES[kind](place, first, last, lang)]
    return sorted(found, key=lambda one: (one.starts, not one.all_day, one.kind, one.ends, one.path))


def _days(first: date, last: date) -> tuple[datetime, datetime]:
    """Returns the midnight before the first day and the one after the last."""
    end = datetime.combine(last + timedelta(days=1), time(), clock.LOCAL)
    return datetime.combine(first, time(), clock.LOCAL), end


def _duty(place: Unit, first: date, last: date, _lang: str) -> Iterator[UnitTime]:
    path = url_for("community.duty", unit_id=place.id)
    for one in hours_between(place.id, first, last):
        yield UnitTime("duty", "", one.starts, one.ends, path, place.name if one.place == "centre" else "")


def _groups(place: Unit, first: date, last: date, lang: str) -> Iterator[UnitTime]:
    names = dict(topics(lang))
    for row in announced_between(place.id, *_days(first, last)):
        yield UnitTime("group", names.get(row.topic, ""), row.at, row.ends, url_for("pairing.sessions"))


def _trainings(place: Unit, first: date, last: date, lang: str) -> Iterator[UnitTime]:
    known = tracks()
    for row in planned_between(place.id, *_days(first, last)):
        track, path = known.get(row.track), url_for("training.session", training_id=row.id)
        yield UnitTime("training", track.title_in(lang) if track else "", row.at, row.ends, path, row.place)


def _campaigns(place: Unit, first: date, last: date, _lang: str) -> Iterator[UnitTime]:
    for row in taken_part_in(place.id):
        if row.starts_on <= last and row.ends_on >= first:
            path = url_for("campaigns.show", code=row.code)
            yield UnitTime("campaign", row.title, *_days(row.starts_on, row.ends_on), path, all_day=True)


def _works(place: Unit, first: date, last: date, lang: str) -> Iterator[UnitTime]:
    works = [one for one in works_of_unit(place.id) if first <= one.due <= last]
    catalogue, path = catalogue_of(works, lang), url_for("classes.works", unit_id=place.id)
    for one in works:
        title = catalogue.target(one.kind, one.target).title
        yield UnitTime("work", title, *_days(one.due, one.due), path, all_day=True)


_SOURCES = {"duty": _duty, "group": _groups, "training": _trainings, "campaign": _campaigns, "work": _works}
