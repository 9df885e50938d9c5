"""Whatever people and time do in any order: nobody is taken twice, and no request is lost."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.make import World, person
from tests.pairing.test_waves import opens_a_page
from tutoring.kernel import clock, jobs, limits
from tutoring.kernel.db import db
from tutoring.kernel.errors import Refusal
from tutoring.lessons.queries import topics
from tutoring.pairing import commands, queries
from tutoring.pairing.models import OPEN, HelpRequest, Offer, RequestStep

LEARNERS, HELPERS = ("minh", "lan", "bay"), ("khoa", "hang", "quang")
ACTS = (
    "ask",
    "pause",
    "resume",
    "cancel",
    "accept",
    "refuse",
    "claim",
    "take",
    "not_now",
    "back",
    "away",
    "here",
    "time",
)
STEP = st.tuples(st.sampled_from(ACTS), st.integers(0, 2), st.integers(0, 2))


def _acts(world: World, learner: str, helper: str) -> dict[str, Callable[[], object]]:
    """What this learner or this helper may try."""
    me, other = person(world[learner]), person(world[helper])
    mine = queries.open_request_of(me.id)
    asked = mine.id if mine else 0
    offer = queries.offer_to(other.id)
    taken = queries.helping_now(other.id)
    return {
        "ask": lambda: commands.ask_for_help(me, me, topics("vi")[0][0], "Em bị kẹt"),
        "pause": lambda: commands.pause(me, asked),
        "resume": lambda: commands.resume(me, asked),
        "cancel": lambda: commands.cancel(me, asked),
        "accept": lambda: commands.answer(me, asked, "accept"),
        "refuse": lambda: commands.answer(me, asked, "decline"),
        "claim": lambda: commands.claim(other, asked),
        "take": lambda: commands.claim(other, offer.request_id if offer else 0),
        "not_now": lambda: commands.decline_offer(other, offer.id if offer else 0),
        "back": lambda: commands.give_back(other, taken.id if taken else 0),
        "away": lambda: commands.go_away(other),
        "here": lambda: commands.come_back(other),
    }


def _holds() -> None:
    db.session.expire_all()
    requests = list(db.session.scalars(sa.select(HelpRequest)))
    helping = [one.helper_id for one in requests if one.state in {"offered", "helping"}]
    assert len(helping) == len(set(helping)) and None not in helping
    made = list(db.session.scalars(sa.select(Offer)))
    still = [one for one in made if one.state == "open"]
    assert len({one.helper_id for one in still}) == len(still)
    stages = {one.id: one.stage for one in requests}
    assert all(stages[one.request_id] == "waiting" for one in still)
    claims = sa.select(RequestStep.request_id).where(RequestStep.to_state == "offered")
    claimed = list(db.session.scalars(claims))
    accepted = [one.request_id for one in made if one.state == "accepted"]
    assert all(accepted.count(one) <= claimed.count(one) for one in accepted)
    waves = sa.select(jobs.DueWork.key).where(jobs.DueWork.kind == "pairing.wave", jobs.DueWork.done_at.is_(None))
    assert not list(db.session.scalars(sa.select(jobs.DueWork.last_error).where(jobs.DueWork.last_error != "")))
    planned = set(db.session.scalars(waves))
    for one in requests:
        if one.stage == "waiting":
            assert f"wave:{one.id}:{one.wave}" in planned, "nobody will be asked for it any more"
        assert one.state in OPEN or (one.outcome and one.ended_at)
        assert one.waited_seconds >= 0 and one.helped_seconds >= 0


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEP, min_size=8, max_size=25))
def test_in_any_order_nobody_is_taken_twice_and_no_request_is_lost(
    app: Flask, world: World, steps: list[tuple[str, int, int]]
) -> None:
    with app.app_context():
        for name in (*LEARNERS, *HELPERS):
            commands.stop_for(world[name], "left")
        if not queries.offer_to(world["khoa"]) and not steps[0][1]:
            opens_a_page(world["khoa"])
            opens_a_page(world["quang"])
        moment = clock.now()
        for act, learner, helper in steps:
            limits.clear()
            with clock.travel(moment):
                if act == "time":
                    moment += (timedelta(seconds=1), timedelta(seconds=26), timedelta(minutes=4))[learner]
                    with clock.travel(moment):
                        jobs.run_due()
                else:
                    with suppress(Refusal):
                        _acts(world, LEARNERS[learner], HELPERS[helper])[act]()
            _holds()
