"""Reads about help requests.

Who may ask whom on after a session: the learner's side asks the same helper, for a week.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import User
from tutoring.accounts.queries import is_guardian
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.pairing.eligibility import avoided
from tutoring.pairing.group_sessions.models import GroupSession
from tutoring.pairing.models import OPEN, AddedWords, HelpRequest, MutedTopic, Offer, RequestStep, WrittenAnswer
from tutoring.pairing.presence import leads_a_group
from tutoring.policy.pairing.requests import may_ask_for, may_ask_on, may_read_request
from tutoring.rooms import queries as rooms
from tutoring.rooms.models import Room
from tutoring.rooms.sessions.history import WELL_CLOSED


def find_request(request_id: int) -> HelpRequest | None:
    """A request with its people, or None."""
    found: HelpRequest | None = db.session.scalar(_request(True), {"request": request_id})
    return found


@cache  # longer in the making than in the answering
def _request(with_helper: bool) -> sa.Select[Any]:
    query = sa.select(HelpRequest).options(joinedload(HelpRequest.learner), joinedload(HelpRequest.unit))
    query = query.options(joinedload(HelpRequest.helper)) if with_helper else query
    return query.where(HelpRequest.id == sa.bindparam("request"))


def request_to_take(request_id: int) -> HelpRequest:
    """A request with its learner and its unit; raises Missing."""
    found: HelpRequest | None = db.session.scalar(_request(False), {"request": request_id})
    if found is None:
        raise NotFound
    return found


def request(request_id: int) -> HelpRequest:
    """A request with its people; raises Missing."""
    found = find_request(request_id)
    if found is None:
        raise NotFound
    return found


def request_for(viewer: User, request_id: int) -> HelpRequest:
    """A request as somebody who may see it; raises Missing."""
    found = request(request_id)
    guardian = found.minor and is_guardian(viewer.id, found.learner_id)
    if not may_read_request(viewer.id == found.learner_id, guardian, viewer.id == found.helper_id):
        raise NotFound
    return found


def open_request_of(learner_id: int) -> HelpRequest | None:
    """The request that a learner has open."""
    query = sa.select(HelpRequest).where(HelpRequest.learner_id == learner_id, HelpRequest.state.in_(OPEN))
    return db.session.scalar(query)


def open_requests_of(learner_ids: Iterable[int]) -> dict[int, HelpRequest]:
    """The same of several learners, by learner; they are there to be named."""
    query = (
        sa.select(HelpRequest)
        .options(joinedload(HelpRequest.learner))
        .where(HelpRequest.learner_id.in_(list(learner_ids)), HelpRequest.state.in_(OPEN))
    )
    return {one.learner_id: one for one in db.session.scalars(query)}


def request_of_room(room_id: int) -> HelpRequest | None:
    """The request that a room was opened for."""
    return db.session.scalar(sa.select(HelpRequest).where(HelpRequest.room_id == room_id))


def requests_of(user_id: int, limit: int = 20) -> list[HelpRequest]:
    """A person's requests, newest first."""
    query = (
        sa.select(HelpRequest)
        .options(joinedload(HelpRequest.helper))
        .where(HelpRequest.learner_id == user_id)
        .order_by(HelpRequest.id.desc())
        .limit(limit)
    )
    return list(db.session.scalars(query))


def history(request_id: int) -> list[RequestStep]:
    """Every transition of a request, oldest first."""
    return list(
        db.session.scalars(sa.select(RequestStep).where(RequestStep.request_id == request_id).order_by(RequestStep.id))
    )


def added_words(request_id: int) -> list[AddedWords]:
    """What was added to a request, oldest first."""
    query = sa.select(AddedWords).where(AddedWords.request_id == request_id).order_by(AddedWords.id)
    return list(db.session.scalars(query))


def added_to(request_ids: Iterable[int]) -> dict[int, list[str]]:
    """The same of several requests: the words alone."""
    found: dict[int, list[str]] = {}
    query = sa.select(AddedWords).where(AddedWords.request_id.in_(list(request_ids))).order_by(AddedWords.id)
    for row in db.session.scalars(query):
        found.setdefault(row.request_id, []).append(row.words)
    return found


def place(asked: HelpRequest) -> int:
    """Place in the queue, counted from 1, among waiting requests of the same ward; paused ones keep theirs. Those
    that have a helper for a time, or an answer, or are kept at the desk, are out of the way.

    Whose helper did not come stands in front.
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
            HelpRequest.wish == asked.wish,
            earlier,
        )
    )
    return 1 + (db.session.scalar(ahead) or 0)


def offer_to(helper_id: int) -> Offer | None:
    """What a helper is asked just now."""
    query = (
        sa.select(Offer)
        .options(joinedload(Offer.request).joinedload(HelpRequest.learner))
        .options(joinedload(Offer.request).joinedload(HelpRequest.unit))
        .where(Offer.helper_id == helper_id, Offer.state == "open")
    )
    return db.session.scalar(query)


def offer_of(request_id: int) -> Offer | None:
    """The newest open offer of a request, with its helper."""
    query = (
        sa.select(Offer)
        .options(joinedload(Offer.helper))
        .where(Offer.request_id == request_id, Offer.state == "open")
        .order_by(Offer.id.desc())
        .limit(1)
    )
    return db.session.scalar(query)


def muted_topics(user_id: int) -> list[str]:
    """Skills that a helper is not asked about."""
    query = sa.select(MutedTopic.topic).where(MutedTopic.user_id == user_id).order_by(MutedTopic.topic)
    return list(db.session.scalars(query))


def busy(user_id: int) -> bool:
    """Whether a helper is already taken by an open request, or by a group."""
    return bool(db.session.scalar(sa.select(is_busy(sa.literal(user_id)))))


def is_busy(user_id: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """The same of a column, for use in a question."""
    helping = sa.exists().where(HelpRequest.helper_id == user_id, HelpRequest.state.in_(("offered", "helping")))
    return sa.or_(helping, sa.exists().where(GroupSession.helper_id == user_id, leads_a_group()))


def helping_now(helper_id: int) -> HelpRequest | None:
    """The request that a helper has taken and not finished."""
    query = (
        sa.select(HelpRequest)
        .options(joinedload(HelpRequest.learner), joinedload(HelpRequest.unit))
        .where(HelpRequest.helper_id == helper_id, HelpRequest.state.in_(("offered", "helping")))
    )
    return db.session.scalar(query)


def meetings_of(helper_id: int) -> list[HelpRequest]:
    """Requests for which this helper took a time that is still to come, soonest first."""
    query = (
        sa.select(HelpRequest)
        .options(joinedload(HelpRequest.learner), joinedload(HelpRequest.unit))
        .where(HelpRequest.helper_id == helper_id, HelpRequest.state == "waiting", HelpRequest.meet_at.is_not(None))
        .order_by(HelpRequest.meet_at, HelpRequest.id)
    )
    return list(db.session.scalars(query))


def answers_to(request_id: int) -> list[WrittenAnswer]:
    """What was answered in writing, oldest first."""
    query = (
        sa.select(WrittenAnswer)
        .options(joinedload(WrittenAnswer.author))
        .where(WrittenAnswer.request_id == request_id)
        .order_by(WrittenAnswer.id)
    )
    return list(db.session.scalars(query))


class Pair(NamedTuple):
    """The two of a session that is over."""

    learner: User
    helper: User


def pair_to_go_on(viewer: User, room: Room) -> Pair | None:
    """The pair whose learner's side is this person, if they may ask on: one learner, one helper, ended as it should,
    neither wants to avoid the other, and nothing else is asked for just now."""
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
    if helper.state != "active" or avoided(learner.id, helper.id) or open_request_of(learner.id):
        return None
    return Pair(learner, helper)
