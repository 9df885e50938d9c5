"""The audit chain and the background jobs in words: a sentence for everything that is ever recorded or runs."""

import ast
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World
from tutoring.administration import audit_log
from tutoring.administration.audit_sentences import SENTENCES
from tutoring.administration.job_words import JOBS, next_step, words_of
from tutoring.config import ROOT
from tutoring.kernel import audit, clock, jobs, overrides
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.policy.moderation.actions import ACTION_RULES, DECISION, audit_row, undo_row
from tutoring.privacy.breaches import STEPS
from tutoring.published_answers.releases import DECISIONS

As = Callable[[str], FlaskClient]

# Acts whose names the code puts together, by the text of the call.
MADE = {
    "audit_row(kind)": {audit_row(kind) for kind in ACTION_RULES},
    "undo_row(done.kind)": {undo_row(kind) for kind in (*ACTION_RULES, DECISION)},
    "f'change_{area}'": {f"change_{area}" for area in overrides.AREAS},
    "f'breach_{step}'": {f"breach_{step}" for step in STEPS},
    "f'nomination_{to}'": {"nomination_active", "nomination_paused", "nomination_barred"},
    "f'hide_{kind}'": {"hide_topic", "hide_answer"},
    "f'show_{kind}'": {"show_topic", "show_answer"},
    "f'{what}_answer'": {f"{what}_answer" for what in DECISIONS},
    "work_act": {"change_class_work", "withdraw_class_work", "restore_class_work"},
    "act": {"release_message", "refuse_message", "hide_message", "unmask_message"},
}


def calls() -> Iterator[ast.expr]:
    """What every call of `audit.record` in the code gives as the act."""
    for path in sorted((ROOT / "tutoring").rglob("*.py")):
        if "audit.record(" not in (text := path.read_text("utf-8")):
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.record":
                yield node.args[1]


def written() -> set[str]:
    """Every act that the code can record."""
    found: set[str] = set()
    for told in calls():
        branches = [told.body, told.orelse] if isinstance(told, ast.IfExp) else [told]
        for one in branches:
            found |= {str(one.value)} if isinstance(one, ast.Constant) else MADE[ast.unparse(one)]
    return found


def test_every_act_that_is_recorded_has_a_sentence_and_no_other() -> None:
    assert len(written()) > 150
    assert written() == set(SENTENCES)


def test_the_acts_of_held_messages_are_those_of_the_code() -> None:
    text = (ROOT / "tutoring/rooms/moderation/commands.py").read_text("utf-8")
    named = re.search(r"_ACTS = \{.*?\n\}", text, re.DOTALL)
    assert named is not None
    assert set(re.findall(r'\("\w+", "(\w+)", "', named[0])) == MADE["act"]


def test_every_sentence_begins_with_who_and_has_known_places_alone() -> None:
    for act, sentence in SENTENCES.items():
        assert sentence.startswith("%(who)s "), act
        assert set(re.findall(r"%\((\w+)\)s", sentence)) <= {"who", "whom", "number", "name"}, act
        assert "%" not in re.sub(r"%\(\w+\)s", "", sentence), act
    assert len(set(SENTENCES.values())) >= len(SENTENCES) - 1  # a message is shown again by two ways


def test_every_job_is_said_in_words_and_every_error_says_what_to_do(app: Flask) -> None:
    assert set(JOBS) == {*jobs._handlers, *jobs._outward} - {one for one in jobs._handlers if one.startswith("test.")}
    assert words_of("older.kind").what == "older.kind"
    assert next_step("OSError") != next_step("ValueError") != next_step("ConnectionError")


@command
def record(*rows: tuple[int | None, str, str, Any]) -> None:
    for actor, act, target, facts in rows:
        audit.record(actor, act, target, **facts)


def said(app: Flask, last: int) -> list[str]:
    with app.test_request_context("/"):
        rows = db.session.query(AuditRow).order_by(AuditRow.id.desc()).limit(last)
        return [line.said for line in audit_log.lines(rows)][::-1]


def test_a_row_names_whoever_has_power_and_the_unit_and_no_pupil(app: Flask, world: World) -> None:
    pupil, hang = world["minh"], world["hang"]
    with app.app_context():
        record(
            (hang, "confirm_member", f"user:{pupil}", {"unit": world["lop6a"]}),
            (world["quang"], "add_duty", f"unit:{world['truong']}", {"user": hang}),
            (hang, "mute", "room:12", {"user": pupil}),
            (None, "merge_units", f"unit:{world['kp3']}", {"into": world["phuong"]}),
            (world["admin1"], "look_up", "user:-", {}),
            (world["admin1"], "retry_work", "work:notifications.letter", {"count": 1}),
            (world["admin1"], "change_option", "option:announcement", {}),
            (world["admin1"], "done_long_ago", "thing:<b>1</b>", {"unit": "x", "user": None}),
            (10**6, "enter_room", "room:9", {}),
        )
    lines = said(app, 9)
    assert lines[:4] == [
        "Cô Hằng xác nhận minh, Lớp 6A",
        "Thầy Quang xếp ca trực cho cô Hằng, Trường Minh Hoạ",
        "Cô Hằng cho minh tạm ngừng viết trong phòng số 12",
        "Hệ thống sáp nhập đơn vị, Khu phố 3",
    ]
    assert lines[5].endswith("cho làm lại tác vụ lỗi: Gửi một thông báo qua email hoặc tin nhắn")
    assert lines[6].endswith("đổi cài đặt Thông báo ở đầu mọi trang")
    assert lines[7].endswith("làm một việc chưa có tên: done_long_ago")
    assert lines[8] == "Một tài khoản đã xoá vào phòng số 9"
    assert not any("Minh Hoạ" in line.replace("Trường Minh Hoạ", "") for line in lines[:3])


def test_the_page_says_acts_in_words_and_technical_names_unfolded_alone(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        record((world["hang"], "confirm_member", f"user:{world['minh']}", {"unit": world["lop6a"]}))
    page = as_("admin1").get("/admin/log").text
    assert "Cô Hằng xác nhận minh, Lớp 6A" in page
    shown = re.sub(r"<details.*?</details>", "", page, flags=re.DOTALL)
    assert "confirm_member" not in re.sub(r"<[^>]+>", "", shown)
    folded = "".join(re.findall(r"<details.*?</details>", page, flags=re.DOTALL))
    assert "confirm_member" in folded.replace("<wbr>", "") and "hang, minh" in folded


def test_the_log_is_filtered_by_unit_and_asks_which_where_several_fit(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        record(
            (world["hang"], "confirm_member", f"user:{world['minh']}", {"unit": world["lop6a"]}),
            (world["quang"], "set_hours", f"unit:{world['lop6a']}", {}),
            (world["quang"], "set_hours", f"unit:{world['lop4a']}", {}),
        )
    admin = as_("admin1")
    found = admin.get("/admin/log?unit=lop+6a").text
    assert "xác nhận minh" in found and "Lớp 6A" in found and "Lớp 4A" not in found
    several = admin.get("/admin/log?unit=lop").text
    assert "Có nhiều đơn vị như vậy" in several and "demo-lop6a" in several and "xác nhận minh" not in several
    assert "Không có đơn vị nào như vậy" in admin.get("/admin/log?unit=sao+hoa").text
    lines = admin.get("/admin/log?unit=demo-lop6a&as=csv").data.decode("utf-8-sig").splitlines()
    assert "Thầy Quang đổi giờ mở phòng, Lớp 6A" in lines[1] and "Cô Hằng xác nhận minh, Lớp 6A" in lines[2]
    assert all("Lớp 6A" in line for line in lines[1:])


@pytest.mark.parametrize("rows", [10, 200])
def test_names_cost_three_statements_for_any_number_of_rows(
    app: Flask, world: World, queries: list[str], rows: int
) -> None:
    with app.app_context():
        record(*[
            (world["hang"], "confirm_member", f"user:{world[name]}", {"unit": unit})
            for name, unit in zip(["minh", "an"] * (rows // 2), list(world.units.values()) * rows, strict=False)
        ])  # fmt: skip
    with app.test_request_context("/"):
        found = list(db.session.query(AuditRow).order_by(AuditRow.id.desc()).limit(rows))
        queries.clear()
        assert len(audit_log.lines(found)) == rows
    assert len(queries) == 3


def test_the_day_of_a_filter_is_a_day_in_vietnam(as_: As) -> None:
    day = f"{clock.today():%Y-%m-%d}"
    for odd in (day, "2026-13-40", "<script>", ""):
        assert as_("admin1").get("/admin/log", query_string={"day": odd}).status_code == 200
