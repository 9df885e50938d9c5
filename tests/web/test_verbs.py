"""The guard around every socket verb, without a socket."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.make import World
from tutoring.accounts.models import SignIn
from tutoring.kernel.db import db
from tutoring.web import live


def test_a_verb_is_answered_as_often_as_its_rate_says_and_then_refused(
    app: Flask, as_: Callable[[str], FlaskClient], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_("minh")
    with app.app_context():
        sign_in = db.session.scalar(sa.select(SignIn.id).where(SignIn.user_id == world["minh"]))
    assert sign_in is not None
    monkeypatch.setattr(live, "_app", app)
    monkeypatch.setitem(live._open, "line", live._Seat(sign_in, world["minh"]))
    typing = live._guarded("typing", lambda _caller, _data: None, "typing")
    assert [typing("line", {})["ok"] for _ in range(30)] == [True] * 30
    refused = typing("line", {})
    assert refused["error"] == "too_many" and 0 < refused["retry_after"] <= 60
    assert typing("nobody's", {})["error"] == "signed_out"
