"""Each setting that is offered really changes what the site does, and a rule of safety can only become stricter."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import factories
from tutoring.accounts.models import User
from tutoring.community import commands as community
from tutoring.community.join_codes.commands import usable_code
from tutoring.community.models import Unit
from tutoring.community.queries import link_hosts
from tutoring.community.units.settings import fallback_delay_of
from tutoring.kernel import clock
from tutoring.kernel import site_settings as kernel_site_settings
from tutoring.kernel.db import db
from tutoring.kernel.errors import InvalidInput
from tutoring.moderation.live_dashboard import LiveRoom
from tutoring.pairing.site_settings import answers_within


class Who:
    id = 1


def put(name: str, value: Any) -> None:
    kernel_site_settings.put(Who, name, value, "thử")


STRICTER = {  # what was shipped is the weakest there may be
    "youth_help_adults": None, "power_code_days": "ceiling", "poster_code_days": "ceiling",
    "step_up_minutes": "ceiling", "hidden_after_reports": "ceiling", "silent_minutes": "ceiling",
}  # fmt: skip


def test_a_rule_of_safety_cannot_be_made_weaker_than_shipped(app: Flask) -> None:
    with app.app_context():
        for name, bound in STRICTER.items():
            which = kernel_site_settings.option(name)
            if bound is None:
                assert which.default is True  # the freer of two: it can only be taken away
                continue
            with pytest.raises(InvalidInput):
                put(name, which.default + 1)
            put(name, which.floor)


def test_what_is_announced_and_who_runs_the_site_stand_on_every_page_in_both_languages(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context():
        put("announcement", "Tối nay trang nghỉ 30 phút <b>")
        put("announcement_en", "A break tonight")
        put("run_by", "Phường Đông Hoà")
        put("contact", "028 3822 0000")
    page = client.get("/help").get_data(as_text=True)
    assert "Tối nay trang nghỉ 30 phút &lt;b&gt;" in page and "Phường Đông Hoà · Liên hệ: 028 3822 0000" in page
    english = client.get("/help?lang=en").get_data(as_text=True)
    assert "A break tonight" in english and "Tối nay" not in english


def test_links_let_through_on_the_whole_site_are_let_through_in_every_unit(app: Flask, world: factories.World) -> None:
    with app.app_context():
        unit_id = db.session.query(Unit.id).order_by(Unit.id).first()[0]
        put("link_hosts", ["truong.edu.vn"])
        assert "truong.edu.vn" in link_hosts(unit_id)
        for bad in (["zalo.me"], ["com.vn"], ["không phải"]):
            with pytest.raises(InvalidInput):
                put("link_hosts", bad)


def test_what_a_unit_may_do_is_cut_by_the_site(app: Flask, world: factories.World) -> None:
    with app.app_context():
        unit = db.session.query(Unit).order_by(Unit.id).first()
        unit.youth_help_adults = True
        assert unit.youth_may_help_adults
        put("youth_help_adults", False)
        assert not db.session.query(Unit).order_by(Unit.id).first().youth_may_help_adults
        put("patience_minutes", 45)
        assert fallback_delay_of(unit.id) == 45


def test_codes_live_as_long_as_is_set_and_none_works_while_joining_is_off(app: Flask, world: factories.World) -> None:
    with app.app_context():
        put("poster_code_days", 30)
        put("power_code_days", 2)
        actor = db.session.get_one(User, world["quang"])
        unit_id = world["truong"]
        poster = community.create_code(actor, unit_id, "parent", 100, 180)
        power = community.create_code(actor, unit_id, "teacher", 1, 7)
        days = [(one.expires_at - clock.now()).total_seconds() / 86400 for one in (poster, power)]
        assert [round(one) for one in days] == [30, 2]
        assert usable_code(poster.code).id == poster.id
        put("joining_open", False)
        with pytest.raises(InvalidInput, match="tạm ngừng"):
            usable_code(poster.code)


def test_waves_wait_as_long_as_is_set(app: Flask) -> None:
    with app.app_context():
        put("wave_seconds", 60)
        assert answers_within().total_seconds() == 60


def test_a_silent_room_is_shown_sooner_when_that_is_set(app: Flask) -> None:
    with app.app_context():
        quiet = LiveRoom(room=None, seats=[], silence=5)  # type: ignore[arg-type]
        assert not quiet.silent
        put("silent_minutes", 4)
        assert quiet.silent
