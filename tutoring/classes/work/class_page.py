"""The page of a class's works for those who run it: each work with its people and a worded sum."""

from dataclasses import dataclass

from tutoring.accounts.models import User
from tutoring.classes.overview import queries as overview_queries
from tutoring.classes.work import queries as work_queries
from tutoring.classes.work.models import ClassWork
from tutoring.classes.work.states import WorkStates
from tutoring.classes.work.targets import Target, catalogue_of
from tutoring.policy.classes import sum_band
from tutoring.policy.disclosure_control import STEP


@dataclass(frozen=True)
class WorkRow:
    """One work of the page. `band` words how many have done it, so that it points at no single person."""

    work: ClassWork
    target: Target
    people: int
    counted: int  # of these, whose progress the class's teacher may see
    done: int  # of the counted, rounded down
    band: str


@dataclass(frozen=True)
class WorksPage:
    """What the page shows."""

    rows: list[WorkRow]
    past: list[tuple[ClassWork, Target]]
    pupils: list[User]


def works_page(unit_id: int, lang: str) -> WorksPage:
    """Reads the page in a number of statements that does not grow with pupils or works."""
    works, past = work_queries.works_of_unit(unit_id), work_queries.archived_works(unit_id)
    pupils = work_queries.pupils_of(unit_id)
    catalogue = catalogue_of([*works, *past], lang)
    people = work_queries.recipients(works, [one.id for one in pupils], unit_id)
    states = WorkStates(works, frozenset[int]().union(*people.values()), catalogue)
    shown = {one.id for one in overview_queries.pupils_of([unit_id]) if one.shown}
    rows = []
    for one in works:
        counted = people[one.id] if one.audience == "guardians" else people[one.id] & shown
        done = states.count_done(one, counted)
        # Of chosen pupils there is no sum: two choices that differ by one pupil would tell about that pupil.
        band = "none" if one.audience == "pupils" else sum_band(done, len(counted))
        target, rounded = catalogue.target(one.kind, one.target), done // STEP * STEP
        rows.append(WorkRow(one, target, len(people[one.id]), len(counted), rounded, band))
    return WorksPage(rows, [(one, catalogue.target(one.kind, one.target)) for one in past], pupils)
