"""How far a ward's staff are stands in the ward's month."""

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World
from tutoring.community.queries import unit
from tutoring.kernel import clock
from tutoring.training import monthly_report_section

As = Callable[[str], FlaskClient]


def test_a_wards_month_says_who_is_ready_by_track(app: Flask, world: World) -> None:
    with app.test_request_context():
        told = monthly_report_section.training_section(unit(world["phuong"]), clock.today(), frozenset({"officer"}))
        assert told is not None
        title, says, columns, rows = told
        assert title == "Tập huấn cán bộ" and len(columns) == 4 and says == []
        assert {row[0]: row[1:] for row in rows} == {
            "Người của khu phố và tổ công nghệ số cộng đồng": ("0", "1", "0"),
            "Công chức văn hoá – xã hội phường, xã": ("0", "1", "0"),
        }


def test_nobody_else_is_told_nor_of_another_kind_of_unit(app: Flask, world: World) -> None:
    with app.test_request_context():
        assert (
            monthly_report_section.training_section(unit(world["phuong"]), clock.today(), frozenset({"lead"})) is None
        )
        assert (
            monthly_report_section.training_section(unit(world["truong"]), clock.today(), frozenset({"coordinator"}))
            is None
        )
