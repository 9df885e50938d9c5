"""Settings that are edited while the site runs: typed, bounded, with their history, seen by every process."""

import pytest
from flask import Flask

from tutoring.kernel import audit, overrides
from tutoring.kernel import site_settings as kernel_site_settings
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound

LIMIT = kernel_site_settings.SiteSetting("test_limit", "number", 5, "Số", "", "", floor=1, ceiling=10)
LINE = kernel_site_settings.SiteSetting("test_line", "text", "", "Câu", "", "", longest=20)
SWITCH = kernel_site_settings.SiteSetting("test_switch", "yes_no", True, "Bật", "", "")
HOUR = kernel_site_settings.SiteSetting("test_hour", "time", 21 * 60, "Giờ", "", "")
LINES = kernel_site_settings.SiteSetting("test_lines", "lines", ["a.vn"], "Dòng", "", "")


@pytest.fixture(autouse=True)
def declared(monkeypatch: pytest.MonkeyPatch) -> None:
    """These are options while a test of this module runs, and on no page of the tests beside it."""
    for one in (LIMIT, LINE, SWITCH, HOUR, LINES):
        monkeypatch.setitem(kernel_site_settings._declared, one.name, one)


class Who:
    id = 4


def test_an_option_is_as_shipped_until_it_is_set_and_again_when_that_is_put_back(app: Flask) -> None:
    with app.app_context():
        assert LIMIT() == 5 and kernel_site_settings.value("test_limit") == 5
        assert kernel_site_settings.put(Who, "test_limit", 7, "nhiều người hỏi")
        assert LIMIT() == 7
        assert not kernel_site_settings.put(Who, "test_limit", 7, "lần nữa")  # nothing changed: no row of history
        first = overrides.history("option", "test_limit")
        assert [(one.version, one.by_id, one.before, one.after, one.reason) for one in first] == [
            (1, 4, None, 7, "nhiều người hỏi")
        ]
        assert kernel_site_settings.put_back(Who, first[0].id, "nhầm")
        assert LIMIT() == 5
        assert [(one.version, one.before, one.after) for one in overrides.history("option", "test_limit")] == [
            (2, 7, None), (1, None, 7),
        ]  # fmt: skip


def test_every_change_is_in_the_audit_chain(app: Flask) -> None:
    with app.app_context():
        kernel_site_settings.put(Who, "test_switch", False, "thử")
        row = db.session.get_one(AuditRow, 1)
        assert (row.actor_id, row.action, row.target, row.reason) == (4, "change_option", "option:test_switch", "thử")
        assert audit.verify().broken_at is None
        assert SWITCH() is False


def test_of_two_who_change_one_at_once_the_second_is_told_and_nothing_is_lost(app: Flask) -> None:
    with app.app_context():
        seen = overrides.current_value("option", "test_limit")[1]
        kernel_site_settings.put(Who, "test_limit", 6, "một", seen)
        with pytest.raises(Conflict):
            kernel_site_settings.put(Who, "test_limit", 9, "hai", seen)
        assert LIMIT() == 6
        assert kernel_site_settings.put(Who, "test_limit", 9, "hai", seen + 1)
        assert len(overrides.history("option", "test_limit")) == 2


@pytest.mark.parametrize(
    ("name", "bad"), [("test_limit", 0), ("test_limit", 11), ("test_line", "x" * 21), ("test_lines", ["y" * 301])]
)
def test_what_lies_outside_its_bounds_is_refused(app: Flask, name: str, bad: object) -> None:
    with app.app_context():
        with pytest.raises(InvalidInput):
            kernel_site_settings.put(Who, name, bad, "thử")
        assert overrides.current_value("option", name) == (None, 0)


def test_a_change_needs_a_reason_and_an_option_that_there_is(app: Flask) -> None:
    with app.app_context():
        with pytest.raises(InvalidInput):
            kernel_site_settings.put(Who, "test_limit", 3, "  ")
        with pytest.raises(NotFound):
            kernel_site_settings.put(Who, "no_such", 3, "thử")


def test_a_stored_value_is_held_to_bounds_that_were_drawn_tighter_since(app: Flask) -> None:
    with app.app_context():
        overrides.write(None, "option", "test_limit", 50, "từ bản cũ")
        assert LIMIT() == 10


def test_what_is_typed_is_read_by_its_kind() -> None:
    assert (
        kernel_site_settings.parse_value(HOUR, "21g30") == 21 * 60 + 30
        and kernel_site_settings.format_value(HOUR, 21 * 60 + 5) == "21:05"
    )
    assert kernel_site_settings.parse_value(LINES, " b.vn\n\na.vn ") == ["a.vn", "b.vn"]
    assert kernel_site_settings.parse_value(SWITCH, "0") is False and kernel_site_settings.parse_value(LIMIT, "8") == 8
    assert kernel_site_settings.parse_value(LINE, " hai   chữ ") == "hai chữ"
    for which, bad in ((HOUR, "25:00"), (LIMIT, "tám"), (SWITCH, "có lẽ")):
        with pytest.raises(InvalidInput):
            kernel_site_settings.parse_value(which, bad)


def test_a_value_asks_nothing_of_the_database_while_it_is_fresh(app: Flask, queries: list[str]) -> None:
    with app.app_context():
        queries.clear()
        assert [LIMIT(), SWITCH(), HOUR(), LINES(), LINE()] == [5, True, 1260, ["a.vn"], ""]
        assert queries == []
