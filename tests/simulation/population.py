"""Who lives in it: the demonstration community and many more, each with addresses, devices, numbers and wishes."""

import random
from dataclasses import dataclass, field

import sqlalchemy as sa
from argon2 import PasswordHasher

from tests.fake_services import PushService
from tutoring.accounts import password_hashes
from tutoring.accounts.models import SignIn, User
from tutoring.accounts.registration import create_user, record_assent
from tutoring.accounts.sign_ins import lifecycle
from tutoring.community import commands as community
from tutoring.community.join_codes.commands import use_code
from tutoring.community.models import Membership, Unit
from tutoring.community.queries import roles_of
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.notifications.channels.push import commands as push_commands
from tutoring.notifications.channels.sms import commands as sms_commands
from tutoring.notifications.channels.sms import queries as sms_queries
from tutoring.notifications.delivery.schedule import Quiet
from tutoring.notifications.preferences import commands as preferences_commands
from tutoring.notifications.preferences.topics import TOPICS, WAYS
from tutoring.policy.accounts import HELP_PURPOSES
from tutoring.policy.notifications import may_be_woken

ADULT, MINOR = (21 * 60, 6 * 60 + 30), (20 * 60 + 30, 6 * 60 + 30)  # quiet hours of whoever chose none


@dataclass
class Phone:
    """A browser with pushes switched on, until `ended`."""

    name: str
    sign_in: int
    cookie: str
    ended: float | None = None


@dataclass
class Someone:
    """What the simulation itself knows of a person: it chose all this, and the oracle asks nobody else."""

    id: int
    name: str
    kind: str  # adult, youth, child
    role: str
    parent: int | None = None
    mail: str = ""
    number: str = ""
    phones: list[Phone] = field(default_factory=list)
    quiet: tuple[int, int] = ADULT
    how: str = "once"
    hour: int = 18
    woken: bool = False
    wishes: dict[tuple[str, str], bool] = field(default_factory=dict)
    off: dict[tuple[str, str], float] = field(default_factory=dict)  # switched off in the middle, and when

    def wants(self, topic: str, way: str) -> bool:
        """Whether it was chosen before life began; `off` tells what was switched off later."""
        topic = TOPICS[topic].like or topic
        about = TOPICS[topic]
        return way in about.fixed or self.wishes.get((topic, way), way in about.ways)


def token(number: int) -> str:
    """A name that stands nowhere else, in letters alone."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    return "Zq" + letters[number // 676 % 26] + letters[number // 26 % 26] + letters[number % 26] + "w"


def unit(code: str) -> Unit:
    return db.session.scalars(sa.select(Unit).where(Unit.code == f"demo-{code}")).one()


def named(username: str) -> User:
    return db.session.scalars(sa.select(User).where(User.username == username)).one()


@command
def _grown(place: Unit, role: str, name: str) -> User:
    person = create_user(f"Người {name}", "bốn từ dễ nhớ", called=name, handle=name.lower())
    code = community.create_code(named("hang") if place.kind == "class" else named("muoi"), place.id, role)
    member = use_code(person, code.code)
    if member.state == "waiting":
        community.confirm_member(named("quang") if place.kind == "class" else named("admin2"), member.id)
    return person


@command
def _child(parent: User, place: Unit, name: str) -> User:
    child = community.add_child(parent, place.id, name, 6, clock.today().year - 12, "mẹ", HELP_PURPOSES)
    record_assent(parent, child.id, HELP_PURPOSES)
    member = db.session.scalars(sa.select(Membership.id).where(Membership.user_id == child.id)).one()
    community.confirm_member(named("hang"), member)
    return child


@command
def _contacts(user_id: int, mail: str, number: str) -> None:
    person = db.session.get_one(User, user_id)
    person.email, person.phone = mail or None, number or None


@command
def _demonstration() -> dict[int, Someone]:
    """Its people, under names that stand nowhere else."""
    found = {}
    for number, user in enumerate(db.session.scalars(sa.select(User).order_by(User.id)).all()):
        user.called_name, user.full_name = token(number), f"Người {token(number)}"
        found[user.id] = Someone(user.id, token(number), user.kind, "demo")
    return found


def populate(count: int, dice: random.Random) -> dict[int, Someone]:
    """The demonstration community, and families and neighbours until there are so many."""
    password_hashes._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    found = _demonstration()
    number = len(found)
    while len(found) < count:
        number += 1
        name = token(number)
        if dice.random() < 0.35 and len(found) < count:
            person = _grown(unit("kp3"), "learner", name)
            found[person.id] = Someone(person.id, name, "adult", "resident")
            continue
        parent = _grown(unit("lop6a"), "parent", name)
        found[parent.id] = Someone(parent.id, name, "adult", "parent")
        number += 1
        if len(found) < count:
            child = _child(db.session.get_one(User, parent.id), unit("lop6a"), token(number))
            found[child.id] = Someone(child.id, token(number), "child", "pupil", parent.id)
    return found


def equip(people: dict[int, Someone], dice: random.Random, service: PushService) -> None:
    """Addresses, devices, numbers and wishes."""
    for one in people.values():
        one.mail = f"a{one.id}@thu.example" if dice.random() < 0.8 and one.kind != "child" else ""
        one.number = f"+8490{one.id:07d}" if one.kind == "adult" and dice.random() < 0.4 else ""
        _contacts(one.id, one.mail, one.number)
        person = db.session.get_one(User, one.id)
        if one.number:
            _confirm_number(person)
        for _ in range(dice.choice((0, 0, 1, 1, 1, 2))):
            one.phones.append(_phone(person, one, service))
        _wish(person, one, dice)


def _confirm_number(person: User) -> None:
    sms_commands.ask_code(person)
    row = sms_queries.number_of(person.id)
    assert row is not None
    sms_commands.confirm_number(person, sms_commands.code_of(person.id, row.number_mark, row.nonce))


@command
def _signed_in(person: User) -> SignIn:
    return lifecycle.begin_sign_in(person, "điện thoại", second_factor=True)


def _phone(person: User, one: Someone, service: PushService) -> Phone:
    sign_in = _signed_in(person)
    name = f"p{one.id}x{len(one.phones)}"
    endpoint, keys = service.browser(name)
    made = Phone(name, sign_in.id, f"cookie-{name}")
    push_commands.switch_on(person, sign_in, made.cookie, endpoint, keys)
    return made


def _wish(person: User, one: Someone, dice: random.Random) -> None:
    one.quiet = MINOR if one.kind != "adult" else ADULT
    quiet: Quiet | None = None
    if dice.random() < 0.3:
        one.quiet = (
            dice.choice([(20 * 60, 7 * 60), (21 * 60, 6 * 60)]) if one.kind != "adult"
            else dice.choice([(22 * 60, 5 * 60), (13 * 60, 15 * 60), (0, 8 * 60), (600, 600), (19 * 60, 9 * 60)])
        )  # fmt: skip
        quiet = Quiet(*one.quiet)
    one.how = dice.choices(("once", "daily", "weekly"), (70, 25, 5))[0]
    one.hour = dice.randrange(7, 21)
    asks = one.kind == "adult" and dice.random() < 0.6
    one.woken = asks and may_be_woken(roles_of(one.id), minor=False)  # nobody else may ask for it
    picked: dict[str, dict[str, bool]] = {}
    for topic, about in TOPICS.items():
        for way in WAYS:
            if way not in about.fixed and not about.like and dice.random() < 0.2:
                one.wishes[topic, way] = picked.setdefault(topic, {})[way] = dice.random() < 0.5
    preferences_commands.choose(person, preferences_commands.Typed(picked, quiet, one.how, one.hour, asks))
