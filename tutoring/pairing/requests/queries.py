"""Queries on help requests, and on who may ask the same helper again after a session.

The learner's side may ask again for a week.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import User
from tutoring.accounts.queries import is_guardian
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.pairing.eligibility import avoided, may_show
from tutoring.pairing.group_sessions.models import GroupSession
from tutoring.pairing.lifecycle.timers import times_left
from tutoring.pairing.models import OPEN, AddedText, HelpRequest, MutedTopic, Offer, RequestStep, WrittenAnswer
from tutoring.pairing.presence import leads_a_group
from tutoring.pairing.scheduling.models import WeeklyHours
from tutoring.pairing.vetting.queries import vouchers
from tutoring.policy.pairing.requests import (
    may_ask_beside,
    may_ask_for,
    may_ask_on,
    may_keep_request,
    may_read_request,
)
from tutoring.rooms import queries as rooms
from tutoring.rooms.models import Room
from tutoring.rooms.sessions.history import WELL_CLOSED


def find_request(request_id: int) -> HelpRequest | None:
    """Returns a request with its people loaded, or None."""
    found: HelpRequest | None = db.session.scalar(_request(True), {"request": request_id})
    return found


@cache  # building the statement takes longer than running it
def _request(with_helper: bool) -> sa.Select[Any]:
    query = sa.select(HelpRequest).options(joinedload(HelpRequest.learner), joinedload(HelpRequest.unit))
    query = query.options(joinedload(HelpRequest.helper)) if with_helper else query
    return query.where(HelpRequest.id == sa.bindparam("request"))


def request_to_take(request_id: int) -> HelpRequest:
    """Returns a request with its learner and its unit loaded; raises NotFound."""
    found: HelpRequest | None = db.session.scalar(_request(False), {"request": request_id})
    if found is None:
        raise NotFound
    return found


def request(request_id: int) -> HelpRequest:
    """Returns a request with its people loaded; raises NotFound."""
    found = find_request(request_id)
    if found is None:
        raise NotFound
    return found


def request_for(viewer: User, request_id: int) -> HelpRequest:
    """Returns a request that the viewer may see; raises NotFound otherwise."""
    found = request(request_id)
    guardian = found.minor and is_guardian(viewer.id, found.learner_id)
    if not may_read_request(viewer.id == found.learner_id, guardian, viewer.id == found.helper_id):
        raise NotFound
    return found


def open_requests(learner_id: int) -> list[HelpRequest]:
    """Returns the open requests of a learner, in the order of `open_requests_of`."""
    return open_requests_of([learner_id]).get(learner_id, [])


_SLOTS = ("helper", "hour", "device", "")  # of slots: first what may go on in this moment


def open_requests_of(learner_ids: Iterable[int]) -> dict[int, list[HelpRequest]]:
    """Returns the open requests of several learners by learner, with the learner loaded.

    First the one for which a helper is asked or here, then the one that waits for an hour, then for a device.
    """
    found: dict[int, list[HelpRequest]] = {}
    for one in sorted(db.session.scalars(_open(), {"learners": list(learner_ids)}), key=_order):
        found.setdefault(one.learner_id, []).append(one)
    return found


@cache  # on every start page, like `_helping`
def _open() -> sa.Select[Any]:
    learners: sa.BindParameter[Any] = sa.bindparam("learners", expanding=True)
    query = sa.select(HelpRequest).options(joinedload(HelpRequest.learner))
    return query.where(HelpRequest.learner_id.in_(learners), HelpRequest.state.in_(OPEN))


def request_to_keep(user: User, request_id: int) -> HelpRequest:
    """Returns a request for its own side: the learner, or the guardian who asked. Raises NotFound for other users."""
    found = request(request_id)
    asked_for_child = user.id == found.asked_by_id and is_guardian(user.id, found.learner_id)
    if not may_keep_request(user.id == found.learner_id, asked_for_child):
        raise NotFound
    return found


@dataclass(frozen=True)
class AskingFacts:
    """What the page of asking knows of a learner."""

    requests: list[HelpRequest]  # open ones, in the order of `open_requests_of`
    has_hours: bool  # whether free hours are on record, without which no weekly meeting is found


def asking_facts(learner_ids: Iterable[int]) -> dict[int, AskingFacts]:
    """Returns these facts of several learners in one query."""
    mine = sa.and_(HelpRequest.learner_id == User.id, HelpRequest.state.in_(OPEN))
    query = (
        sa.select(User.id, WeeklyHours.free, HelpRequest)
        .select_from(User)
        .outerjoin(WeeklyHours, WeeklyHours.user_id == User.id)
        .outerjoin(HelpRequest, mine)
        .where(User.id.in_(list(learner_ids)))
    )
    found: dict[int, AskingFacts] = {}
    for learner_id, free, asked in db.session.execute(query):
        facts = found.setdefault(learner_id, AskingFacts([], any(free or b"")))
        if asked is not None:
            facts.requests.append(asked)
    for facts in found.values():
        facts.requests.sort(key=_order)
    return found


def _order(asked: HelpRequest) -> tuple[int, int]:
    return _SLOTS.index(asked.slot), asked.id


def request_ahead_of(asked: HelpRequest) -> HelpRequest | None:
    """Returns the open request of the same learner for which this one is deferred."""
    slot = "hour" if asked.wish == "weekly" or times_left(asked) else "helper"
    return next((one for one in open_requests(asked.learner_id) if one.slot == slot), None)


def request_of_room(room_id: int) -> HelpRequest | None:
    """Returns the request that a room was opened for."""
    return db.session.scalar(sa.select(HelpRequest).where(HelpRequest.room_id == room_id))


def requests_of(user_id: int, limit: int = 20) -> list[HelpRequest]:
    """Returns a learner's requests, newest first."""
    query = (
        sa.select(HelpRequest)
        .options(joinedload(HelpRequest.helper))
        .where(HelpRequest.learner_id == user_id)
        .order_by(HelpRequest.id.desc())
        .limit(limit)
    )
    return list(db.session.scalars(query))


def history(request_id: int) -> list[RequestStep]:
    """Returns every transition of a request, oldest first."""
    return list(
        db.session.scalars(sa.select(RequestStep).where(RequestStep.request_id == request_id).order_by(RequestStep.id))
    )


MAX_FACES = 5


@dataclass(frozen=True)
class Face:
    """Someone who may take a request: only an initial and the vouching unit are shown, for nobody has agreed yet."""

    id: int
    name: str
    unit: str


def could_come(request_id: int) -> list[Face]:
    """Returns some of the vouched-for users who are here and may be asked about this request."""
    ids = may_show(request_id, MAX_FACES)
    by = vouchers(ids) if ids else {}
    people = db.session.scalars(sa.select(User).where(User.id.in_(by)).order_by(User.id)) if by else ()
    return [Face(one.id, one.called_name, by[one.id].unit_name) for one in people]


def added_words(request_id: int) -> list[AddedText]:
    """Returns the texts added to a request, oldest first."""
    query = sa.select(AddedText).where(AddedText.request_id == request_id).order_by(AddedText.id)
    return list(db.session.scalars(query))


def added_to(request_ids: Iterable[int]) -> dict[int, list[str]]:
    """Returns the added texts of several requests, as plain strings."""
    found: dict[int, list[str]] = {}
    query = sa.select(AddedText).where(AddedText.request_id.in_(list(request_ids))).order_by(AddedText.id)
    for row in db.session.scalars(query):
        found.setdefault(row.request_id, []).append(row.words)
    return found


def place(asked: HelpRequest) -> int:
    """Returns a request's position in its ward's queue, counted from 1.

    Paused requests keep their position. Requests with an agreed time, with a written answer, awaiting a device or
    deferred do not count. A request whose helper did not come is in front.
    """
    sooner = sa.or_(
        HelpRequest.queued_at < asked.queued_at,
        sa.and_(HelpRequest.queued_at == asked.queued_at, HelpRequest.id < asked.id),
    )
    level = HelpRequest.in_front.is_(asked.in_front)
    earlier = sa.and_(level, sooner) if asked.in_front else sa.or_(HelpRequest.in_front, sa.and_(level, sooner))
    ahead = (
        sa.select(sa.func.count())
        .select_from(HelpRequest)
        .where(
            HelpRequest.ward_id == asked.ward_id,
            HelpRequest.state == "waiting",
            HelpRequest.meet_at.is_(None),
            HelpRequest.answered_at.is_(None),
            HelpRequest.parked_at.is_(None),
            HelpRequest.deferred_at.is_(None),
            HelpRequest.wish == asked.wish,
            earlier,
        )
    )
    return 1 + (db.session.scalar(ahead) or 0)


def offer_to(helper_id: int) -> Offer | None:
    """Returns the open offer of a helper."""
    query = (
        sa.select(Offer)
        .options(joinedload(Offer.request).joinedload(HelpRequest.learner))
        .options(joinedload(Offer.request).joinedload(HelpRequest.unit))
        .where(Offer.helper_id == helper_id, Offer.state == "open")
    )
    return db.session.scalar(query)


def offer_of(request_id: int) -> Offer | None:
    """Returns the newest open offer of a request, with its helper loaded."""
    query = (
        sa.select(Offer)
        .options(joinedload(Offer.helper))
        .where(Offer.request_id == request_id, Offer.state == "open")
        .order_by(Offer.id.desc())
        .limit(1)
    )
    return db.session.scalar(query)


def muted_topics(user_id: int) -> list[str]:
    """Returns the skills for which a helper gets no offers."""
    query = sa.select(MutedTopic.topic).where(MutedTopic.user_id == user_id).order_by(MutedTopic.topic)
    return list(db.session.scalars(query))


def busy(user_id: int) -> bool:
    """Returns whether a helper already has an open request or a group."""
    return bool(db.session.scalar(sa.select(is_busy(sa.literal(user_id)))))


def is_busy(user_id: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Returns the same as `busy` for a column, as an SQL condition."""
    helping = sa.exists().where(HelpRequest.helper_id == user_id, HelpRequest.state.in_(("offered", "helping")))
    return sa.or_(helping, sa.exists().where(GroupSession.helper_id == user_id, leads_a_group()))


def helping_now(helper_id: int) -> HelpRequest | None:
    """Returns the request that a helper has taken and not finished."""
    found: HelpRequest | None = db.session.scalar(_helping(), {"helper": helper_id})
    return found


@cache
def _helping() -> sa.Select[Any]:
    query = sa.select(HelpRequest).options(joinedload(HelpRequest.learner), joinedload(HelpRequest.unit))
    return query.where(HelpRequest.helper_id == sa.bindparam("helper"), HelpRequest.state.in_(("offered", "helping")))


def meetings_of(helper_id: int) -> list[HelpRequest]:
    """Returns requests for which this helper took a time still to come, soonest first."""
    query = (
        sa.select(HelpRequest)
        .options(joinedload(HelpRequest.learner), joinedload(HelpRequest.unit))
        .where(HelpRequest.helper_id == helper_id, HelpRequest.state == "waiting", HelpRequest.meet_at.is_not(None))
        .order_by(HelpRequest.meet_at, HelpRequest.id)
    )
    return list(db.session.scalars(query))


def answers_to(request_id: int) -> list[WrittenAnswer]:
    """Returns the written answers to a request, oldest first."""
    query = (
        sa.select(WrittenAnswer)
        .options(joinedload(WrittenAnswer.author))
        .where(WrittenAnswer.request_id == request_id)
        .order_by(WrittenAnswer.id)
    )
    return list(db.session.scalars(query))


class Pair(NamedTuple):
    """The learner and the helper of a session that is over."""

    learner: User
    helper: User


def pair_for_follow_up(viewer: User, room: Room) -> Pair | None:
    """Returns the pair of a session if the viewer may ask its helper again, else None.

    The viewer is the learner or a guardian. The session had one learner and one helper, and ended well. Neither avoids
    the other, and no open request of the learner is in the way of a new one.
    """
    if room.closed_at is None:
        return None
    seats = rooms.seats(room.id)
    learners = [seat.user for seat in seats if seat.role == "learner"]
    helpers = [seat.user for seat in seats if seat.role == "helper"]
    if len(learners) != 1 or len(helpers) != 1:
        return None
    learner, helper = learners[0], helpers[0]
    guards = may_ask_for(is_guardian(viewer.id, learner.id), learner.kind == "child")
    well = room.close_reason in WELL_CLOSED and not room.handed_over
    if not may_ask_on(viewer.id == learner.id, guards, well, clock.now() - room.closed_at):
        return None
    if helper.state != "active" or avoided(learner.id, helper.id):
        return None
    if not may_ask_beside([one.slot for one in open_requests(learner.id)], "helper"):
        return None
    return Pair(learner, helper)
