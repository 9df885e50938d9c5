"""docs/permissions.md is true: written from the rules, complete, and every cell of it is held one by one."""

import itertools

import pytest
from flask import Flask

from tutoring.cli.permissions import HEAD
from tutoring.config import ROOT
from tutoring.policy import access_tables
from tutoring.policy.access import STAFF, admits, scope_of_access
from tutoring.policy.matrix import markdown, table
from tutoring.policy.matrix.rows import ROLES, MatrixRow
from tutoring.web.socket_io import realtime

PAGE = (ROOT / "docs" / "permissions.md").read_text("utf-8")
ROWS: dict[tuple[str, str], list[str]] = {}  # signs by area and action
for _line in PAGE.splitlines():
    if _line.startswith("## "):
        _area = _line[3:]
    elif _line.startswith("| ") and not _line.startswith("| action"):
        _action, *_signs = (one.strip() for one in _line.strip("|").split("|"))
        ROWS[_area, _action.rstrip(" ²ʳᵀ")] = _signs


def test_the_page_is_what_the_rules_say() -> None:
    assert "\n".join([HEAD, *markdown.written(), ""]) == PAGE


def test_every_route_and_every_verb_stands_in_exactly_one_line(app: Flask) -> None:
    endpoints = [endpoint for line in table.MATRIX_ROWS for endpoint in line.all_endpoints]
    assert sorted(endpoints) == sorted({rule.endpoint for rule in app.url_map.iter_rules()})
    events = [event for line in table.MATRIX_ROWS for event in line.socket_events]
    assert sorted(events) == sorted(realtime.EVENT_HANDLERS)


@pytest.mark.parametrize("line", table.MATRIX_ROWS, ids=[f"{line.area}/{line.action}" for line in table.MATRIX_ROWS])
def test_each_cell(line: MatrixRow) -> None:
    """The page pins what each role may inside and outside of its scope; a rule that changes shows here by name."""
    signs = dict(zip(ROLES, ROWS[line.area, line.action], strict=True))
    wrong = [
        f"{role}/{'in' if inside else 'out'}: {sign}"
        for (role, sign), inside in itertools.product(signs.items(), (True, False))
        if line.may(role, inside) is not (sign == "✓" or (sign == "●" and inside))
    ]
    assert not wrong, wrong


@pytest.mark.parametrize("line", table.MATRIX_ROWS, ids=[line.action for line in table.MATRIX_ROWS])
def test_a_door_lets_nobody_stand_outside_who_may_go_in(line: MatrixRow) -> None:
    """The table of routes, which is asked first, is never stricter than the rule behind it."""
    if scope_of_access(line.access) is not None:
        return  # a token opens these, which tests/api/test_api_access.py tries; no sign-in does
    tables = [(line.all_endpoints, access_tables.ROUTES), (line.socket_events, access_tables.SOCKET_EVENTS)]
    for (names, accesses), role in itertools.product(tables, ROLES):
        if line.may(role, True) and role != "site_admin":
            assert all(admits(accesses[name], role != "guest", {role}) for name in names), role


def test_officers_leads_and_admins_have_no_way_into_rooms_with_children() -> None:
    for line in table.MATRIX_ROWS:
        if line.area == "Rooms with a minor":
            assert not any(line.may(role, True) for role in ("lead", "officer", "site_admin", "guest")), line.action


def test_nobody_enters_unseen_and_no_grown_up_opens_a_room_with_a_child() -> None:
    for action in ("enter unseen", "open a room with one child by oneself", "help a child while nobody is on duty"):
        [line] = [line for line in table.MATRIX_ROWS if line.action == action]
        assert not any(line.may(role, inside) for role in ROLES for inside in (True, False))


def test_outside_their_scope_staff_may_nothing_that_is_not_for_everybody() -> None:
    for line, role in itertools.product(table.MATRIX_ROWS, STAFF):
        if line.may(role, False):
            assert line.may("guest", False), (line.action, role)


def test_acts_of_power_over_accounts_ask_again_who_one_is() -> None:
    for line in table.MATRIX_ROWS:
        if line.area == "Accounts":
            assert line.step_up, line.action
