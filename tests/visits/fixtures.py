"""What tests of visits share: bác Bảy asks, cô Mai plans with bác Mười, days pass."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from tests.factories import World, person
from tutoring.accounts.registration import create_user
from tutoring.community import commands as community
from tutoring.community.join_codes.commands import use_code
from tutoring.community.memberships.nominations import nominate, set_nomination
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.lessons.quizzes import commands as quizzes_commands
from tutoring.lessons.skills.queries import topics
from tutoring.notifications.models import Notice
from tutoring.pairing.vetting import commands as vetting_commands
from tutoring.pairing.vetting.conduct_texts import conduct_for
from tutoring.pairing.vetting.queries import TRAINING
from tutoring.visits import commands as visits_commands
from tutoring.visits.models import Visit

ADDRESS = "12/34/5 hẻm Cây Me, nhà cửa xanh"


def topic() -> str:
    return topics("vi")[0][0]


def wanted(world: World, kind: str = "home", **more: Any) -> visits_commands.VisitInput:
    facts: dict[str, Any] = {"words": "Mắt tôi kém, gõ chữ không được"}
    if kind == "home":
        facts["address"] = ADDRESS
    return visits_commands.VisitInput(kind, world["kp3"], topic(), **(facts | more))


def asked(world: World, kind: str = "home", **more: Any) -> int:
    """Bảy asks."""
    return visits_commands.ask_visit(person(world["bay"]), wanted(world, kind, **more)).id


def at(days: int = 2, hour: int = 9) -> datetime:
    """An hour of a day from now, here."""
    day = clock.today() + timedelta(days=days)
    return datetime.combine(day, time(hour), clock.LOCAL).astimezone(UTC)


def planned(world: World, kind: str = "home", when: datetime | None = None, **more: Any) -> int:
    """The same, and Mai plans it: with Mười to a home, by herself at the desk."""
    visit_id = asked(world, kind, **more)
    people = [world["muoi"], world["mai"]] if kind == "home" else [world["mai"]]
    visits_commands.plan_visit(person(world["mai"]), visit_id, when or at(), people)
    return visit_id


def done(world: World, outcome: str = "partly") -> int:
    """A visit that took place a moment ago, by its own clock."""
    visit_id = planned(world)
    with clock.travel(at() + timedelta(hours=1)):
        visits_commands.record_outcome(person(world["muoi"]), visit_id, outcome, "Đã cài lại ứng dụng")
    return visit_id


def row(visit_id: int) -> Visit:
    db.session.expire_all()
    return db.session.get_one(Visit, visit_id)


def told(user_id: int, unread: bool = True) -> list[str]:
    """What somebody was told of visits, in order."""
    db.session.expire_all()
    query = sa.select(Notice).where(Notice.user_id == user_id, Notice.key.startswith("visit"))
    query = query.where(Notice.read_at.is_(None)) if unread else query
    return [one.say % one.params for one in db.session.scalars(query.order_by(Notice.created_at, Notice.id))]


def address_bytes(visit_id: int) -> bytes | None:
    """What lies in the database where the address is."""
    with db.engine.connect() as connection:
        found = connection.execute(sa.text("SELECT address_sealed FROM visit WHERE id = :id"), {"id": visit_id})
        value = found.scalar_one()
    return bytes(value) if value is not None else None


@command
def helper(world: World, name: str, unit: str = "kp3", trained: bool = True) -> int:
    """A grown-up whom two people of the ward vouch for; trained, and still before the first sessions."""
    user = create_user(f"Người {name} Minh Hoạ", "bốn từ dễ nhớ", handle=f"giup.{name}")
    user.called_name = name
    code = community.create_code(person(world["admin1"]), world[unit], "learner")
    use_code(user, code.code)
    nominate(person(world["muoi"]), user.id, world[unit])
    set_nomination(person(world["admin1"]), user.id, "active")
    if trained:
        vetting_commands.accept_conduct(user, conduct_for(False).text_hash)
        attempt = quizzes_commands.begin_quiz(user.id, TRAINING)
        answers = {q["id"]: [one["id"] for one in q["options"] if one["correct"]] for q in attempt.questions}
        quizzes_commands.hand_in(user.id, attempt.id, answers)
    return user.id
