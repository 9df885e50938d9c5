"""A new teacher, and the authenticator app in a test's hand."""

import re

import pyotp
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.accounts.test_sign_in import said, sign_in
from tests.factories import World, person
from tutoring.accounts.credentials import second_factor
from tutoring.accounts.models import SecondFactor
from tutoring.accounts.registration import create_user
from tutoring.community import commands as community
from tutoring.community.join_codes.commands import use_code
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db

PASSWORD = "bàn ghế sách vở"
SET_UP = "/account/second-factor/set-up"


@command
def _staff(world: World, role: str, unit: str, name: str) -> int:
    user = create_user("Cô Giáo Mới", PASSWORD, handle=name, address_form="cô")
    code = community.create_code(person(world["quang"]), world[unit], role)
    community.confirm_code(person(world["admin1"]), code.id)
    use_code(user, code.code)
    return user.id


def new_staff(app: Flask, world: World, role: str = "teacher", name: str = "giao.moi", unit: str = "truong") -> int:
    """Somebody with power who is no demonstration account, and has set nothing up yet."""
    with app.app_context():
        return _staff(world, role, unit, name)


def secret_of(app: Flask, user_id: int) -> str:
    """The secret as the app on the phone would have read it from the QR code."""
    with app.app_context():
        return second_factor.begin(person(user_id))


def code_of(secret: str, steps: int = 0) -> str:
    """What the app shows now, or some steps from now."""
    return pyotp.TOTP(secret).at(int(clock.now().timestamp()) + steps * second_factor.STEP)


@command
def _a_while_ago(user_id: int) -> None:
    """The last code was taken some minutes ago, so that the present one is a new one."""
    db.session.get_one(SecondFactor, user_id).last_step -= 10


def set_up(app: Flask, client: FlaskClient, user_id: int, name: str = "giao.moi") -> tuple[str, list[str]]:
    """Sign in by passphrase and set the factor up; returns the secret and the recovery codes."""
    assert sign_in(client, name, PASSWORD).headers["Location"].startswith(SET_UP)
    secret = secret_of(app, user_id)
    shown = said(client.post(SET_UP, data={"code": code_of(secret)}))
    codes = re.findall(r"<li><b>(\w{5}-\w{5})</b>", shown)
    assert len(codes) == 10, shown
    with app.app_context():
        _a_while_ago(user_id)
    return secret, codes


def shows_code(client: FlaskClient, code: str) -> TestResponse:
    """Type a code on the page for it."""
    return client.post("/sign-in/code", data={"code": code})


def is_in(client: FlaskClient) -> bool:
    """Whether this browser is signed in."""
    return client.get("/account", headers={"Accept": "application/json"}).status_code == 200
