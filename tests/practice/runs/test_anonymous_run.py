"""Rehearsing without an account: the page carries the run, and nothing is stored."""

import html
import json
import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.practice.test_run_pages import NAME, REAL, event
from tutoring.kernel.db import db
from tutoring.practice import scenarios
from tutoring.practice.runs.models import PracticeRun

TRY = f"/practice/{NAME}/try"


def carried(page: str) -> str:
    found = re.search(r'name="events" value="([^"]*)"', page)
    assert found
    return html.unescape(found[1])


def test_a_visitor_comes_to_the_end_and_nothing_is_stored(app: Flask, client: FlaskClient) -> None:
    page = client.post(TRY, data={"mode": "alone"})
    for one in scenarios.scenario(NAME).events("suon-se"):
        page = client.post(TRY, data={"mode": "alone", "events": carried(page.text), **event(one)})
        assert page.status_code == 200 and "Set-Cookie" not in page.headers
    assert "Tránh được 1 trên 1 bẫy" in page.text and "Đăng nhập để ghi kết quả lần sau" in page.text
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(PracticeRun)) == 0


def test_what_a_visitor_types_is_carried_only_when_it_is_the_scenario_s_own(client: FlaskClient) -> None:
    way: list[dict[str, Any]] = [
        {"set": "tim", "value": "trich-luc"}, {"do": "tim-kiem"}, {"do": "ban-sao"},
        {"set": "noi_nop", "value": "phuong-tap"}, {"do": "nop"},
    ]  # fmt: skip
    page = client.post(TRY, data={"mode": "alone", "events": json.dumps(way)})
    assert page.status_code == 200 and "Tờ khai" in page.text
    sent = {"set-ten_con": REAL, "set-ngay_sinh": "8/3/2020"}
    answer = client.post(TRY, data={"mode": "alone", "events": carried(page.text), **sent})
    assert answer.status_code == 422 and REAL not in answer.text
    kept = json.loads(carried(answer.text))[len(way) :]
    assert kept == [{"missed": "ten_con"}, {"set": "ngay_sinh", "value": "2020-03-08"}]


@pytest.mark.parametrize(
    "events",
    [
        "{",
        "null",
        '{"do": "tim-kiem"}',
        '["x"]',
        "[1]",
        "[[1]]",
        '[{"do": 5}]',
        '[{"do": "nop"}]',
        '[{"set": "tim", "value": "079123456789"}]',
        '[{"set": "tim", "value": ["trich-luc"]}]',
        '[{"do": "tim-kiem", "more": 1}]',
        "[" * 20_000,
        json.dumps([{"missed": "tim"}] * 401),
        '[{"do": "\\ud800"}]',
    ],
)
def test_a_forged_run_is_refused_and_begins_anew(client: FlaskClient, events: str) -> None:
    page = client.post(TRY, data={"mode": "alone", "events": events})
    assert page.status_code == 422 and "Bắt đầu lại từ đầu" in page.text and REAL not in page.text


@pytest.mark.parametrize("mode", ["", "watch", "x"])
def test_an_unknown_way_is_refused(client: FlaskClient, mode: str) -> None:
    assert client.post(TRY, data={"mode": mode}).status_code == 422


def test_an_unknown_scenario_is_not_there(client: FlaskClient) -> None:
    assert client.post("/practice/nothing/try", data={"mode": "alone"}).status_code == 404


def test_a_run_that_has_become_too_long_says_so(client: FlaskClient) -> None:
    long = json.dumps([{"missed": "tim"}] * 400)
    page = client.post(TRY, data={"mode": "alone", "events": long, "set-tim": "trich-luc", "do": "tim-kiem"})
    assert page.status_code == 422 and "đã dài quá" in page.text


def test_visitors_see_the_pages_that_keep_nothing(client: FlaskClient) -> None:
    for path in ("/practice", f"/practice/{NAME}", f"/practice/{NAME}/watch"):
        page = client.get(path)
        assert page.status_code == 200 and "Set-Cookie" not in page.headers
    assert client.get("/practice/runs/x").status_code == 302
