"""The poster that invites into a group: one press, the same code while it is good, hours without names."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.groups.conftest import Who
from tutoring.accounts.registration import create_user
from tutoring.community import commands as community
from tutoring.community.join_codes.commands import use_code
from tutoring.community.models import JoinCode
from tutoring.groups import commands as groups_commands
from tutoring.groups.queries import poster_code
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound

As = Callable[[str], FlaskClient]


@pytest.mark.parametrize("name", ["bay", "lan", "minh", "khoa", "hang", "quang"])
def test_only_who_may_invite_prints_it(inside: World, who: Who, name: str) -> None:
    for unit in ("kp3", "phuong"):
        with pytest.raises(NotFound):
            groups_commands.make_poster(who(name), inside[unit])


@command
def use(code: JoinCode, times: int) -> None:
    db.session.get_one(JoinCode, code.id).uses = times


def test_the_code_is_the_same_while_it_is_good_for_a_poster(inside: World, who: Who) -> None:
    community.create_code(who("muoi"), inside["kp3"], "learner", max_uses=1, days=180)
    community.create_code(who("muoi"), inside["kp3"], "parent", max_uses=200, days=180)
    made = groups_commands.make_poster(who("muoi"), inside["kp3"])
    assert (made.role, made.max_uses, made.unit_id) == ("learner", 200, inside["kp3"])
    assert groups_commands.make_poster(who("mai"), inside["kp3"]).id == made.id
    use(made, 190)
    second = groups_commands.make_poster(who("mai"), inside["kp3"])
    assert second.id != made.id
    with clock.travel(second.expires_at - timedelta(days=20)):
        assert poster_code(inside["kp3"]) is None
    community.revoke_code(who("muoi"), second.id)
    assert poster_code(inside["kp3"]) is None


def test_one_press_opens_it_with_code_hours_and_no_name(app: Flask, world: World, as_: As) -> None:
    lead, path = as_("muoi"), f"/groups/{world['kp3']}/poster"
    assert "Tạo áp phích" in lead.get(path).text
    assert lead.post(path).location == path
    page = lead.get(path).text
    with app.app_context():
        code = poster_code(world["kp3"])
        assert code is not None
        typed = code.code
    poster = page.split("<section")[1].split("</section>")[0]
    assert f"{typed[:4]}-{typed[4:]}" in poster and "<svg" in poster and "Khu phố 3" in poster
    assert "hoặc mở http://localhost/join rồi gõ mã" in poster
    assert "Mỗi ngày: cả ngày, trực tuyến" in poster and "Mười" not in poster and "Mai" not in poster
    assert as_("bay").get(path).status_code == 404


def test_whoever_joins_by_it_reads_the_page(app: Flask, world: World) -> None:
    with app.app_context():
        code = groups_commands.make_poster(person(world["muoi"]), world["kp3"]).code
        new = create_user("Bà Chín", "bốn từ dễ nhớ", handle="chin")
        assert use_code(new, code).state == "active"
