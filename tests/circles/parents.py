"""Parents of a class, brought in as everybody is."""

import sqlalchemy as sa

from tests.factories import World, person
from tutoring.accounts.models import User
from tutoring.accounts.registration import create_user, record_assent
from tutoring.community import commands as community
from tutoring.community.join_codes.commands import use_code
from tutoring.community.models import Membership
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.policy.accounts import HELP_PURPOSES

LESSON = "vao-lop-bang-duong-dan"


@command
def parent(world: World, called: str, unit: str = "lop4a", grade: int = 4) -> int:
    """A grown-up with a confirmed child in this class."""
    hang, place = person(world["hang"]), world[unit]
    handle = f"ph.{called.lower()}"
    grown = create_user(f"Phụ huynh {called}", "bốn từ dễ nhớ", called=called, address_form="chị", handle=handle)
    member = use_code(grown, community.create_code(hang, place, "parent").code)
    if member.state == "waiting":
        community.confirm_member(person(world["quang"]), member.id)
    year = clock.today().year - grade - 6
    child = community.add_child(grown, place, f"Bé {called}", grade, year, "mẹ", HELP_PURPOSES)
    record_assent(grown, child.id, HELP_PURPOSES)
    learner = sa.select(Membership.id).where(Membership.user_id == child.id)
    community.confirm_member(hang, db.session.scalars(learner).one())
    return grown.id


def called(name: str) -> User:
    """The parent made above, inside an app context."""
    return db.session.scalars(sa.select(User).where(User.username == f"ph.{name.lower()}")).one()
