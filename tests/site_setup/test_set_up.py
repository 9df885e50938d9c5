"""The set-up of a fresh site: one link, one browser, its steps, and what closes it."""

import io
import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pyotp
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.safety.pictures import encoded, seen
from tests.smtp_server import office
from tests.swapped import swapped
from tutoring.accounts.models import SignIn, User
from tutoring.backups import site_key
from tutoring.backups.models import BackupKey
from tutoring.cli.admin import group
from tutoring.community.models import Unit
from tutoring.kernel import clock, rate_limits
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, DomainError
from tutoring.kernel.mail import OutgoingMail
from tutoring.kernel.site_identity import SITE_LOGO, site_name
from tutoring.site_setup import commands, queries
from tutoring.site_setup.models import SiteSetup

PHRASE = "bốn con mèo trắng ngủ trưa"
NAMED = {"name": "Lớp Học Bình An", "colour": "#173f8f"}
ADMIN = {"full_name": "Trần Văn Mẫu", "handle": "mau.tran", "password": PHRASE}


@pytest.fixture
def link(app: Flask) -> str:
    with app.app_context():
        return f"/set-up/{commands.make_link()}"


@pytest.fixture
def holder(client: FlaskClient, link: str) -> FlaskClient:
    """The browser that opened the link."""
    assert client.post(link).location == "/set-up/first/language"
    return client


@pytest.fixture
def admin(holder: FlaskClient) -> FlaskClient:
    """The first administrator, who has shown the second factor."""
    assert holder.post("/set-up/first/admin", data=ADMIN).status_code == 302
    _turn_on_factor(holder)
    return holder


def _turn_on_factor(client: FlaskClient) -> None:
    page = client.get("/account/second-factor/set-up").text
    found = re.search(r"secret=([A-Z2-7]+)", page)
    assert found is not None
    now = int(clock.now().timestamp())
    assert client.post("/account/second-factor/set-up", data={"code": pyotp.TOTP(found[1]).at(now)}).status_code == 200


def _row(app: Flask) -> SiteSetup:
    with app.app_context():
        return db.session.get_one(SiteSetup, 1)


def _steps(app: Flask) -> frozenset[str]:
    with app.app_context():
        return queries.done_steps(app.config["SETTINGS"])


# ---- the link --------------------------------------------------------------------------------------------------


def test_the_link_is_stored_as_a_digest_only(app: Flask, link: str) -> None:
    assert link.rpartition("/")[2] not in str(vars(_row(app)))


def test_looking_at_the_link_does_not_take_it_and_a_second_browser_is_refused(app: Flask, link: str) -> None:
    first, second = app.test_client(), app.test_client()
    assert first.get(link).status_code == second.get(link).status_code == 200
    assert first.post(link).status_code == 302
    for answer in (second.get(link), second.post(link)):
        assert answer.status_code == 409 and "trình duyệt khác" in answer.text
    assert second.get("/set-up/first/language").status_code == 404
    assert first.get(link).location == first.post(link).location == "/set-up/first/language"


def test_without_the_link_there_is_no_page(app: Flask, client: FlaskClient, link: str) -> None:
    for path in ("language", "name", "admin"):
        assert client.get(f"/set-up/first/{path}").status_code == 404
        assert client.post(f"/set-up/first/{path}", data=ADMIN | NAMED | {"language": "vi"}).status_code == 404
    assert client.get("/set-up/" + "x" * 43).status_code == 404
    with app.app_context():
        assert queries.admin_count() == 0 and site_name() == "Cùng Học"


def test_wrong_links_are_counted_and_the_right_one_too(client: FlaskClient, link: str) -> None:
    for _ in range(20):
        assert client.get("/set-up/" + "x" * 43).status_code == 404
    assert client.get("/set-up/" + "x" * 43).status_code == client.get(link).status_code == 429


def test_the_link_and_the_browser_that_opened_it_are_over_after_a_day(
    app: Flask, client: FlaskClient, link: str
) -> None:
    with app.app_context():
        db.session.get_one(SiteSetup, 1).link_until = clock.now() - timedelta(seconds=1)
        db.session.commit()
    assert client.post(link).status_code == 409
    with app.app_context():
        fresh = f"/set-up/{commands.make_link()}"
    assert client.post(link).status_code == 404  # a new link ends the earlier one
    assert client.post(fresh).status_code == 302
    assert client.get("/set-up/first/language").status_code == 200
    with app.app_context():
        db.session.get_one(SiteSetup, 1).browser_until = clock.now() - timedelta(seconds=1)
        db.session.commit()
    assert client.get("/set-up/first/language").status_code == 404


def test_the_command_prints_a_link_until_there_is_an_administrator(app: Flask, client: FlaskClient) -> None:
    runner = app.test_cli_runner()
    said = runner.invoke(group, ["set-up-link"])
    assert said.exit_code == 0 and client.get(said.stdout.strip().removeprefix("http://localhost")).status_code == 200
    with app.app_context():
        commands.create_administrator("Trần Văn Mẫu", "", PHRASE)
    said = runner.invoke(group, ["set-up-link"])
    assert said.exit_code == 1 and "/set-up/" not in said.output


def test_a_new_link_takes_the_set_up_away_from_the_browser_before(app: Flask, holder: FlaskClient) -> None:
    with app.app_context():
        fresh = f"/set-up/{commands.make_link()}"
    assert holder.get("/set-up/first/language").status_code == 200  # until the new link is opened
    other = app.test_client()
    assert other.post(fresh).status_code == 302
    assert holder.get("/set-up/first/language").status_code == 404
    assert other.get("/set-up/first/language").status_code == 200


def test_the_demonstration_and_a_site_with_an_administrator_have_no_link(
    app: Flask, as_: Callable[[str], FlaskClient]
) -> None:
    with app.app_context(), pytest.raises(Conflict):
        commands.make_link()
    with app.app_context():
        db.session.execute(sa.update(User).values(site_admin=False))
        db.session.commit()
        with pytest.raises(Conflict):  # without an administrator it is still the demonstration
            commands.make_link()
    page = as_("minh").get("/start-for-real")
    assert page.status_code == 200 and "cunghoc serve --data" in page.text
    assert "/start-for-real" in as_("minh").get("/").text


def test_a_site_that_is_no_demonstration_has_no_page_that_leaves_it(client: FlaskClient) -> None:
    assert client.get("/start-for-real").status_code == 404
    assert "/start-for-real" not in client.get("/help").text


# ---- before the first administrator ----------------------------------------------------------------------------


def test_the_steps_lead_on_and_each_can_be_left(app: Flask, holder: FlaskClient) -> None:
    assert holder.post("/set-up/first/language", data={"language": "en"}).location == "/set-up/first/name"
    assert 'lang="en"' in holder.get("/set-up/first/name").text
    assert holder.post("/set-up/first/name", data=NAMED).location == "/set-up/first/admin"
    assert _steps(app) >= {"language", "identity"}
    page = holder.get("/set-up/first/admin").text
    assert "Lớp Học Bình An" in page and 'href="/set-up/first/name"' in page
    assert "Cùng Học" not in page


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [("colour", "#ff8800", "cần từ 7 : 1"), ("name", "Gọi 0912 345 678", ""), ("name", "a<b>c", "Hãy ghi tên trang")],
)
def test_what_cannot_be_read_is_refused_beside_its_field(
    app: Flask, holder: FlaskClient, field: str, value: str, says: str
) -> None:
    answer = holder.post("/set-up/first/name", data={**NAMED, field: value})
    assert answer.status_code == 422 and f'id="{field}-error"' in answer.text and says in answer.text
    assert "identity" not in _steps(app)


@pytest.mark.parametrize(("size", "status"), [((256, 256), 302), ((256, 200), 422), ((100, 100), 422)])
def test_a_logo_is_redrawn_and_has_to_be_square_and_large_enough(
    app: Flask, holder: FlaskClient, size: tuple[int, int], status: int
) -> None:
    picture = encoded(seen(*size), "PNG")
    answer = holder.post("/set-up/first/name", data={**NAMED, "logo": (io.BytesIO(picture), "logo.png")})
    assert answer.status_code == status
    with app.app_context():
        assert bool(SITE_LOGO()) == (status == 302)
    assert status == 302 or 'id="logo-error"' in answer.text


def test_the_first_administrator_ends_the_link_and_needs_a_second_factor(app: Flask, holder: FlaskClient) -> None:
    weak = holder.post("/set-up/first/admin", data={**ADMIN, "password": "12345678"})
    assert weak.status_code == 422
    done = holder.post("/set-up/first/admin", data=ADMIN)
    assert done.location == "/account/second-factor/set-up?next=/admin/set-up"
    assert holder.get("/admin/set-up").status_code == 302  # no power before the factor
    with app.app_context():
        person = db.session.scalars(sa.select(User)).one()
        assert person.site_admin and person.kind == "adult" and not person.demo
        with pytest.raises(Conflict):
            commands.make_link()
    assert _row(app).browser_digest is None and "first_admin" not in _steps(app)
    _turn_on_factor(holder)
    assert '<a href="/admin/set-up">' in holder.get("/help").text  # the way back, not to the factor again
    assert "first_admin" in _steps(app) and holder.get("/admin/set-up").status_code == 200
    for path in ("language", "name", "admin"):
        assert holder.get(f"/set-up/first/{path}").status_code == 404


def test_two_forms_of_one_browser_make_one_administrator(app: Flask, holder: FlaskClient) -> None:
    with app.app_context():
        secret = "x" * 43
        row = db.session.get_one(SiteSetup, 1)
        row.browser_digest = queries.digest(secret)
        db.session.commit()
        commands.create_first_admin(secret, "Trần Văn Mẫu", "", PHRASE)
        with pytest.raises(DomainError):
            commands.create_first_admin(secret, "Lê Thị Mẫu", "", PHRASE)
        assert queries.admin_count() == 1


# ---- the steps of an administrator -----------------------------------------------------------------------------


def test_the_whole_set_up(app: Flask, admin: FlaskClient) -> None:
    home = admin.get("/").text
    assert "Thiết lập trang: còn 6 việc" in home  # the name was left out
    assert admin.post("/admin/set-up/finish").location == "/admin/set-up"
    assert _row(app).finished_at is None
    assert admin.post("/admin/set-up/identity", data=NAMED).location == "/admin/set-up/second-admin"

    shown = re.search(r'class="secret" translate="no">([A-Z0-9 ]+)<', admin.post("/admin/set-up/second-admin").text)
    assert shown is not None
    second = app.test_client()
    assert second.post("/second-admin", data={**ADMIN, "code": "A" * 12}).status_code == 422
    told = {**ADMIN, "full_name": "Lê Thị Mẫu", "handle": "", "code": shown[1].lower()}
    assert second.post("/second-admin", data=told).status_code == 302
    _turn_on_factor(second)
    assert app.test_client().post("/second-admin", data=told).status_code == 422  # once
    assert admin.post("/admin/set-up/second-admin").location == "/admin/set-up"  # there are two

    assert "Phường An Khánh" in admin.get("/admin/set-up/places?q=an khanh ho chi minh").text
    with app.app_context():
        code = next(one.code for one in commands.places.find_wards("phuong an khanh ho chi minh"))
    found = "/admin/set-up/places?q=an khanh ho chi minh"
    assert admin.post(found, data={"ward": "99999"}).status_code == 422
    there = admin.post(found, data={"ward": code}).location
    assert admin.post(found, data={"ward": code}).location == there  # a second time it is the same
    school = {"name": "Trường Tiểu học Mẫu", "classes": "4A, 4B\n5A", "school_year": "2026–2027"}
    assert admin.post(there, data={**school, "classes": "Chồi"}).status_code == 422
    assert admin.post(there, data=school).status_code == 302
    with app.app_context():
        units = {one.name: one for one in db.session.scalars(sa.select(Unit))}
        assert units["Thành phố Hồ Chí Minh"].kind == "city" and units["Phường An Khánh"].form == "phường"
        four = units["Lớp 4A"]
        assert four.grade == 4 and four.parent_id == units["Trường Tiểu học Mẫu"].id
        assert four.ward_id == units["Phường An Khánh"].id and four.school_year == "2026–2027"
        assert len(units) == 6  # what was refused left nothing
        ward = units["Phường An Khánh"].id

    assert "Chưa có số" in admin.get("/admin/set-up/duty").text
    assert admin.post(f"/units/{ward}/duty-phone", data={"phone": "028 3822 0000"}).status_code == 302
    assert "/admin/set-up/duty" in admin.get(f"/units/{ward}/settings").text  # the way back
    assert admin.post("/admin/set-up/mail", data={"word": "without"}).location == "/admin/set-up/backup-key"

    made = admin.post("/admin/set-up/backup-key", data={"word": "make"})
    private = re.search(r"AGE-SECRET-KEY-1[A-Z0-9]+", made.text)
    assert private is not None and made.headers["Cache-Control"] == "no-store"
    assert private[0] not in admin.get("/admin/set-up/backup-key").text
    wrong = admin.post("/admin/set-up/backup-key", data={"word": "confirm", "part": "AAAAAAAA"})
    assert wrong.status_code == 422 and 'id="part-error"' in wrong.text and "backup_key" not in _steps(app)
    right = admin.post("/admin/set-up/backup-key", data={"word": "confirm", "part": private[0][-8:].lower()})
    assert right.location == "/admin/set-up" and _steps(app) == set(queries.STEPS)

    assert "xem lại rồi khép lại" in admin.get("/").text
    assert admin.post("/admin/set-up/finish").location == "/"
    assert _row(app).finished_at is not None and "Thiết lập trang" not in admin.get("/").text
    assert "/admin/set-up" not in admin.get("/help").text


def test_the_pages_are_for_administrators_who_confirmed_it_is_them(
    app: Flask, as_: Callable[[str], FlaskClient]
) -> None:
    for path in ("", "/identity", "/second-admin", "/places", "/duty", "/mail", "/backup-key"):
        for name in ("minh", "lan", "quang", "mai"):
            assert as_(name).get(f"/admin/set-up{path}").status_code == 404
    admin = as_("admin1")
    with app.app_context():
        db.session.execute(sa.update(SignIn).values(stepped_up_at=clock.now() - timedelta(hours=1)))
        db.session.commit()
    for path in ("identity", "second-admin", "places", "backup-key"):
        assert admin.post(f"/admin/set-up/{path}").location.startswith("/confirm-it-is-you")


def test_a_code_is_over_after_a_week_and_guessing_is_counted(app: Flask, admin: FlaskClient) -> None:
    with app.app_context():
        person = db.session.scalars(sa.select(User)).one()
        code = commands.make_admin_code(person)
        db.session.get_one(SiteSetup, 1).admin_code_until = clock.now() - timedelta(seconds=1)
        db.session.commit()
    stranger = app.test_client()
    told = {**ADMIN, "handle": "", "code": code}
    assert stranger.post("/second-admin", data=told).status_code == 422
    with app.app_context():
        assert queries.admin_count() == 1
        for _ in range(19):
            rate_limits.hit("code_guess", "127.0.0.1")
    assert stranger.post("/second-admin", data={**told, "code": "B" * 12}).status_code == 429


def test_a_site_that_is_older_than_its_set_up_is_asked_for_nothing(
    app: Flask, as_: Callable[[str], FlaskClient]
) -> None:
    admin = as_("admin1")
    assert admin.post("/admin/set-up/mail", data={"word": "without"}).status_code == 302
    assert admin.get("/admin/set-up/identity").status_code == 200
    assert _row(app).finished_at is not None
    assert "/admin/set-up" not in admin.get("/help").text and "Thiết lập trang" not in admin.get("/").text


# ---- mail and backups ------------------------------------------------------------------------------------------


@pytest.fixture
def post_office(app: Flask) -> Iterator[object]:
    with office() as here, swapped(app, outgoing_mail=OutgoingMail(here.url, "hoc@example.vn")):
        yield here


def test_a_trial_letter_is_sent_with_the_name_of_the_site_and_noted_when_it_arrived(
    app: Flask, admin: FlaskClient, post_office: object
) -> None:
    admin.post("/admin/set-up/identity", data=NAMED)
    assert admin.post("/admin/set-up/mail", data={"to": "không phải"}).status_code == 422
    page = admin.post("/admin/set-up/mail", data={"to": "toi@example.vn"})
    assert page.status_code == 200 and "Thư đã tới" in page.text
    (letter,) = post_office.letters  # type: ignore[attr-defined]
    assert letter["To"] == "toi@example.vn" and "Lớp Học Bình An" in letter["Subject"]
    assert "mail" not in _steps(app)
    admin.post("/admin/set-up/mail", data={"word": "arrived"})
    assert "mail" in _steps(app)


def test_a_mail_server_that_refuses_or_is_silent_is_said_in_a_sentence(
    app: Flask, admin: FlaskClient, post_office: object
) -> None:
    post_office.answers["weg@example.vn"] = "550 no such user"  # type: ignore[attr-defined]
    page = admin.post("/admin/set-up/mail", data={"to": "weg@example.vn"})
    assert page.status_code == 422 and "không nhận địa chỉ này" in page.text
    with swapped(app, outgoing_mail=OutgoingMail("smtp://127.0.0.1:1", "hoc@example.vn")):
        page = admin.post("/admin/set-up/mail", data={"to": "toi@example.vn"})
    assert page.status_code == 422 and "không trả lời" in page.text


def test_a_key_counts_from_its_confirmation_on_and_is_never_replaced_in_the_browser(app: Flask) -> None:
    settings = app.config["SETTINGS"]
    with app.app_context():
        first = site_key.make_site_key(settings)
        second = site_key.make_site_key(settings)
        assert site_key.recipient_of(settings) == ""
        with pytest.raises(DomainError):
            site_key.confirm_site_key(first[-8:])
        site_key.confirm_site_key(f" {second[-8:-4]} {second[-4:].lower()} ")
        kept = db.session.get_one(BackupKey, 1)
        assert site_key.recipient_of(settings) == kept.recipient and kept.part_digest is None
        assert second not in str(vars(kept))
        with pytest.raises(Conflict):
            site_key.make_site_key(settings)
        with pytest.raises(Conflict):
            site_key.confirm_site_key(second[-8:])
