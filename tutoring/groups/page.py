"""The contents of the page of a neighbourhood or ward, for one user."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from tutoring.accounts.models import User
from tutoring.community.duty.queries import DutyTurn, week_of
from tutoring.community.models import Unit
from tutoring.community.queries import on_duty
from tutoring.groups import queries as groups_queries
from tutoring.groups.access import Place
from tutoring.groups.announcements import queries as announcements_queries
from tutoring.groups.models import GroupPost, GroupTask
from tutoring.groups.tasks import queries as tasks_queries
from tutoring.kernel import clock
from tutoring.kernel.paging import Page
from tutoring.pairing.group_sessions.queries import Card, cards_for
from tutoring.policy.rooms.participation import ADULT_OBSERVER_ROLES
from tutoring.policy.rooms.persistent_rooms import may_ask_at_desk, may_open_persistent_room
from tutoring.rooms.persistent_rooms.queries import open_in

SESSIONS = 5


@dataclass(frozen=True)
class Duty:
    """The staff on duty now, later today, and on the following days."""

    now: list[DutyTurn]
    today: list[DutyTurn]
    week: list[tuple[date, list[DutyTurn]]]

    @property
    def next(self) -> DutyTurn | None:
        """The first weekly turn that is not running now."""
        return next((turn for _day, turns in self.week for turn in turns if not turn.now), None)


@dataclass(frozen=True)
class Questions:
    """Where an adult asks: the unit's room, its ward's help desk, or a help request."""

    room_id: int | None  # the room is open, and this user may enter
    may_open: bool
    desk: int | None  # the ward, while staff are on duty at its help desk
    shut: bool  # no open room for questions exists


@dataclass(frozen=True)
class GroupPage:
    place: Place
    duty: Duty
    posts: Page[GroupPost]
    month: groups_queries.Month | None
    sessions: list[Card]
    tasks: Page[GroupTask]
    questions: Questions | None


def page_of(person: User, place: Place, lang: str) -> GroupPage:
    """Returns what this user reads here. The number of queries does not grow with the unit."""
    return GroupPage(
        place=place,
        duty=duty_of(place),
        posts=announcements_queries.newest(place),
        month=groups_queries.month_of(place, person.id, lang),
        sessions=_sessions(person, place.unit),
        tasks=tasks_queries.ongoing(place, person.id) if not person.is_minor else Page([], False),
        questions=None if person.is_minor else _questions(person, place),
    )


def duty_of(place: Place) -> Duty:
    """Returns the duty turns of the unit and, for a neighbourhood, of its ward."""
    turns = week_of(place.unit.id, place.over)
    today = clock.today()
    now = [turn for turn in turns if turn.now]
    weekly = sorted((turn for turn in turns if turn.weekly), key=lambda turn: (turn.day, turn.starts, turn.person.id))
    week = [(day, list(found)) for day, found in groupby(weekly, key=lambda turn: turn.day)]
    return Duty(now, [turn for turn in turns if turn.day == today and not turn.now], week)


def _sessions(person: User, unit: Unit) -> list[Card]:
    """Returns upcoming group sessions of the unit, the units below it and its ward.

    Includes only sessions that a member of the user's family may join, or that the user leads.
    """
    near = (card for card in cards_for(person) if card.row.state in ("open", "begun") and _is_near(unit, card.row.unit))
    return [card for card in near if card.parts or card.leads][:SESSIONS]


def _is_near(unit: Unit, of: Unit) -> bool:
    return of.id == unit.id or (of.ward_id == unit.id if unit.kind == "ward" else of.id == unit.ward_id)


def _questions(person: User, place: Place) -> Questions:
    unit, held = place.unit, place.held
    room = open_in(unit.id).get("questions")
    comes_in = place.member or not ADULT_OBSERVER_ROLES.isdisjoint(held)
    ward = unit.ward_id
    asks = ward is not None and may_ask_at_desk(person.is_minor, place.member)
    there = asks and ward is not None and bool(on_duty(ward, minors=False, but=[person.id]))
    return Questions(
        room_id=room.id if room is not None and comes_in else None,
        may_open=room is None and may_open_persistent_room(held, unit.kind, "questions"),
        desk=ward if there else None,
        shut=room is None,
    )
