"""Paged tables for trainers: the people of a ward's track, the wards of a city."""

from dataclasses import dataclass

from flask_babel import gettext

from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.community.units.staff_queries import units_below
from tutoring.kernel.database.sql import has_words
from tutoring.kernel.paging import Numbered, Page, Wanted, numbered
from tutoring.kernel.text import N_, words
from tutoring.training.labels import STATE_WORDS, missing_words
from tutoring.training.progress_queries import (
    Counts,
    Syllabus,
    counts_of_tracks,
    get_readiness_of_people,
    select_people_page,
)
from tutoring.training.readiness import Readiness
from tutoring.training.track_members import Person, names
from tutoring.web.tables import table as tables

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


PEOPLE_ORDERS = ("name", "due")


def people_page(known: Syllabus, ward_id: int, wanted: Wanted) -> Numbered[PersonRow]:
    """Returns a page of the people of a ward on a track; words are looked for in their names, `show` filters them."""
    query, orders = select_people_page(known, ward_id, wanted.chosen.get("show") or "all")
    if looked_for := words(wanted.words):
        query = query.where(*has_words(User.name_words, looked_for))
    page = numbered(query, wanted, orders, User.id)
    told = {one.user_id: one for one in names(known.track, ward_id, page.items)}
    found = get_readiness_of_people(known, page.items)
    rows = [PersonRow(told[user_id], found[user_id]) for user_id in page.items if user_id in told]
    return Numbered(rows, page.more, page.total, page.number, page.size)


def people_columns(known: Syllabus) -> list[tables.Column]:
    """Returns the columns of the people of a track."""
    return [
        tables.Column("name", N_("Họ và tên"), lambda row: row.person.full_name),
        tables.Column("unit", N_("Ở đâu"), lambda row: row.person.unit_name),
        tables.Column("state", N_("Tình trạng"), lambda row: gettext(STATE_WORDS[row.stands.state])),
        tables.Column("missing", N_("Còn thiếu"), lambda row: ". ".join(missing_words(row.stands, known, whole=True))),
        tables.Column("due", N_("Đến hạn"), lambda row: f"{row.stands.due_on:%d/%m/%Y}" if row.stands.due_on else ""),
    ]


def city_page(city: Unit, known: list[Syllabus], after: int) -> City:
    """Returns fifty wards with their counts, by name.

    The cost depends only on the people of these wards.
    """
    page = units_below(city.id, after, SIZE, "ward")
    ids = [one.id for one in page.items]
    found = counts_of_tracks(known, ids)
    lines = [Ward(one, [each.get(one.id, Counts()) for each in found]) for one in page.items]
    return City(known, Page(lines, page.more))
