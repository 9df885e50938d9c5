"""Forgotten passwords: one-time codes from a coordinator and by email."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from email.message import EmailMessage

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.accounts.conftest import Fewer
from tests.accounts.test_sign_in import phrase, said, sign_in
from tests.factories import World, person
from tests.swapped import swapped
from tutoring.accounts.credentials.password_resets import create_reset_code
from tutoring.accounts.models import ResetCode
from tutoring.accounts.registration import create_user
from tutoring.community.duty import commands as duty_commands
from tutoring.kernel import clock, jobs, mail, rate_limits
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.db import db
from tutoring.kernel.jobs import Job

NEW = "ghế mây suối trăng"


@pytest.fixture
def code(app: Flask, world: World) -> str:
    """A code that the coordinator issued to the teacher."""
    with app.app_context():
        return duty_commands.issue_reset_code(person(world["quang"]), world["hang"])


def use(client: FlaskClient, code: str, handle: str = "hang", password: str = NEW) -> TestResponse:
    return client.post("/reset", data={"handle": handle, "code": code, "password": password})


def test_a_code_sets_a_new_password_once_and_ends_every_sign_in(
    app: Flask, as_: Callable[[str], FlaskClient], client: FlaskClient, code: str
) -> None:
    hang = as_("hang")
    response = use(client, f" {code[:4].lower()}-{code[4:]} ")
    assert response.headers["Location"] == "/sign-in?u=hang&reset=1"
    assert "Đã đặt mật khẩu mới" in said(client.get(response.headers["Location"]))
    assert hang.get("/account").status_code == 302
    assert sign_in(client, "hang", NEW).status_code == 302
    assert sign_in(app.test_client(), "hang", phrase(app, "hang")).status_code == 422
    again = use(app.test_client(), code, password="suối trăng ghế mây")
    assert again.status_code == 422 and "không đúng hoặc đã hết hạn" in said(again)


def test_five_wrong_tries_spend_the_code(app: Flask, client: FlaskClient, code: str) -> None:
    for _ in range(5):
        response = use(client, "SAISAI22")
        assert response.status_code == 422
        assert 'value="hang"' in said(response)
        rate_limits.clear()  # the code must hold even against somebody who has many addresses
    assert use(client, code).status_code == 422
    with app.app_context():
        assert db.session.scalars(sa.select(ResetCode.tries)).one() == 5


def test_tries_are_throttled(client: FlaskClient, world: World) -> None:
    for _ in range(5):
        assert use(client, "SAISAI22", "nobody").status_code == 422
    assert use(client, "SAISAI22", "nobody").status_code == 429


def test_one_address_makes_the_server_hash_only_so_often(client: FlaskClient, fewer: Fewer) -> None:
    assert rate_limits.RULES["reset_address"] == ("60 per hour",)
    fewer("reset_address", 8)
    found = {use(client, "SAISAISA", handle=f"ten{n}").status_code for n in range(8)}
    assert found == {422}
    assert use(client, "SAISAISA", handle="ten9").status_code == 429


def test_a_weak_password_does_not_spend_the_code(client: FlaskClient, code: str) -> None:
    for weak in ("ngắn", "Hằng", "cô hằng"):
        assert use(client, code, password=weak).status_code == 422
    assert use(client, code).status_code == 302


def test_a_code_lasts_a_day_and_a_newer_one_replaces_it(
    app: Flask, world: World, client: FlaskClient, code: str
) -> None:
    with clock.travel(clock.now() + timedelta(hours=25)):
        assert use(client, code).status_code == 422
    with app.app_context():
        newer = duty_commands.issue_reset_code(person(world["quang"]), world["hang"])
    assert use(client, code).status_code == 422
    assert use(client, newer).status_code == 302


def test_a_code_is_for_its_person_alone(client: FlaskClient, code: str) -> None:
    assert use(client, code, handle="lan").status_code == 422


def test_the_right_code_of_one_does_not_count_against_another_of_the_same_number(
    app: Flask, client: FlaskClient, world: World
) -> None:
    with app.app_context():
        ids = [create_user(name, "bốn từ dễ nhớ", handle="0912345678").id for name in ("Lê Hoà", "Lê Sáu")]
        codes = [create_reset_code(person(id), None) for id in ids]
        db.session.rollback()
    assert use(client, codes[1], handle="0912345678").status_code == 302
    with app.app_context():
        assert set(db.session.scalars(sa.select(ResetCode.tries))) == {0}


def test_neither_code_nor_password_stands_in_the_database_or_the_log(app: Flask, world: World, code: str) -> None:
    with app.app_context():
        dump = [str(row) for table in db.metadata.sorted_tables for row in db.session.execute(sa.select(table))]
        log = db.session.scalars(sa.select(AuditRow).where(AuditRow.action == "issue_reset_code")).one()
        assert (log.actor_id, log.target) == (world["quang"], f"user:{world['hang']}")
    assert not any(code in row for row in dump)


def test_the_page_of_issuing_shows_the_code_once(as_: Callable[[str], FlaskClient], client: FlaskClient) -> None:
    quang = as_("quang")
    unit = said(quang.get("/units"))
    assert "Trường Minh Hoạ" in unit
    place = member_page(quang, "hằng")
    assert "Chỉ cấp khi bạn gặp" in said(quang.get(f"{place}/reset-code"))
    page = said(quang.post(f"{place}/reset-code"))
    shown = page.split('class="code">')[1].split("<")[0]
    assert use(client, shown).status_code == 302
    assert shown not in said(quang.get(f"{place}/reset-code"))


def member_page(staff: FlaskClient, name: str, unit: str = "/units/4/members") -> str:
    """The address of a member whose name holds these letters."""
    page = said(staff.get(unit)).lower()
    found = next(
        part for part in page.split('href="')[1:] if name in part.split("</a>")[0] and part.startswith("/members/")
    )
    return found.split('"')[0]


# ---- by email ------------------------------------------------------------------------------------------------


@pytest.fixture
def sent(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[EmailMessage]]:
    """Letters that would have gone out."""
    letters: list[EmailMessage] = []
    monkeypatch.setattr(mail, "_deliver", lambda _server, letter: letters.append(letter))
    server = mail.OutgoingMail("smtp://mail.invalid:2525", "Cùng Học <cunghoc@example.vn>")
    with swapped(app, outgoing_mail=server):
        yield letters


def letter_code(letter: EmailMessage) -> str:
    return letter.get_content().split("của bạn: ")[1][:8]


def test_a_code_comes_by_e_mail(app: Flask, world: World, client: FlaskClient, sent: list[EmailMessage]) -> None:
    with app.app_context():
        create_user("Nguyễn Thị Hoà", "bốn từ dễ nhớ", handle="Hoa@Example.vn")
    assert client.post("/forgot", data={"handle": "hoa@example.vn"}).headers["Location"] == "/forgot?sent=1"
    with app.app_context():
        assert jobs.run_due() == 1
    (letter,) = sent
    assert letter["To"] == "hoa@example.vn"
    assert letter["Message-ID"].endswith("@example.vn>")
    assert "http://localhost/reset" in letter.get_content()
    assert use(client, letter_code(letter), handle="hoa@example.vn").status_code == 302
    with app.app_context():
        assert letter_code(letter) not in str(db.session.execute(sa.select(Job.payload)).all())


def test_the_answer_is_the_same_whether_or_not_there_is_an_account(
    app: Flask, world: World, client: FlaskClient, sent: list[EmailMessage], queries: list[str]
) -> None:
    with app.app_context():
        create_user("Nguyễn Thị Hoà", "bốn từ dễ nhớ", handle="hoa@example.vn")
    seen = set()
    for handle in ("hoa@example.vn", "nobody@example.vn", "lan", "0912345678"):
        queries.clear()
        response = client.post("/forgot", data={"handle": handle})
        seen.add((response.status_code, response.headers["Location"], len(queries)))
    assert len(seen) == 1
    with app.app_context():
        jobs.run_due()
    assert len(sent) == 1


def test_asking_for_mail_is_throttled(app: Flask, client: FlaskClient, world: World, sent: list[EmailMessage]) -> None:
    for _ in range(3):
        assert client.post("/forgot", data={"handle": "nobody@example.vn"}).status_code == 302
    response = client.post("/forgot", data={"handle": "nobody@example.vn"})
    assert response.status_code == 429 and "Retry-After" in response.headers


def test_a_mail_server_that_fails_is_tried_again_with_a_code_that_works(
    app: Flask, client: FlaskClient, world: World, sent: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        create_user("Nguyễn Thị Hoà", "bốn từ dễ nhớ", handle="hoa@example.vn")
    client.post("/forgot", data={"handle": "hoa@example.vn"})

    def fails(_server: object, letter: EmailMessage) -> None:
        sent.append(letter)
        raise OSError("connection lost after the letter was taken")

    deliver = mail._deliver
    monkeypatch.setattr(mail, "_deliver", fails)
    with app.app_context():
        jobs.run_due()
        assert db.session.scalars(sa.select(Job.done_at).where(Job.kind == "accounts.reset_mail")).one() is None
    monkeypatch.setattr(mail, "_deliver", deliver)
    with app.app_context(), clock.travel(clock.now() + timedelta(minutes=5)):
        assert jobs.run_due() >= 1
    assert len(sent) == 2 and sent[0]["Message-ID"] != sent[1]["Message-ID"]
    assert use(client, letter_code(sent[0]), handle="hoa@example.vn").status_code == 422
    assert use(client, letter_code(sent[1]), handle="hoa@example.vn").status_code == 302


def test_without_a_mail_server_the_page_only_says_whom_to_ask(client: FlaskClient, world: World) -> None:
    page = said(client.get("/forgot"))
    assert "điều phối viên" in page and "Gửi mã cho tôi" not in page
