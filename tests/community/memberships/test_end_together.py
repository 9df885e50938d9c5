"""Forty-five members leave with three clicks: all of the page, the button, the answer."""

import re
from collections.abc import Callable

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World
from tutoring.accounts.models import User
from tutoring.community.models import Membership
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.commands import command
from tutoring.kernel.db import db

As = Callable[[str], FlaskClient]


@command
def _fill(unit_id: int, many: int) -> None:
    for number in range(many):
        user = User(kind="child", full_name=f"Bé {number}", called_name="Bé", username=f"be{number}")
        db.session.add(user)
        db.session.flush()
        db.session.add(Membership(user_id=user.id, unit_id=unit_id, role="learner"))


def _ticked(page: str) -> list[str]:
    return re.findall(r'name="member" value="(\d+)" checked', page)


def test_all_of_a_class_leave_after_one_question(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        _fill(world["lop4a"], 43)  # an and her mother are there
    hang, at = as_("hang"), f"/units/{world['lop4a']}/members"
    page = hang.get(at).text
    every = re.search(r'href="([^"]+)" data-pick-page', page)[1].replace("&amp;", "&")  # type: ignore[index]
    ticked = _ticked(hang.get(every).text)
    assert len(ticked) == 45
    ask = hang.post(f"{at}/end", data={"member": ticked})
    assert ask.status_code == 200 and "45 người" in ask.text
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).where(
            Membership.unit_id == world["lop4a"], Membership.state == "active")) == 45  # fmt: skip
    answer = hang.post(f"{at}/end", data={"member": ticked, "sure": "1", "reason": "Hết năm học"})
    assert answer.status_code == 302
    with app.app_context():
        left = sa.select(sa.func.count()).where(Membership.unit_id == world["lop4a"], Membership.state == "active")
        assert db.session.scalar(left) == 0
        acts = sa.select(sa.func.count()).where(AuditRow.action == "end_member", AuditRow.reason == "Hết năm học")
        assert db.session.scalar(acts) == 45


def test_neither_power_nor_oneself_nor_another_unit_ends_together(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        staff = list(db.session.scalars(sa.select(Membership.id).where(
            Membership.unit_id == world["truong"], Membership.role.in_(("teacher", "coordinator")))))  # fmt: skip
        far = db.session.scalars(sa.select(Membership.id).where(Membership.unit_id == world["kp3"])).all()
    ids = [str(one) for one in [*staff, *far]]
    answer = as_("quang").post(f"/units/{world['truong']}/members/end", data={"member": ids, "sure": "1"})
    assert answer.status_code == 302
    with app.app_context():
        states = sa.select(Membership.state).where(Membership.id.in_([*staff, *far]))
        assert set(db.session.scalars(states)) == {"active"}
