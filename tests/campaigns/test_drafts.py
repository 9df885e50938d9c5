"""A draft that somebody else is to publish: they are told, and find it; a lead who makes a sheet lands on the sheet."""

from collections.abc import Callable

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.campaigns.conftest import LESSON, plan
from tests.factories import World, person
from tutoring.campaigns import commands
from tutoring.kernel.db import db
from tutoring.notifications.models import Notice

As = Callable[[str], FlaskClient]


def of_lead(app: Flask, world: World) -> int:
    with app.app_context():
        return commands.write_campaign(person(world["muoi"]), world["kp3"], plan()).id


def unread(app: Flask, user_id: int) -> list[str]:
    with app.app_context():
        query = sa.select(Notice.path).where(Notice.user_id == user_id, Notice.read_at.is_(None))
        return [path for path in db.session.scalars(query) if path.startswith("/campaigns/")]


def test_an_officer_hears_of_a_draft_that_waits_for_them(app: Flask, world: World) -> None:
    id = of_lead(app, world)
    assert unread(app, world["mai"]) == [f"/campaigns/{id}/manage"] and unread(app, world["muoi"]) == []
    with app.app_context():
        commands.publish_campaign(person(world["mai"]), id)
    assert unread(app, world["mai"]) == []


def test_a_discarded_draft_calls_nobody(app: Flask, world: World) -> None:
    id = of_lead(app, world)
    with app.app_context():
        commands.close_campaign(person(world["muoi"]), id)
    assert unread(app, world["mai"]) == []


def test_a_draft_that_waits_stands_on_the_pages_of_who_may_publish_it(app: Flask, world: World, as_: As) -> None:
    link, mai = f'href="/campaigns/{of_lead(app, world)}/manage"', as_("mai")
    ward, hood = f"/units/{world['phuong']}", f"/units/{world['kp3']}"
    for path in ("/", f"{ward}/classes", f"{ward}/campaigns", f"{hood}/classes"):
        page = mai.get(path).text
        assert link in page and "Chưa có chiến dịch nào" not in page, path
    assert link not in as_("muoi").get("/").text  # the author cannot publish it
    assert link not in as_("hang").get("/").text


def test_a_lead_who_makes_a_sheet_for_an_open_campaign_lands_on_it(app: Flask, world: World, as_: As) -> None:
    id, muoi = of_lead(app, world), as_("muoi")
    with app.app_context():
        commands.publish_campaign(person(world["mai"]), id)
    made = muoi.post(f"/campaigns/{id}/materials/new", data={"kind": "poster", "lesson": LESSON})
    assert made.status_code == 302
    page = muoi.get(made.location)
    assert page.status_code == 200 and "Đã làm xong tờ mới" in page.text
    assert "/edit" not in page.text and "/delete" not in page.text  # what hangs in the street is not theirs to change
    assert f"{made.location}/edit" in as_("mai").get(made.location).text
