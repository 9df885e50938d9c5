"""A code for the poster of a group: the one that is there, or a new one."""

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community import commands as community
from tutoring.community.models import JoinCode, Unit
from tutoring.groups.places import place_for
from tutoring.groups.posters import poster_code
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Missing

USES, DAYS = 200, 180


@command
def make_poster(actor: User, unit_id: int) -> JoinCode:
    """The code of the poster; pressed twice, the same."""
    if not place_for(actor, unit_id).prints:
        raise Missing
    db.session.scalars(sa.select(Unit.id).where(Unit.id == unit_id).with_for_update(key_share=True)).one()
    return poster_code(unit_id) or community.create_code(actor, unit_id, "learner", max_uses=USES, days=DAYS)
