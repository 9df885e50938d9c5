"""The live dashboard: open rooms of the user's units and learners without a helper, most urgent first.

The number of queries does not grow with the rooms, nor with the learners.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import User
from tutoring.kernel import clock
from tutoring.kernel.database.sql import built_once, ids_parameter, in_ids
from tutoring.kernel.db import db
from tutoring.kernel.text import contains_words, search_text, words
from tutoring.moderation.cases.queries import Viewer, viewer_of
from tutoring.moderation.models import Case
from tutoring.moderation.site_settings import SILENT_MINUTES
from tutoring.moderation.unhelped_learners import UnhelpedLearner, unhelped_learners
from tutoring.pairing.handoff.queries import rooms_to_hand_over
from tutoring.policy.moderation.cases import may_see_case, may_see_risk
from tutoring.policy.rooms.participation import PARTICIPANT_ROLES
from tutoring.rooms import live_overview
from tutoring.rooms.live_overview import LastMessage, PairRisk, PresenceState
from tutoring.rooms.models import Room, Seat
from tutoring.rooms.persistent_rooms.queries import own_seats
from tutoring.rooms.visibility import open_rooms_for, seats_of_rooms, sittings_in_rooms, unread

MOST = 300  # rooms that are loaded; larger units are observed in parts
PAGE = 20
NAMED = 3  # people in the name of a room
ALONE = timedelta(minutes=2)  # one side waits for the other
UNANSWERED = timedelta(minutes=5)
WITH_WAITING = ("all", "need", "waiting")
SHOWS = (*WITH_WAITING, "held", "silent", "mine")
DANGER = 4  # below it stand reports, held messages and signs of risk; from 6 on no attention is needed
CALM = 6


@dataclass(frozen=True)
class Wait:
    """A participant waits: for the other side to come, or for an answer."""

    who: User
    for_whom: list[User]
    since: datetime
    answer: bool

    @property
    def minutes(self) -> int:
        return _minutes(self.since)

    @property
    def long(self) -> bool:
        return _is_long(self.since, self.answer)


@dataclass(frozen=True)
class Worry:
    """The risk level of one user's messages to another, and its reasons."""

    author: User
    towards: User
    level: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class LiveRoom:
    """One open room on the dashboard."""

    room: Room
    seats: list[Seat]
    here: Collection[int] = frozenset()
    watching: bool = False
    wait: Wait | None = None
    silence: int | None = None  # whole minutes without a message while a participant is present
    unread: int = 0
    held: int = 0
    worries: list[Worry] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    may_hand_over: bool = False
    held_since: datetime | None = None  # when the oldest held message was written

    @property
    def pair(self) -> list[Seat]:
        """The few who name the room in the list: learners and helpers, but for a crowd."""
        return [seat for seat in self.seats if seat.role != "guardian"][:NAMED]

    @property
    def more(self) -> int:
        """How many learners and helpers `pair` leaves out."""
        return sum(seat.role != "guardian" for seat in self.seats) - len(self.pair)

    @property
    def silent(self) -> bool:
        return _is_silent(self.silence)

    @property
    def urgency(self) -> int:
        """The rank of the room's most urgent signal; lower is more urgent."""
        long = self.wait is not None and self.wait.long
        return _urgency(self.cases, self.held, [one.level for one in self.worries], long, self.silent, self.unread)

    @property
    def needs(self) -> bool:
        return self.urgency < CALM

    def fits(self, show: str) -> bool:
        """Returns whether the room belongs under a filter."""
        filters = {
            "need": self.needs, "waiting": False, "held": self.held > 0, "silent": self.silent,
            "mine": self.watching,
        }  # fmt: skip
        return filters.get(show, True)

    def has(self, looked_for: Sequence[str]) -> bool:
        """Returns whether the room's people, title and unit hold all these folded words."""
        names = (seat.user.name_words for seat in self.seats)
        return contains_words(search_text(" ".join([self.room.title or "", self.room.unit.name, *names])), looked_for)


@dataclass(frozen=True)
class Board:
    """One page of the dashboard: rooms, learners who wait, counts per filter, and whether rooms were cut off.

    `chosen` is the room shown beside the list; the first one, unless the user asked for another. It is None when that
    one is not open any more, or there is none.
    """

    rows: list[LiveRoom]
    waiting: list[UnhelpedLearner]
    show: str
    counts: dict[str, int]
    page: int
    pages: int
    cut: bool
    chosen: LiveRoom | None

    @property
    def in_danger(self) -> list[LiveRoom]:
        """The rooms that come before learners who wait."""
        return [row for row in self.rows if row.urgency < DANGER]

    @property
    def others(self) -> list[LiveRoom]:
        return [row for row in self.rows if row.urgency >= DANGER]


def _is_long(since: datetime, answer: bool) -> bool:
    return clock.now() - since >= (UNANSWERED if answer else ALONE)


def _is_silent(minutes: int | None) -> bool:
    return minutes is not None and minutes >= SILENT_MINUTES()


def _urgency(
    cases: Sequence[Case], held: int, worries: Collection[str], long_wait: bool, silent: bool, unread: int
) -> int:
    signs = (
        any(case.grade in ("S0", "S1") for case in cases),
        held > 0,
        bool(cases) or "case" in worries,
        bool(worries),
        long_wait,
        silent,
        unread > 0,
    )
    return signs.index(True) if True in signs else len(signs)


def board(
    person: User,
    show: str = "all",
    page: int = 1,
    room_id: int | None = None,
    waiting: Sequence[UnhelpedLearner] | None = None,
    typed: str = "",
) -> Board:
    """Returns one page of the open rooms that this user may observe, narrowed by a filter.

    `typed` are words in the names of people and units; the counts are those of what they find. Learners who wait stand
    on the first page. `room_id` is the room that the user asked for. `waiting` saves a page that shows rooms alone the
    queries for learners.
    """
    viewer = viewer_of(person)
    show = show if show in SHOWS else "all"
    found = open_rooms_for(person, MOST + 1)
    rows = sorted(_rows(viewer, found[:MOST]), key=lambda row: _rank(row.urgency, row.room))
    waiting = unhelped_learners(person) if waiting is None else waiting
    if looked_for := words(typed):
        rows = [row for row in rows if row.has(looked_for)]
        waiting = [one for one in waiting if one.has(looked_for)]
    fitting = [row for row in rows if row.fits(show)]
    pages = max(1, -(-len(fitting) // PAGE))
    page = min(max(1, page), pages)
    here = fitting[(page - 1) * PAGE : page * PAGE]
    counts = {one: sum(row.fits(one) for row in rows) + (len(waiting) if one in WITH_WAITING else 0) for one in SHOWS}
    waits = list(waiting) if show in WITH_WAITING and page == 1 else []
    chosen = next((row for row in (here if room_id is None else rows) if room_id in (None, row.room.id)), None)
    return Board(here, waits, show, counts, page, pages, len(found) > MOST, chosen)


def most_urgent(person: User, most: int) -> tuple[list[LiveRoom], int]:
    """Returns the first rooms of the board, and how many it has.

    People are loaded of these few rooms alone.
    """
    found = open_rooms_for(person, MOST)
    signals = _Signals(viewer_of(person), found, sittings_in_rooms([room.id for room in found if not room.lasts]))
    first = sorted(found, key=lambda room: _rank(signals.urgency(room), room))[:most]
    seats = seats_of_rooms(room.id for room in first if not room.lasts)
    return [signals.row(room, seats.get(room.id, [])) for room in first], len(found)


def _rank(urgency: int, room: Room) -> tuple[int, bool, int]:
    return urgency, room.lasts, room.id


def _rows(viewer: Viewer, rooms: list[Room]) -> Iterable[LiveRoom]:
    sessions = [room.id for room in rooms if not room.lasts]
    seats = seats_of_rooms(sessions)  # participants of persistent rooms are not listed here
    signals, handing = _Signals(viewer, rooms, seats), rooms_to_hand_over(sessions)
    for room in rooms:
        yield signals.row(room, seats.get(room.id, []), room.id in handing)


class _Signals:
    """What is known of these rooms, read at once. Their seats may lack the people (`Sitting`)."""

    def __init__(self, viewer: Viewer, rooms: list[Room], seats: Mapping[int, Sequence[Any]]) -> None:
        person = viewer.person
        sessions, every = [room.id for room in rooms if not room.lasts], [room.id for room in rooms]
        self.person, self.seats = person, seats
        self.sitting = own_seats(person.id, [room.id for room in rooms if room.lasts])
        self.stays, self.last = live_overview.stays(sessions), live_overview.last_words(sessions)
        self.held, self.unread = live_overview.held(every), unread(person.id, every)
        self.cases, self.risks = _cases(viewer, every), _risks(viewer, seats)

    def urgency(self, room: Room) -> int:
        """Returns the rank of `LiveRoom.urgency`."""
        seats, stays, last = self.seats.get(room.id, ()), self.stays.get(room.id, {}), self.last.get(room.id)
        waits = _waits(seats, stays, last, room)
        return _urgency(
            self.cases.get(room.id, []),
            self.held[room.id].count if room.id in self.held else 0,
            [one.level for one in self.risks.get(room.id, ())],
            waits is not None and _is_long(waits.since, waits.answer),
            _is_silent(_silence(seats, stays, last)),
            self.unread.get(room.id, 0),
        )

    def row(self, room: Room, seats: list[Seat], may_hand_over: bool = False) -> LiveRoom:
        """Returns the room with its people."""
        stays, last = self.stays.get(room.id, {}), self.last.get(room.id)
        part = [seat for seat in seats if seat.role in PARTICIPANT_ROLES]
        held, waits = self.held.get(room.id), _waits(seats, stays, last, room)
        return LiveRoom(
            room,
            part,
            {user_id for user_id, stay in stays.items() if stay.here},
            room.id in self.sitting or any(seat.user_id == self.person.id for seat in seats),
            Wait(waits.who.user, [seat.user for seat in waits.others], waits.since, waits.answer) if waits else None,
            _silence(seats, stays, last),
            self.unread.get(room.id, 0),
            held.count if held else 0,
            [_worry(one, part) for one in self.risks.get(room.id, ())],
            self.cases.get(room.id, []),
            may_hand_over,
            held.since if held else None,
        )


def _minutes(since: datetime) -> int:
    return max(0, (clock.now() - since) // timedelta(minutes=1))


# ---- waiting -----------------------------------------------------------------------------------------------------


class _Waits(NamedTuple):
    """Whose seat waits for those of the other side."""

    who: Any
    others: list[Any]
    since: datetime
    answer: bool


def _waits(
    seats: Sequence[Any], stays: dict[int, PresenceState], last: LastMessage | None, room: Room
) -> _Waits | None:
    """Returns which side waits.

    Either one side is present without the other, or the learner's last message has no answer.
    """
    sides = [[seat for seat in seats if seat.role == role] for role in ("learner", "helper")]
    there = [[seat for seat in side if _is_here(seat, stays)] for side in sides]
    for mine, other in ((0, 1), (1, 0)):
        if there[mine] and not there[other] and sides[other]:
            gone = [stays[seat.user_id].since for seat in sides[other] if seat.user_id in stays]
            came = min(stays[seat.user_id].since for seat in there[mine])
            since = max(came, room.opened_at, *gone)
            return _Waits(there[mine][0], sides[other], since, answer=False)
    if there[0] and there[1] and last is not None:
        asks = [seat for seat in sides[0] if seat.user_id == last.author_id]
        if asks:
            return _Waits(asks[0], sides[1], last.at, answer=True)
    return None


def _is_here(seat: Any, stays: dict[int, PresenceState]) -> bool:
    stay = stays.get(seat.user_id)
    return stay is not None and stay.here


def _silence(seats: Sequence[Any], stays: dict[int, PresenceState], last: LastMessage | None) -> int | None:
    """Returns the minutes since the last message, or since the first participant present came.

    The later of the two counts.
    """
    here = [stays[seat.user_id].since for seat in seats if seat.role in PARTICIPANT_ROLES and _is_here(seat, stays)]
    if not here:
        return None
    return _minutes(max(min(here), last.at) if last is not None else min(here))


# ---- risks and cases ---------------------------------------------------------------------------------------------


def _cases(viewer: Viewer, room_ids: Collection[int]) -> dict[int, list[Case]]:
    """Returns the open cases about these rooms that this user may see."""
    found: dict[int, list[Case]] = {}
    for case in db.session.scalars(_cases_of_rooms(), {"rooms": ids_parameter(room_ids)}) if room_ids else ():
        if may_see_case(viewer.facts(case)):
            found.setdefault(case.room_id or 0, []).append(case)
    return found


@built_once
def _cases_of_rooms() -> sa.Select[Any]:
    here = in_ids(Case.room_id, sa.bindparam("rooms"))
    query = sa.select(Case).options(joinedload(Case.welfare)).where(Case.state == "open", here)
    return query.order_by(Case.grade, Case.id)


def _risks(viewer: Viewer, seats: Mapping[int, Sequence[Any]]) -> dict[int, list[PairRisk]]:
    """Returns, by room, the risks between its participants, in this room or another.

    Relatives of the pair do not see them.
    """
    part = {
        room_id: {seat.user_id for seat in some if seat.role in PARTICIPANT_ROLES} for room_id, some in seats.items()
    }
    risks = live_overview.risks(part.values())
    return {
        room_id: [one for one in risks.values() if _concerns(one, some) and _may_see(viewer, one)]
        for room_id, some in (part.items() if risks else ())
    }


def _concerns(one: PairRisk, people: set[int]) -> bool:
    return {one.from_id, one.towards_id} <= people


def _may_see(viewer: Viewer, one: PairRisk) -> bool:
    pair = {one.from_id, one.towards_id}
    return may_see_risk(viewer.person.id in pair, not pair.isdisjoint(viewer.family))


def _worry(one: PairRisk, seats: list[Seat]) -> Worry:
    people = {seat.user_id: seat.user for seat in seats}
    return Worry(people[one.from_id], people[one.towards_id], one.level, one.reasons)
