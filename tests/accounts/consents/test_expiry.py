"""A yes counts for one school year: asked for anew before its end, over after it, and done exactly once."""

import hashlib
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.accounts.test_sign_in import said
from tests.factories import World, client_of, person
from tutoring.accounts.consents import expiry, texts
from tutoring.accounts.consents.commands import give_consent, withdraw
from tutoring.accounts.models import Consent, SignIn, Withdrawal
from tutoring.accounts.queries import purposes_in_force
from tutoring.accounts.registration import record_assent
from tutoring.kernel import clock, jobs
from tutoring.kernel.clock import LOCAL
from tutoring.kernel.db import db
from tutoring.kernel.errors import Forbidden
from tutoring.lessons.skills.queries import topics
from tutoring.notifications.inbox import queries as inbox
from tutoring.pairing.models import HelpRequest
from tutoring.pairing.offers import commands as offers_commands
from tutoring.pairing.requests import commands as requests_commands
from tutoring.policy.accounts import HELP_PURPOSES
from tutoring.policy.consent_expiry import asked_anew, counts_from, last_day
from tutoring.rooms.models import Room

ALL = {purpose.key for purpose in texts.SIGN_UP}


@pytest.mark.parametrize(
    ("given", "last"),
    [
        (date(2026, 9, 1), date(2027, 8, 31)), (date(2026, 12, 31), date(2027, 8, 31)),
        (date(2027, 1, 1), date(2027, 8, 31)), (date(2027, 6, 30), date(2027, 8, 31)),
        (date(2027, 7, 1), date(2028, 8, 31)), (date(2027, 8, 31), date(2028, 8, 31)),
    ],
)  # fmt: skip
def test_a_yes_counts_to_the_end_of_its_school_year_and_one_of_the_summer_for_the_coming_one(
    given: date, last: date
) -> None:
    assert last_day(given) == last
    noon = datetime(given.year, given.month, given.day, 12, tzinfo=LOCAL)
    assert noon >= counts_from(last) and noon < counts_from(last + timedelta(days=1))


def test_people_are_asked_anew_in_the_last_thirty_days_alone() -> None:
    given = date(2026, 10, 1)
    assert not any(asked_anew(given, date(2027, 7, d)) for d in range(1, 32))
    assert not asked_anew(given, date(2027, 8, 1))
    assert all(asked_anew(given, date(2027, 8, d)) for d in range(2, 32))
    assert not asked_anew(date(2027, 7, 5), date(2027, 8, 20))  # said yes for the coming year already


def test_no_yes_counts_for_more_than_fourteen_months() -> None:
    day = date(2026, 1, 1)
    for n in range(800):
        given = day + timedelta(days=n)
        assert timedelta(0) <= last_day(given) - given <= timedelta(days=427)


@pytest.fixture
def year(app: Flask, world: World) -> Iterator[int]:
    """The year in which the consents of the demonstration end."""
    with app.app_context():
        yield last_day(clock.today()).year


def at(year: int, month: int, day: int, hour: int = 12) -> datetime:
    return datetime(year, month, day, hour, tzinfo=LOCAL)


def work() -> None:
    while jobs.run_due():
        pass
    db.session.expire_all()


def told(user_id: int) -> list[str]:
    db.session.expire_all()
    return [notice.say for notice in inbox.inbox(user_id)]


def asked_to_say_anew(user_id: int) -> int:
    return sum("Năm học sắp hết" in say for say in told(user_id))


def test_thirty_days_before_the_end_guardian_child_and_youth_are_told_once(world: World, year: int) -> None:
    with clock.travel(at(year, 8, 1, 1)):
        work()
        assert [asked_to_say_anew(world[name]) for name in ("lan", "minh", "an", "khoa")] == [0, 0, 0, 0]
    for day in (2, 3, 20):
        with clock.travel(at(year, 8, day, 1)):
            work()
    assert asked_to_say_anew(world["minh"]) == asked_to_say_anew(world["khoa"]) == 1
    assert asked_to_say_anew(world["lan"]) == 2  # of two children
    assert asked_to_say_anew(world["hang"]) == 0


def test_each_purpose_is_asked_anew_with_its_text_and_none_is_chosen_beforehand(
    app: Flask, world: World, year: int
) -> None:
    with clock.travel(at(year, 8, 10)):
        db.session.remove()
        lan = client_of(app, world["lan"])
        page = said(lan.get(f"/children/{world['minh']}/renewal"))
        assert page.count('<input type="checkbox"') == len(ALL)
        assert not re.search(r"<input[^>]*type=\"checkbox\"[^>]*checked", page)
        assert all(purpose.text in page for purpose in texts.SIGN_UP)
        answer = lan.post(f"/children/{world['minh']}/renewal", data={"purposes": ["profile", "pairing"]})
        assert answer.headers["Location"] == f"/children/{world['minh']}/assent"  # now the child is asked anew
        rows = db.session.scalars(sa.select(Consent).where(Consent.subject_id == world["minh"])).all()
        fresh = [row for row in rows if clock.local(row.given_at).month == 8]
        assert {(row.purpose, row.kind, row.given_by_id) for row in fresh} == {
            (key, "consent", world["lan"]) for key in ("profile", "pairing")
        }
        for row in fresh:
            assert row.text_hash == hashlib.sha256(texts.BY_KEY[row.purpose].text.encode()).hexdigest()
        assert purposes_in_force(world["minh"]) >= HELP_PURPOSES  # the old yes still counts to the end
    with clock.travel(at(year, 9, 1)):
        assert purposes_in_force(world["minh"]) == {"profile", "pairing"}
        assert purposes_in_force(world["minh"], "assent") == set()


def test_a_pupil_of_16_or_17_is_asked_in_its_own_words_and_renews_alone(app: Flask, world: World, year: int) -> None:
    with clock.travel(at(year, 8, 10)):
        db.session.remove()
        khoa = client_of(app, world["khoa"])
        assert "/children/" in said(khoa.get("/account")) and "năm học tới" in said(khoa.get("/account"))
        page = said(khoa.get(f"/children/{world['khoa']}/renewal"))
        assert all(purpose.child_text in page for purpose in texts.SIGN_UP)
        khoa.post(f"/children/{world['khoa']}/renewal", data={"purposes": sorted(ALL)})
    with clock.travel(at(year, 9, 2)):
        work()
        assert purposes_in_force(world["khoa"]) == ALL
        assert not any("hết hạn" in say for say in told(world["khoa"]))


def test_before_the_end_is_near_there_is_nothing_to_renew(world: World, as_: Callable[[str], FlaskClient]) -> None:
    assert as_("lan").get(f"/children/{world['minh']}/renewal").status_code == 302


def test_what_was_not_asked_for_anew_cannot_be_slipped_in(app: Flask, world: World, year: int) -> None:
    withdraw(person(world["lan"]), world["minh"], "chat")
    with clock.travel(at(year, 8, 10)):
        db.session.remove()
        lan = client_of(app, world["lan"])
        path = f"/children/{world['minh']}/renewal"
        assert lan.post(path, data={"purposes": ["chat"]}).status_code == 422
        assert "chat" not in purposes_in_force(world["minh"])


def test_after_the_end_what_rested_on_it_stops_kindly_and_exactly_once(app: Flask, world: World, year: int) -> None:
    with clock.travel(at(year, 8, 31, 23)):
        minh, khoa = person(world["minh"]), person(world["khoa"])
        asked = requests_commands.ask_for_help(minh, minh, topics("vi")[0][0]).id
        offers_commands.claim(khoa, asked)
        requests_commands.answer(person(world["minh"]), asked, "accept")
        client_of(app, world["minh"])
        work()
        room = db.session.get_one(HelpRequest, asked).room_id
        assert db.session.get_one(Room, room).closed_at is None
    for hour in (0, 1, 5):
        with clock.travel(at(year, 9, 1, hour) + timedelta(minutes=1)):
            work()
    shut = db.session.get_one(Room, room)
    assert (shut.close_reason, db.session.get_one(HelpRequest, asked).outcome) == ("stopped", "interrupted")
    assert sum("hết hạn" in say and "vài lời đồng ý" in say for say in told(world["minh"])) == 1
    assert sum("vài lời đồng ý" in say for say in told(world["lan"])) == 2
    ended = db.session.scalars(sa.select(Withdrawal.purpose).where(Withdrawal.subject_id == world["minh"])).all()
    assert sorted(ended) == sorted(ALL)
    alive = sa.select(SignIn.id).where(SignIn.user_id == world["minh"], SignIn.ended_at.is_(None))
    assert db.session.scalars(alive).all() == []
    with clock.travel(at(year, 9, 1, 8)), pytest.raises(Forbidden):
        client_of(app, world["minh"])  # the card rests


def test_a_yes_given_late_makes_the_card_work_again_and_nothing_is_erased(app: Flask, world: World, year: int) -> None:
    card = person(world["minh"]).password_hash
    with clock.travel(at(year, 9, 1, 1)):
        work()
    with clock.travel(at(year, 9, 20)):
        for purpose in sorted(ALL):
            give_consent(person(world["lan"]), person(world["minh"]), purpose)
        record_assent(person(world["lan"]), world["minh"], ALL)
        assert purposes_in_force(world["minh"]) == purposes_in_force(world["minh"], "assent") == ALL
        client_of(app, world["minh"])
    with clock.travel(at(year, 10, 20)):
        work()
        assert person(world["minh"]).password_hash == card
        assert purposes_in_force(world["minh"]) == ALL
        assert person(world["an"]).password_hash == ""  # thirty days later nobody had said yes for an


def test_words_that_mean_something_else_are_asked_anew(
    world: World, year: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert expiry.look_after_all() == 0
    changed = tuple(
        p if p.key != "chat" else texts.Purpose(**{**vars(p), "version": "2027-01", "text": "Khác."})
        for p in texts.PURPOSES
    )
    for module in ("consents.texts", "queries", "consents.expiry"):
        monkeypatch.setattr(f"tutoring.accounts.{module}.PURPOSES", changed)
    for module in ("consents.texts", "consents.commands", "consents.expiry"):
        monkeypatch.setattr(f"tutoring.accounts.{module}.BY_KEY", {p.key: p for p in changed})
    assert purposes_in_force(world["minh"]) == ALL - {"chat"}
    assert expiry.look_after_all() == 3 and expiry.look_after_all() == 0
    assert sum("vài lời đồng ý" in say for say in told(world["minh"])) == 1
    give_consent(person(world["lan"]), person(world["minh"]), "chat")
    assert "chat" in purposes_in_force(world["minh"])


VERSIONS = {
    ("profile", "2026-11"): ("bcc680940b86", "c6e3ca0775bf"),
    ("pairing", "2026-11"): ("c0a997c157a3", "11056992a522"),
    ("chat", "2026-12"): ("72aa7fcde957", "bf9628067af7"),
    ("hours", "2026-11"): ("2bfe7d21ba0f", "c315e13b1a52"),
    ("full_name", "2026-11"): ("f5965ac58c09", "2c015884a90e"),
    ("progress_shown", "2026-12"): ("8ef316829a73", "ed55012aaa14"),
}


def test_words_do_not_change_under_the_same_version() -> None:
    """Whoever changes a text so that it means something else gives it a new version, and a new line here."""
    for purpose in texts.PURPOSES:
        kept = VERSIONS[purpose.key, purpose.version]
        assert (purpose.text_hash()[:12], purpose.text_hash(assent=True)[:12]) == kept, (purpose.key, purpose.version)


def test_yeses_of_before_there_was_such_work_get_it(world: World, year: int) -> None:
    db.session.execute(sa.delete(jobs.Job))
    db.session.commit()
    expiry.look_after_all()
    kinds = set(db.session.scalars(sa.select(jobs.Job.kind)))
    assert kinds == {"accounts.ask_anew", "accounts.year_ends"}
    assert clock.now() < datetime.now(UTC) + timedelta(days=1)
