"""The live dashboard: open rooms of the user's units and learners without a helper, most urgent first.

The number of queries does not grow with the rooms, nor with the learners.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

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
from tutoring.rooms.visibility import open_rooms_for, seats_of_rooms, unread

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
        return clock.now() - self.since >= (UNANSWERED if self.answer else ALONE)


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
        return self.silence is not None and self.silence >= SILENT_MINUTES()

    @property
    def urgency(self) -> int:
        """The rank of the room's most urgent signal; lower is more urgent."""
        signs = (
            any(case.grade in ("S0", "S1") for case in self.cases),
            self.held > 0,
            bool(self.cases) or any(worry.level == "case" for worry in self.worries),
            bool(self.worries),
            self.wait is not None and self.wait.long,
            self.silent,
            self.unread > 0,
        )
        return signs.index(True) if True in signs else len(signs)

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
    rows = sorted(_rows(viewer, found[:MOST]), key=lambda row: (row.urgency, row.room.lasts, row.room.id))
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


def _rows(viewer: Viewer, rooms: list[Room]) -> Iterable[LiveRoom]:
    person = viewer.person
    sessions = [room.id for room in rooms if not room.lasts]
    lasting = [room.id for room in rooms if room.lasts]
    every = [*sessions, *lasting]
    seats = seats_of_rooms(sessions)  # participants of persistent rooms are not listed here
    sitting = own_seats(person.id, lasting)
    stays, last, held = (
        live_overview.stays(sessions),
        live_overview.last_words(sessions),
        live_overview.held(every),
    )
    new, cases, handing = unread(person.id, every), _cases(viewer, every), rooms_to_hand_over(sessions)
    worries = _worries(viewer, seats)
    for room in rooms:
        mine = seats.get(room.id, [])
        yield LiveRoom(
            room,
            [seat for seat in mine if seat.role in PARTICIPANT_ROLES],
            {user_id for user_id, stay in stays.get(room.id, {}).items() if stay.here},
            room.id in sitting or any(seat.user_id == person.id for seat in mine),
            _wait(mine, stays.get(room.id, {}), last.get(room.id), room),
            _silence(mine, stays.get(room.id, {}), last.get(room.id)),
            new.get(room.id, 0),
            held[room.id].count if room.id in held else 0,
            worries.get(room.id, []),
            cases.get(room.id, []),
            room.id in handing,
            held[room.id].since if room.id in held else None,
        )


def _minutes(since: datetime) -> int:
    return max(0, (clock.now() - since) // timedelta(minutes=1))


# ---- waiting -----------------------------------------------------------------------------------------------------


def _wait(seats: list[Seat], stays: dict[int, PresenceState], last: LastMessage | None, room: Room) -> Wait | None:
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
            return Wait(there[mine][0].user, [seat.user for seat in sides[other]], since, answer=False)
    if there[0] and there[1] and last is not None:
        asks = [seat for seat in sides[0] if seat.user_id == last.author_id]
        if asks:
            return Wait(asks[0].user, [seat.user for seat in sides[1]], last.at, answer=True)
    return None


def _is_here(seat: Seat, stays: dict[int, PresenceState]) -> bool:
    stay = stays.get(seat.user_id)
    return stay is not None and stay.here


def _silence(seats: list[Seat], stays: dict[int, PresenceState], last: LastMessage | None) -> int | None:
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


def _worries(viewer: Viewer, seats: dict[int, list[Seat]]) -> dict[int, list[Worry]]:
    """Returns, by room, the risks between its participants, in this room or another.

    Relatives of the pair do not see them.
    """
    part = {room_id: [seat for seat in some if seat.role in PARTICIPANT_ROLES] for room_id, some in seats.items()}
    risks = live_overview.risks([seat.user_id for seat in some] for some in part.values())
    return {
        room_id: [_worry(one, some) for one in risks.values() if _concerns(one, some) and _may_see(viewer, one)]
        for room_id, some in (part.items() if risks else ())
    }


def _concerns(one: PairRisk, seats: list[Seat]) -> bool:
    return {one.from_id, one.towards_id} <= {seat.user_id for seat in seats}


def _may_see(viewer: Viewer, one: PairRisk) -> bool:
    pair = {one.from_id, one.towards_id}
    return may_see_risk(viewer.person.id in pair, not pair.isdisjoint(viewer.family))


def _worry(one: PairRisk, seats: list[Seat]) -> Worry:
    people = {seat.user_id: seat.user for seat in seats}
    return Worry(people[one.from_id], people[one.towards_id], one.level, one.reasons)
