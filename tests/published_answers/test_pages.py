"""The pages of published answers: from the end of a session to the page of the step, and the report."""

import re
from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.published_answers.solved import ANSWER, PROBLEM, STEP, release, solve
from tests.rooms.conftest import open_pair
from tutoring.rooms.sessions.commands import end_session

As = Callable[[str], FlaskClient]


def in_app(app: Flask, act: Callable[..., int], *values: object) -> int:
    with app.app_context():
        return act(*values)


def test_it_goes_from_the_helper_over_both_sides_and_a_teacher_to_the_step(
    app: Flask, world: World, as_: As, client: FlaskClient
) -> None:
    khoa, request_id = as_("khoa"), in_app(app, solve, world)
    here = f"/requests/{request_id}/published-answer"
    assert here in khoa.get("/answers").text
    refused = khoa.post(here, data={"problem": PROBLEM, "answer": "Hỏi Minh là biết, bạn ấy chỉ cho từng bước."})
    assert refused.status_code == 422
    assert "giống tên người trong buổi học" in refused.text
    place = khoa.post(here, data={"problem": PROBLEM, "answer": ANSWER}).location
    assert "Đang chờ hai bên đồng ý" in khoa.get(place).text
    for name in ("minh", "lan"):
        assert place in as_(name).get("/answers").text
        assert 'value="yes"' in as_(name).get(place).text
        as_(name).post(f"{place}/agree", data={"word": "yes", "subject": str(world["minh"])})
    assert place in as_("hang").get("/answers/review").text
    read = as_("hang").get(f"{place}/review").text
    assert ANSWER.split("\n")[0] in read
    [shown] = set(re.findall(r'name="digest" value="(\w+)"', read))
    assert "/answers" not in client.get(STEP).text
    as_("hang").post(f"{place}/decide", data={"what": "release", "digest": shown})
    assert "Xem 1 lời giải" in client.get(STEP).text
    page = client.get(f"{STEP}/answers").text
    for said in (PROBLEM, "một bạn lớp 11 đã giúp", "1 thầy cô đã đọc và thấy đúng"):
        assert said in page
    for hidden in ("Khoa", "Minh", "Tôi cũng bị vậy", "csrf_token"):
        assert hidden not in page, hidden
    found = client.get("/search?q=man+hinh+trang").text
    assert f'href="{STEP}/answers#answer-' in found
    as_("an").post(f"{place}/mark")
    assert "Có người cũng bị vậy" in as_("an").get(f"{STEP}/answers").text
    as_("minh").post(f"{place}/agree", data={"word": "no"})
    assert "/answers" not in client.get(STEP).text
    assert PROBLEM not in client.get(f"{STEP}/answers").text
    assert PROBLEM not in client.get("/search?q=man+hinh+trang").text


def test_a_visitor_reports_it_and_the_desk_reads_it_beside_the_step(
    app: Flask, world: World, as_: As, client: FlaskClient
) -> None:
    answer_id = in_app(app, release, world)
    assert f"/report/published/{answer_id}" in client.get(f"{STEP}/answers").text
    sent = client.post(f"/report/published/{answer_id}", data={"what": "wrong", "words": ""})
    assert sent.status_code == 303
    desk = as_("quang").get("/desk").text
    [case] = set(re.findall(r"/desk/cases/\d+|/cases/\d+", desk))
    assert ANSWER.split("\n")[0] in as_("quang").get(case).text
    refused = as_("hang").post(f"/answers/{answer_id}/decide", data={"what": "remove", "reason": ""})
    assert refused.location.endswith("/review")
    as_("hang").post(f"/answers/{answer_id}/decide", data={"what": "remove", "reason": "Cách này không còn đúng."})
    assert PROBLEM not in client.get(f"{STEP}/answers").text
    assert "Cách này không còn đúng." in as_("khoa").get(f"/answers/{answer_id}").text


def test_the_end_of_a_session_offers_it_to_the_helper_of_a_solved_request_alone(
    app: Flask, world: World, as_: As
) -> None:
    with app.app_context():
        room = open_pair(world)
        request_id = solve(world, room_id=room)
        end_session(person(world["khoa"]), room, "yes")
    here = f"/requests/{request_id}/published-answer"
    assert here in as_("khoa").get(f"/rooms/{room}/end").text
    assert here not in as_("lan").get(f"/rooms/{room}/end").text
