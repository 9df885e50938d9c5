"""People, time and dying workers act on help at once in any order, and what holds after each act."""

import uuid
from collections import Counter
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import timedelta

import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import World, person
from tests.pairing.awaiting_device.fixtures import ended, lacks, met
from tests.pairing.offers.test_dispatch import opens_a_page
from tutoring.accounts.consents.commands import give_consent, withdraw
from tutoring.accounts.models import LiveSocket, User
from tutoring.accounts.queries import purposes_in_force
from tutoring.accounts.sign_ins import open_sockets
from tutoring.community.memberships import suspensions
from tutoring.kernel import clock, jobs, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import DomainError
from tutoring.lessons.skills.queries import topics
from tutoring.notifications.models import Notice
from tutoring.pairing.awaiting_device import commands as awaiting_device_commands
from tutoring.pairing.fallbacks import commands as fallbacks_commands
from tutoring.pairing.handoff import commands as handoff_commands
from tutoring.pairing.lifecycle.timers import times_left
from tutoring.pairing.models import OPEN, HelpRequest, Offer, RequestStep
from tutoring.pairing.offers import commands as offers_commands
from tutoring.pairing.requests import commands as requests_commands
from tutoring.pairing.requests import queries
from tutoring.pairing.scheduling import appointments
from tutoring.policy.pairing.awaiting_device import LACKS
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.models import Room, Seat
from tutoring.rooms.sessions import commands as sessions_commands

LEARNERS, HELPERS = ("minh", "an", "bay"), ("khoa", "hang", "quang")  # an is so young that lan says yes too
TIMES = (timedelta(seconds=1), timedelta(seconds=26), timedelta(minutes=4), timedelta(minutes=40))
ANYTIME = ("time", "time", "time", "time", "page", "away", "here", "consent", "suspend", "dies", "late", "ask")
LIKELY = {  # what people of a request try at each of its stages; most of it is allowed there
    "": ("ask", "ask", "ask", "lacks"),
    "parked": ("unpark", "comes", "comes", "not_coming", "helped_there", "cancel", "claim", "resume", "pause", "wishes",
               "answers", "weekly", "beside", "beside", "beside"),
    "deferred": ("cancel", "claim", "resume", "pause", "wishes", "weekly", "now", "answers", "takes_time", "beside"),
    "waiting": (
        "take", "take", "take", "take", "not_now", "claim", "pause", "cancel", "wishes", "wishes", "takes_time",
        "takes_time", "weekly", "now", "answers", "beside", "beside",
    ),
    "paused": ("resume", "resume", "claim", "cancel"),
    "offered": ("accept", "accept", "accept", "guardian", "guardian", "refuse", "back", "cancel", "claim"),
    "agreeing": ("accept", "accept", "guardian", "refuse", "back", "claim", "beside"),
    "booked": ("refuse", "back", "cancel", "time", "time", "beside", "beside"),
    "answered": ("judges", "cancel", "claim"),
    "helping": ("writes", "writes", "writes", "hands_over", "hands_over", "ends", "cancel", "claim"),
}  # fmt: skip
STEP = st.tuples(st.integers(0, 99), st.integers(0, 2), st.integers(0, 2), st.integers(0, 3))
Step = tuple[int, int, int, int]


class _Died(Exception):
    """A worker is gone in the middle of its work."""


class Case:
    """One order of acts, from the demonstration community on."""

    def __init__(self, world: World) -> None:
        self.world, self.moment = world, clock.now()
        self.taken: list[tuple[int, str]] = []  # work that workers who died had taken
        self.did: Counter[str] = Counter()

    def act(self, step: Step) -> None:
        """Try one act at the present moment; what is refused changes nothing."""
        choice, learner, helper, which = step
        mine = _one_of(queries.open_requests(self.world[LEARNERS[learner]]), which)
        words = LIKELY[mine.stage if mine else ""] + ANYTIME
        word = words[choice % len(words)]
        rate_limits.clear()
        if word == "time":
            self.moment += TIMES[which]
        with clock.travel(self.moment), suppress(DomainError, _Died):
            if word == "time":
                while jobs.run_due():
                    pass
            elif word in {"dies", "late"}:
                self._dies() if word == "dies" else self._late()
            else:
                self._acts(LEARNERS[learner], HELPERS[helper], which)[word]()
            self.did[word] += 1

    def _acts(self, learner: str, helper: str, which: int) -> dict[str, Callable[[], object]]:
        """What this learner, this helper, or somebody about one of them may try."""
        me, other, lan = person(self.world[learner]), person(self.world[helper]), person(self.world["lan"])
        mine, offer = _one_of(queries.open_requests(me.id), which), queries.offer_to(other.id)
        asked = mine.id if mine else 0
        theirs = person(mine.helper_id) if mine and mine.helper_id else other
        if mine and offer is None:  # rather somebody who is asked for it
            offer = db.session.scalars(sa.select(Offer).where(Offer.request_id == asked, Offer.state == "open")).first()
        asked_one = person(offer.helper_id) if offer else other
        room = (mine.room_id if mine else None) or 0
        hour = self.moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=2)
        return {
            "ask": lambda: requests_commands.ask_for_help(me, me, topics("vi")[0][0], "Em bị kẹt"),
            "beside": lambda: requests_commands.ask_for_help(
                me, me, topics("vi")[1][0], "Em cần thêm việc này", keep_others=True,
                wish="weekly" if which == 1 else "now", lack="device" if which == 2 else "",
            ),
            "lacks": lambda: lacks(self.world, learner, LACKS[which % 3], by="" if learner == "bay" else "lan"),
            "unpark": lambda: awaiting_device_commands.unpark(me if me.id == self.world["bay"] else lan, asked),
            "comes": lambda: met(me.id, ("device", "internet")[which % 2]),
            "not_coming": lambda: ended(me.id, ("device", "internet")[which % 2]),
            "helped_there": lambda: awaiting_device_commands.helped_there(person(self.world["mai"]), asked),
            "pause": lambda: requests_commands.pause(me, asked),
            "resume": lambda: requests_commands.resume(me, asked),
            "cancel": lambda: requests_commands.cancel(me, asked),
            "accept": lambda: requests_commands.answer(me, asked, "accept"),
            "refuse": lambda: requests_commands.answer(me, asked, "decline"),
            "guardian": lambda: requests_commands.answer_as_guardian(lan, asked, "accept"),
            "claim": lambda: offers_commands.claim(other, asked),
            "take": lambda: offers_commands.claim(asked_one, offer.request_id if offer else 0),
            "not_now": lambda: offers_commands.decline_offer(asked_one, offer.id if offer else 0),
            "back": lambda: offers_commands.give_back(theirs, asked),
            "away": lambda: offers_commands.go_away(other),
            "here": lambda: offers_commands.come_back(other),
            "page": lambda: _page(other.id),
            "writes": lambda: messages_commands.post_message(
                (me, theirs)[which % 2], room, str(uuid.uuid4()), "Chào bạn"
            ),
            "ends": lambda: sessions_commands.end_session(me, room, "yes"),
            "hands_over": lambda: self._hands_over(theirs, room, which),
            "wishes": lambda: fallbacks_commands.wish_times(me, asked, [hour, hour + timedelta(minutes=30)]),
            "takes_time": lambda: appointments.claim_time(other, asked, mine.times[0] if mine and mine.times else ""),
            "weekly": lambda: fallbacks_commands.wait_weekly(me, asked),
            "now": lambda: fallbacks_commands.look_now(me, asked),
            "answers": lambda: fallbacks_commands.write_answer(
                other, asked, "Em bấm nút màu xanh ở góc trên, rồi chọn lớp."
            ),
            "judges": lambda: fallbacks_commands.judge_answer(me, asked, "no"),
            "consent": lambda: _consent(lan, me),
            "suspend": lambda: _suspend(person(self.world["quang"]), other),
        }  # fmt: skip

    def _hands_over(self, helper: User, room_id: int, which: int) -> None:
        """A watcher other than who helps asks somebody named, or whoever is free, to help on."""
        watcher = person(self.world["quang" if helper.id == self.world["hang"] else "hang"])
        chosen = (None, *HELPERS)[which]
        handoff_commands.hand_over(watcher, room_id, "Đổi người giúp", self.world[chosen] if chosen else None)

    def _dies(self) -> None:
        """A worker takes what is due, and is gone in the middle of the first piece."""
        found = jobs._claim(20)
        self.taken += found
        if found:
            _half(found[0][0])

    def _late(self) -> None:
        """A worker was only slow, and goes on with what it took."""
        for work_id, lease in self.taken:
            jobs._perform(work_id, lease)
        self.taken.clear()


def _one_of(mine: list[HelpRequest], which: int) -> HelpRequest | None:
    return mine[which % len(mine)] if mine else None


@command
def _half(work_id: int) -> None:
    row = db.session.get(jobs.Job, work_id)
    if row is not None and row.done_at is None and row.kind in jobs._handlers:
        jobs._handlers[row.kind](row.payload)
    raise _Died


@command
def _page(user_id: int) -> None:
    """A page opens, or the one that is open loses its line."""
    sids = db.session.scalars(sa.select(LiveSocket.sid).where(LiveSocket.user_id == user_id)).all()
    for sid in sids:
        open_sockets.close_sockets([sid])
    if not sids and person(user_id).state == "active":
        opens_a_page(user_id)


def _consent(guardian: User, child: User) -> None:
    if "pairing" in purposes_in_force(child.id):
        withdraw(guardian, child.id, "pairing")
    else:
        give_consent(guardian, child, "pairing")


def _suspend(by: User, other: User) -> None:
    if other.state == "suspended":
        suspensions.restore(by, other.id, "Đã xem lại")
    else:
        suspensions.suspend(by, other.id, "Đang xem lại một việc")


def holds(world: World) -> None:
    """Nobody is taken twice, nothing is sent twice, no request is lost, and lost rights end what hung on them."""
    db.session.expire_all()
    requests = {one.id: one for one in db.session.scalars(sa.select(HelpRequest).order_by(HelpRequest.id))}
    made = list(db.session.scalars(sa.select(Offer).order_by(Offer.id)))
    _one_helper_each(list(requests.values()))
    _offers(requests, made)
    _history(requests, made)
    _rooms(requests)
    _nothing_lost(list(requests.values()))
    _rights(world, list(requests.values()), made)


def _one_helper_each(requests: Collection[HelpRequest]) -> None:
    helping = [one.helper_id for one in requests if one.state in {"offered", "helping"}]
    assert len(helping) == len(set(helping)) and None not in helping
    slots = Counter((one.learner_id, one.slot) for one in requests if one.slot)
    assert set(slots.values()) <= {1}, "two requests of somebody wait for the same"
    assert max(Counter(one.learner_id for one in requests if one.state in OPEN).values(), default=0) <= 3


def _offers(requests: dict[int, HelpRequest], made: Collection[Offer]) -> None:
    still = [one for one in made if one.state == "open"]
    assert len({one.helper_id for one in still}) == len(still), "somebody is asked twice at once"
    assert all(requests[one.request_id].stage == "waiting" for one in still)
    assert all(requests[one.request_id].stage != "parked" for one in made), "asked for what the desk keeps"
    assert len({(one.request_id, one.helper_id) for one in made}) == len(made), "an offer was sent twice"
    sent = Counter((one.request_id, one.wave, one.offered_at) for one in made)
    assert len({(request_id, wave) for request_id, wave, _ in sent}) == len(sent), "a wave was sent twice"
    notices = sa.select(Notice.user_id, Notice.key).where(Notice.key.startswith("offer:"))
    told = Counter((user_id, key) for user_id, key in db.session.execute(notices))
    assert told == Counter((one.helper_id, f"offer:{one.id}") for one in made)


def _history(requests: dict[int, HelpRequest], made: Collection[Offer]) -> None:
    """Each request went one way from stage to stage: two yeses at once would tear it."""
    at = dict.fromkeys(requests, "")
    claimed: Counter[int] = Counter()
    for step in db.session.scalars(sa.select(RequestStep).order_by(RequestStep.id)):
        assert step.from_state == at[step.request_id], "two moves from one stage"
        at[step.request_id] = step.to_state
        claimed[step.request_id] += step.to_state == "offered"
    assert at == {one.id: one.stage for one in requests.values()}
    accepted = Counter(one.request_id for one in made if one.state == "accepted")
    assert all(number <= claimed[request_id] for request_id, number in accepted.items())


def _rooms(requests: dict[int, HelpRequest]) -> None:
    open_rooms = set(db.session.scalars(sa.select(Room.id).where(Room.closed_at.is_(None))))
    helping = {one.room_id: one for one in requests.values() if one.state == "helping"}
    assert open_rooms == set(helping), "a room without its request, or a request without its room"
    seats = sa.select(Seat.user_id, Seat.room_id).where(Seat.room_id.in_(open_rooms), Seat.role == "helper")
    seated = {room_id: user_id for user_id, room_id in db.session.execute(seats)}
    assert seated == {room_id: one.helper_id for room_id, one in helping.items()}


def _nothing_lost(requests: Collection[HelpRequest]) -> None:
    """Whatever is open has something planned that moves it on when nobody does anything."""
    assert not list(db.session.scalars(sa.select(jobs.Job.last_error).where(jobs.Job.last_error != "")))
    planned = sa.select(jobs.Job).where(jobs.Job.done_at.is_(None), jobs.Job.failed_at.is_(None))
    rows = list(db.session.scalars(planned))
    keys, kinds = {row.key for row in rows}, {(row.kind, row.payload.get("request_id")) for row in rows}
    for one in requests:
        if one.stage == "waiting":
            assert one.wish == "weekly" or ("pairing.track", one.id) in kinds, "no other way will be offered"
            if one.times_until is not None:
                assert ("pairing.times_over", one.id) in kinds, "its times would never be over"
            elif one.wish == "now":
                assert f"wave:{one.id}:{one.wave}" in keys, "nobody will be asked for it any more"
        elif one.stage == "parked":
            assert one.lack and one.helper_id is None and one.room_id is None and one.waited_seconds == 0
            assert one.alarmed_at is None and one.later_at is None and one.answer_calls == 0, "the desk keeps it"
        elif one.stage == "deferred":
            assert one.helper_id is None and one.alarmed_at is None
            slot = "hour" if one.wish == "weekly" or times_left(one) else "helper"
            ahead = any(other.slot == slot for other in requests if other.learner_id == one.learner_id)
            looks = (row for row in rows if row.kind == "pairing.deferred")
            assert ahead or one.learner_id in {row.payload["learner_id"] for row in looks}, "it would wait for ever"
        elif one.stage in {"offered", "agreeing"}:
            assert any(key.startswith(f"claim:{one.id}:{one.helper_id}:") for key in keys), "it would wait for ever"
        elif one.stage == "booked":
            assert ("pairing.time", one.id) in kinds, "its room would never open"
        elif one.stage == "answered":
            assert any(kind == "pairing.answer_over" for kind, _ in kinds), "its answer would stand for ever"
        assert one.state in OPEN or (one.outcome and one.ended_at)
        assert one.waited_seconds >= 0 and one.helped_seconds >= 0


def _rights(world: World, requests: Collection[HelpRequest], made: Collection[Offer]) -> None:
    locked = set(db.session.scalars(sa.select(User.id).where(User.state == "suspended")))
    assert not locked & {one.helper_id for one in made if one.state == "open"}, "a locked account is asked"
    taken = {who for one in requests if one.state in OPEN for who in (one.learner_id, one.helper_id)}
    assert not locked & taken, "a locked account helps or is helped"
    for name in ("minh", "an"):
        if "pairing" not in purposes_in_force(world[name]):
            assert world[name] not in {one.learner_id for one in requests if one.state in OPEN}


def check(app: Flask, world: World, again: Callable[[], None], cases: int, steps: int = 20) -> Counter[str]:
    """Try so many cases, each from the beginning; returns what was done in them and how it ended."""
    total: Counter[str] = Counter()

    def one(acts: list[Step]) -> None:
        again()
        with app.app_context():
            case = Case(world)
            for name in HELPERS:
                opens_a_page(world[name])
            for act in acts:
                case.act(act)
                with clock.travel(case.moment):
                    holds(world)
            total.update(case.did)
            total.update(f"offer {state}" for state in db.session.scalars(sa.select(Offer.state)))
            total.update(
                f"request {outcome or 'open'}" for outcome in db.session.scalars(sa.select(HelpRequest.outcome))
            )
            db.session.remove()
        total["cases"] += 1

    slow = [HealthCheck.too_slow, HealthCheck.data_too_large]
    settings(max_examples=cases, deadline=None, suppress_health_check=slow)(
        given(st.lists(STEP, min_size=8, max_size=steps))(one)
    )()
    return total
