"""The demonstration community: invented users for trying the site on this computer only.

Every user is marked as a demonstration account. Production refuses to start while such an account exists.
"""

import json
import secrets
from dataclasses import asdict

import click
import sqlalchemy as sa
from flask import current_app, session
from flask.cli import AppGroup, with_appcontext
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import generate_csrf

from tutoring.accounts import password_hashes
from tutoring.accounts.consents.commands import give_consent
from tutoring.accounts.models import SignIn, User
from tutoring.accounts.registration import create_user, record_assent
from tutoring.accounts.sign_ins import lifecycle
from tutoring.cli.demo.devices import stock
from tutoring.cli.demo.neighbourhood import furnish
from tutoring.community import commands as community
from tutoring.community.alarm_tests.commands import answer_test, start_test
from tutoring.community.duty import commands as duty_commands
from tutoring.community.join_codes.commands import use_code
from tutoring.community.memberships.nominations import nominate, set_nomination
from tutoring.community.models import Membership, Unit
from tutoring.config import Settings
from tutoring.home.demo_accounts import cards, phrase_of
from tutoring.kernel import clock, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.lessons.quizzes import commands as quizzes_commands
from tutoring.lessons.skills import commands as skills_commands
from tutoring.lessons.skills.queries import topics
from tutoring.pairing.vetting import commands as vetting_commands
from tutoring.pairing.vetting.conduct_texts import conduct_for
from tutoring.pairing.vetting.queries import TRAINING
from tutoring.policy.accounts import HELP_PURPOSES
from tutoring.rooms.sessions import commands as sessions_commands
from tutoring.site_setup.commands import create_administrator

group = AppGroup("demo", help="The demonstration community (never in production).")


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    if settings.production or not settings.loopback:
        raise click.ClickException("The demonstration is for this computer only and is refused here.")
    return settings


def print_cards() -> None:
    """Prints the sign-in cards of the demonstration accounts as readable text."""
    found = cards()
    if not found:
        return
    click.echo("\nBản dùng thử – đăng nhập bằng một trong các thẻ này (mọi người ở đây là nhân vật minh hoạ):\n")
    for card in found:
        click.echo(f"  {card.role:<32} {card.username:<8} {card.passphrase}")
    click.echo("")


# ---- building -------------------------------------------------------------------------------------------------


@command
def _person(username: str, full_name: str, called: str, form: str, **more: object) -> User:
    """Creates a demonstration user with a known user name and passphrase."""
    phrase = phrase_of(username, current_app.config["SETTINGS"].secret_key)
    user = create_user(full_name, phrase, called=called, address_form=form, handle=username, **more)  # type: ignore[arg-type]
    user.password_hash, user.demo = password_hashes.hash_passphrase(phrase), True
    return user


@command
def _member(user: User, unit: Unit, role: str, maker: User, second: User) -> None:
    """Adds a user to a unit by an invitation code.

    A second approver confirms the code and the membership where the role needs it.
    """
    code = community.create_code(maker, unit.id, role)
    if code.confirmed_at is None:
        community.confirm_code(second, code.id)
    member = use_code(user, code.code)
    if member.state == "waiting":
        community.confirm_member(second, member.id)


@command
def _admins() -> tuple[User, User]:
    found = []
    for name in ("admin1", "admin2"):
        phrase = phrase_of(name, current_app.config["SETTINGS"].secret_key)
        user = create_administrator("Quản trị Minh Hoạ", name, phrase)
        user.password_hash, user.demo, user.called_name = password_hashes.hash_passphrase(phrase), True, "Quản trị"
        found.append(user)
    return found[0], found[1]


@command
def _units(admin: User) -> dict[str, Unit]:
    city = community.create_unit(admin, "demo-tp", "city", "Thành phố Minh Hoạ")
    city.opens, city.closes = 0, 24 * 60  # people try the demonstration at any hour; its duty slots also cover the day
    ward = community.create_unit(admin, "demo-phuong", "ward", "Phường Minh Hoạ", form="phường", parent_id=city.id)
    hood = community.create_unit(admin, "demo-kp3", "neighbourhood", "Khu phố 3", form="khu phố", parent_id=ward.id)
    school = community.create_unit(admin, "demo-truong", "school", "Trường Minh Hoạ", parent_id=ward.id)
    classes = {
        grade: community.create_unit(
            admin,
            f"demo-lop{grade}a",
            "class",
            f"Lớp {grade}A",
            parent_id=school.id,
            grade=grade,
            school_year="2026–2027",
        )
        for grade in (4, 6, 11)
    }
    return {"ward": ward, "hood": hood, "school": school, **{f"class{g}": unit for g, unit in classes.items()}}


@command
def _child(guardian: User, unit: Unit, name: str, called: str, grade: int, second: User) -> User:
    child = community.add_child(guardian, unit.id, called, grade, clock.today().year - grade - 6, "mẹ", HELP_PURPOSES)
    record_assent(guardian, child.id, HELP_PURPOSES)
    member = db.session.scalars(sa.select(Membership).where(Membership.user_id == child.id)).one()
    community.confirm_member(second, member.id)
    child.username, child.demo = name, True
    child.password_hash = password_hashes.hash_passphrase(phrase_of(name, current_app.config["SETTINGS"].secret_key))
    return child


@command
def make_ready(unit_id: int, sender: User, *watchers: User) -> None:
    """Makes a unit ready to admit minors: `sender` starts a test alarm, the observers answer it."""
    made = start_test(sender, unit_id)
    for watcher in watchers:
        answer_test(watcher, made.id)


@command
def _train(helper: User) -> None:
    """Passes the quiz of the lesson for helpers.

    The helper's first sessions are still observed, as for every helper.
    """
    row = quizzes_commands.begin_quiz(helper.id, TRAINING)
    answers = {q["id"]: [one["id"] for one in q["options"] if one["correct"]] for q in row.questions}
    quizzes_commands.hand_in(helper.id, row.id, answers)


@command
def build() -> None:
    """Builds the community with the ordinary commands in one transaction."""
    one, two = _admins()
    units = _units(one)
    year = clock.today().year
    quang = _person("quang", "Thầy Quang Minh Hoạ", "Quang", "thầy")
    _member(quang, units["school"], "coordinator", one, two)
    hang = _person("hang", "Cô Hằng Minh Hoạ", "Hằng", "cô")
    _member(hang, units["school"], "teacher", quang, one)
    make_ready(units["school"].id, quang, quang, hang)  # a unit admits no pupil before two people are ready
    mai = _person("mai", "Cô Mai Minh Hoạ", "Mai", "cô")
    _member(mai, units["ward"], "officer", one, two)
    muoi = _person("muoi", "Bác Mười Minh Hoạ", "Mười", "bác")
    _member(muoi, units["hood"], "lead", one, two)
    bay = _person("bay", "Chú Bảy Minh Hoạ", "Bảy", "chú")
    _member(bay, units["hood"], "learner", muoi, two)
    lan = _person("lan", "Chị Lan Minh Hoạ", "Lan", "chị")
    for unit in ("class4", "class6"):
        _member(lan, units[unit], "parent", hang, quang)
    _child(lan, units["class4"], "an", "An", 4, hang)
    _child(lan, units["class6"], "minh", "Minh", 6, hang)
    khoa = _person(
        "khoa", "Khoa Minh Hoạ", "Khoa", "anh", kind="youth", birth_year=year - 17, grade=11, state="waiting"
    )
    _member(khoa, units["class11"], "learner", hang, quang)
    for purpose in sorted(HELP_PURPOSES):
        give_consent(khoa, khoa, purpose)
    nominate(hang, khoa.id, units["class11"].id)
    set_nomination(quang, khoa.id, "active")
    _train(khoa)
    for helper in (hang, quang, khoa):
        vetting_commands.accept_conduct(helper, conduct_for(helper.is_minor).text_hash)
    for unit, watcher in (("school", hang), ("school", quang), ("hood", muoi), ("ward", mai)):
        for weekday in range(7):
            duty_commands.add_slot(one, units[unit].id, watcher.id, weekday, 0, 1440)
    for skill, _name in topics("vi"):
        skills_commands.grant_skill(quang, khoa.id, skill, 2)
        skills_commands.grant_skill(quang, hang.id, skill, 3)
        skills_commands.grant_skill(hang, quang.id, skill, 3)


@command
def make() -> None:
    """Builds the community and fills the pages of its units."""
    build()
    _second_officer()
    furnish()
    stock()


@command
def _second_officer() -> None:
    """Adds a second ward officer, because two officers decide about each device."""
    one, two = (db.session.scalars(sa.select(User).where(User.username == name)).one() for name in ("admin1", "admin2"))
    ward = db.session.scalars(sa.select(Unit).where(Unit.code == "demo-phuong")).one()
    _member(_person("tam", "Chú Tám Minh Hoạ", "Tám", "chú"), ward, "officer", one, two)


# ---- commands -------------------------------------------------------------------------------------------------


@group.command("cards")
@with_appcontext
def cards_command() -> None:
    """Sign-in cards as JSON lines {name, role, username, passphrase}; made first when the database is empty."""
    _settings()
    if db.session.scalar(sa.select(User.id).limit(1)) is None:
        make()
    for card in cards():
        click.echo(json.dumps(asdict(card), ensure_ascii=False))


@command
def _room(number: int, size: int) -> tuple[str, list[tuple[User, SignIn]]]:
    """Creates a room of adults with `size` members, each signed in.

    The members have no password, so no other client can sign in as one of them.
    """
    unit = db.session.scalars(sa.select(Unit).where(Unit.code == "demo-kp3")).one()
    seated = []
    for seat in range(size):
        name = f"thu.{secrets.token_hex(6)}"
        person = User(full_name=f"Người thử {number}-{seat}", called_name=f"Thử {seat}", username=name, demo=True)
        db.session.add(person)
        db.session.flush()
        seated.append((person, lifecycle.begin_sign_in(person, "demo rooms")))
    seats = [(person.id, "learner" if n == 0 else "helper") for n, (person, _) in enumerate(seated)]
    room = sessions_commands.open_room(unit.id, seats, topic="thu", minors=False, observed=False)
    return str(room.id), seated


def _cookie(token: str) -> tuple[str, str]:
    """Returns a session cookie as the browser would send it, with the matching CSRF value."""
    serializer = SecureCookieSessionInterface().get_signing_serializer(current_app)
    assert serializer is not None
    # Each cookie needs its own context: the CSRF value is cached in `g` and would then be missing from the session.
    with current_app.app_context(), current_app.test_request_context():
        csrf = generate_csrf()
        value = serializer.dumps({**dict(session), "_user_id": token, "_fresh": True, "_permanent": True})
    return f"{current_app.config['SESSION_COOKIE_NAME']}={value}", csrf


@group.command("rooms")
@click.argument("count", type=click.IntRange(1, 10_000))
@click.argument("members", type=click.IntRange(1, 200))
@with_appcontext
def rooms_command(count: int, members: int) -> None:
    """COUNT rooms of MEMBERS signed-in people, as JSON lines {room, user, cookie, csrf} for load tests."""
    _settings()
    rate_limits.clear()
    if db.session.scalar(sa.select(User.id).limit(1)) is None:
        make()
    for number in range(count):
        room, seated = _room(number, members)
        for person, sign_in in seated:
            cookie, csrf = _cookie(sign_in.token)
            click.echo(json.dumps({"room": room, "user": str(person.id), "cookie": cookie, "csrf": csrf}))
