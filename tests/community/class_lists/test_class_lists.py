"""Class lists come in staged and sealed: who sends them, what is stored, what a second file changes."""

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.community.class_files.spreadsheets import workbook
from tests.factories import World, person
from tutoring.accounts.models import User
from tutoring.community.class_cards.confirmation_jobs import clean_up
from tutoring.community.class_lists import commands, queries
from tutoring.community.class_lists.models import ClassLine, ClassListDraft
from tutoring.community.models import Membership, Unit
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.privacy.retention_jobs import delete_expired_rows

As = Callable[[str], FlaskClient]
HEAD = ("STT", "Họ và tên (*)", "Ngày sinh (*)", "Số CCCD", "Điện thoại")
CANARY = "Zulu"  # a middle name that stands nowhere else
ROWS = [
    HEAD,
    (1, f"Nguyễn {CANARY} An", "05/09/2016", "079216000001", "0912345678"),
    (2, f"Trần {CANARY} Bình", 2016, "079216000002", "0912345678"),
    (3, f"Lê {CANARY} Châu", "31/02/2016", "", ""),
]
FILE = workbook(*ROWS)


def switch_on(world: World) -> None:
    commands.record_basis(
        person(world["admin1"]), world["truong"], "Ý kiến pháp lý mẫu cho bản thử", "Thoả thuận mẫu cho bản thử"
    )


def taken(world: World, name: str, place: str, data: bytes = FILE) -> int:
    teacher = person(world[name])
    return commands.accept_draft(teacher, world[place], commands.check_file(teacher, world[place], data))


def lines(world: World, place: str) -> list[tuple[str, int]]:
    query = sa.select(ClassLine.called, ClassLine.birth_year).where(ClassLine.unit_id == world[place])
    return sorted((called, year) for called, year in db.session.execute(query))


def send(client: FlaskClient, path: str, data: bytes = FILE, **columns: str) -> str:
    answer = client.post(path, data={"file": (io.BytesIO(data), "lop.xlsx"), **columns})
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def test_the_same_file_twice_and_by_two_teachers_changes_nothing(inside: World) -> None:
    switch_on(inside)
    hang, quang = person(inside["hang"]), person(inside["quang"])
    first = commands.check_file(hang, inside["lop4a"], FILE)
    second = commands.check_file(quang, inside["lop4a"], FILE)
    assert commands.accept_draft(hang, inside["lop4a"], first) == 2
    assert commands.accept_draft(quang, inside["lop4a"], second) == 0
    assert commands.accept_draft(hang, inside["lop4a"], first) == 2  # pressed twice
    assert taken(inside, "hang", "lop4a") == 0
    assert len(lines(inside, "lop4a")) == 2


def test_a_list_of_the_school_gives_each_class_its_pupils(inside: World) -> None:
    switch_on(inside)
    text = "Họ tên;Năm sinh;Lớp\nLê An;2016;Lớp 4A\nLê An;2014;6a\nLê Bình;2016;9Z\nLê Bình;2016;\n"
    quang = person(inside["quang"])
    draft = commands.check_file(quang, inside["truong"], text.encode())
    rows = queries.rows_of(queries.draft_of(quang, inside["truong"], draft))
    assert [one.fault for one in rows] == [None, None, "no_class", "no_class"]
    assert commands.accept_draft(quang, inside["truong"], draft) == 2
    assert (lines(inside, "lop4a"), lines(inside, "lop6a")) == ([("An", 2016)], [("An", 2014)])
    assert (
        taken(inside, "hang", "lop4a", text.encode()) == 1
    )  # the row without a class; the others are of other classes


def test_lines_and_checked_files_go_by_themselves(inside: World, monkeypatch: pytest.MonkeyPatch) -> None:
    switch_on(inside)
    taken(inside, "hang", "lop4a")
    now = clock.now()
    for days, drafts, left in ((2, 0, 2), (31, 0, 0)):
        monkeypatch.setattr(clock, "now", lambda days=days: now + timedelta(days=days))
        clean_up({})  # both nightly jobs, as they follow each other
        delete_expired_rows()
        db.session.rollback()
        counts = [db.session.scalar(sa.select(sa.func.count()).select_from(one)) for one in (ClassListDraft, ClassLine)]
        assert counts == [drafts, left]


def test_two_thousand_lines_are_taken_over(inside: World, queries_count: None = None) -> None:
    switch_on(inside)
    syllables = ["An", "Bình", "Châu", "Dũng", "Giang", "Hà", "Khoa", "Lan", "Minh", "Nam"]
    names = (" ".join(("Lê", *(syllables[int(digit)] for digit in f"{at:04}"))) for at in range(2000))
    text = "Họ tên,Năm sinh\n" + "".join(f"{name},2016\n" for name in names)
    assert taken(inside, "hang", "lop4a", text.encode()) == 2000


# ---- pages ----------------------------------------------------------------------------------------------------


@pytest.fixture
def on(app: Flask, world: World) -> World:
    """The community with a basis for its school."""
    with app.app_context():
        switch_on(world)
    return world


def of_class(app: Flask, world: World) -> list[tuple[str, int]]:
    with app.app_context():
        return lines(world, "lop4a")


def test_nothing_comes_in_before_an_administrator_has_recorded_the_basis(app: Flask, world: World, as_: As) -> None:
    path, basis = (f"/units/{world[place]}/class-list{rest}" for place, rest in (("lop4a", ""), ("truong", "/basis")))
    assert as_("hang").get(path).status_code == 404
    with app.app_context():
        with pytest.raises(NotFound):
            commands.check_file(person(world["hang"]), world["lop4a"], FILE)
        for name, place in (("hang", "truong"), ("quang", "truong"), ("mai", "truong"), ("admin1", "lop4a")):
            with pytest.raises(NotFound):
                commands.record_basis(person(world[name]), world[place], "x" * 30, "x" * 30)
    texts = {"basis": "Ý kiến pháp lý mẫu cho bản thử", "agreement": "Thoả thuận mẫu cho bản thử"}
    admin = as_("admin1")
    assert admin.post(basis, data=texts | {"basis": "Luật 91"}).status_code == 422
    assert admin.post(basis, data=texts | {"basis": "Luật sư: 0912 345 678, Luật 91/2025"}).status_code == 422
    assert "Đang tắt" in admin.get(basis).text
    assert admin.post(basis, data=texts).status_code == 302
    assert "Đang bật" in admin.get(basis).text
    assert as_("hang").get(path).status_code == 200
    for name in ("minh", "lan", "khoa", "muoi", "admin1"):
        assert as_(name).get(path).status_code in (403, 404), name
    assert admin.post(f"{basis}/end").status_code == 302
    assert as_("hang").get(path).status_code == 404


def test_a_list_is_checked_confirmed_and_staged_without_the_full_names(app: Flask, on: World, as_: As) -> None:
    hang, path = as_("hang"), f"/units/{on['lop4a']}/class-list"
    check = send(hang, path)
    page = hang.get(check).text
    assert f"Nguyễn {CANARY} An" in page and "Không đọc được ngày sinh" in page
    assert as_("quang").get(check).status_code == 404  # of one's own file only
    assert of_class(app, on) == []
    assert hang.post(f"{check}/accept").status_code == 302
    assert of_class(app, on) == [("An", 2016), ("Bình", 2016)]
    shown = hang.get(path).text
    assert "<b>An</b> (2016)" in shown and CANARY not in shown
    assert f"Nguyễn {CANARY}" not in hang.get(check).text
    faulty = hang.get(f"{check}/faulty.csv").data.decode("utf-8-sig")
    assert f"Lê {CANARY} Châu" in faulty and "079216" not in faulty and "0912" not in faulty
    corrected = faulty.replace('Châu",""', 'Châu","2016"')
    again = send(hang, path, corrected.encode())
    assert hang.post(f"{again}/accept").status_code == 302
    assert of_class(app, on) == [("An", 2016), ("Bình", 2016), ("Châu", 2016)]
    assert hang.post(f"{again}/discard").status_code == 302
    assert hang.get(again).status_code == 404 and len(of_class(app, on)) == 3


def test_columns_that_a_teacher_names_are_read_instead(on: World, as_: As) -> None:
    hang, path = as_("hang"), f"/units/{on['lop4a']}/class-list"
    data = workbook(("a", "b", "c"), ("Lê", "An", 2016))
    refused = hang.post(path, data={"file": (io.BytesIO(data), "lop.xlsx")})
    assert refused.status_code == 422 and "dòng tiêu đề" in refused.text
    assert "Lê An" in hang.get(send(hang, path, data, full="0", given="1", birth="2")).text
    assert hang.post(path, data={}).status_code == 422


def test_a_member_who_may_be_the_same_child_is_shown_and_never_merged(app: Flask, on: World, as_: As) -> None:
    everybody = sa.select(sa.func.count()).select_from(User)
    with app.app_context():
        minh = person(on["minh"])
        of_minh = sa.select(Membership.unit_id).where(Membership.user_id == minh.id, Membership.role == "learner")
        place = next(name for name, unit_id in on.units.items() if unit_id == db.session.scalar(of_minh))
        users = db.session.scalar(everybody)
        data = f"Họ tên,Năm sinh\nTrần {CANARY} {minh.called_name},{minh.birth_year}\n".encode()
        assert taken(on, "quang", place, data) == 1
        assert db.session.scalar(everybody) == users
        found = queries.staged(db.session.get_one(Unit, on[place]))
        assert [one.member.id if one.member else None for one in found] == [on["minh"]]
        line = found[0].line.id
    path = f"/units/{on[place]}/class-list"
    assert "Có thể em này đã có tài khoản" in as_("quang").get(path).text
    assert as_("quang").post(f"/units/{on['truong']}/class-list/lines/{line}/remove").status_code == 404
    assert as_("quang").post(f"{path}/lines/{line}/remove").status_code == 302
    assert "Có thể em này đã có tài khoản" not in as_("quang").get(path).text


def test_full_names_stand_in_no_row_and_on_no_page(
    app: Flask, on: World, as_: As, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    hang, path = as_("hang"), f"/units/{on['lop4a']}/class-list"
    check = send(hang, path)
    assert_sealed(app)
    assert hang.post(f"{check}/accept").status_code == 302
    assert_sealed(app)
    assert CANARY not in caplog.text
    for name in ("hang", "quang", "mai", "admin1", "lan"):
        for place in (path, f"/units/{on['lop4a']}", f"/units/{on['lop4a']}/members", f"/units/{on['lop4a']}/classes",
                      f"/units/{on['lop4a']}/members.csv", "/search?q=Bình", "/privacy", "/"):  # fmt: skip
            assert CANARY not in as_(name).get(place, follow_redirects=True).text, (name, place)


def assert_sealed(app: Flask) -> None:
    """Searches every value of every table for the canary and a number of the file."""
    with app.app_context():
        for table in db.metadata.sorted_tables:
            for row in db.session.execute(sa.text(f'SELECT * FROM "{table.name}"')):
                for value in row:
                    text = bytes(value) if isinstance(value, (bytes, memoryview)) else str(value).encode()
                    assert CANARY.encode() not in text and b"079216000001" not in text, table.name


def test_ending_the_basis_deletes_what_is_staged(app: Flask, on: World, as_: As) -> None:
    with app.app_context():
        taken(on, "hang", "lop4a")
        commands.end_basis(person(on["admin1"]), on["truong"])
    assert of_class(app, on) == []
    assert as_("hang").get(f"/units/{on['lop4a']}/class-list").status_code == 404
