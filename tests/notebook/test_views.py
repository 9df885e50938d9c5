"""Pages of the private notebook: what their owner sees, forms that keep what was typed, the door for everybody else."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.fuzzing.mutations import WORDS
from tests.parametrize import some
from tutoring.kernel import clock
from tutoring.notebook import commands
from tutoring.notebook import queries as notebook_queries
from tutoring.notebook.commands import EntryInput
from tutoring.notebook.models import NotebookEntry

As = Callable[[str], FlaskClient]
CODE = "000.00.19.H29-260115-0012"


def in_days(days: int) -> date:
    return clock.today() + timedelta(days=days)


def write(app: Flask, world: World, *codes: str, look_again: date | None = None) -> list[int]:
    with app.app_context():
        lan = person(world["lan"])
        return [commands.write_entry(lan, EntryInput(code, "Khai sinh", None, look_again), code).id for code in codes]


def entries(app: Flask, world: World) -> list[NotebookEntry]:
    with app.app_context():
        return notebook_queries.entries_of(person(world["lan"]))


def value(page: str, name: str) -> str:
    [tag] = re.findall(rf'<input[^>]*name="{name}"[^>]*>', page)
    found = re.search(r'value="([^"]*)"', tag)
    return found[1] if found else ""


def main(page: str) -> str:
    return " ".join(page[page.index("<main") : page.index("</main>")].split())


def test_the_account_leads_to_it_and_an_empty_one_says_what_to_do(as_: As) -> None:
    lan = as_("lan")
    assert 'href="/notebook"' in lan.get("/account").text
    page = main(lan.get("/notebook").text)
    assert "Không có hồ sơ nào đang theo dõi" in page and "Chỉ mình bạn đọc được" in page
    assert "Cùng Học không xem được hồ sơ bên Nhà nước" in page and "Đừng ghi số căn cước ở đây" in page
    assert "dichvucong.gov.vn" in page and "//dichvucong" not in page and 'href="dichvucong' not in page


def test_an_entry_is_written_seen_changed_finished_and_thrown_away(app: Flask, world: World, as_: As) -> None:
    lan = as_("lan")
    form = {"code": CODE, "about": "Khai sinh bé út", "handed_in": in_days(0).isoformat(),
            "look_again": in_days(3).isoformat(), "once": value(lan.get("/notebook/new").text, "once")}  # fmt: skip
    page = lan.post("/notebook/new", data=form, follow_redirects=True).text
    assert "Đã ghi vào sổ." in page and CODE in page and "Khai sinh bé út" in page
    assert f"Xem lại ngày {in_days(3):%d/%m/%Y}" in page
    [row] = entries(app, world)
    page = lan.get(f"/notebook/{row.id}").text
    assert (value(page, "code"), value(page, "look_again")) == (CODE, in_days(3).isoformat())
    page = lan.post(f"/notebook/{row.id}", data={"code": "0012", "version": value(page, "version")}).location
    assert page == "/notebook" and [one.code for one in entries(app, world)] == ["0012"]
    assert "Đã xong (1)" in lan.post(f"/notebook/{row.id}/done", follow_redirects=True).text
    assert "Đã xong (1)" not in lan.post(f"/notebook/{row.id}/open", follow_redirects=True).text
    assert "Đã xoá khỏi sổ." in lan.post(f"/notebook/{row.id}/delete", follow_redirects=True).text
    assert entries(app, world) == [] and lan.get(f"/notebook/{row.id}").status_code == 404


def test_what_has_come_stands_first_and_says_so(app: Flask, world: World, as_: As) -> None:
    write(app, world, "later", look_again=in_days(5))
    write(app, world, "due", look_again=in_days(1))
    with clock.travel(clock.now() + timedelta(days=1)):
        page = main(as_("lan").get("/notebook").text)
    assert page.count("Đến ngày xem lại") == 1 and page.index(">due<") < page.index(">later<")


@pytest.mark.parametrize(
    ("wrong", "said"),
    some(
        ({"code": ""}, "Hãy ghi mã hồ sơ."),
        ({"code": "079203004567"}, "Đây giống số căn cước"),
        ({"about": "OTP 123456"}, "Đây giống mã xác nhận"),
        rest=[
            ({"code": "x" * 41}, "Dài quá 40 ký tự"),
            ({"code": "123 456 789"}, "Đây giống số căn cước"),
            ({"about": "stk 0071000812345"}, "Đây giống số tài khoản"),
            ({"about": "mật khẩu meo123"}, "Đây giống mật khẩu"),
            ({"about": "gọi 0912 345 678"}, "Đây giống số điện thoại"),
            ({"handed_in": "2026-02-30"}, "Hãy chọn một ngày trong lịch."),
            ({"handed_in": "hôm qua"}, "Hãy chọn một ngày trong lịch."),
            ({"handed_in": "9999-12-31"}, "Ngày nộp phải là hôm nay hoặc một ngày đã qua."),
            ({"look_again": "2020-01-01"}, "Ngày xem lại phải từ ngày mai trở đi."),
            ({"look_again": "10000-01-01"}, "Hãy chọn một ngày trong lịch."),
            ({"look_again": "9999-12-31"}, "trong vòng hai năm"),
        ],
    ),
)
def test_the_form_keeps_what_was_typed_but_for_what_is_kept_nowhere(
    app: Flask, world: World, as_: As, wrong: dict[str, str], said: str
) -> None:
    [entry] = write(app, world, "0012")
    typed = {"code": CODE, "about": "Rất riêng", "handed_in": in_days(-2).isoformat(),
             "look_again": in_days(9).isoformat(), "once": "a", "version": "1", **wrong}  # fmt: skip
    lan = as_("lan")
    for path in ("/notebook/new", f"/notebook/{entry}"):
        answer = lan.post(path, data=typed)
        assert answer.status_code == 422 and said in answer.text
        private = "Đây giống" in said
        for name in ("code", "about", "handed_in", "look_again"):
            assert value(answer.text, name) == ("" if private and name in wrong else typed[name]), name
        assert not private or next(iter(wrong.values())) not in answer.text
    assert [(row.code, row.version) for row in entries(app, world)] == [("0012", 1)]


def test_a_form_that_is_sent_twice_writes_once(app: Flask, world: World, as_: As) -> None:
    lan = as_("lan")
    once = value(lan.get("/notebook/new").text, "once")
    for _ in range(2):
        assert lan.post("/notebook/new", data={"code": CODE, "once": once}).status_code == 302
    assert len(entries(app, world)) == 1
    for _ in range(2):  # without the hidden field each is its own
        lan.post("/notebook/new", data={"code": CODE})
    lan.post("/notebook/new", data={"code": CODE, "once": "x" * 5_000})
    assert len(entries(app, world)) == 4


def test_of_two_tabs_the_later_one_is_asked_and_sees_what_stands_there(app: Flask, world: World, as_: As) -> None:
    [entry] = write(app, world, "0012")
    lan, path = as_("lan"), f"/notebook/{entry}"
    older = value(lan.get(path).text, "version")
    lan.post(path, data={"code": "from-one-tab", "version": older})
    for version in (older, "", "x", "9" * 30):
        answer = lan.post(path, data={"code": "from-the-other", "version": version})
        assert answer.status_code == 409 and "vừa được sửa ở một trang khác" in answer.text
        assert "from-one-tab" in answer.text and value(answer.text, "code") == "from-the-other"
    again = {"code": "from-the-other", "version": value(answer.text, "version")}
    assert lan.post(path, data=again).status_code == 302
    assert [row.code for row in entries(app, world)] == ["from-the-other"]


def test_a_full_notebook_says_what_to_do(app: Flask, world: World, as_: As) -> None:
    write(app, world, *map(str, range(50)))
    answer = as_("lan").post("/notebook/new", data={"code": CODE, "once": "a"})
    assert answer.status_code == 409 and "Sổ đã đủ 50 hồ sơ. Hãy xoá" in answer.text
    assert value(answer.text, "code") == CODE


def test_it_is_shut_for_children_and_each_person_finds_only_their_own(app: Flask, world: World, as_: As) -> None:
    [entry] = write(app, world, "0012")
    for name in ("minh", "khoa"):
        young = as_(name)
        assert 'href="/notebook"' not in young.get("/account").text
        for path in ("/notebook", "/notebook/new", f"/notebook/{entry}"):
            assert young.get(path).status_code == 404
        assert young.post("/notebook/new", data={"code": CODE}).status_code == 404
    for name in ("bay", "hang", "quang", "mai", "muoi", "admin1"):
        other = as_(name)
        assert "0012" not in main(other.get("/notebook").text)
        for number in (entry, 999_999, 2**31):
            assert other.get(f"/notebook/{number}").status_code == 404
            for act in ("", "/done", "/open", "/delete"):
                assert other.post(f"/notebook/{number}{act}", data={"code": CODE}).status_code == 404
    assert [(row.code, row.version) for row in entries(app, world)] == [("0012", 1)]


def test_a_page_of_many_entries_costs_no_more_than_one_of_none(
    app: Flask, world: World, as_: As, queries: list[str]
) -> None:
    lan = as_("lan")
    lan.get("/notebook")
    counts = []
    for more in ((), ("0001",), map(str, range(30))):
        write(app, world, *more)
        queries.clear()
        assert lan.get("/notebook").status_code == 200
        counts.append(len([one for one in queries if one.startswith("SELECT")]))
    assert counts[0] == counts[1] == counts[2]


def test_what_is_written_is_text_and_never_a_tag(app: Flask, world: World, as_: As) -> None:
    write(app, world, "<b>x</b>'\"&")
    page = as_("lan").get("/notebook").text
    assert "<b>x</b>" not in page and "&lt;b&gt;x&lt;/b&gt;" in page


FIELDS = ["code", "about", "handed_in", "look_again", "once", "version"]


@pytest.mark.parametrize("every", [pytest.param(1, marks=pytest.mark.full), len(FIELDS)])
@pytest.mark.parametrize("field", FIELDS)
def test_whatever_is_sent_in_a_field_gets_an_answer(app: Flask, world: World, as_: As, field: str, every: int) -> None:
    [entry] = write(app, world, "0012")
    lan = as_("lan")
    for word in WORDS[FIELDS.index(field) % every :: every]:
        typed = {"code": CODE, "once": "again", "version": "1", field: word.encode("utf-8", "replace").decode()}
        for path in ("/notebook/new", f"/notebook/{entry}"):
            assert lan.post(path, data=typed).status_code in (302, 409, 422), (path, word)
    assert lan.get("/notebook").status_code == 200
