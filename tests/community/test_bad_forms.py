"""Every form of accounts and community, sent empty and sent full of nonsense: Vietnamese answers, never a crash."""

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.accounts.test_sign_in import said
from tests.community.test_join import make_code
from tests.factories import World
from tests.swapped import swapped
from tutoring.community.models import Membership
from tutoring.kernel import rate_limits
from tutoring.kernel.db import db
from tutoring.kernel.mail import OutgoingMail

NONSENSE = ["", " ", "x" * 500, "\x00\u202e💥", "-1", "1e9", "<script>alert(1)</script>", "[]", "%s %(x)s {x}"]
ENGLISH = re.compile(r"not a valid|invalid|this field|required|must be|choice|field", re.IGNORECASE)


def forms(app: Flask, world: World) -> list[tuple[str, str]]:
    """Who sends which form."""
    poster = make_code(app, world, "lop4a", "parent", max_uses=40)
    pupils = make_code(app, world, "lop11a", "learner", max_uses=40)
    with app.app_context():
        query = sa.select(Membership.id).where(Membership.user_id == world["minh"])
        minh = db.session.scalars(query).first()
        hang = db.session.scalars(sa.select(Membership.id).where(Membership.user_id == world["hang"])).first()
    school, child = world["truong"], world["an"]
    return [
        ("", "/sign-in"), ("", "/forgot"), ("", "/reset"), ("", "/join"),
        ("", f"/join/{poster}"), ("", f"/join/{pupils}"),
        ("lan", "/account/profile"), ("an", "/account/profile"), ("lan", "/account/password"), ("lan", "/children/new"),
        ("lan", f"/children/{child}/consents/chat"), ("quang", f"/units/{school}/new"), ("admin1", "/units/new"),
        ("quang", f"/units/{school}/codes/new"), ("quang", f"/units/{school}/duty?who={world['hang']}"),
        ("hang", f"/units/{school}/duty/take"),
        ("quang", f"/members/{hang}/suspend"), ("quang", f"/members/{hang}/restore"), ("hang", f"/members/{minh}/end"),
    ]  # fmt: skip


def errors(page: str) -> list[str]:
    return [re.sub(r"<[^>]+>", " ", part) for part in re.findall(r'<p class="error"[^>]*>(.*?)</p>', page, re.DOTALL)]


SOME = {0, 3}  # in the quick run: nothing, letters that are none; markup is looked at in tests/test_threats.py


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(value, id=str(number), marks=() if number in SOME else pytest.mark.full)
        for number, value in enumerate(NONSENSE)
    ],
)
def test_bad_forms_are_answered_in_vietnamese(
    app: Flask, world: World, as_: Callable[[str], FlaskClient], value: str
) -> None:
    with swapped(app, outgoing_mail=OutgoingMail("smtp://mail.invalid:2525", "cunghoc@example.vn")):
        for who, path in forms(app, world):
            with app.app_context():
                rate_limits.clear()
            client = as_(who) if who else app.test_client()
            page = said(client.get(path)) if client.get(path).status_code == 200 else ""
            names = set(re.findall(r'<(?:input|select|textarea)[^>]* name="(\w+)"', page)) | {"word", "until", "reason"}
            response = client.post(path, data=dict.fromkeys(names, value))
            assert response.status_code < 500, (path, value)
            for message in errors(said(response)):
                assert not ENGLISH.search(message), (path, message)
                assert not message.isascii(), (path, message)
            assert "<script>alert(1)" not in response.get_data(as_text=True)
