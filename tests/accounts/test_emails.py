"""The email address of an account: given, confirmed by a letter, changed, taken away; with a real mail server."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests import smtp_server
from tests.accounts.test_sign_in import phrase, said, sign_in
from tests.factories import World, client_of, person
from tutoring.accounts.credentials.password_resets import create_reset_code, use_reset_code
from tutoring.accounts.emails import commands as emails_commands
from tutoring.accounts.emails.jobs import read_token, token_of
from tutoring.accounts.erasure import erase_account
from tutoring.accounts.models import ResetCode
from tutoring.kernel import clock, jobs, rate_limits
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, RateLimited
from tutoring.kernel.jobs import Job
from tutoring.notifications.delivery import failures
from tutoring.notifications.models import ChannelFailure, Notice

As = Callable[[str], FlaskClient]
NEW, OLD = "lan.moi@example.vn", "lan.cu@example.vn"
DAY = timedelta(days=1)


@command
def given(user_id: int, address: str | None) -> None:
    person(user_id).email = address


@pytest.fixture
def lan(app: Flask, world: World, office: smtp_server.Office) -> Iterator[int]:
    with app.app_context():
        yield world["lan"]
        db.session.remove()


def work() -> None:
    while jobs.run_due():
        pass
    db.session.remove()


def token(office: smtp_server.Office, number: int = -1) -> str:
    """What stands in the link of a letter."""
    found = re.search(r"/account/email/(\S+)", office.letters[number].get_content())
    assert found
    return found[1]


def link(office: smtp_server.Office, number: int = -1) -> emails_commands.Link:
    found = read_token(token(office, number))
    assert found
    return found


def asked(office: smtp_server.Office, user_id: int, typed: str = NEW) -> emails_commands.Link:
    emails_commands.ask(person(user_id), typed)
    work()
    return link(office)


def of(user_id: int) -> str | None:
    db.session.expire_all()
    return person(user_id).email


def everything() -> str:
    """All that stands in the database, as it stands there."""
    names = [table.name for table in db.metadata.sorted_tables]
    return str([db.session.execute(sa.text(f'SELECT * FROM "{name}"')).all() for name in names])


# ---- what is done ---------------------------------------------------------------------------------------------


def test_an_address_counts_once_its_letter_was_opened(lan: int, office: smtp_server.Office) -> None:
    found = asked(office, lan, " Lan.Moi@Example.VN ")
    assert office.received == [(NEW,)] and of(lan) is None
    assert "Mai" not in office.letters[0].get_content() and "Lan" not in office.letters[0].get_content()
    emails_commands.confirm(person(lan), found)
    assert of(lan) == NEW
    work()
    assert (
        db.session.scalars(sa.select(Notice.say).where(Notice.key.startswith("email:"))).one().startswith("Tài khoản")
    )
    row = db.session.scalars(sa.select(AuditRow).where(AuditRow.action == "change_email")).one()
    assert (row.actor_id, row.facts) == (lan, {"how": "added"}) and NEW not in everything()


def test_an_address_that_waits_stands_nowhere_in_the_open_and_is_gone_once_its_letter_went(
    lan: int, office: smtp_server.Office
) -> None:
    emails_commands.ask(person(lan), NEW)
    assert NEW not in everything()
    assert db.session.scalars(sa.select(Job.payload).where(Job.kind == emails_commands.ASK_JOB)).one()["sealed"]
    work()
    assert db.session.scalars(sa.select(Job.payload).where(Job.kind == emails_commands.ASK_JOB)).one() == {}


def test_a_link_works_once_and_for_a_day(lan: int, office: smtp_server.Office) -> None:
    found = asked(office, lan)
    with clock.travel(clock.now() + DAY + timedelta(minutes=1)), pytest.raises(Conflict, match="quá 24 giờ"):
        emails_commands.confirm(person(lan), found)
    emails_commands.confirm(person(lan), found)
    with pytest.raises(Conflict, match="đã xác nhận"):
        emails_commands.confirm(person(lan), found)


def test_a_link_is_overtaken_by_another_change(lan: int, office: smtp_server.Office) -> None:
    first, second = asked(office, lan), asked(office, lan, OLD)
    emails_commands.confirm(person(lan), second)
    with pytest.raises(Conflict, match="đã đổi từ khi"):
        emails_commands.confirm(person(lan), first)
    assert of(lan) == OLD


def test_a_link_is_for_its_account_alone(lan: int, office: smtp_server.Office, world: World) -> None:
    found = asked(office, lan)
    with pytest.raises(Forbidden, match="tài khoản khác"):
        emails_commands.confirm(person(world["bay"]), found)
    assert of(world["bay"]) is None
    assert read_token(token(office)[:-2]) is None and read_token("x") is None


def test_the_address_before_hears_of_it_and_not_of_the_new_one(lan: int, office: smtp_server.Office) -> None:
    given(lan, OLD)
    found = asked(office, lan)
    emails_commands.confirm(person(lan), found)
    work()
    to = [one[0] for one in office.received]
    assert to.count(OLD) == 1 and of(lan) == NEW
    text = office.letters[to.index(OLD)].get_content()
    assert "vừa đổi hoặc bỏ email" in text and "moi" not in text and "Lan" not in text


def test_an_address_is_taken_away_and_may_be_given_again(lan: int, office: smtp_server.Office) -> None:
    given(lan, OLD)
    emails_commands.drop(person(lan))
    emails_commands.drop(person(lan))
    work()
    assert of(lan) is None and office.received == [(OLD,)]
    found = asked(office, lan, OLD)
    emails_commands.confirm(person(lan), found)
    assert of(lan) == OLD


def test_a_code_that_went_to_the_address_before_opens_nothing_any_more(
    lan: int, office: smtp_server.Office, world: World
) -> None:
    given(lan, OLD)
    found = asked(office, lan)
    mailed = create_reset_code(person(lan), None)
    emails_commands.confirm(person(lan), found)
    with pytest.raises(InvalidInput, match="không đúng hoặc đã hết hạn"):
        use_reset_code("lan", mailed, "ghế mây suối trăng", "10.0.0.1")
    by_hand = create_reset_code(person(lan), person(world["quang"]))
    emails_commands.drop(person(lan))
    use_reset_code("lan", by_hand, "ghế mây suối trăng", "10.0.0.1")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ResetCode).where(ResetCode.used_at.is_(None))) == 0


def test_what_did_not_reach_the_address_before_is_over(lan: int, office: smtp_server.Office) -> None:
    given(lan, OLD)
    command(failures.given_up)(person(lan), "mail", "unreachable")
    found = asked(office, lan)
    emails_commands.confirm(person(lan), found)
    assert db.session.scalars(sa.select(ChannelFailure)).all() == []


def test_the_address_of_somebody_else_is_answered_alike_and_may_be_shared_as_at_sign_up(
    lan: int, office: smtp_server.Office, world: World, queries: list[str]
) -> None:
    given(world["bay"], NEW)
    counts = []
    for address in ("nobody@example.vn", NEW):
        user = person(lan)
        assert user.email_mark is None
        queries.clear()
        assert emails_commands.ask(user, address) == address
        counts.append(len(queries))
        work()
    assert counts[0] == counts[1]
    plain = [re.sub(r"/account/email/\S+", "", letter.get_content()) for letter in office.letters]
    assert plain[0] == plain[1]
    emails_commands.confirm(person(lan), link(office))
    assert of(lan) == of(world["bay"]) == NEW


@pytest.mark.parametrize("typed", ["lan", "lan@", "a@b@c.vn", "ai,lan@example.vn", "<lan@example.vn>", "lan@a;b.vn"])
def test_what_is_no_address_is_refused(lan: int, typed: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        emails_commands.ask(person(lan), typed)
    assert refused.value.field == "email"


def test_children_have_no_address_and_those_of_sixteen_may(lan: int, office: smtp_server.Office, world: World) -> None:
    with pytest.raises(Forbidden):
        emails_commands.ask(person(world["minh"]), NEW)
    found = asked(office, world["khoa"], "khoa@example.vn")
    emails_commands.confirm(person(world["khoa"]), found)
    assert of(world["khoa"]) == "khoa@example.vn"


def test_letters_to_one_address_and_by_one_person_are_counted(
    lan: int, office: smtp_server.Office, world: World
) -> None:
    for name in ("bay", "khoa", "hang"):
        emails_commands.ask(person(world[name]), NEW)
    with pytest.raises(RateLimited):
        emails_commands.ask(person(lan), NEW)
    rate_limits.clear()
    for number in range(5):
        emails_commands.ask(person(lan), f"lan{number}@example.vn")
    with pytest.raises(RateLimited):
        emails_commands.ask(person(lan), "lan9@example.vn")


def test_a_server_that_is_away_gets_the_same_letter_later_and_one_that_refuses_it_no_more(
    lan: int, office: smtp_server.Office
) -> None:
    office.answers[NEW] = "450 later"
    emails_commands.ask(person(lan), NEW)
    work()
    assert office.letters == []
    del office.answers[NEW]
    with clock.travel(clock.now() + timedelta(minutes=5)):
        work()
    emails_commands.confirm(person(lan), link(office))
    office.answers["x@example.vn"] = "550 no such user"
    emails_commands.ask(person(lan), "x@example.vn")
    work()
    assert (
        db.session.scalars(sa.select(Job.id).where(Job.done_at.is_(None), Job.kind == emails_commands.ASK_JOB)).all()
        == []
    )


def test_of_an_erased_account_no_letter_goes_out(lan: int, office: smtp_server.Office, world: World) -> None:
    emails_commands.ask(person(world["bay"]), NEW)
    command(erase_account)(world["bay"])
    work()
    assert NEW not in [to for one in office.received for to in one]


def test_an_address_is_shown_masked() -> None:
    assert emails_commands.masked("lan@example.vn") == "l…n@example.vn"
    assert emails_commands.masked("ab@example.vn") == "a…@example.vn"


# ---- pages ----------------------------------------------------------------------------------------------------


def inside(app: Flask, act: Callable[[], Any]) -> Any:
    with app.app_context():
        return act()


def test_the_pages_lead_from_the_account_to_an_address_that_counts(
    app: Flask, as_: As, world: World, office: smtp_server.Office
) -> None:
    client = as_("lan")
    page = said(client.get("/account"))
    assert "Chưa có email" in page and "Thêm email" in page
    assert 'href="/account/email"' in client.get("/notices/choices").text
    wrong = client.post("/account/email", data={"email": "lan"})
    assert wrong.status_code == 422 and "chưa đúng" in said(wrong) and 'value="lan"' in wrong.text
    assert client.post("/account/email", data={"email": NEW}).headers["Location"] == "/account"
    assert "Đã gửi thư tới l…i@example.vn" in said(client.get("/account"))
    inside(app, work)
    path = f"/account/email/{token(office)}"
    page = said(client.get(path))
    assert "l…i@example.vn" in page and inside(app, lambda: of(world["lan"])) is None
    assert client.post(path).headers["Location"] == "/account"
    page = said(client.get("/account"))
    assert "l…i@example.vn" in page and NEW not in page and "Đổi email" in page
    again = client.post(path)
    assert again.status_code == 409 and "đã xác nhận" in said(again)
    assert "Bỏ email này?" in said(client.get("/account/email/remove"))
    assert client.post("/account/email/remove").status_code == 302 and inside(app, lambda: of(world["lan"])) is None


def test_whoever_opens_the_link_signs_in_first_and_as_the_right_person(
    app: Flask, as_: As, world: World, office: smtp_server.Office, client: FlaskClient
) -> None:
    inside(app, lambda: asked(office, world["lan"]))
    path = f"/account/email/{token(office)}"
    assert client.get(path).headers["Location"].startswith("/sign-in?next=/account/email/")
    other = as_("bay").get(path)
    assert other.status_code == 403 and "tài khoản khác" in said(other) and "/sign-out" in other.text
    assert NEW not in other.text and "@example.vn" not in other.text
    with clock.travel(clock.now() + DAY + timedelta(minutes=1)):
        late = client_of(app, world["lan"]).get(path)
        assert late.status_code == 409 and "quá 24 giờ" in said(late)
    broken = as_("lan").get(path[:-3])
    assert broken.status_code == 404 and "chép cả dòng" in said(broken)


def test_giving_and_taking_away_ask_again_who_it_is(app: Flask, world: World, client: FlaskClient) -> None:
    sign_in(client, "lan", phrase(app, "lan"))
    with clock.travel(clock.now() + timedelta(minutes=11)):
        for path in ("/account/email", "/account/email/remove"):
            assert client.get(path).headers["Location"] == f"/confirm-it-is-you?next={path}"


def test_children_see_nothing_of_it(as_: As, world: World, office: smtp_server.Office) -> None:
    client = as_("minh")
    assert "Thêm email" not in said(client.get("/account")) + said(client.get("/notices/choices"))
    assert {
        client.get(path).status_code for path in ("/account/email", "/account/email/remove", "/account/email/x")
    } == {404}


def test_where_no_mail_goes_out_the_pages_say_so(as_: As, world: World) -> None:
    client = as_("lan")
    page = said(client.get("/account"))
    assert "hiện chưa gửi được thư" in page and 'href="/account/email"' not in page
    assert "hiện chưa gửi được thư" in said(client.get("/account/email"))
    answer = client.post("/account/email", data={"email": NEW})
    assert answer.status_code == 409 and "thử lại sau" in said(answer)


def test_a_link_holds_no_readable_address(app: Flask, world: World) -> None:
    with app.app_context():
        made = emails_commands.Link(world["lan"], emails_commands._sealed(world["lan"], NEW), "", 1)
        assert read_token(token_of(made)) == made and made.address == NEW and "moi" not in token_of(made)
