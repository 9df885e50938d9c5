"""A lost second factor: asked for by one, taken off by another, heard of by its owner, written down."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.accounts.credentials.authenticator import PASSWORD, SET_UP, is_in, new_staff, set_up
from tests.accounts.test_sign_in import said, sign_in
from tests.community.test_staff import membership
from tests.factories import World, person
from tutoring.accounts.credentials import second_factor
from tutoring.accounts.models import RecoveryCode
from tutoring.cli import admin
from tutoring.community.memberships import second_factor_resets
from tutoring.kernel import audit, clock
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from tutoring.notifications.models import Notice

As = Callable[[str], FlaskClient]


@pytest.fixture
def teacher(app: Flask, world: World, client: FlaskClient) -> int:
    """A teacher of the school with a factor, signed in at `client`."""
    user = new_staff(app, world)
    set_up(app, client, user)
    return user


def page_of(app: Flask, world: World, user_id: int) -> str:
    with app.app_context():
        return f"/members/{membership(World({'x': user_id}, world.units), 'x', 'truong')}/factor-reset"


def notices(user_id: int) -> list[str]:
    query = sa.select(Notice).where(Notice.user_id == user_id, Notice.read_at.is_(None)).order_by(Notice.id)
    return [notice.say for notice in db.session.scalars(query) if "mã trên điện thoại" in notice.say.lower()]


def test_two_people_take_a_lost_factor_off(
    app: Flask, world: World, client: FlaskClient, teacher: int, as_: As
) -> None:
    path, quang, second = page_of(app, world, teacher), as_("quang"), as_("admin1")
    assert "Đề nghị gỡ mã" in said(quang.get(path))
    assert quang.post(path, data={"word": "ask", "reason": ""}).status_code == 422
    assert quang.post(path, data={"word": "ask", "reason": "Mất điện thoại, gặp tận mặt"}).status_code == 302
    assert is_in(client)
    with app.app_context():
        assert "đề nghị gỡ mã" in notices(teacher)[0] and "Cần bạn xem" in notices(world["admin1"])[0]
        assert notices(world["hang"]) == notices(world["quang"]) == []
    own = said(quang.get(path))
    assert "Cần một điều phối viên khác" in own and 'value="do"' not in own
    assert quang.post(path, data={"word": "do"}).status_code == 403  # never alone
    with app.app_context():
        assert second_factor.find_factor(teacher) is not None
    assert "Mất điện thoại, gặp tận mặt" in said(second.get(path))
    assert second.post(path, data={"word": "do"}).status_code == 302
    assert not is_in(client)
    with app.app_context():
        assert second_factor.find_factor(teacher) is None
        assert db.session.scalar(sa.select(RecoveryCode.id).where(RecoveryCode.user_id == teacher)) is None
        assert "đã được gỡ" in notices(teacher)[-1] and notices(world["admin1"]) == []
        rows = db.session.execute(
            sa.select(AuditRow.actor_id, AuditRow.action)
            .where(AuditRow.action.contains("factor"))
            .order_by(AuditRow.id)
        ).all()
        assert [tuple(row) for row in rows] == [
            (world["quang"], "ask_factor_reset"), (world["admin1"], "reset_factor"),
        ]  # fmt: skip
        assert audit.verify().broken_at is None
    assert sign_in(app.test_client(), "giao.moi", PASSWORD).headers["Location"].startswith(SET_UP)


@pytest.mark.parametrize("who", ["quang", "admin1"])
def test_either_of_the_two_may_leave_it_as_it_is(
    app: Flask, world: World, client: FlaskClient, teacher: int, as_: As, who: str
) -> None:
    path = page_of(app, world, teacher)
    as_("quang").post(path, data={"word": "ask", "reason": "thử"})
    assert as_(who).post(path, data={"word": "decline"}).status_code == 302
    assert is_in(client)
    assert as_("admin1").post(path, data={"word": "do"}).status_code == 409
    with app.app_context():
        assert second_factor.find_factor(teacher) is not None and notices(world["admin1"]) == []


def test_only_who_coordinates_the_person_may_ask_and_nobody_for_oneself(
    app: Flask, world: World, client: FlaskClient, teacher: int
) -> None:
    own = new_staff(app, world, "coordinator", "dieu.phoi")
    set_up(app, app.test_client(), own, "dieu.phoi")
    with app.app_context():
        for name in ("hang", "muoi", "lan", "minh"):
            with pytest.raises(NotFound):
                second_factor_resets.ask(person(world[name]), teacher, "thử")
        with pytest.raises(NotFound):
            second_factor_resets.ask(person(own), own, "thử")
        second_factor_resets.ask(person(world["quang"]), own, "thử")
        with pytest.raises(NotFound):
            second_factor_resets.do(person(own), own)
        with pytest.raises(Conflict):  # one open request for each person
            second_factor_resets.ask(person(world["admin1"]), own, "thử")


def test_there_must_be_something_to_take_off_and_a_reason(app: Flask, world: World, teacher: int) -> None:
    with app.app_context():
        quang = person(world["quang"])
        with pytest.raises(Conflict):
            second_factor_resets.ask(quang, world["hang"], "thử")
        with pytest.raises(InvalidInput):
            second_factor_resets.ask(quang, teacher, "  ")
        with pytest.raises(Conflict):
            second_factor_resets.do(person(world["admin1"]), teacher)


def test_an_old_request_is_worth_nothing_and_a_new_one_may_be_made(app: Flask, world: World, teacher: int) -> None:
    with app.app_context():
        second_factor_resets.ask(person(world["quang"]), teacher, "thử")
        with clock.travel(clock.now() + timedelta(days=8)):
            with pytest.raises(Conflict):
                second_factor_resets.do(person(world["admin1"]), teacher)
            second_factor_resets.ask(person(world["admin1"]), teacher, "thử lại")
            with pytest.raises(Forbidden):
                second_factor_resets.do(person(world["admin1"]), teacher)
            second_factor_resets.do(person(world["quang"]), teacher)
            assert second_factor.find_factor(teacher) is None


def test_whoever_runs_the_server_may_do_it_alone_and_it_is_written_down(
    app: Flask, world: World, client: FlaskClient, teacher: int
) -> None:
    runner = app.test_cli_runner()
    refused = runner.invoke(admin.group, ["reset-factor", "khong.co"])
    assert refused.exit_code == 1 and "nobody of that user name" in refused.output
    done = runner.invoke(admin.group, ["reset-factor", "giao.moi"])
    assert done.exit_code == 0 and "giao.moi" in done.output
    assert not is_in(client)
    with app.app_context():
        row = db.session.scalars(sa.select(AuditRow).order_by(AuditRow.id.desc())).first()
        assert row is not None and (row.actor_id, row.action, row.target) == (None, "reset_factor", f"user:{teacher}")
        assert "đã được gỡ" in notices(teacher)[-1]
