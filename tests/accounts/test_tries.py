"""Who tries wrong passwords shuts out nobody else; and guessing stays dear."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.accounts.test_sign_in import phrase, said
from tests.factories import World
from tutoring.accounts.sign_ins.attempts import place
from tutoring.kernel import rate_limits
from tutoring.kernel.db import db
from tutoring.notifications.models import Notice

As = Callable[[str], FlaskClient]


def sign_in(client: FlaskClient, password: str, address: str, handle: str = "lan", **more: str) -> TestResponse:
    sent = {"handle": handle, "password": password, **more}
    return client.post("/sign-in", data=sent, environ_base={"REMOTE_ADDR": address})


def strangers_try(app: Flask, count: int) -> list[int]:
    """Wrong passwords, each from another address."""
    return [sign_in(app.test_client(), "sai rồi nhé", f"198.51.100.{n}").status_code for n in range(count)]


def test_wrong_tries_from_elsewhere_keep_nobody_out(app: Flask, world: World) -> None:
    stranger = app.test_client()
    assert [sign_in(stranger, "sai rồi nhé", "198.51.100.1").status_code for _ in range(6)] == [422] * 5 + [429]
    assert sign_in(app.test_client(), phrase(app, "lan"), "192.0.2.1").status_code == 302


def test_they_do_not_reach_into_a_session_that_is_open(app: Flask, world: World, as_: As) -> None:
    lan = as_("lan")
    strangers_try(app, 45)
    wrong = {"old": "sai rồi nhé", "password": "bàn ghế sách vở", "again": "bàn ghế sách vở"}
    assert lan.post("/account/password", data=wrong).status_code == 422
    right = {**wrong, "old": phrase(app, "lan")}
    assert lan.post("/account/password", data=right).status_code == 302


def test_a_browser_that_the_account_has_used_is_let_in_through_any_flood(app: Flask, world: World) -> None:
    own = app.test_client()
    assert sign_in(own, phrase(app, "lan"), "192.0.2.1").status_code == 302
    own.post("/sign-out")
    assert strangers_try(app, 42)[-1] == 429
    refused = sign_in(app.test_client(), phrase(app, "lan"), "203.0.113.9")
    assert refused.status_code == 429 and "máy bạn vẫn dùng" in said(refused)
    assert sign_in(own, phrase(app, "lan"), "203.0.113.9").status_code == 302


def test_the_owner_is_told_once(app: Flask, world: World) -> None:
    strangers_try(app, 45)
    with app.app_context():
        told = sa.select(Notice).where(Notice.user_id == world["lan"], Notice.key.like("tried:%"))
        assert len(db.session.scalars(told).all()) == 1


def test_a_known_browser_has_few_tries_too(app: Flask, world: World) -> None:
    own = app.test_client()
    sign_in(own, phrase(app, "lan"), "192.0.2.1")
    own.post("/sign-out")
    found = [sign_in(own, "sai rồi nhé", f"198.51.100.{n}").status_code for n in range(7)]
    assert found == [422] * 5 + [429] * 2


def test_a_shared_device_and_a_forged_mark_are_known_to_nobody(app: Flask, world: World) -> None:
    shared, forged = app.test_client(), app.test_client()
    sign_in(shared, phrase(app, "lan"), "192.0.2.1", shared="y")
    assert shared.get_cookie("known") is None
    forged.set_cookie("known", ".".join(["0" * 32] * 3))
    strangers_try(app, 42)
    assert sign_in(forged, phrase(app, "lan"), "203.0.113.9").status_code == 429


def test_guesses_at_one_account_from_anywhere_have_a_bound(app: Flask, world: World) -> None:
    """The bound that docs/sign-in.md names."""
    assert rate_limits.RULES["sign_in_strangers"] == ("40 per hour", "200 per day")
    assert strangers_try(app, 60).count(422) == 40


def test_a_school_behind_one_address_is_not_shut_out(app: Flask, world: World) -> None:
    rate_limits.spend(500, "sign_in_address", "192.0.2.1")
    assert sign_in(app.test_client(), phrase(app, "lan"), "192.0.2.1").status_code == 302


@pytest.mark.parametrize(
    ("address", "counted"),
    [("192.0.2.1", "192.0.2.1"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("fe80::1%e", "fe80::/64"), ("", "")],
)
def test_a_place_is_an_address_or_the_network_of_a_line(address: str, counted: str) -> None:
    assert place(address) == counted


def test_two_classes_behind_one_line_sign_up_within_an_hour(app: Flask, world: World) -> None:
    rate_limits.spend(100, "register", "192.0.2.1")
    rate_limits.hit("register", "192.0.2.1")
    rate_limits.spend(119, "register_code", 1)
    rate_limits.hit("register_code", 2)
