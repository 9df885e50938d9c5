"""Paged tables for trainers: the people of a ward's track, the wards of a city."""

from dataclasses import dataclass

from flask_babel import format_date, gettext

from tutoring.community.models import Unit
from tutoring.community.units.staff_queries import units_below
from tutoring.kernel.csv_files import written
from tutoring.kernel.paging import Page
from tutoring.training.labels import STATE_WORDS, missing_words
from tutoring.training.progress_queries import Counts, Syllabus, counts, get_readiness_of_people, select_people
from tutoring.training.readiness import Readiness
from tutoring.training.track_members import Person, names

SIZE = 50


@dataclass(frozen=True)
class PersonRow:
    """A person on a track and their readiness."""

    person: Person
    stands: Readiness


@dataclass(frozen=True)
class Ward:
    """A ward of the city with its counts by track."""

    unit: Unit
    by_track: list[Counts]


@dataclass(frozen=True)
class City:
    """A page of the wards of a city."""

    tracks: list[Syllabus]
    wards: Page[Ward]


def people_page(known: Syllabus, ward_id: int, show: str, after: int) -> Page[PersonRow]:
    """Returns fifty of the filtered people by name; `after` is the last one already shown."""
    everybody = names(known.track, ward_id, select_people(known, ward_id, show))
    at = next((n for n, one in enumerate(everybody, 1) if one.user_id == after), 0)
    page = Page.of(everybody[at : at + SIZE + 1], SIZE)
    found = get_readiness_of_people(known, [one.user_id for one in page.items])
    return Page([PersonRow(one, found[one.user_id]) for one in page.items], page.more)


def city_page(city: Unit, known: list[Syllabus], after: int) -> City:
    """Returns fifty wards with their counts, by name.

    The cost depends only on the people of these wards.
    """
    page = units_below(city.id, after, SIZE, "ward")
    ids = [one.id for one in page.items]
    found = [counts(one, ids) for one in known]
    lines = [Ward(one, [each.get(one.id, Counts()) for each in found]) for one in page.items]
    return City(known, Page(lines, page.more))


def csv_of(known: Syllabus, ward_id: int, show: str) -> bytes:
    """Returns all filtered people as a CSV file."""
    everybody = names(known.track, ward_id, select_people(known, ward_id, show))
    found = get_readiness_of_people(known, [one.user_id for one in everybody])
    head = (gettext("Họ và tên"), gettext("Ở đâu"), gettext("Tình trạng"), gettext("Còn thiếu"), gettext("Đến hạn"))
    return written(head, (_row(one, found[one.user_id], known) for one in everybody))


def _row(one: Person, stands: Readiness, known: Syllabus) -> list[str]:
    due = format_date(stands.due_on, "dd/MM/yyyy") if stands.due_on else ""
    missing = ". ".join(missing_words(stands, known, whole=True))
    return [one.full_name, one.unit_name, gettext(STATE_WORDS[stands.state]), missing, due]
