"""Pages of vetting: what is left to do, the promises, what staff see of a helper, the yearly renewal."""

from collections.abc import Callable
from datetime import timedelta

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World
from tutoring.accounts.models import SignIn
from tutoring.community.models import Membership, Nomination
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.pairing.models import ConductAcceptance
from tutoring.pairing.vetting.conduct_texts import ADULT, PUPIL

As = Callable[[str], FlaskClient]


def membership(app: Flask, user_id: int) -> int:
    with app.app_context():
        return db.session.scalars(sa.select(Membership.id).where(Membership.user_id == user_id)).first() or 0


@command
def a_year_ago(user_id: int) -> None:
    """The second person's word for this helper was said 366 days ago."""
    then = clock.now() - timedelta(days=366)
    db.session.execute(sa.update(Nomination).where(Nomination.user_id == user_id).values(confirmed_at=then))


@command
def forgotten_promises() -> None:
    db.session.execute(sa.delete(ConductAcceptance))


def test_somebody_new_sees_four_steps_and_gets_one_done(as_: As) -> None:
    lan = as_("lan")
    page = lan.get("/helping").text
    assert "Còn 4 bước trước khi bạn giúp người khác" in page and page.count("Chưa xong") == 4
    words = lan.get("/helping/promises").text
    assert all(promise in words for promise in ADULT.promises)
    assert lan.post("/helping/promises", data={"text_hash": ADULT.text_hash}).status_code == 422
    assert lan.post("/helping/promises", data={"text_hash": "x", "yes": "y"}).status_code == 409
    assert lan.post("/helping/promises", data={"text_hash": ADULT.text_hash, "yes": "y"}).location == "/helping"
    page = lan.get("/helping").text
    assert "Còn 3 bước" in page and page.count("Chưa xong") == 3
    assert "Bạn đã hứa các điều này" in lan.get("/helping/promises").text


def test_pupils_read_the_promises_in_their_own_words(as_: As) -> None:
    words = as_("minh").get("/helping/promises").text
    assert PUPIL.promises[0] in words and ADULT.promises[0] not in words


def test_a_pupil_below_grade_six_is_told_when(as_: As) -> None:
    page = as_("an").get("/helping").text
    assert "Từ lớp 6" in page and "Chưa xong" not in page


def test_on_probation_the_sessions_are_counted_on_the_page(as_: As) -> None:
    assert "Đã xong 0 trên 3 buổi" in as_("khoa").get("/helping").text


def test_a_teacher_without_the_promises_is_told_and_still_helps_adults(app: Flask, as_: As) -> None:
    with app.app_context():
        forgotten_promises()
    page = as_("hang").get("/helping").text
    assert "hãy đọc và hứa các điều an toàn" in page and "Ai đang cần bạn" in page


def test_staff_see_where_a_helper_stands_and_a_second_person_renews(app: Flask, world: World, as_: As) -> None:
    path = f"/members/{membership(app, world['khoa'])}"
    assert "Các buổi đầu có người trực xem" in as_("quang").get(path).text
    assert f"{path}/renew" not in as_("quang").get(path).text
    with app.app_context():
        a_year_ago(world["khoa"])
    assert "Đã hết một năm" in as_("khoa").get("/helping").text
    hang, quang = as_("hang"), as_("quang")
    assert f"{path}/renew" not in hang.get(path).text  # who vouched is not the second person
    assert "Đã hết hạn một năm" in quang.get(path).text and f"{path}/renew" in quang.get(path).text
    with app.app_context():
        stepped_up()
    assert hang.post(f"{path}/renew").status_code == 403
    assert quang.post(f"{path}/renew").status_code == 302
    assert "Đã hết một năm" not in as_("khoa").get("/helping").text
    assert "thêm một năm nữa" in as_("khoa").get("/notices").text


@command
def stepped_up() -> None:
    """Everybody has shown a moment ago who they are."""
    db.session.execute(sa.update(SignIn).values(stepped_up_at=clock.now()))


def test_whoever_is_stopped_is_told_whom_to_speak_to(app: Flask, world: World, as_: As) -> None:
    @command
    def stop(state: str) -> None:
        db.session.execute(sa.update(Nomination).where(Nomination.user_id == world["khoa"]).values(state=state))

    for state, said in (("paused", "Em đang tạm ngừng giúp người khác"), ("barred", "không giúp người khác được nữa")):
        with app.app_context():
            stop(state)
        assert said in as_("khoa").get("/helping").text
