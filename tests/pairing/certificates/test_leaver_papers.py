"""Pupils who leave a school get a paper of their confirmed minutes, all in one file, if they agreed to that."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale

from tests.community.year_ends.years import carried_out, planned
from tests.factories import World, person
from tests.statements import asked as statements
from tutoring.accounts.consents.commands import give_consent
from tutoring.accounts.models import Consent
from tutoring.community.papers import pdf_file
from tutoring.community.year_ends.commands import Wanted
from tutoring.community.year_ends.models import YearEnd
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.pairing.certificates.leaver_papers import LeaverPapers, papers_of
from tutoring.rooms.models import Room
from tutoring.rooms.volunteer_minutes.models import HelpSession

As = Callable[[str], FlaskClient]


@pytest.fixture
def done(app: Flask, world: World) -> int:
    """The grade of khoa, who helped for twenty confirmed minutes, has left."""
    with app.app_context():
        over = {"closed_at": clock.now(), "close_reason": "ended"}
        room = Room(unit_id=world["lop11a"], topic="", minors=True, observed=True, **over)
        db.session.add(room)
        db.session.flush()
        db.session.add(HelpSession(
            room_id=room.id, helper_id=world["khoa"], learner_id=world["minh"], unit_id=world["lop11a"], topic="",
            day=clock.today(), ended_at=clock.now(), minutes=20, word="helped",
            said_at=clock.now(), said_by_id=world["minh"],
        ))  # fmt: skip
        db.session.commit()
        return carried_out(world, planned(world, {world["lop11a"]: Wanted("", leaves=True)})).id


@command
def agree(user_id: int) -> None:
    give_consent(person(user_id), person(user_id), "hours")


def found(done: int) -> LeaverPapers:
    with force_locale("vi"):
        return papers_of(db.session.get_one(YearEnd, done))


def test_a_paper_says_name_class_year_and_confirmed_minutes(app: Flask, world: World, done: int) -> None:
    with app.test_request_context():
        agree(world["khoa"])
        made = found(done)
        assert (len(made.papers), made.without_minutes, made.without_consent) == (1, 0, 0)
        rows = dict(made.papers[0].blocks[1].rows)  # type: ignore[union-attr]
        assert rows["Họ và tên"] == "Khoa Minh Hoạ" and rows["Lớp"] == "Lớp 11A" and rows["Năm học"] == "2026–2027"
        assert (rows["Số buổi"], rows["Số phút đã được xác nhận"]) == ("1", "20")
        assert pdf_file.drawn(*made.papers, *made.papers).count(b"/Type /Page\n") == 2


def test_without_consent_or_confirmed_minutes_there_is_no_paper(app: Flask, world: World, done: int, as_: As) -> None:
    with app.test_request_context():
        db.session.execute(sa.delete(Consent).where(Consent.subject_id == world["khoa"], Consent.purpose == "hours"))
        db.session.commit()
        assert (len(found(done).papers), found(done).without_consent) == (0, 1)
        agree(world["khoa"])
        db.session.execute(sa.update(HelpSession).values(word="", said_at=None, said_by_id=None))
        db.session.commit()
        assert (len(found(done).papers), found(done).without_minutes) == (0, 1)
    at = f"/units/{world['truong']}/year-end"
    answer = as_("quang").get(f"{at}/{done}/papers.pdf", follow_redirects=True)
    assert "1 em chưa có phút được xác nhận" in answer.text


def test_the_coordinator_downloads_one_file_and_nobody_else(app: Flask, world: World, done: int, as_: As) -> None:
    with app.app_context():
        agree(world["khoa"])
    at = f"/units/{world['truong']}/year-end"
    assert f"{at}/{done}/papers.pdf" in as_("quang").get(at).text
    answer = as_("quang").get(f"{at}/{done}/papers.pdf")
    assert answer.mimetype == "application/pdf" and answer.data.startswith(b"%PDF")
    assert "no-store" in answer.headers["Cache-Control"]
    for name in ("hang", "khoa", "mai", "admin1"):
        assert as_(name).get(f"{at}/{done}/papers.pdf").status_code in (403, 404)
    assert as_("quang").get(f"/units/{world['phuong']}/year-end/{done}/papers.pdf").status_code in (403, 404)


def test_the_number_of_statements_is_fixed(app: Flask, world: World, done: int) -> None:
    with app.test_request_context():
        agree(world["khoa"])
        with statements(app) as seen:
            found(done)
        assert len(seen) <= 10
