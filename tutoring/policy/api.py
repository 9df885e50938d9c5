"""Access rules of the API: who makes tokens, what a token reaches, and when it ends."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from tutoring.policy.access import STAFF
from tutoring.policy.classes import may_run_class
from tutoring.policy.community import may_see_unit
from tutoring.policy.pairing.group_sessions import may_cancel_session
from tutoring.policy.training import may_run_training

CALENDAR, PROGRESS, CLASSES, CLASS_WORK, DEVICES, UNITS, UNIT_CALENDAR = (
    "calendar", "progress", "classes", "class_work", "devices", "units", "unit_calendar",
)  # fmt: skip
PERSON_SCOPES = (CALENDAR, PROGRESS, UNITS, UNIT_CALENDAR, CLASSES, CLASS_WORK, DEVICES)
UNIT_SCOPES = (
    UNITS,
    UNIT_CALENDAR,
    CLASSES,
    DEVICES,
)  # what can be told without a person; nothing is written by a unit's token
LIVES = (30, 90, 180, 365)  # days
MOST_TOKENS = 10  # of a person, and of a unit
LONGEST_LABEL = 60
WRITES_KEPT = timedelta(days=1)  # so long a repeated key gets the first answer


def may_make_token(minor: bool) -> bool:
    """Adults make tokens for themselves: data of minors does not leave through a program of their own."""
    return not minor


def may_make_unit_token(held: Collection[str], archived: bool) -> bool:
    """The staff of a unit make tokens for it; `held` are the acting roles at the unit or above it."""
    return not archived and not STAFF.isdisjoint(held)


def may_see_unit_tokens(held: Collection[str]) -> bool:
    """The staff of a unit see its tokens and end each of them; a site admin does too."""
    return not (STAFF | {"site_admin"}).isdisjoint(held)


@dataclass(frozen=True)
class TokenFacts:
    """The facts about a token at the moment of a request.

    `held` are the acting roles of the maker at the unit of the token, now; a token of a person has no unit.
    """

    ended: bool
    expires_at: datetime
    maker_state: str
    maker_minor: bool
    of_unit: bool = False
    held: frozenset[str] = frozenset()
    archived: bool = False


def is_valid(facts: TokenFacts, now: datetime) -> bool:
    """Whether a token works.

    It ends with its date, with the account of its maker, and, for a unit, with the role that it was made under.
    """
    if facts.ended or facts.expires_at <= now or facts.maker_state != "active" or not may_make_token(facts.maker_minor):
        return False
    return not facts.of_unit or may_make_unit_token(facts.held, facts.archived)


def offered_scopes(of_unit: bool) -> tuple[str, ...]:
    """Returns the scopes that a token of a person, or of a unit, can have."""
    return UNIT_SCOPES if of_unit else PERSON_SCOPES


def may_name_pupils(of_unit: bool) -> bool:
    """A teacher's own token names the pupils whom the pages show; a token of a unit names no minor."""
    return not of_unit


def reaches(unit_of_token: int | None, units_above: Collection[int]) -> bool:
    """Whether a token reaches a unit: one of a unit reaches that unit and those below it.

    `units_above` are the ids of the unit and of all above it.
    """
    return unit_of_token is None or unit_of_token in units_above


def shown_in_unit_calendar(held: Collection[str], kind: str) -> frozenset[str]:
    """Returns which times of a unit its staff read by token: those of the pages that these roles open.

    `held` are the roles at the unit or above it. Nothing is shown where they do not see the unit.
    """
    if not may_see_unit(held):
        return frozenset()
    shown = {"duty", "campaign"}
    if may_cancel_session(False, held):  # who lists the group sessions of a unit without coming to them
        shown.add("group")
    if may_run_training(held):
        shown.add("training")
    if may_run_class(held, kind):
        shown.add("work")
    return frozenset(shown)
