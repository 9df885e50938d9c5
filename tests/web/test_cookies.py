"""The session cookie and the clock of the machine."""

import time
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient


@pytest.mark.parametrize(("ahead", "status"), [(3600, 200), (0, 200), (-40 * 86400, 302)])
def test_people_stay_signed_in_when_the_clock_is_set_back_and_an_old_cookie_is_worth_nothing(
    as_: Callable[[str], FlaskClient], monkeypatch: pytest.MonkeyPatch, ahead: int, status: int
) -> None:
    here = time.time
    monkeypatch.setattr(time, "time", lambda: here() + ahead)
    minh = as_("minh")
    monkeypatch.setattr(time, "time", here)
    assert minh.get("/account").status_code == status


def test_a_cookie_that_somebody_else_has_made_is_nobody(client: FlaskClient) -> None:
    client.set_cookie("session", "eyJfdXNlcl9pZCI6IngifQ.aSl4Wg.x")
    assert client.get("/account").status_code == 302
