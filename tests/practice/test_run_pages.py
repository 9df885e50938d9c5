"""Runs page by page: every screen of every walk, what is refused, and whose runs they are."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World
from tutoring.kernel.db import db
from tutoring.practice import scenarios
from tutoring.practice.runs.models import PracticeRun

As = Callable[[str], FlaskClient]
NAME = "ban-sao-khai-sinh"
REAL = "079123456789"  # looks like somebody's number; it is nobody's


def begin(client: FlaskClient, mode: str, **more: str) -> str:
    """The address of a run that was begun."""
    answer = client.post(f"/practice/{NAME}/start", data={"mode": mode, **more})
    assert answer.status_code == 302
    return answer.location.removesuffix("#screen")


def at(page: str) -> str:
    found = re.search(r'name="at" value="(\d+)"', page)
    assert found
    return found[1]


def event(one: Any) -> dict[str, str]:
    """An event of a walk as the form sends it."""
    if one.get("set"):
        return {f"set-{one['set']}": one["value"]}
    return {kind: str(value) for kind, value in one.items() if kind in ("do", "choose", "back")}


def play(client: FlaskClient, run: str, *sent: dict[str, str]) -> str:
    """The page after these were sent one after another, each taken."""
    for one in sent:
        answer = client.post(run, data={**one, "at": at(client.get(run).text)})
        assert answer.status_code == 302, one
    return client.get(run).text


def walk(client: FlaskClient, run: str, name: str = "suon-se") -> str:
    return play(client, run, *map(event, scenarios.scenario(NAME).events(name)))


def the_run(app: Flask) -> PracticeRun:
    with app.app_context():
        return db.session.scalars(sa.select(PracticeRun).order_by(PracticeRun.started_at.desc())).first()  # type: ignore[return-value]


@pytest.mark.parametrize("mode", ["together", "alone", "exam"])
def test_a_whole_walk_leads_to_its_result(app: Flask, world: World, as_: As, mode: str) -> None:
    minh = as_("minh")
    page = walk(minh, begin(minh, mode))
    assert "Kết quả" in page and "Tránh được 1 trên 1 bẫy" in page and "dichvucong.gov.vn" in page
    assert 'href="https://dichvucong' not in page
    assert the_run(app).passed == (mode != "together")
    assert ("Đạt. Em tự làm được rồi!" in page) == (mode != "together")


def test_who_walks_into_a_trap_is_told_what_to_do(world: World, as_: As) -> None:
    minh = as_("minh")
    run = begin(minh, "alone")
    events = scenarios.scenario(NAME).events("mac-bay")
    fallen = next(n for n, one in enumerate(events) if one.get("choose"))
    page = play(minh, run, *map(event, events[:fallen]))
    assert "Cán bộ phường đây" in page and 'name="do"' not in page
    page = play(minh, run, event(events[fallen]))
    assert "Đây là lừa đảo" in page
    after = [event(one) for one in scenarios.scenario(NAME).events("suon-se")[fallen + 1 :]]
    page = play(minh, run, *after)
    assert "Tránh được 0 trên 1 bẫy" in page and "Chưa đạt" in page


@pytest.mark.parametrize(
    ("mode", "marked", "tip", "coach"),
    [("together", True, True, True), ("alone", False, False, True), ("exam", False, False, False)],
)
def test_how_much_each_way_helps(world: World, as_: As, mode: str, marked: bool, tip: bool, coach: bool) -> None:
    minh = as_("minh")
    run = begin(minh, mode)
    page = minh.get(run).text
    assert ("Bước tiếp theo" in page) == marked
    assert ("Gõ vài từ chính" in page) == tip
    answer = minh.post(run, data={"at": "0", "set-tim": "ca-cau", "do": "tim-kiem"})
    assert answer.status_code == 422
    assert ("Câu này chung quá" in answer.text) == coach
    assert ("Hãy chọn lại một câu trả lời." in answer.text) != coach
    assert ("Gõ vài từ chính" in answer.text) == coach


def form_screen(client: FlaskClient, mode: str = "alone") -> str:
    """A run that stands at the form."""
    return begin(client, mode, screen="to-khai")


def test_what_looks_real_is_refused_and_stands_nowhere(app: Flask, world: World, as_: As) -> None:
    minh = as_("minh")
    run = form_screen(minh)
    answer = minh.post(run, data={"at": at(minh.get(run).text), "set-ten_con": REAL, "do": "tiep"})
    assert answer.status_code == 422 and "Đây có thể là số thật" in answer.text
    assert REAL not in answer.text and REAL not in minh.get(run).text
    assert REAL not in str(the_run(app).events)
    assert {"missed": "ten_con"} in the_run(app).events


def test_what_is_only_wrong_comes_back_in_the_answer_and_is_kept_nowhere(app: Flask, world: World, as_: As) -> None:
    minh = as_("minh")
    run = form_screen(minh)
    page = minh.get(run).text
    answer = minh.post(run, data={"at": at(page), "set-ten_con": "Le Tap Luyen", "set-ngay_sinh": "08/03/2020"})
    assert answer.status_code == 422 and "còn thiếu dấu" in answer.text
    assert 'value="Le Tap Luyen"' in answer.text and 'value="08/03/2020"' in answer.text
    assert "Le Tap Luyen" not in minh.get(run).text and 'value="08/03/2020"' in minh.get(run).text
    assert "Le Tap Luyen" not in str(the_run(app).events)


def test_the_same_may_be_sent_again_after_an_error(world: World, as_: As) -> None:
    minh = as_("minh")
    run = form_screen(minh)
    wrong = minh.post(run, data={"at": at(minh.get(run).text), "do": "tiep"})
    assert wrong.status_code == 422 and wrong.text.count("Chỗ này còn trống") >= 2
    sent = {"set-ten_con": "Lê Tập Luyện", "set-ngay_sinh": "8/3/2020", "set-nhan_ket_qua": "dien-tu", "do": "tiep"}
    assert minh.post(run, data={"at": at(wrong.text), **sent}).status_code == 302
    assert "Giấy tờ đính kèm" in minh.get(run).text


@pytest.mark.parametrize(
    "data",
    [
        {"do": "nop"},
        {"do": "x" * 5000},
        {"choose": "chuyen"},
        {"back": "1"},
        {"set-tim": "x" * 50_000},
        {"set-tim": "</input>", "do": "tim-kiem"},
    ],
)
def test_what_no_page_sends_is_refused_in_words(world: World, as_: As, data: dict[str, str]) -> None:
    minh = as_("minh")
    run = begin(minh, "alone")
    answer = minh.post(run, data={"at": "0", **data})
    assert answer.status_code == 422 and "Có chỗ cần sửa" in answer.text and "</input>" not in answer.text


def test_fields_of_other_screens_and_made_up_ones_are_not_read(app: Flask, world: World, as_: As) -> None:
    minh = as_("minh")
    run = begin(minh, "alone")
    sent = {"at": "0", "set-ten_con": "Lê Tập Luyện", "set-": "x", "set-khac": REAL, "set-tim": "trich-luc"}
    assert minh.post(run, data=sent).status_code == 302
    assert the_run(app).events == [{"set": "tim", "value": "trich-luc"}]


@pytest.mark.parametrize("stale", ["", "7", "-1", "9" * 400, "x"])
def test_a_page_that_is_no_longer_true_leads_to_the_present_one(app: Flask, world: World, as_: As, stale: str) -> None:
    minh = as_("minh")
    run = begin(minh, "alone")
    answer = minh.post(run, data={"at": stale, "set-tim": "trich-luc", "do": "tim-kiem"}, follow_redirects=True)
    assert answer.status_code == 200 and "đã đi tiếp ở nơi khác" in answer.text
    assert the_run(app).events == []


def test_a_run_that_is_over_shows_how_it_went(world: World, as_: As) -> None:
    minh = as_("minh")
    run = begin(minh, "alone")
    walk(minh, run)
    answer = minh.post(run, data={"at": "22", "do": "nhan"}, follow_redirects=True)
    assert "Lượt luyện này đã xong" in answer.text and "Kết quả" in answer.text


def test_a_run_of_another_text_says_so(app: Flask, world: World, as_: As) -> None:
    minh = as_("minh")
    run = begin(minh, "alone")
    with app.app_context():
        db.session.execute(sa.update(PracticeRun).values(digest="an older text"))
        db.session.commit()
    page = minh.get(run)
    assert page.status_code == 200 and "Bài tập vừa được sửa" in page.text
    answer = minh.post(run, data={"at": "0", "do": "tim-kiem"}, follow_redirects=True)
    assert "Bài tập vừa được sửa" in answer.text
    assert begin(minh, "alone") != run


def test_a_run_that_has_become_too_long_says_so(app: Flask, world: World, as_: As) -> None:
    minh = as_("minh")
    run = begin(minh, "alone")
    with app.app_context():
        db.session.execute(sa.update(PracticeRun).values(events=[{"missed": "tim"}] * 400))
        db.session.commit()
    answer = minh.post(run, data={"at": "400", "set-tim": "trich-luc", "do": "tim-kiem"})
    assert answer.status_code == 422 and "đã dài quá" in answer.text


def test_nobody_sees_or_plays_the_run_of_another(world: World, as_: As) -> None:
    run = begin(as_("minh"), "alone")
    lan = as_("lan")
    for answer in (
        lan.get(run),
        lan.post(run, data={"at": "0", "do": "tim-kiem"}),
        lan.post(f"{run}/give-up"),
        lan.get("/practice/runs/nothing"),
        lan.get(f"/practice/runs/{'x' * 3000}"),
    ):
        assert answer.status_code == 404


def test_one_goes_on_where_one_left_off_or_begins_anew(app: Flask, world: World, as_: As) -> None:
    minh = as_("minh")
    run = begin(minh, "alone")
    assert begin(minh, "alone") == run and begin(minh, "exam") != run
    assert "Làm tiếp" in minh.get("/practice").text and "Làm tiếp" in minh.get(f"/practice/{NAME}").text
    anew = begin(minh, "alone", again="1")
    assert anew != run and "đã dừng" in minh.get(run).text


def test_a_run_is_given_up(world: World, as_: As) -> None:
    minh = as_("minh")
    run = begin(minh, "alone")
    assert minh.post(f"{run}/give-up").status_code == 302
    assert minh.post(f"{run}/give-up").status_code == 302
    assert "đã dừng" in minh.get(run).text and "Làm tiếp" not in minh.get("/practice").text


@pytest.mark.parametrize("data", [{}, {"mode": "watch"}, {"mode": "x" * 900}])
def test_an_unknown_way_is_refused(world: World, as_: As, data: dict[str, str]) -> None:
    assert as_("minh").post(f"/practice/{NAME}/start", data=data).status_code == 422


@pytest.mark.parametrize("path", ["/practice/nothing", "/practice/nothing/watch", "/practice/x%00y"])
def test_an_unknown_scenario_is_not_there(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_who_has_passed_sees_it_on_the_list(world: World, as_: As) -> None:
    minh = as_("minh")
    assert "Đã tự làm được" not in minh.get("/practice").text
    walk(minh, begin(minh, "exam"))
    assert "Đã tự làm được" in minh.get("/practice").text and "Đã tự làm được" in minh.get(f"/practice/{NAME}").text


@pytest.mark.parametrize("step", ["", "?at=0", "?at=13", "?at=22", "?at=999", "?at=-4", "?at=x"])
def test_every_step_can_be_watched(client: FlaskClient, step: str) -> None:
    page = client.get(f"/practice/{NAME}/watch{step}")
    assert page.status_code == 200 and "<input" not in page.text.split("<main")[1].split("</main>")[0]


def test_watching_says_what_comes_next(client: FlaskClient) -> None:
    scenario = scenarios.scenario(NAME)
    said = [html.unescape(client.get(f"/practice/{NAME}/watch?at={n}").text) for n in range(23)]
    assert "“Bạn gõ gì vào ô tìm kiếm”: chọn “trích lục khai sinh”" in said[0]
    assert "Bấm “Tìm kiếm”" in said[1]
    assert "Điền “08/03/2020” vào ô “Ngày sinh”" in said[6]
    assert "Đánh dấu “Tôi đã xem lại và thấy đúng”" in said[11]
    assert "Gặp chuyện lạ, chọn “Không chuyển, trả trong cổng”" in said[13]
    assert "Hết phần làm mẫu" in said[len(scenario.walks["suon-se"])]


def test_every_page_has_the_band_and_is_kept_out_of_search_engines(world: World, as_: As) -> None:
    minh = as_("minh")
    run = begin(minh, "alone")
    pages = ["/practice", f"/practice/{NAME}", f"/practice/{NAME}/watch?at=3", run]
    for path in pages:
        page = minh.get(path).text
        assert "TẬP LUYỆN — không phải cổng thật" in page and 'content="noindex"' in page
    assert 'type="password"' not in minh.get(run).text and 'autocomplete="off"' in minh.get(run).text
    assert "TẬP LUYỆN" in walk(minh, run)


def test_a_screen_costs_few_questions(world: World, as_: As, queries: list[str]) -> None:
    minh = as_("minh")
    run = begin(minh, "together")
    minh.get(run)

    def asked(act: Callable[[], Any]) -> list[str]:
        queries.clear()
        assert act().status_code in (200, 302, 422)
        return [one for one in queries if not one.startswith(("BEGIN", "COMMIT", "ROLLBACK"))]

    shown = asked(lambda: minh.get(run))
    assert len(shown) <= 3, "\n".join(shown)
    taken = asked(lambda: minh.post(run, data={"at": "0", "set-tim": "trich-luc", "do": "tim-kiem"}))
    assert len(taken) <= 3, "\n".join(taken)
    refused = asked(lambda: minh.post(run, data={"at": "2", "do": "x"}))
    assert len(refused) <= 6, "\n".join(refused)  # after the commit the person and the run are read once more
