"""Settings that are edited while the site runs: typed, bounded, with their history, seen by every process."""

import pytest
from flask import Flask

from tutoring.kernel import audit, kept, options
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Invalid, Missing

LIMIT = options.Option("test_limit", "number", 5, "Số", "", "", floor=1, ceiling=10)
LINE = options.Option("test_line", "text", "", "Câu", "", "", longest=20)
SWITCH = options.Option("test_switch", "yes_no", True, "Bật", "", "")
HOUR = options.Option("test_hour", "time", 21 * 60, "Giờ", "", "")
LINES = options.Option("test_lines", "lines", ["a.vn"], "Dòng", "", "")


@pytest.fixture(autouse=True)
def declared(monkeypatch: pytest.MonkeyPatch) -> None:
    """These are options while a test of this module runs, and on no page of the tests beside it."""
    for one in (LIMIT, LINE, SWITCH, HOUR, LINES):
        monkeypatch.setitem(options._declared, one.name, one)


class Who:
    id = 4


def test_an_option_is_as_shipped_until_it_is_set_and_again_when_that_is_put_back(app: Flask) -> None:
    with app.app_context():
        assert LIMIT() == 5 and options.value("test_limit") == 5
        assert options.put(Who, "test_limit", 7, "nhiều người hỏi")
        assert LIMIT() == 7
        assert not options.put(Who, "test_limit", 7, "lần nữa")  # nothing changed: no row of history
        first = kept.history("option", "test_limit")
        assert [(one.version, one.by_id, one.before, one.after, one.reason) for one in first] == [
            (1, 4, None, 7, "nhiều người hỏi")
        ]
        assert options.put_back(Who, first[0].id, "nhầm")
        assert LIMIT() == 5
        assert [(one.version, one.before, one.after) for one in kept.history("option", "test_limit")] == [
            (2, 7, None), (1, None, 7),
        ]  # fmt: skip


def test_every_change_is_in_the_audit_chain(app: Flask) -> None:
    with app.app_context():
        options.put(Who, "test_switch", False, "thử")
        row = db.session.get_one(AuditRow, 1)
        assert (row.actor_id, row.action, row.target, row.reason) == (4, "change_option", "option:test_switch", "thử")
        assert audit.verify().broken_at is None
        assert SWITCH() is False


def test_of_two_who_change_one_at_once_the_second_is_told_and_nothing_is_lost(app: Flask) -> None:
    with app.app_context():
        seen = kept.now_of("option", "test_limit")[1]
        options.put(Who, "test_limit", 6, "một", seen)
        with pytest.raises(Conflict):
            options.put(Who, "test_limit", 9, "hai", seen)
        assert LIMIT() == 6
        assert options.put(Who, "test_limit", 9, "hai", seen + 1)
        assert len(kept.history("option", "test_limit")) == 2


@pytest.mark.parametrize(
    ("name", "bad"), [("test_limit", 0), ("test_limit", 11), ("test_line", "x" * 21), ("test_lines", ["y" * 301])]
)
def test_what_lies_outside_its_bounds_is_refused(app: Flask, name: str, bad: object) -> None:
    with app.app_context():
        with pytest.raises(Invalid):
            options.put(Who, name, bad, "thử")
        assert kept.now_of("option", name) == (None, 0)


def test_a_change_needs_a_reason_and_an_option_that_there_is(app: Flask) -> None:
    with app.app_context():
        with pytest.raises(Invalid):
            options.put(Who, "test_limit", 3, "  ")
        with pytest.raises(Missing):
            options.put(Who, "no_such", 3, "thử")


def test_a_stored_value_is_held_to_bounds_that_were_drawn_tighter_since(app: Flask) -> None:
    with app.app_context():
        kept.write(None, "option", "test_limit", 50, "từ bản cũ")
        assert LIMIT() == 10


def test_what_is_typed_is_read_by_its_kind() -> None:
    assert options.read_typed(HOUR, "21g30") == 21 * 60 + 30 and options.typed(HOUR, 21 * 60 + 5) == "21:05"
    assert options.read_typed(LINES, " b.vn\n\na.vn ") == ["a.vn", "b.vn"]
    assert options.read_typed(SWITCH, "0") is False and options.read_typed(LIMIT, "8") == 8
    assert options.read_typed(LINE, " hai   chữ ") == "hai chữ"
    for which, bad in ((HOUR, "25:00"), (LIMIT, "tám"), (SWITCH, "có lẽ")):
        with pytest.raises(Invalid):
            options.read_typed(which, bad)


def test_a_value_asks_nothing_of_the_database_while_it_is_fresh(app: Flask, queries: list[str]) -> None:
    with app.app_context():
        queries.clear()
        assert [LIMIT(), SWITCH(), HOUR(), LINES(), LINE()] == [5, True, 1260, ["a.vn"], ""]
        assert queries == []
