"""A school at the end of its year, for tests."""

import sqlalchemy as sa

from tests.factories import World, person
from tutoring.community.models import Membership, Unit
from tutoring.community.year_ends import commands, queries
from tutoring.community.year_ends.commands import Wanted
from tutoring.community.year_ends.models import YearEnd, YearEndClass
from tutoring.kernel.db import db

YEAR = "2027–2028"


def planned(world: World, classes: dict[int, Wanted] | None = None, new: list[str] | None = None, *, stay: bool = False,
            by: str = "quang") -> YearEnd:  # fmt: skip
    """Saves a plan; what is not named is as the page guesses it."""
    plan = queries.plan_of(db.session.get_one(Unit, world["truong"]))
    return commands.save_plan(
        person(world[by]), world["truong"], plan.stored.version if plan.stored else 0, school_year=YEAR,
        teachers_stay=stay, classes=classes or {}, new_names=plan.new_names if new is None else new,
    )  # fmt: skip


def carried_out(world: World, plan: YearEnd, by: str = "quang") -> YearEnd:
    return commands.carry_out(person(world[by]), world["truong"], plan.version)


def classes_now() -> dict[str, Unit]:
    """The classes that are not archived, by name."""
    query = sa.select(Unit).where(Unit.kind == "class", Unit.effective_to.is_(None)).order_by(Unit.sort)
    return {one.name: one for one in db.session.scalars(query)}


def members_of(unit_id: int) -> set[tuple[int, str, str]]:
    """User, role and state of those who have not left."""
    query = sa.select(Membership.user_id, Membership.role, Membership.state)
    found = db.session.execute(query.where(Membership.unit_id == unit_id, Membership.state != "ended"))
    return {(user_id, role, state) for user_id, role, state in found}


def row_named(plan: YearEnd, name: str) -> YearEndClass:
    query = sa.select(YearEndClass).where(YearEndClass.year_end_id == plan.id, YearEndClass.name == name)
    return db.session.scalars(query).one()


def membership(user_id: int, unit_id: int, role: str = "learner") -> Membership:
    query = sa.select(Membership).where(Membership.user_id == user_id, Membership.unit_id == unit_id)
    return db.session.scalars(query.where(Membership.role == role)).one()
