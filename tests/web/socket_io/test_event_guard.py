"""The guard around every socket verb and line, without a network."""

import contextlib
import itertools
import re
import threading
from collections.abc import Callable, Mapping, Sequence

import pytest
import sqlalchemy as sa
from engineio.socket import Socket
from flask import Flask, request
from flask.testing import FlaskClient
from flask_socketio import ConnectionRefusedError

from tests.factories import World
from tests.statements import asked
from tutoring.accounts.models import SignIn, User
from tutoring.accounts.sign_ins import lifecycle
from tutoring.kernel import rate_limits
from tutoring.kernel.db import db
from tutoring.kernel.hooks import Hook
from tutoring.web.socket_io import packet_validation, realtime
from tutoring.web.socket_io.batching import SocketOwner


def test_a_verb_is_answered_as_often_as_its_rate_says_and_then_refused(
    app: Flask, as_: Callable[[str], FlaskClient], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_("minh")
    with app.app_context():
        sign_in = db.session.scalar(sa.select(SignIn.id).where(SignIn.user_id == world["minh"]))
    assert sign_in is not None
    monkeypatch.setitem(realtime.sockets_of(app).open, "line", SocketOwner(sign_in, world["minh"]))
    typing = realtime.sockets_of(app)._guarded("typing", lambda _caller, _data: None, "typing")
    assert [typing("line", {})["ok"] for _ in range(30)] == [True] * 30
    refused = typing("line", {})
    assert refused["error"] == "too_many" and 0 < refused["retry_after"] <= 60
    assert typing("nobody's", {})["error"] == "signed_out"


def test_when_redis_returns_all_lines_are_asked_for_at_once_and_the_dead_are_cut(
    app: Flask, as_: Callable[[str], FlaskClient], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("minh", "khoa", "lan", "bay", "hang")
    for name in names:
        as_(name)
    with app.app_context():
        found = dict(db.session.execute(sa.select(SignIn.user_id, SignIn.id)).all())
        for name in names:
            monkeypatch.setitem(realtime.sockets_of(app).open, name, SocketOwner(found[world[name]], world[name]))
        for name in ("lan", "bay"):
            lifecycle.end_sign_in(db.session.get_one(User, world[name]), found[world[name]])
    cut: list[str] = []
    monkeypatch.setattr(realtime, "missed_pushes", Hook("test.missed_pushes"))
    monkeypatch.setattr(realtime, "close_sockets", lambda sids: cut.extend(sids))
    with asked(app) as statements:
        realtime.sockets_of(app)._missed([], True)
    assert cut == ["lan", "bay"] and not {"lan", "bay"} & realtime.sockets_of(app).open.keys()
    assert len(statements) == 2  # who has ended, and that their lines are no more


def test_a_verb_that_the_tables_do_not_name_is_refused_to_everybody(
    app: Flask, as_: Callable[[str], FlaskClient], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_("lan")
    with app.app_context():
        sign_in = db.session.scalar(sa.select(SignIn.id).where(SignIn.user_id == world["lan"]))
    assert sign_in is not None
    monkeypatch.setitem(realtime.sockets_of(app).open, "line", SocketOwner(sign_in, world["lan"]))
    done: list[object] = []
    for name, admitted in (("typing", True), ("nothing", False)):
        verb = realtime.sockets_of(app)._guarded(name, lambda _caller, data: done.append(data), "typing")
        answer = verb("line", {"of": name})
        assert answer["ok"] is admitted, answer
    assert done == [{"of": "typing"}]


def test_a_line_whose_client_takes_nothing_more_is_closed_without_waiting(app: Flask) -> None:
    server = realtime.sockets_of(app).server
    server.eio.sockets["stuck"] = Socket(server.eio, "stuck")  # nobody reads what is put into its queue
    closing = threading.Thread(target=packet_validation._drop, args=(server, "stuck"), daemon=True)
    closing.start()
    closing.join(60)
    assert not closing.is_alive() and "stuck" not in server.eio.sockets


def test_a_sign_in_that_ends_while_its_line_opens_gets_no_line(
    app: Flask, as_: Callable[[str], FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As another transaction does it: after the line's row is written, and before it is looked at again."""
    client = as_("minh")
    csrf = re.search(r'<meta name="csrf" content="([^"]+)"', client.get("/").text)
    assert csrf is not None
    opened = realtime.sockets_of(app).people.opened

    def opened_and_ended(lines: Sequence[tuple[str, int, int]]) -> Mapping[str, list[str]]:
        spare = opened(lines)
        for _sid, sign_in_id, user_id in lines:
            lifecycle.end_sign_in(db.session.get_one(User, user_id), sign_in_id)
        return spare

    joined: list[str] = []
    cookie = "; ".join(f"{one.key}={one.value}" for one in client._cookies.values())

    numbers = itertools.count()

    def line() -> bool:
        joined.clear()
        sid = f"line {next(numbers)}"
        with app.test_request_context(headers={"Origin": "http://localhost", "Cookie": cookie}):
            request.sid = sid  # type: ignore[attr-defined]
            with contextlib.suppress(ConnectionRefusedError):
                realtime.sockets_of(app)._connect({"csrf": csrf[1]})
        realtime.sockets_of(app).open.pop(sid, None)
        return bool(joined)

    monkeypatch.setattr(realtime.sockets_of(app), "origins", frozenset({"http://localhost"}))
    monkeypatch.setattr(realtime, "join", lambda _sid, room: joined.append(room))
    assert line()
    with app.app_context():
        [mine] = db.session.scalars(sa.select(SignIn.id)).all()
    for _ in range(29):
        rate_limits.hit("connect", mine)
    assert not line()  # the thirty-first within a minute
    rate_limits.clear()
    assert line()
    monkeypatch.setattr(realtime.sockets_of(app).people, "opened", opened_and_ended)
    assert not line()
