"""Everything that waits for a member of staff stands on their start page, and leads to the very thing."""

import contextlib
import html
import math
import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, client_of
from tests.home.waiting_work import WAITING, Waiting
from tests.statements import asked
from tutoring.home import demo_accounts
from tutoring.home.pending_work import notices
from tutoring.home.pending_work.collected import SOURCES
from tutoring.home.pending_work.work_item import KINDS
from tutoring.kernel import clock, overrides, rate_limits
from tutoring.kernel.db import db
from tutoring.notifications.preferences.topics import TOPICS


def rows(client: FlaskClient) -> list[tuple[str, str]]:
    """The rows of the page as kind and address, in order; the folded ones too."""
    answer = client.get("/")
    assert answer.status_code == 200
    part = answer.text.split('id="now"', 1)[1].split("</section>", 1)[0]
    found = re.findall(r'<li data-kind="(\w+)">.*?href="([^"]+)"', part, flags=re.DOTALL)
    return [(kind, html.unescape(href)) for kind, href in found]


@pytest.mark.parametrize("waits", WAITING, ids=lambda waits: waits.kind)
def test_what_waits_is_on_the_page_of_who_does_it_and_of_no_other(
    app: Flask, world: World, waits: Waiting, backend: str
) -> None:
    others = waits.others if backend == "sqlite" else ()  # to whom a row is shown is no matter of the database
    with contextlib.ExitStack() as stack:
        if waits.years:
            stack.enter_context(clock.travel(clock.now() + timedelta(days=365 * waits.years)))
        clients = {name: client_of(app, world[name]) for name in (waits.whom, *others)}
        if others:
            assert not any(waits.kind == kind for kind, _ in rows(clients[waits.whom])) or waits.years
        with app.app_context():
            there = waits.make(world)
        assert (waits.kind, there) in rows(clients[waits.whom])
        assert clients[waits.whom].get(there.split("#")[0]).status_code == 200
        for name in others:
            assert waits.kind not in {kind for kind, _ in rows(clients[name])}, name


def test_one_of_each_kind_is_made(backend: str) -> None:
    made = [waits.kind for waits in WAITING]
    assert sorted(made) == sorted(KINDS)
    assert sorted(kind for source in SOURCES for kind in source.kinds) == sorted(KINDS)


def test_every_notice_tells_or_asks_and_what_it_asks_has_a_row(backend: str) -> None:
    words = {word for topic in TOPICS.values() for word in topic.words}
    assert notices.ASKS.keys() | notices.TELLS == words and not notices.ASKS.keys() & notices.TELLS
    assert {kind for kinds in notices.ASKS.values() for kind in kinds} <= KINDS.keys()


# ---- what it costs -----------------------------------------------------------------------------------------------

# Of each role, what is made again and again, and how many statements the full page takes at most.
COSTS = {
    "hang": (("held_message", "uneasy", "message_appeal", "member", "need_to_confirm"), 60),
    "quang": (("held_message", "uneasy", "member", "lesson_without_editor"), 58),
    "mai": (("device_offer", "device_to_check", "task", "training_to_mark"), 36),
    "admin2": (("join_code", "failed_jobs", "breach"), 27),
}
ONCE = frozenset({"message_appeal", "need_to_confirm", "lesson_without_editor", "device_to_check", "failed_jobs"})


@pytest.mark.parametrize("name", COSTS)
def test_the_page_asks_the_same_of_the_database_for_two_of_each_as_for_ten(
    app: Flask, world: World, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        monkeypatch.setitem(demo_accounts._seen, db.engine, (math.inf, True))
    monkeypatch.setattr(overrides, "FRESH", 3600.0)
    monkeypatch.setattr(rate_limits, "hit", lambda *_key: None)  # nobody is too quick
    client, (kinds, most) = client_of(app, world[name]), COSTS[name]
    makers = {waits.kind: waits.make for waits in WAITING}

    def cost(times: int) -> int:
        with app.app_context():
            for _ in range(times):
                for kind in kinds:
                    if kind not in ONCE:
                        makers[kind](world)
        client.get("/")
        with asked(app) as statements:
            assert {kind for kind, _ in rows(client)} >= set(kinds)
        return len(statements)

    for kind in ONCE.intersection(kinds):
        with app.app_context():
            makers[kind](world)
    two = cost(2)
    assert cost(8) == two <= most
