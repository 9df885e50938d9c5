"""The demonstration's own page of Khu phố 3 shows what such a page is for."""

import sqlalchemy as sa
from flask import Flask

from tests.factories import World, client_of
from tutoring.cli.demo.neighbourhood import LESSONS, furnish
from tutoring.community.models import DutySlot
from tutoring.groups.models import GroupLesson, GroupTask
from tutoring.kernel.db import db


def test_it_is_furnished_by_the_commands_of_everybody(app: Flask, world: World) -> None:
    with app.app_context():
        furnish()
        chosen = sa.select(GroupLesson.lesson_slug).order_by(GroupLesson.position)
        assert tuple(db.session.scalars(chosen)) == LESSONS
        assert db.session.scalar(sa.select(sa.func.count()).where(DutySlot.place == "centre")) == 3
        assert db.session.scalars(sa.select(GroupTask.assignee_id)).all() == [world["muoi"]]
    page = client_of(app, world["bay"]).get(f"/groups/{world['kp3']}").text
    assert "cùng tập ở nhà văn hoá" in page and "Nộp hồ sơ trên mạng" in page and "Bật máy" in page
