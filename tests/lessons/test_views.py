"""The pages of lessons: the same for visitors and signed-in people, without scripts."""

import base64
import hashlib
import re
import uuid
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World
from tests.lessons import bank as banks
from tests.lessons.conftest import Loads
from tutoring.lessons.catalogue.fragments import step_fragment
from tutoring.lessons.content.schema import STAFF_FROM
from tutoring.lessons.progress import commands as progress_commands
from tutoring.lessons.progress import queries as progress_queries
from tutoring.web import visitor_cache

As = Callable[[str], FlaskClient]
STEP = "/lessons/vao-lop/2"


def hidden(page: str, name: str) -> str:
    match = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert match, name
    return match.group(1)


# ---- visitors --------------------------------------------------------------------------------------------

PAGES = ["/lessons", "/lessons/paths/thu", "/lessons/vao-lop", STEP, f"{STEP}?c1=b", "/lessons/vao-lop/print",
         "/lessons/vao-lop/done", "/lessons/search?q=lop"]  # fmt: skip


@pytest.mark.parametrize("address", PAGES)
def test_a_visitor_reads_everything_and_gets_no_session(client: FlaskClient, small: Loads, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 200
    assert "Set-Cookie" not in response.headers
    assert "csrf" not in response.text


def test_a_path_for_staff_says_so_and_is_not_where_a_visitor_begins(client: FlaskClient, small: Loads) -> None:
    says, here = "Dành cho cán bộ, tổ công nghệ số cộng đồng", "/lessons/paths/thu"
    assert here in client.get("/").text and says not in client.get("/lessons").text + client.get(here).text
    bank = banks.small()
    small(replace(bank, paths=tuple(replace(one, order=STAFF_FROM) for one in bank.paths)))
    assert here not in client.get("/").text
    assert says in client.get("/lessons").text and says in client.get(here).text


def asked(queries: list[str]) -> list[str]:
    return [statement for statement in queries if statement != "BEGIN"]


def test_a_step_costs_a_visitor_one_query_and_then_none(client: FlaskClient, small: Loads, queries: list[str]) -> None:
    queries.clear()
    client.get(STEP)
    assert len(asked(queries)) == 1
    queries.clear()
    assert client.get(STEP).status_code == 200
    assert queries == []


def test_a_kept_page_is_known_by_its_tag(client: FlaskClient, small: Loads) -> None:
    first = client.get(STEP)
    again = client.get(STEP, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_new_content_shows_when_the_kept_page_is_over(
    client: FlaskClient, small: Loads, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.get("/lessons/vao-lop")
    with monkeypatch.context() as unmoved:
        unmoved.setattr(visitor_cache, "forget", lambda: None)
        small(banks.bank(banks.lesson("vao-lop", *banks.three_steps(), title="Tên mới")))
    assert "Tên mới" not in client.get("/lessons/vao-lop").text
    monkeypatch.setattr(visitor_cache.time, "monotonic", lambda: 1e12)
    assert "Tên mới" in client.get("/lessons/vao-lop").text


def test_kept_pages_differ_by_the_colours_that_were_chosen_and_each_allows_its_own_style(
    client: FlaskClient, small: Loads
) -> None:
    for _ in range(2):
        for chosen, mark in (
            ("light", "@media not all{:root"),
            ("dark", "@media screen{:root"),
            ("auto", "scheme:dark"),
        ):
            answer = client.post("/language", data={"scheme": chosen, "next": "/lessons"})
            assert answer.status_code == 302 and answer.headers["Location"] == "/lessons"
            page = client.get("/lessons")
            assert mark in page.text and f'value="{chosen}"' not in page.text.partition("<footer")[2]
            style = page.text.partition("<style>")[2].partition("</style>")[0]
            digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
            assert f"'sha256-{digest}'" in page.headers["Content-Security-Policy"]
    assert visitor_cache.kept() == ["/lessons"] * 3
    client.post("/language", data={"scheme": "pink"})
    assert "scheme:dark" in client.get("/lessons").text


def test_kept_pages_differ_by_language(client: FlaskClient, small: Loads) -> None:
    assert "Mở đường dẫn" in client.get(STEP).text
    client.set_cookie("language", "en")
    assert "Open the link" in client.get(STEP).text


def test_a_signed_in_page_is_never_kept(as_: As, client: FlaskClient, small: Loads) -> None:
    assert "Bước tiếp theo" in as_("minh").get(STEP).text
    assert visitor_cache.kept() == []
    assert "csrf" not in client.get(STEP).text
    assert "Đăng nhập" not in as_("minh").get(STEP).text


def test_a_page_made_under_one_name_is_not_shown_under_another(client: FlaskClient, small: Loads) -> None:
    assert client.get("/lessons/vao-lop/print", headers={"Host": "elsewhere.example"}).status_code == 400
    assert "elsewhere" not in client.get("/lessons/vao-lop/print").text


def test_a_kept_page_has_the_headers_it_was_made_with(client: FlaskClient, small: Loads) -> None:
    first, kept = client.get(STEP), client.get(STEP)
    assert visitor_cache.kept() == [STEP]
    made, again = dict(first.headers), dict(kept.headers)
    assert made.pop("X-Request-ID") != again.pop("X-Request-ID")  # whoever asks has a number of their own
    assert made == again
    for name in ("Content-Security-Policy", "X-Content-Type-Options", "Vary"):
        assert name in kept.headers


def test_what_is_not_there_is_not_kept(client: FlaskClient, small: Loads) -> None:
    client.get("/lessons/khong-co")
    client.head(STEP)
    client.post(STEP)
    assert visitor_cache.kept() == []


def test_a_missing_translation_says_so(client: FlaskClient, small: Loads) -> None:
    client.set_cookie("language", "en")
    page = client.get("/lessons/vao-lop/3").text
    assert '<h1 lang="vi">Chờ thầy cô cho vào</h1>' in page
    assert "Bước này chưa có bản tiếng Anh" in page or "not in English yet" in page
    assert "Bước này chưa có bản tiếng Anh" not in client.get("/lessons/vao-lop/1").text


@pytest.mark.parametrize(
    "address",
    ["/lessons/khong-co", "/lessons/vao-lop/0", "/lessons/vao-lop/4", "/lessons/khong-co/1", "/lessons/paths/khong",
     "/lessons/vao-lop/4?part=step", "/lessons/khong-co/done", "/lessons/khong-co/print"],
)  # fmt: skip
def test_what_is_not_there_is_not_found(client: FlaskClient, small: Loads, address: str) -> None:
    assert client.get(address).status_code == 404


# ---- questions -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "said"),
    [("b", "Người lạ thì không bấm."), ("a", "Đúng rồi!"), ("", "Hãy chọn một câu trả lời trước."),
     ("zzz", "Hãy chọn một câu trả lời trước.")],
)  # fmt: skip
def test_an_answer_is_answered_without_scripts(client: FlaskClient, small: Loads, answer: str, said: str) -> None:
    page = client.get(f"{STEP}?c1={answer}").text
    assert said in page
    assert ("Xem lại bước 1" in page) is (answer == "b")


def test_answers_are_not_kept_among_the_pages(client: FlaskClient, small: Loads) -> None:
    client.get(f"{STEP}?c1=b")
    assert visitor_cache.kept() == []


def test_a_signed_in_answer_is_kept_and_shown(app: Flask, as_: As, world: World, small: Loads) -> None:
    minh = as_("minh")
    attempt = hidden(minh.get(STEP).text, "attempt")
    sent = {"attempt": attempt, "checkpoint": "c1", "c1": "b", "hints": "1"}
    for _ in range(2):
        response = minh.post(f"{STEP}/answer", data=sent)
        assert response.headers["Location"] == f"{STEP}?c1=b#c1"
    assert "Người lạ thì không bấm." in minh.get(f"{STEP}?c1=b").text
    empty = minh.post(f"{STEP}/answer", data={"attempt": str(uuid.uuid4()), "checkpoint": "c1"})
    assert "Hãy chọn một câu trả lời trước." in minh.get(empty.headers["Location"]).text


# ---- progress --------------------------------------------------------------------------------------------


def test_going_through_a_lesson_without_scripts_is_remembered(as_: As, small: Loads) -> None:
    minh = as_("minh")
    assert "Bắt đầu học" in minh.get("/lessons/vao-lop").text
    assert minh.post("/lessons/vao-lop/start").headers["Location"] == "/lessons/vao-lop/1"
    assert minh.post("/lessons/vao-lop/1/next").headers["Location"] == STEP
    assert "Học tiếp từ bước 2" in minh.get("/lessons/vao-lop").text
    assert "Bước 2 trên 3" in minh.get("/lessons").text
    assert minh.post("/lessons/vao-lop/start").headers["Location"] == STEP
    assert minh.post("/lessons/vao-lop/3/next").headers["Location"] == "/lessons/vao-lop/done"
    assert "Đã học xong" in minh.get("/lessons/paths/thu").text
    assert re.search(r"(Đã xong 1 trên \d bài|Xong cả 1 bài)", minh.get("/lessons").text)
    assert "Học lại" in minh.get("/lessons/vao-lop").text


def test_reading_by_a_link_writes_nothing(app: Flask, as_: As, world: World, small: Loads) -> None:
    as_("minh").get(STEP)
    with app.app_context():
        assert progress_queries.progress_in(world["minh"], "vao-lop") is None


def test_a_script_notes_the_place(app: Flask, as_: As, world: World, small: Loads) -> None:
    assert as_("minh").post(f"{STEP}/here").status_code == 204
    with app.app_context():
        progress = progress_queries.progress_in(world["minh"], "vao-lop")
        assert progress is not None and progress.step_id == "mo"


def test_a_changed_lesson_says_so_to_those_who_finished_it(app: Flask, as_: As, world: World, small: Loads) -> None:
    with app.app_context():
        progress_commands.finish_lesson(world["minh"], "vao-lop")
    minh = as_("minh")
    assert "Có nội dung mới" not in minh.get("/lessons/paths/thu").text
    bank = banks.small()
    newer = replace(bank.lessons[0], version=2, content_hash="new")
    small(replace(bank, lessons=(newer, bank.lessons[1])))
    assert "Có nội dung mới" in minh.get("/lessons/paths/thu").text


def test_stuck_leads_to_asking_from_this_very_step(as_: As, client: FlaskClient, small: Loads) -> None:
    visitor = client.get(STEP).text
    assert 'href="/ask?lesson=vao-lop&amp;step=2"' in visitor and "Em bị kẹt" in visitor
    assert "Em bị kẹt" in as_("minh").get(STEP).text
    assert "Tôi bị kẹt" in as_("lan").get(STEP).text


def test_only_editors_see_that_nobody_else_read_the_lesson(as_: As, client: FlaskClient, small: Loads) -> None:
    said = "chưa có người thứ hai duyệt"
    assert said in as_("hang").get("/lessons/vao-lop").text
    assert said in as_("quang").get("/lessons/vao-lop").text
    for page in (as_("lan").get("/lessons/vao-lop"), client.get("/lessons/vao-lop")):
        assert said not in page.text


# ---- a step within another page --------------------------------------------------------------------------


def test_a_step_can_be_had_by_itself(client: FlaskClient, small: Loads) -> None:
    part = client.get(f"{STEP}?part=step").text
    assert part.lstrip().startswith("<h3>Mở đường dẫn</h3>")
    assert "<html" not in part and "<h1" not in part
    assert "Người lạ thì không bấm." in client.get(f"{STEP}?part=step&c1=b").text


def test_a_step_can_be_drawn_without_a_request(app: Flask, small: Loads) -> None:
    with app.app_context():
        english = step_fragment("vao-lop", 2, "en")
        assert english is not None and "Open the link" in english
        assert step_fragment("vao-lop", 9, "vi") is None
        assert step_fragment("khong-co", 1, "vi") is None


# ---- media -----------------------------------------------------------------------------------------------


@pytest.fixture
def media(app: Flask, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    content = tmp_path_factory.mktemp("content")
    folder = content / "lessons" / "vao-lop" / "media"
    folder.mkdir(parents=True)
    (folder / "hinh.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (folder / "ghi-chu.txt").write_text("nothing")
    (content / "lessons" / "vao-lop" / "secret.svg").write_text("secret")
    (folder / "link.svg").symlink_to(content / "lessons" / "vao-lop" / "secret.svg")
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], content=content))


def test_pictures_are_served_for_good_when_their_address_says_which(client: FlaskClient, media: None) -> None:
    response = client.get("/lessons/vao-lop/media/hinh.svg?v=1")
    assert response.status_code == 200
    assert response.mimetype == "image/svg+xml"
    assert "immutable" in response.headers["Cache-Control"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert "immutable" not in client.get("/lessons/vao-lop/media/hinh.svg").headers["Cache-Control"]


@pytest.mark.parametrize(
    "address",
    ["vao-lop/media/../secret.svg", "vao-lop/media/..%2fsecret.svg", "vao-lop/media/%2e%2e/secret.svg",
     "../lessons/vao-lop/media/hinh.svg%00", "vao-lop/media/link.svg", "vao-lop/media/ghi-chu.txt",
     "vao-lop/media/khong-co.svg", "vao-lop/media/.svg", "..%2flessons/media/hinh.svg", "vao-lop/media/HINH.SVG"],
)  # fmt: skip
def test_nothing_else_is_served(client: FlaskClient, media: None, address: str) -> None:
    assert client.get(f"/lessons/{address}").status_code == 404


# ---- skills ----------------------------------------------------------------------------------------------


def test_a_teacher_grants_and_revokes_on_the_page(as_: As, world: World, small: Loads) -> None:
    hang, address = as_("hang"), f"/skills/{world['minh']}"
    assert "Chưa có kỹ năng nào" in hang.get(address).text
    assert hang.post(address, data={"skill": "thu.vao-lop", "level": "2"}).status_code == 302
    page = hang.get(address).text
    assert "Đã ghi nhận kỹ năng." in page and "Thu hồi" in page
    hang.post(f"{address}/revoke", data={"skill": "thu.vao-lop"})
    assert "Chưa có kỹ năng nào" in hang.get(address).text


def test_a_missing_choice_is_named_beside_its_field(as_: As, world: World, small: Loads) -> None:
    response = as_("hang").post(f"/skills/{world['minh']}", data={"skill": "", "level": "2"})
    assert response.status_code == 422
    assert 'id="skill-error"' in response.text


def test_ones_own_page_explains_who_grants(as_: As, world: World, small: Loads) -> None:
    page = as_("hang").get(f"/skills/{world['hang']}").text
    assert "điều phối viên khác" in page and "Ghi nhận thêm" not in page


def test_skills_are_nobody_elses_business(as_: As, world: World, small: Loads) -> None:
    assert as_("lan").get(f"/skills/{world['minh']}").status_code == 404
    assert as_("hang").get("/skills/999999").status_code == 404


def test_the_address_on_a_handout_leads_back(client: FlaskClient, small: Loads) -> None:
    page = client.get("/lessons/vao-lop/print").text
    assert "<svg" in page
    found = re.search(r"<span>(http[^<]+)</span>", page)
    assert found and urlsplit(found.group(1)).path == "/lessons/vao-lop"


@pytest.mark.parametrize("lang", ["vi", pytest.param("en", marks=pytest.mark.full)])
def test_a_step_costs_few_queries_and_no_more_in_a_larger_bank(
    as_: Callable[[str], FlaskClient], client: FlaskClient, loads: Loads, queries: list[str], lang: str
) -> None:
    def cost(browser: FlaskClient, most: int) -> int:
        browser.set_cookie("language", lang)
        visitor_cache.forget()
        assert browser.get("/lessons/vao-lop/2").status_code == 200
        queries.clear()
        visitor_cache.forget()
        assert browser.get("/lessons/vao-lop/2?c1=a").status_code == 200
        assert len(asked(queries)) <= most, queries
        return len(asked(queries))

    minh, hang = as_("minh"), as_("hang")
    loads(banks.small())
    few = [cost(minh, 4), cost(hang, 4), cost(client, 1)]
    loads(banks.bank(*banks.small().lessons, *(banks.lesson(f"bai-{n}", *banks.three_steps()) for n in range(40))))
    assert [cost(minh, 4), cost(hang, 4), cost(client, 1)] == few
