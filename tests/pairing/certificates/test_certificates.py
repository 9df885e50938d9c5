"""The paper about hours: what stands on it, who may have it, what its code opens, and everything that ends it."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.factories import World, person
from tests.parametrize import some
from tests.rooms.volunteer_minutes.fixtures import at_noon, helped
from tests.test_leaked_database import thief
from tutoring.accounts.consents.commands import give_consent, take_back, withdraw
from tutoring.accounts.registration import record_assent
from tutoring.community.memberships import suspensions
from tutoring.kernel import clock, encryption, jobs, rate_limits
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from tutoring.moderation.cases.commands import decide
from tutoring.moderation.reports.commands import report
from tutoring.notifications.models import Notice
from tutoring.pairing.certificates import commands as certificates_commands
from tutoring.pairing.certificates import queries as certificates_queries
from tutoring.pairing.certificates.models import HoursCertificate
from tutoring.policy.rooms.volunteer_minutes import LONGEST_PERIOD, MOST_PAPERS, PAPER_LASTS
from tutoring.rooms.volunteer_minutes import commands as volunteer_minutes_commands
from tutoring.rooms.volunteer_minutes.models import HelpSession
from tutoring.rooms.volunteer_minutes.queries import sessions_of

As = Callable[[str], FlaskClient]


@pytest.fixture(autouse=True)
def _noon(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(rate_limits, "hit", lambda *_key: None)
    with at_noon():
        yield


def agrees(world: World, name: str = "khoa") -> None:
    give_consent(person(world[name]), person(world[name]), "hours")


def issue(world: World, name: str = "khoa") -> int:
    """A paper of this helper for today."""
    return certificates_commands.issue_paper(person(world[name]), clock.today(), clock.today()).id


def token_of(paper_id: int) -> str:
    return str(db.session.get_one(HoursCertificate, paper_id).token)


@pytest.fixture
def issued(app: Flask, world: World) -> int:
    """Khoa of seventeen has helped Minh for 25 minutes, said yes, and issued a paper."""
    with app.app_context():
        helped(world, 25)
        agrees(world)
        return issue(world)


@pytest.fixture
def address(app: Flask, issued: int) -> str:
    with app.app_context():
        return f"/verify/{token_of(issued)}"


def words(answer: TestResponse) -> str:
    """What the page says, without what stands around every page."""
    body = "<main" + answer.text.partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


# ---- what stands on it -----------------------------------------------------------------------------------------


def test_it_says_name_unit_period_minutes_sessions_and_skills_and_nothing_else(
    app: Flask, world: World, client: FlaskClient, address: str
) -> None:
    answer = client.get(address)
    page = words(answer)
    assert answer.status_code == 200 and "Giấy này còn hiệu lực." in page
    with app.app_context():
        row = db.session.scalars(sa.select(HoursCertificate)).one()
        khoa = person(world["khoa"])
        assert (row.minutes, row.sessions, row.called_name) == (25, 1, khoa.shown_name)
        assert row.called_name in page and row.unit.name in page and "25 phút" in page and "1 buổi" in page
        assert row.from_day.strftime("%d/%m/%Y") in page
        private = rf"{khoa.full_name}|{khoa.username}|{khoa.birth_year}|Minh"
        assert not re.search(private, page.replace(row.unit.name, ""))


def test_its_page_is_kept_by_nobody_and_found_by_no_search(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    assert answer.headers["Cache-Control"] == "no-store"
    assert "noindex" in answer.headers["X-Robots-Tag"] and 'name="robots" content="noindex' in answer.text
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in answer.headers
    assert address not in answer.text and "<form" not in answer.text
    assert not re.findall(r'href="(?:https?:)?//', answer.text)


def test_only_confirmed_minutes_of_the_period_count(app: Flask, world: World) -> None:
    with app.app_context():
        agrees(world)
        helped(world, 20)
        helped(world, 20, "")
        row = db.session.get_one(HoursCertificate, issue(world))
        assert (row.minutes, row.sessions) == (20, 1)
        with at_noon(1):
            helped(world, 30)
            assert certificates_queries.summed(sessions_of(world["khoa"]), clock.today(), clock.today()).minutes == 30
            whole = certificates_commands.issue_paper(
                person(world["khoa"]), clock.today() - timedelta(days=1), clock.today()
            )
            assert (whole.minutes, whole.sessions) == (50, 2)


def test_the_holder_sees_the_code_again_and_nobody_finds_it_in_the_database(
    app: Flask, world: World, as_: As, issued: int, address: str
) -> None:
    khoa = as_("khoa")
    for _ in range(2):
        page = khoa.get(f"/helping/papers/{issued}").text
        assert f"http://localhost{address}" in page and 'class="qr"' in page
    with app.app_context():
        token = address.rpartition("/")[2]
        stolen = thief()
        assert len(token) == 32 and token not in stolen and token.encode().hex() not in stolen
        assert encryption.blind_index(token, certificates_queries.MARK) in stolen  # the thief does read the row


# ---- bad input -------------------------------------------------------------------------------------------------


def test_periods_of_the_future_backwards_and_too_long_are_refused(app: Flask, world: World) -> None:
    with app.app_context():
        agrees(world)
        helped(world, 10)
        khoa, today = person(world["khoa"]), clock.today()
        for first, last in (
            (today, today + timedelta(days=1)),
            (today, today - timedelta(days=1)),
            (today - LONGEST_PERIOD - timedelta(days=1), today),
        ):
            with pytest.raises(InvalidInput):
                certificates_commands.issue_paper(khoa, first, last)
        assert certificates_commands.issue_paper(khoa, today - LONGEST_PERIOD, today).minutes == 10


@pytest.mark.parametrize("day", ["", "hôm nay", "2026-13-40", "9999-12-31", "0001-01-01", "2026-11-25' OR 1=1"])
def test_days_that_are_none_come_back_with_a_sentence(app: Flask, world: World, as_: As, day: str) -> None:
    with app.app_context():
        agrees(world)
    answer = as_("khoa").post("/helping/papers", data={"from_day": day, "until_day": day})
    assert answer.status_code in (409, 422) and 'role="alert"' in answer.text


def test_without_a_confirmed_minute_there_is_no_paper_but_a_way_to_one(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        agrees(world)
        helped(world, 20, "")
        today = clock.today().isoformat()
    answer = as_("khoa").post("/helping/papers", data={"from_day": today, "until_day": today})
    assert answer.status_code == 409 and "Hãy nhờ người em đã giúp trả lời" in answer.text


def test_a_helper_holds_only_so_many_at_once(app: Flask, world: World) -> None:
    with app.app_context():
        agrees(world)
        helped(world, 10)
        made = [issue(world) for _ in range(MOST_PAPERS)]
        with pytest.raises(Conflict):
            issue(world)
        certificates_commands.revoke_paper(person(world["khoa"]), made[0])
        issue(world)


@pytest.mark.parametrize(
    "guess",
    some("0" * 32, "%00", "Ă" * 32, rest=["x", "..", "a" * 5000, "' OR 1=1 --"]),
)
def test_a_forged_code_gets_the_page_of_a_code_that_is_none(client: FlaskClient, address: str, guess: str) -> None:
    answer = client.get(f"/verify/{guess}")
    assert answer.status_code == 404
    if "%00" not in guess and guess != "..":
        assert "Không có giấy nào mang mã này." in words(answer) and answer.headers["Cache-Control"] == "no-store"
        assert "noindex" in answer.headers["X-Robots-Tag"] and answer.headers["Referrer-Policy"] == "no-referrer"


def test_the_code_is_no_more_case_than_it_is(client: FlaskClient, address: str) -> None:
    almost = address[:-1] + ("0" if address[-1] != "0" else "1")
    assert client.get(almost).status_code == 404 and client.get(address).status_code == 200


def test_guessing_is_slow(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    answers = [client.get(f"/verify/{n:032x}").status_code for n in range(61)]
    assert answers[:60] == [404] * 60 and answers[60] == 429


# ---- who may see and end it ------------------------------------------------------------------------------------


def test_another_persons_paper_is_missing(app: Flask, as_: As, issued: int) -> None:
    for name in ("minh", "lan", "bay", "hang", "muoi", "admin1"):
        someone = as_(name)
        assert someone.get(f"/helping/papers/{issued}").status_code == 404, name
        assert someone.post(f"/helping/papers/{issued}/revoke").status_code == 404, name
    for number in (0, 999_999, 2**40):
        assert as_("khoa").get(f"/helping/papers/{number}").status_code == 404


def test_the_holder_revokes_and_the_page_says_no_more_than_that(
    client: FlaskClient, as_: As, issued: int, address: str
) -> None:
    khoa = as_("khoa")
    for _ in range(2):
        assert khoa.post(f"/helping/papers/{issued}/revoke").status_code == 302
    page = words(client.get(address))
    assert "Giấy này đã được thu hồi" in page
    assert not re.search(r"Khoa|\d|Minh Hoạ", page)
    assert address not in khoa.get(f"/helping/papers/{issued}").text


def test_the_coordinator_revokes_with_a_reason_that_the_holder_reads(
    app: Flask, world: World, client: FlaskClient, as_: As, issued: int, address: str
) -> None:
    quang = as_("quang")
    path = f"/helping/papers/{issued}"
    assert address not in quang.get(path).text  # the code is not theirs to give away
    assert quang.post(f"{path}/revoke").status_code == 422
    assert "còn hiệu lực" in words(client.get(address))
    assert quang.post(f"{path}/revoke", data={"reason": "Ghi nhầm lớp"}).status_code == 302
    assert "đã được thu hồi" in words(client.get(address))
    assert "Ghi nhầm lớp" in as_("khoa").get(path).text
    with app.app_context():
        assert (
            db.session.scalars(sa.select(AuditRow.actor_id).where(AuditRow.action == "revoke_paper")).one()
            == (world["quang"])
        )
        assert db.session.scalar(sa.select(Notice.id).where(Notice.key == f"revoked:{issued}"))


def test_the_guardian_of_a_child_is_told_of_a_paper_sees_and_revokes_it(
    app: Flask, world: World, client: FlaskClient, as_: As
) -> None:
    with app.app_context():
        paper = childs_paper(world)
        told = db.session.scalars(sa.select(Notice).where(Notice.key == f"paper:{paper}")).one()
        assert told.user_id == world["lan"] and told.path == f"/helping/papers/{paper}"
        path = f"/verify/{token_of(paper)}"
    assert "còn hiệu lực" in words(client.get(path))
    lan = as_("lan")
    assert f"/helping/papers/{paper}" in lan.get(f"/children/{world['minh']}").text
    assert lan.post(f"/helping/papers/{paper}/revoke").status_code == 302
    assert "đã được thu hồi" in words(client.get(path))


# ---- minors ----------------------------------------------------------------------------------------------------


@command
def _helps(world: World) -> None:
    """What Khoa did is Minh's now: a pupil of class 6 is never taken for a helper of class 6."""
    db.session.execute(sa.update(HelpSession).values(helper_id=world["minh"], learner_id=world["bay"]))


def childs_paper(world: World) -> int:
    """Minh, a child with a card of his own, has a paper by the yes of his mother and his own."""
    helped(world, 25)
    _helps(world)
    give_consent(person(world["lan"]), person(world["minh"]), "hours")
    record_assent(person(world["lan"]), world["minh"], {"hours"})
    return issue(world, "minh")


def test_a_youth_needs_the_own_yes_and_a_child_the_guardians_and_its_own(app: Flask, world: World) -> None:
    with app.app_context():
        helped(world, 25)
        with pytest.raises(Forbidden):
            issue(world)
        agrees(world)
        assert issue(world)
        _helps(world)
        with pytest.raises(Forbidden):
            give_consent(person(world["minh"]), person(world["minh"]), "hours")
        give_consent(person(world["lan"]), person(world["minh"]), "hours")
        with pytest.raises(Forbidden):  # the child has not been asked yet
            issue(world, "minh")
        record_assent(person(world["lan"]), world["minh"], {"hours"})
        assert issue(world, "minh")


def test_an_adult_needs_no_purpose(app: Flask, world: World) -> None:
    with app.app_context():
        helped(world, 10, learner="bay")
        assert db.session.get_one(HoursCertificate, issue(world, "lan")).called_name == "Chị Lan"


@pytest.mark.parametrize("purpose", ["hours", "profile"])
def test_withdrawing_the_yes_ends_every_paper_at_once_and_a_change_of_mind_revives_none(
    app: Flask, world: World, client: FlaskClient, purpose: str
) -> None:
    with app.app_context():
        path = f"/verify/{token_of(childs_paper(world))}"
        withdraw(person(world["lan"]), world["minh"], purpose)
    page = words(client.get(path))
    assert "đã được thu hồi" in page and "Minh" not in page
    with app.app_context():
        take_back(person(world["lan"]), world["minh"], purpose)
    assert "đã được thu hồi" in words(client.get(path))


def test_a_day_after_the_withdrawal_nothing_is_left_of_the_papers(
    app: Flask, world: World, client: FlaskClient
) -> None:
    with app.app_context():
        path = f"/verify/{token_of(childs_paper(world))}"
        withdraw(person(world["lan"]), world["minh"], "hours")
        clock.move(timedelta(hours=25))
        while jobs.run_due():
            pass
        assert db.session.scalars(sa.select(HoursCertificate.id)).all() == []
    assert client.get(path).status_code == 404


def test_nobody_is_asked_for_it_when_signing_up(as_: As) -> None:
    assert "Giấy chỉ có tên gọi" not in as_("lan").get("/children/new").text


# ---- what ends it ----------------------------------------------------------------------------------------------


def test_it_expires(app: Flask, world: World, client: FlaskClient) -> None:
    with app.app_context():
        helped(world, 10, learner="bay")
        path = f"/verify/{token_of(issue(world, 'lan'))}"
        clock.move(PAPER_LASTS - timedelta(minutes=1))
    assert "còn hiệu lực" in words(client.get(path))
    clock.move(timedelta(minutes=2))
    page = words(client.get(path))
    assert "Giấy này đã hết hạn." in page and "Lan" not in page


@pytest.mark.parametrize("act", ["strike", "deny"])
def test_it_ends_when_minutes_on_it_are_taken_out(
    app: Flask, world: World, client: FlaskClient, issued: int, address: str, act: str
) -> None:
    with app.app_context():
        [row] = sessions_of(world["khoa"])
        if act == "strike":
            volunteer_minutes_commands.strike(person(world["hang"]), row.id, "Không có buổi này")
        else:
            volunteer_minutes_commands.say_helped(person(world["minh"]), row.id, "nobody")
    assert "đã được thu hồi" in words(client.get(address))
    with app.app_context():
        assert db.session.get_one(HoursCertificate, issued).revoked_why == "changed"


def test_it_stands_when_what_is_taken_out_was_not_on_it(
    app: Flask, world: World, client: FlaskClient, issued: int, address: str
) -> None:
    with app.app_context():
        unconfirmed = helped(world, 10, "")
        volunteer_minutes_commands.say_helped(person(world["minh"]), unconfirmed.id, "nobody")
        volunteer_minutes_commands.strike(person(world["hang"]), unconfirmed.id, "Không có buổi này")
        assert db.session.get_one(HoursCertificate, issued).revoked_at is None
    assert "còn hiệu lực" in words(client.get(address))


def test_it_says_nothing_while_its_holder_is_suspended(
    app: Flask, world: World, client: FlaskClient, issued: int, address: str
) -> None:
    with app.app_context():
        suspensions.suspend(person(world["quang"]), world["khoa"], "Cần xem lại")
    assert "đã được thu hồi" in words(client.get(address))
    with app.app_context(), pytest.raises(Forbidden):
        issue(world)


def test_another_paper_of_the_same_days_is_another_code(app: Flask, world: World, issued: int) -> None:
    with app.app_context():
        assert token_of(issue(world)) != token_of(issued)
        with pytest.raises(NotFound):
            certificates_queries.paper_for(person(world["bay"]), issued)


# ---- a grave case ------------------------------------------------------------------------------------------------


def test_hours_of_a_helper_under_an_open_grave_case_are_shown_to_nobody_until_it_is_decided(
    app: Flask, world: World, issued: int, as_: As
) -> None:
    with app.app_context():
        token, minutes = token_of(issued), db.session.get_one(HoursCertificate, issued).minutes
    pages = (
        ("khoa", f"/helping/papers/{issued}"),
        ("khoa", "/helping/minutes"),
        ("quang", f"/helping/papers/{issued}"),
    )
    assert f"{minutes} phút" in app.test_client().get(f"/verify/{token}").text
    with app.app_context():
        made = report(person(world["minh"]), "person", str(world["khoa"]), "contact")
        case_id = made.case_id
        assert certificates_queries.verified(token).paper is None
        with pytest.raises(Conflict):
            issue(world)
    public = app.test_client().get(f"/verify/{token}").text
    assert f"{minutes} phút" not in public and "tạm thời chưa xem được" in public
    for name, path in pages[::2]:
        page = as_(name).get(path).text
        assert f"{minutes} phút" not in page and "tạm thời chưa xem được" in page, (name, path)
    mine = as_("khoa").get("/helping/minutes").text
    assert f"{minutes} phút" not in mine[mine.index('id="paper"') :]
    with app.app_context():
        assert issued not in {one.id for one in certificates_queries.papers_in([world["lop11a"], world["truong"]])}
        decide(person(world["quang"]), case_id, "none", "Không có gì.")
        assert certificates_queries.verified(token).state == "valid"
    assert f"{minutes} phút" in app.test_client().get(f"/verify/{token}").text


def test_a_slight_case_leaves_the_paper_as_it_is(app: Flask, world: World, issued: int) -> None:
    with app.app_context():
        report(person(world["minh"]), "person", str(world["khoa"]), "bullied")
        assert certificates_queries.verified(token_of(issued)).state == "valid"
