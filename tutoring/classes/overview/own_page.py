"""What the teacher of the class may see of one pupil, for the pupil and the guardian; and whether they agreed."""

from collections.abc import Sequence
from dataclasses import dataclass

from tutoring.accounts.models import User
from tutoring.accounts.queries import purposes_in_force
from tutoring.classes.overview import queries
from tutoring.classes.overview.cells import Cell, Cells
from tutoring.classes.overview.lessons import lessons_of
from tutoring.classes.overview.states import STATES, STUCK
from tutoring.community.models import Unit
from tutoring.kernel import clock
from tutoring.policy.class_overview import PURPOSE, is_shown


@dataclass(frozen=True)
class LessonRow:
    """A lesson and how far the pupil is in it."""

    slug: str
    title: str
    cell: Cell


@dataclass(frozen=True)
class Showing:
    """Whether teachers see a pupil's progress, and who has yet to agree."""

    shown: bool
    guardian_agreed: bool  # or the pupil, from 16 on
    child_agreed: bool


@dataclass(frozen=True)
class OwnPage:
    """What the template shows."""

    person: User
    classes: list[Unit]
    showing: Showing
    rows: Sequence[LessonRow]


def showing_of(person: User) -> Showing:
    """Returns whether the progress of a pupil is shown."""
    consents, assents = purposes_in_force(person.id), purposes_in_force(person.id, "assent")
    shown = is_shown(person.kind, person.oldest_age, consents, assents)
    return Showing(shown, PURPOSE in consents, PURPOSE in assents)


def own_progress(person: User, lang: str) -> OwnPage:
    """Returns the lessons of a pupil, stuck ones first."""
    states = queries.states_of({person.id}, clock.now(), every=True)[person.id]
    lessons, cells = lessons_of(states, lang), Cells()
    order = [STUCK, *(one for one in STATES if one != STUCK)]
    rows = [
        LessonRow(slug, lesson.title, cells.lesson(states[slug], lesson))
        for slug, lesson in lessons.items()
        if not lesson.retired
    ]
    rows.sort(key=lambda row: order.index(row.cell.state))
    return OwnPage(person, queries.classes_of(person.id), showing_of(person), rows)
