"""Words in a circle are reported from beside them, and looked at by whoever leads there."""

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.circles.conftest import Who
from tests.circles.parents import parent
from tests.factories import World, client_of, person
from tests.parametrize import some
from tutoring.circles import commands as circles_commands
from tutoring.circles.models import Answer
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.moderation.cases.queries import Viewer, visible
from tutoring.moderation.models import Case, Report
from tutoring.moderation.reports import commands as reports_commands

RUDE = "Nhà ai dạy con dở vậy."


@pytest.fixture
def answer(who: Who, inside: World) -> Answer:
    topic = circles_commands.ask(who("lan"), inside["lop4a"], "Con không chịu học bài", "Tối nào cũng vậy.")
    return circles_commands.answer(who("hoa"), topic.id, RUDE)


def test_reports_of_the_same_words_meet_in_one_case_of_the_class(who: Who, inside: World, answer: Answer) -> None:
    third = person(parent(inside, "Tư"))
    for by in (who("lan"), third):
        reports_commands.report(by, "circle", f"answer/{answer.id}", "bullied")
    case = db.session.scalars(sa.select(Case)).one()
    assert (case.unit_id, case.about_id, case.minors) == (inside["lop4a"], who("hoa").id, True)
    assert case.in_circle and db.session.scalar(sa.select(sa.func.count(Report.id))) == 2
    for name, sees in (("hang", True), ("quang", True), ("hoa", False), ("muoi", False), ("mai", False)):
        assert (case.id in [one.id for one in visible(Viewer(who(name)))]) == sees, name


@pytest.mark.parametrize(
    "target",
    some("answer/0", "answer/x", "answer/999", rest=["answer/", "topic/99999999999", "khac/1"]),
)
def test_what_is_not_there_is_missing(who: Who, answer: Answer, target: str) -> None:
    with pytest.raises(NotFound):
        reports_commands.report(who("lan"), "circle", target, "other")


def test_nobody_reports_the_own_words_or_what_they_do_not_see(who: Who, answer: Answer) -> None:
    for name in ("hoa", "bay", "minh", "muoi"):
        with pytest.raises(NotFound):
            reports_commands.report(who(name), "circle", f"answer/{answer.id}", "other")
    circles_commands.hide_answer(who("hang"), answer.id, True, "Lời chưa hay")
    with pytest.raises(NotFound):
        reports_commands.report(who("lan"), "circle", f"answer/{answer.id}", "other")


def test_from_the_page_to_the_case_and_back_to_the_words(app: Flask, world: World) -> None:
    with app.app_context():
        hoa = parent(world, "Hoa")
        topic = circles_commands.ask(
            person(world["lan"]), world["lop4a"], "Con không chịu học bài", "Tối nào cũng vậy."
        ).id
        answer = circles_commands.answer(person(hoa), topic, RUDE).id
    page = f"/circles/{world['lop4a']}/topics/{topic}"
    lan, hang = client_of(app, world["lan"]), client_of(app, world["hang"])
    assert f'href="/report/answer/{answer}"' in lan.get(page).text
    form = lan.get(f"/report/answer/{answer}").text
    assert "Báo điều chị Hoa viết" in form and RUDE in form
    sent = lan.post(f"/report/answer/{answer}", data={"what": "bullied"})
    assert sent.status_code == 303 and sent.location.endswith(f"back={page}")
    assert_case(hang, page, answer)


def assert_case(hang: FlaskClient, page: str, answer: int) -> None:
    assert "Bài trong góc hỏi đáp phụ huynh" in hang.get("/desk").text
    case = hang.get("/desk/cases/1")
    assert case.status_code == 200 and RUDE in case.text and f'href="{page}#a{answer}"' in case.text
