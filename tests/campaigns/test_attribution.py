"""What brought people: the address of a sheet is opened, its code goes along, and the person is tied to it once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.campaigns.conftest import opened, plan, poster_code, residents, sheet
from tests.factories import World, person
from tests.parametrize import some
from tutoring.accounts.events import AccountErased
from tutoring.accounts.models import User
from tutoring.campaigns import commands, participants
from tutoring.campaigns.models import CampaignPerson, Material, MaterialDay
from tutoring.kernel import clock, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.events import publish
from tutoring.web import visitor_cache

As = Callable[[str], FlaskClient]
PASSWORD = "ấm chén ghế đèn"


@pytest.fixture
def codes(app: Flask, world: World) -> list[str]:
    """Of a poster and of a leaflet of a campaign in which those count who come in."""
    with app.app_context():
        made = opened(world, counts="joined").id
        return [sheet(world, made).code, sheet(world, made, "leaflet").code]


def numbers(app: Flask, code: str) -> tuple[int, int, int]:
    """Times opened, people who came, those of them who were counted."""
    with app.app_context():
        row = db.session.scalars(sa.select(Material).where(Material.code == code)).one()
        scans = sa.select(sa.func.coalesce(sa.func.sum(MaterialDay.scans), 0)).where(MaterialDay.material_id == row.id)
        return int(db.session.scalar(scans) or 0), row.came, row.counted


def ties(app: Flask) -> list[tuple[int, bool, bool]]:
    """Who, whether a material is known, whether counted."""
    with app.app_context():
        rows = db.session.scalars(sa.select(CampaignPerson).order_by(CampaignPerson.user_id))
        return [(row.user_id, row.material_id is not None, row.counted_at is not None) for row in rows]


def sign_up(client: FlaskClient, path: str, name: str = "Võ Thị Sen") -> int:
    data = {"full_name": name, "password": PASSWORD, "address_form": "bác", "adult": "y"}
    return client.post(path, data=data).status_code


def test_the_short_address_leads_to_the_campaign_and_carries_its_code(client: FlaskClient, codes: list[str]) -> None:
    answer = client.get(f"/c/{codes[0].lower()}")
    assert answer.status_code == 302 and answer.location == f"/campaigns/giup-nhau-hoc-truc-tuyen?from={codes[0]}"
    assert answer.headers["Cache-Control"] == "no-store" and "Set-Cookie" not in answer.headers
    page = client.get(answer.location)
    assert page.status_code == 200 and "Set-Cookie" not in page.headers
    assert f"/ask?from={codes[0]}" in page.text and f"/sign-in?from={codes[0]}" in page.text


def test_a_browser_counts_once_a_day_and_again_tomorrow(app: Flask, client: FlaskClient, codes: list[str]) -> None:
    phone, laptop = {"User-Agent": "Phone"}, {"User-Agent": "Laptop"}
    for headers in (phone, phone, laptop, phone):
        client.get(f"/c/{codes[0]}", headers=headers)
    assert numbers(app, codes[0])[0] == 2
    client.get(f"/c/{codes[1]}", headers=phone)
    assert numbers(app, codes[1])[0] == 1
    with clock.travel(clock.now() + timedelta(days=1)):
        client.get(f"/c/{codes[0]}", headers=phone)
    with app.app_context():
        days = db.session.scalars(sa.select(MaterialDay.scans).order_by(MaterialDay.material_id, MaterialDay.day)).all()
    assert numbers(app, codes[0])[0] == 3 and days == [2, 1, 1]


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("HEAD", {}),
        ("GET", {"User-Agent": "facebookexternalhit/1.1"}),
        ("GET", {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"}),
        ("GET", {"Sec-Purpose": "prefetch;prerender"}),
    ],
)
def test_programmes_that_look_ahead_count_as_nobody(
    app: Flask, client: FlaskClient, codes: list[str], method: str, headers: dict[str, str]
) -> None:
    assert client.open(f"/c/{codes[0]}", method=method, headers=headers).status_code == 302
    assert numbers(app, codes[0])[0] == 0


def test_nothing_of_who_opened_it_is_kept_but_a_mark_of_that_day(
    app: Flask, client: FlaskClient, codes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[object, ...]] = []
    real = rate_limits.hit
    monkeypatch.setattr(rate_limits, "hit", lambda *key: (seen.append(key), real(*key))[1])
    client.get(f"/c/{codes[0]}", headers={"User-Agent": "Phone"}, environ_base={"REMOTE_ADDR": "10.9.8.7"})
    [(_rule, mark)] = [key for key in seen if key[0] == "scan"]
    assert len(str(mark)) == 64 and "10.9.8.7" not in str(mark) and "Phone" not in str(mark)


def test_an_unknown_code_and_one_of_a_draft_are_missing(app: Flask, world: World, client: FlaskClient) -> None:
    with app.app_context():
        draft = commands.write_campaign(person(world["mai"]), world["phuong"], plan()).id
        hidden = sheet(world, draft).code
    assert [client.get(f"/c/{code}").status_code for code in (hidden, "ZZZZZZ", "x" * 300)] == [404, 404, 404]


def test_a_new_resident_who_signs_up_by_the_poster_is_tied_to_it_and_counted(
    app: Flask, world: World, client: FlaskClient, codes: list[str]
) -> None:
    with app.app_context():
        joining = poster_code(world)
    client.get(f"/c/{codes[0]}")
    assert client.get(f"/join/{joining}?from={codes[0]}").status_code == 200
    assert sign_up(client, f"/join/{joining}") == 302  # the form's own address: the code came by the session
    assert numbers(app, codes[0]) == (1, 1, 1)
    with app.app_context():
        sen = db.session.scalars(sa.select(User.id).where(User.full_name == "Võ Thị Sen")).one()
    assert ties(app) == [(sen, True, True)]


def test_the_first_sheet_wins(app: Flask, world: World, client: FlaskClient, codes: list[str]) -> None:
    with app.app_context():
        joining = poster_code(world)
    client.get(f"/join/{joining}?from={codes[0]}")
    client.get(f"/join/{joining}?from={codes[1]}")
    sign_up(client, f"/join/{joining}?from={codes[1]}")
    client.get(f"/campaigns/giup-nhau-hoc-truc-tuyen?from={codes[1]}")
    assert numbers(app, codes[0])[1:] == (1, 1) and numbers(app, codes[1])[1:] == (0, 0)


def test_who_signs_in_on_the_way_to_asking_is_tied(app: Flask, world: World, client: FlaskClient) -> None:
    with app.app_context():
        code = sheet(world, opened(world).id).code
        new = residents(world, 1)[0]
        handle = person(new).username
    client.get(f"/ask?from={code}")
    answer = client.post("/ask", data={"to": "sign-in"})
    assert answer.status_code == 302 and "/sign-in?next=" in answer.location
    client.get(answer.location)
    assert numbers(app, code)[1:] == (0, 0)
    client.post(answer.location, data={"handle": handle, "password": "bốn từ dễ nhớ 0"})
    assert numbers(app, code)[1:] == (1, 0) and ties(app) == [(new, True, False)]


def test_who_was_counted_before_was_brought_by_something_else(
    app: Flask, world: World, as_: As, codes: list[str]
) -> None:
    with app.app_context():
        participants.count("joined", world["bay"])
    as_("bay").get(f"/campaigns/giup-nhau-hoc-truc-tuyen?from={codes[0]}")
    assert numbers(app, codes[0])[1:] == (0, 0) and ties(app) == [(world["bay"], False, True)]


def test_a_member_who_scans_is_tied_at_once_and_counted_when_it_counts(
    app: Flask, world: World, as_: As, codes: list[str]
) -> None:
    bay = as_("bay")
    bay.get(f"/campaigns/giup-nhau-hoc-truc-tuyen?from={codes[0]}")
    assert ties(app) == [(world["bay"], True, False)] and numbers(app, codes[0])[1:] == (1, 0)
    with app.app_context():
        participants.count("joined", world["bay"])
        participants.count("joined", world["bay"])
    assert ties(app) == [(world["bay"], True, True)] and numbers(app, codes[0])[1:] == (1, 1)
    with bay.session_transaction() as session:
        assert "came_by" not in session


def test_staff_who_look_at_their_own_sheet_were_brought_by_nothing(
    app: Flask, world: World, as_: As, codes: list[str]
) -> None:
    as_("mai").get(f"/campaigns/giup-nhau-hoc-truc-tuyen?from={codes[0]}")
    assert ties(app) == [] and numbers(app, codes[0])[1:] == (0, 0)


def test_a_browsers_word_is_believed_for_thirty_days(app: Flask, world: World, codes: list[str]) -> None:
    with app.app_context():
        bay = person(world["bay"])
        assert not participants.record_arrival(bay, codes[0], clock.now() - timedelta(days=31))
        assert participants.record_arrival(bay, codes[0], clock.now() - timedelta(days=29))
        assert not participants.record_arrival(bay, codes[1], clock.now())


@pytest.mark.parametrize(
    "typed",
    some("ABCDEF", "<b>", "%ff%fe", rest=["a" * 500, "ABC%00EF"]),
)
def test_a_code_that_is_none_does_nothing(app: Flask, as_: As, codes: list[str], typed: str) -> None:
    visitor = app.test_client()
    for path in ("/join", "/sign-in", "/ask", "/campaigns/giup-nhau-hoc-truc-tuyen"):
        assert visitor.get(f"{path}?from={typed}").status_code in (200, 302, 400)
        assert as_("bay").get(f"{path}?from={typed}").status_code in (200, 302, 400)
    assert ties(app) == []


def test_pages_of_others_pay_nothing_for_it(app: Flask, as_: As, codes: list[str], queries: list[str]) -> None:
    bay = as_("bay")
    bay.get("/help")
    queries.clear()
    bay.get("/help")
    assert not [one for one in queries if "campaign" in one or "material" in one]


@command
def _erased(user_id: int) -> None:
    publish(AccountErased(user_id, clock.now()))


def test_the_erased_took_part_in_nothing_and_the_numbers_stay(app: Flask, world: World, codes: list[str]) -> None:
    with app.app_context():
        participants.record_arrival(person(world["bay"]), codes[0], clock.now())
        participants.count("joined", world["bay"])
        _erased(world["bay"])
    assert ties(app) == [] and numbers(app, codes[0])[1:] == (1, 1)


def test_the_page_with_a_code_is_made_once_for_all_visitors(app: Flask, codes: list[str], queries: list[str]) -> None:
    visitor_cache.forget()
    path = f"/campaigns/giup-nhau-hoc-truc-tuyen?from={codes[0]}"
    first = app.test_client().get(path)
    queries.clear()
    second = app.test_client().get(path)
    assert second.text == first.text and queries == [] and "ETag" in second.headers
