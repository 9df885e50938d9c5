"""Reports of people who are not signed in: by address they meet in one case, which says how many; none is lost."""

from collections.abc import Callable
from datetime import timedelta

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.moderation.test_pages import count, only_case
from tutoring.kernel import clock, jobs
from tutoring.kernel.db import db
from tutoring.moderation.models import Case
from tutoring.notifications.models import Notice

As = Callable[[str], FlaskClient]


def test_forty_browsers_of_one_address_are_one_case_with_a_count_and_ring_once(
    app: Flask, client: FlaskClient, as_: As
) -> None:
    for number in range(40):
        data = {"what": "danger", "words": f"Cứu em {number}"}
        answer = app.test_client().post("/report", data=data, headers={"User-Agent": f"Browser {number}"})
        assert answer.status_code == 303
    assert count(app) == 40
    case = only_case(app)
    with app.app_context():
        rung = db.session.scalars(sa.select(Notice.user_id).where(Notice.key.like(f"case:{case.id}%"))).all()
    assert rung and len(rung) == len(set(rung))
    page = as_("admin1").get(f"/desk/cases/{case.id}").text
    assert "40 tin báo từ cùng một địa chỉ mạng" in page and "Cứu em 39" in page


def test_other_addresses_are_other_cases_and_of_a_line_all_its_addresses_are_one(app: Flask) -> None:
    for address in ("203.0.113.7", "203.0.113.8", "2001:db8:1:2::1", "2001:db8:1:2::99"):
        data = {"what": "danger", "words": f"Cứu em {address}"}
        answer = app.test_client().post("/report", data=data, environ_base={"REMOTE_ADDR": address})
        assert answer.status_code == 303
    with app.app_context():
        assert len(db.session.scalars(sa.select(Case)).all()) == 3


def test_an_address_that_reports_without_end_is_looked_at_anew_a_little_later(
    app: Flask, client: FlaskClient, as_: As
) -> None:
    def cry(number: int) -> None:
        assert client.post("/report", data={"what": "danger", "words": f"Cứu em {number}"}).status_code == 303

    for number in range(6):
        cry(number)
    case = only_case(app)
    assert as_("admin1").get(f"/desk/cases/{case.id}").status_code == 200
    cry(7)
    assert count(app) == 7 and only_case(app).looked_at is not None
    with app.app_context(), clock.travel(clock.now() + timedelta(minutes=11)):
        while jobs.run_due():
            pass
    assert only_case(app).looked_at is None
