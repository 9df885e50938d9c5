"""Access rules of class work and of the weekly letter: who runs a class, who sees what is set and written there."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from tutoring.policy.rooms.participation import TEACHING

KINDS = ("lesson", "path", "quiz", "rehearsal", "help")  # what can be set; help: to ask for help once
AUDIENCES = ("class", "pupils", "guardians")
MAX_OPEN_WORKS = 20  # of a class at a time, so that every list stays short
LONGEST_NOTE = 300
LONGEST_LETTER = 2_000
SHOWN_AFTER = timedelta(days=14)  # so long a work is shown after its day; then it is archived
MAX_AHEAD = timedelta(days=180)
WEEK = timedelta(days=7)  # the usual time for a work, and by which one tap extends it
WORDED_BELOW = 5  # a sum of fewer people is worded, and so is one that leaves fewer out


def may_run_class(held: Collection[str], kind: str) -> bool:
    """The teachers of a class, of its school, and the coordinators set its work and write its letters.

    A ward officer, a lead and a site admin do not: they see no pupil of a class.
    """
    return kind == "class" and not TEACHING.isdisjoint(held)


@dataclass(frozen=True)
class WorkFacts:
    """The facts about one user and one work of a class.

    `chosen`: the user is among the pupils who were picked out. `guards`: the user is a confirmed guardian of a pupil of
    the class.
    """

    audience: str
    runs: bool = False
    pupil: bool = False
    chosen: bool = False
    guards: bool = False
    withdrawn: bool = False


def is_set_for(facts: WorkFacts) -> bool:
    """Whether the user is asked to do the work.

    A pupil who joins the class later gets what is set for the whole class; who leaves it gets nothing more.
    """
    if facts.withdrawn:
        return False
    if facts.audience == "guardians":
        return facts.guards
    return facts.pupil and (facts.audience == "class" or facts.chosen)


def may_read_letter(*, runs: bool, pupil: bool, guards: bool, published: bool) -> bool:
    """Who runs the class reads every letter; its pupils and their guardians read a published one."""
    return runs or (published and (pupil or guards))


def first_archived(today: date) -> date:
    """Returns the last day of the newest works that are archived."""
    return today - SHOWN_AFTER - timedelta(days=1)


def sum_band(done: int, people: int) -> str:
    """Returns how a sum of people is worded, so that it points at no single pupil: few, some, most.

    `none` is no sum at all: the group is too small for one.
    """
    if people < 2 * WORDED_BELOW:
        return "none"
    if done < WORDED_BELOW:
        return "few"
    return "most" if people - done < WORDED_BELOW else "some"
