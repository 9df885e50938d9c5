"""Group sessions and people who come to them, for tests."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from tests.factories import World, person
from tutoring.accounts.registration import create_user, record_assent
from tutoring.community import commands as community
from tutoring.community.join_codes.commands import use_code
from tutoring.community.models import Membership
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.lessons.skills.queries import topics
from tutoring.pairing.group_sessions import commands as group_sessions_commands
from tutoring.pairing.group_sessions.commands import Plan
from tutoring.pairing.group_sessions.models import GroupSession, SignUp
from tutoring.pairing.scheduling.calendar import start_on
from tutoring.policy.accounts import HELP_PURPOSES


def tomorrow() -> datetime:
    return start_on(clock.today() + timedelta(days=1), 44)  # 18:00


def plan(world: World, **more: Any) -> Plan:
    wanted: dict[str, Any] = {
        "unit_id": world["truong"], "topic": topics("vi")[0][0], "level": 1, "words": "Cùng vào lớp", "at": tomorrow(),
        "minutes": 45, "places": 2, "pupils": True, "lowest": 4, "highest": 6,
    }  # fmt: skip
    return Plan(**(wanted | more))


def announced(world: World, name: str = "hang", **more: Any) -> int:
    return group_sessions_commands.announce_session(person(world[name]), plan(world, **more)).id


def pupils(world: World, count: int, grade: int = 6, of: int = 0) -> list[int]:
    """Children of lan (or of another member) in class 6A, with every yes."""
    made, lan, hang = [], person(of or world["lan"]), person(world["hang"])
    for n in range(count):
        year = clock.today().year - grade - 6
        child = community.add_child(lan, world["lop6a"], f"Tí {n}", grade, year, "mẹ", HELP_PURPOSES)
        record_assent(lan, child.id, HELP_PURPOSES)
        member = db.session.scalars(sa.select(Membership.id).where(Membership.user_id == child.id)).one()
        community.confirm_member(hang, member)
        made.append(child.id)
    return made


def parents(world: World, count: int) -> list[int]:
    """Grown-ups of class 6A."""
    made, hang = [], person(world["hang"])
    for n in range(count):
        grown = create_user(f"Phụ huynh {n}", "bốn từ dễ nhớ", handle=f"ph.{n}")
        member = use_code(grown, community.create_code(hang, world["lop6a"], "parent").code)
        if member.state == "waiting":
            community.confirm_member(person(world["quang"]), member.id)
        made.append(grown.id)
    return made


def signs_up(user_id: int, session_id: int, learner_id: int | None = None) -> str:
    return group_sessions_commands.sign_up(person(user_id), session_id, learner_id or user_id).state


def withdraws(user_id: int, session_id: int, learner_id: int | None = None) -> None:
    group_sessions_commands.withdraw(person(user_id), session_id, learner_id or user_id)


def stands(session_id: int) -> GroupSession:
    db.session.expire_all()
    return db.session.get_one(GroupSession, session_id)


def states(session_id: int) -> dict[int, str]:
    db.session.expire_all()
    rows = db.session.scalars(sa.select(SignUp).where(SignUp.session_id == session_id).order_by(SignUp.id))
    return {row.learner_id: row.state for row in rows}
