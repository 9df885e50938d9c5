"""Answers of `/api/v1`: what stands in them, errors as problems, ETags, cursors, keys; and that no cookie counts."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.api.token_clients import Api, token_of
from tests.classes.overview_class import LESSON, PATH, add_pupils, finish, get_stuck, give_progress, let_see
from tests.devices import donation_fixtures
from tests.factories import World
from tutoring.api.cursors import from_cursor, page_of, to_cursor
from tutoring.api.operations import InvalidFields
from tutoring.classes.work.models import ClassWork
from tutoring.insights.models import HalfYear
from tutoring.kernel import clock, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.lessons.search.models import SearchMiss

As = Callable[[str], FlaskClient]
NAME = "Nguyễn Văn Minh"


@pytest.fixture
def api(app: Flask, inside: World) -> Callable[..., Api]:
    """`api("lan")` sends a token of that person with every scope, `api("quang", "truong")` one of a unit."""

    def of(name: str = "", unit: str = "", *scopes: str) -> Api:
        return Api(app, token_of(inside[name], inside[unit] if unit else None, *scopes) if name else "")

    return of


# ---- lessons, without a token ----------------------------------------------------------------------------------


def test_lessons_come_in_pages_and_each_once(api: Callable[..., Api]) -> None:
    seen, cursor, pages = [], "", 0
    while True:
        page = api().get("/lessons", limit=7, cursor=cursor).json
        seen += [one["slug"] for one in page["items"]]
        pages += 1
        if page["next"] is None:
            break
        assert len(page["items"]) == 7
        cursor = page["next"]
    assert seen == sorted(set(seen)) and LESSON in seen and pages > 2


def test_a_lesson_has_its_steps_in_the_language_of_the_request(api: Callable[..., Api]) -> None:
    vietnamese = api().get(f"/lessons/{LESSON}")
    english = api().get(f"/lessons/{LESSON}", headers={"Accept-Language": "en"})
    assert vietnamese.headers["Content-Language"] == "vi" and english.headers["Content-Language"] == "en"
    assert vietnamese.json["path"] == PATH and len(vietnamese.json["content"]) == vietnamese.json["steps"]
    assert vietnamese.json["title"] != english.json["title"]
    assert vietnamese.headers["ETag"] != english.headers["ETag"]
    assert LESSON in api().get(f"/paths/{PATH}").json["lessons"]


def test_a_search_for_danger_leads_to_the_card_and_is_stored_nowhere(api: Callable[..., Api]) -> None:
    found = api().get("/search", q="em bị đánh ở nhà").json
    assert found["danger"] is True and found["safety_card"] == "/safety"
    assert not api().get("/search", q="vào lớp").json["danger"]
    api().get("/search", q="qqqqzzzz")
    missed = db.session.scalars(sa.select(SearchMiss.words)).all()
    assert len(missed) == 1 and "danh" not in missed[0]


@command
def _half_year() -> None:
    db.session.add(HalfYear(name="2026-1", made_at=clock.now(), figures=[["reports", "all", "count", None]]))


def test_published_counts_are_those_of_the_page(api: Callable[..., Api]) -> None:
    _half_year()
    (half,) = api().get("/figures").json["items"]
    assert half["figures"] == [{"section": "reports", "key": "all", "measure": "count", "value": None}]


def test_other_sites_may_read_what_everybody_may_read_and_nothing_else(api: Callable[..., Api]) -> None:
    assert api().get("/lessons").headers["Access-Control-Allow-Origin"] == "*"
    for private in (api("lan").get("/calendar"), api().get("/calendar"), api("lan").get("/nothing")):
        assert "Access-Control-Allow-Origin" not in private.headers


# ---- errors ----------------------------------------------------------------------------------------------------


def problem(answer: Any, status: int, code: str) -> Any:
    told = answer.get_json(force=True)
    assert answer.mimetype == "application/problem+json"
    assert (answer.status_code, told["status"], told["code"]) == (status, status, code)
    assert told["type"] == "about:blank" and told["detail"]
    return told


def test_errors_are_problems_whatever_the_client_accepts(app: Flask, inside: World, api: Callable[..., Api]) -> None:
    lan, html = api("lan"), {"Accept": "text/html"}
    problem(lan.get("/nothing", headers=html), 404, "missing")
    problem(lan.client.get("/api/nothing"), 404, "missing")
    problem(lan.client.get("/api/v1/lessons/"), 404, "missing")
    problem(lan.get("/lessons/khong-co"), 404, "missing")
    refused = lan.client.delete("/api/v1/lessons")
    problem(refused, 405, "method")
    assert set(refused.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    missing = api().get("/calendar", headers=html)
    problem(missing, 401, "signed_out")
    assert missing.headers["WWW-Authenticate"] == "Bearer"
    wrong = Api(app, "cunghoc_x").get("/lessons")  # a token that is not valid is told, where none is needed too
    problem(wrong, 401, "signed_out")
    assert "invalid_token" in wrong.headers["WWW-Authenticate"]
    problem(api("lan", "", "calendar").get("/progress"), 403, "scope")
    told = problem(lan.get("/lessons", limit="many", strange=1), 422, "invalid_fields")
    assert {one["field"] for one in told["errors"]} == {"limit", "strange"}
    problem(lan.client.get("/api/v1/lessons?limit=1&limit=2"), 422, "invalid_fields")
    problem(lan.get("/lessons", cursor="%%%"), 422, "invalid_fields")
    problem(lan.client.get("/api/v1/lessons/%00"), 404, "missing")
    assert problem(lan.get("/nothing", headers={"Accept-Language": "en"}), 404, "missing")["title"] == "Not Found"


def test_each_token_has_its_rate(api: Callable[..., Api], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(rate_limits.RULES, "token", ("2 per minute",))
    lan, other = api("lan"), api("bay")
    assert [lan.get("/token").status_code for _ in range(3)] == [200, 200, 429]
    told = problem(lan.get("/token"), 429, "too_many")
    assert 0 < told["retry_after"] <= 60
    assert int(lan.get("/token").headers["Retry-After"]) > 0
    assert other.get("/token").status_code == 200


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic bGFuOng=", "Bearer " + "x" * 5000, "Token x"])
def test_other_words_are_no_token(app: Flask, world: World, header: str) -> None:
    answer = app.test_client().get("/api/v1/token", headers={"Authorization": header})
    problem(answer, 401, "signed_out")


def test_no_cookie_counts_and_none_is_set(as_: As, app: Flask, world: World) -> None:
    browser = as_("quang")
    for path in (f"/units/{world['truong']}", "/calendar", "/token"):
        refused = Api(app, client=browser).get(path)
        problem(refused, 401, "signed_out")
    browser.set_cookie("language", "en")
    answer = Api(app, client=browser).get("/lessons")
    assert answer.headers["Content-Language"] == "vi"
    assert "Set-Cookie" not in answer.headers and "Cookie" not in answer.headers.get("Vary", "")
    work = {"kind": "help", "due": str(clock.today())}
    problem(Api(app, client=browser).post(f"/units/{world['lop6a']}/works", work), 401, "signed_out")


def test_a_token_opens_no_page(app: Flask, inside: World) -> None:
    sent = {"Authorization": f"Bearer {token_of(inside['quang'])}"}
    for path in ("/account", f"/units/{inside['truong']}", "/account/tokens"):
        assert "/sign-in" in app.test_client().get(path, headers=sent).location


# ---- ETags -----------------------------------------------------------------------------------------------------


def test_what_is_unchanged_is_not_sent_again_and_a_lost_right_is_told(api: Callable[..., Api], inside: World) -> None:
    quang, path = api("quang"), f"/units/{inside['truong']}"
    first = quang.get(path)
    assert {one.strip() for one in first.headers["Cache-Control"].split(",")} >= {"private", "no-cache"}
    assert "private" not in api().get("/lessons").headers["Cache-Control"]
    known = {"If-None-Match": first.headers["ETag"]}
    again = quang.get(path, headers=known)
    assert again.status_code == 304 and not again.data
    assert api("lan").get(path, headers=known).status_code == 404
    assert api().get(path, headers=known).status_code == 401


def test_a_cursor_is_ours_or_refused() -> None:
    assert from_cursor(to_cursor(("a", 1)), str, int) == ("a", 1)
    for wrong in (
        "x",
        "W10",
        to_cursor((1, 2)),
        to_cursor(("a",)),
        to_cursor((True, 1)),
        to_cursor(("a", 2**31)),
        to_cursor(("a", -1)),
        "[" * 100,
    ):
        with pytest.raises(InvalidFields):
            from_cursor(wrong, str, int)
    items = ["a", "b", "c"]
    page, after = page_of(items, lambda one: (one,), "", 2, str)
    assert page == ["a", "b"] and after
    assert page_of(items, lambda one: (one,), after, 2, str) == (["c"], None)


# ---- one's own -------------------------------------------------------------------------------------------------


def test_one_reads_what_the_own_token_reaches(api: Callable[..., Api], inside: World) -> None:
    told = api("quang", "truong", "units").get("/token").json
    assert told["kind"] == "unit" and told["unit_id"] == inside["truong"] and told["scopes"] == ["units"]
    assert api("lan").get("/token").json["kind"] == "person"


def test_own_progress_and_times(api: Callable[..., Api], inside: World) -> None:
    finish(inside["lan"])
    (one,) = api("lan").get("/progress").json["items"]
    assert (one["slug"], one["state"]) == (LESSON, "done")
    assert api("bay").get("/progress").json["items"] == []
    assert isinstance(api("lan").get("/calendar", days=30).json["items"], list)
    far = clock.today() + timedelta(days=900)
    problem(api("lan").get("/calendar", first=far), 422, "invalid")
    problem(api("lan").get("/calendar", first="yesterday"), 422, "invalid_fields")


# ---- units and classes -----------------------------------------------------------------------------------------


def test_units_are_those_of_staff_and_below(api: Callable[..., Api], inside: World) -> None:
    quang = api("quang")
    assert inside["truong"] in [one["id"] for one in quang.get("/units").json["items"]]
    below, cursor = [], ""
    while cursor is not None:
        page = quang.get(f"/units/{inside['truong']}/units", limit=1, cursor=cursor).json
        below, cursor = below + [one["name"] for one in page["items"]], page["next"]
    assert len(below) == len(set(below)) > 2
    for unknown in (999_999, inside["phuong"], 10**30):
        refused = quang.get(f"/units/{inside['truong']}/units", cursor=to_cursor((unknown,)))
        problem(refused, 422, "invalid_fields")
    assert api("lan").get("/units").json["items"] == []
    of_unit = api("quang", "truong")
    assert [one["id"] for one in of_unit.get("/units").json["items"]] == [inside["truong"]]
    assert of_unit.get(f"/units/{inside['lop6a']}").status_code == 200
    assert of_unit.get(f"/units/{inside['phuong']}").status_code == 404


def test_a_teacher_reads_names_where_families_agree_and_a_unit_reads_none(
    api: Callable[..., Api], inside: World
) -> None:
    let_see(inside)
    get_stuck(inside["minh"])
    add_pupils(inside["lop6a"], 12)
    path = f"/units/{inside['lop6a']}/overview"
    by_name = api("hang").get(path, path=PATH).json
    shown = {one["id"]: one for one in by_name["pupils"]}
    assert shown[inside["minh"]]["shown"] and "stuck" in [one["state"] for one in shown[inside["minh"]]["cells"]]
    assert len(by_name["columns"]) == len(shown[inside["minh"]]["cells"])
    hidden = [one for one in by_name["pupils"] if not one["shown"]]
    assert all(not one["cells"] for one in hidden)
    of_unit = api("hang", "truong").get(path)
    assert of_unit.json["pupils"] == of_unit.json["columns"] == []
    assert not any(one["name"] in of_unit.text for one in by_name["pupils"])
    assert by_name["sums"]["stuck"] == 1 and of_unit.json["sums"]["stuck"] is None  # of one pupil nothing is told
    for other in ("quang", "lan", "mai", "admin1", "muoi"):
        assert api(other).get(path).status_code == 404, other


def test_classes_of_a_school_hide_small_numbers_from_a_unit(api: Callable[..., Api], inside: World) -> None:
    let_see(inside)
    get_stuck(inside["minh"])
    path = f"/units/{inside['truong']}/class-sums"
    exact, hidden = api("hang").get(path).json, api("hang", "truong").get(path).json
    assert exact["exact"] and not hidden["exact"]
    of = {one["unit_id"]: one for one in exact["items"]}
    assert of[inside["lop6a"]]["stuck"] == 1
    assert {one["stuck"] for one in hidden["items"]} == {None}
    assert api("lan").get(path).status_code == 404


def work(**changed: object) -> dict[str, object]:
    return {"kind": "lesson", "target": LESSON, "due": str(clock.today() + timedelta(days=7)), **changed}


def test_work_is_set_once_under_a_key(api: Callable[..., Api], inside: World) -> None:
    hang, path = api("hang"), f"/units/{inside['lop6a']}/works"
    made = hang.post(path, work(note="Làm trước thứ Sáu nhé"))
    assert made.status_code == 201 and made.headers["Idempotency-Replayed"] == "false"
    again = hang.post(path, work(note="Làm trước thứ Sáu nhé"))
    assert again.json == made.json and again.headers["Idempotency-Replayed"] == "true"
    assert [one.id for one in db.session.scalars(sa.select(ClassWork))] == [made.json["id"]]
    problem(hang.post(path, work(kind="help", target="")), 409, "key_reused")
    problem(hang.post(path, work(), key="k2"), 409, "conflict")  # it stands already
    assert hang.post(path, work(kind="help", target=""), key="k2").status_code == 201  # what was refused left its key
    listed = hang.get(path).json["items"]
    assert {one["note"] for one in listed} == {"", "Làm trước thứ Sáu nhé"}
    assert {one["note"] for one in api("hang", "truong").get(path).json["items"]} == {""}


def test_a_unit_does_not_learn_how_many_agreed_to_show_their_progress(api: Callable[..., Api], inside: World) -> None:
    pupils = add_pupils(inside["lop6a"], 24)
    give_progress(pupils, [LESSON])
    hang, path = api("hang"), f"/units/{inside['lop6a']}/works"
    hang.post(path, work())
    (own,) = hang.get(path).json["items"]
    assert own["band"] == "some" and own["people"]  # what a unit must not get is there
    (told,) = api("hang", "truong").get(path).json["items"]
    assert (told["band"], told["done"], told["people"]) == ("none", None, None)


def test_work_is_refused_as_on_the_page(api: Callable[..., Api], inside: World) -> None:
    hang, path = api("hang"), f"/units/{inside['lop6a']}/works"
    problem(hang.post(path, work(), key=None), 400, "invalid")
    problem(hang.post(path, work(), key="x" * 101), 400, "invalid")
    told = problem(hang.post(path, work(note="Gọi cô 0912345678")), 422, "private")
    assert told["errors"] == [{"field": "note", "reason": "private"}]
    problem(hang.post(path, work(target="khong-co")), 422, "invalid")
    problem(hang.post(path, work(target="a\0")), 422, "invalid_fields")  # PostgreSQL takes no NUL
    problem(hang.post(path, work(due=str(clock.today() - timedelta(days=1)))), 422, "invalid")
    problem(hang.post(path, work(audience="pupils")), 422, "invalid_fields")
    problem(hang.post(path, work(strange=1)), 422, "invalid_fields")
    problem(hang.post(path, [1]), 422, "invalid_fields")
    form = hang.client.post(f"/api/v1{path}", data=work(), headers={**hang.headers, "Idempotency-Key": "k"})
    problem(form, 415, "media_type")
    large = hang.client.post(
        f"/api/v1{path}", data=b'{"note": "' + b"x" * 70_000 + b'"}',
        headers={**hang.headers, "Idempotency-Key": "k", "Content-Type": "application/json"},
    )  # fmt: skip
    problem(large, 413, "too_long")
    for other in ("muoi", "lan", "mai", "admin1"):
        problem(api(other).post(path, work()), 404, "missing")
    problem(api("hang", "truong").post(path, work()), 403, "scope")
    problem(api("hang", "", "classes").post(path, work()), 403, "scope")
    assert not db.session.scalars(sa.select(ClassWork)).all()


def test_devices_of_a_store_are_counted_for_who_runs_it(api: Callable[..., Api], inside: World) -> None:
    donation_fixtures.ready(inside)
    path = f"/units/{inside['phuong']}/devices"
    for holder in (api("mai"), api("mai", "phuong", "devices")):
        assert holder.get(path).json == {"unit_id": inside["phuong"], "items": [{"state": "ready", "count": 1}]}
    for other in ("lan", "hang", "admin1"):
        assert api(other).get(path).status_code == 404
