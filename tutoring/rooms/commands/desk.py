"""The desk of a ward: a room of one's own for each who asks, while somebody is on duty there."""

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community import queries as community
from tutoring.community.models import Unit
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Missing
from tutoring.kernel.text import N_
from tutoring.policy.lasting import may_ask_at_desk
from tutoring.rooms.commands.sessions import open_room
from tutoring.rooms.lasting import desk_of, units_for
from tutoring.rooms.models import Room

NOBODY_THERE = N_(
    "Quầy chưa có người trực. Bạn gửi lời nhờ giúp, sẽ có người trả lời; hoặc quay lại khi quầy có người."
)


@command
def ask_at_desk(user: User, unit_id: int) -> Room:
    """Open a room of one's own at the desk of one's ward, or go back to the one that stands open. Whoever is on duty
    there comes in as into any room, in the sight of the one who asks."""
    place = db.session.scalar(
        sa.select(Unit).where(Unit.id == unit_id, Unit.kind == "ward").with_for_update(key_share=True)
    )
    if place is None or not may_ask_at_desk(user.is_minor, unit_id in units_for(user, "questions")):
        raise Missing
    if (there := desk_of(user.id, unit_id)) is not None:
        return there
    if not community.on_duty(unit_id, minors=False, but=[user.id]):
        raise Conflict(NOBODY_THERE, code="duty")
    return open_room(unit_id, [(user.id, "learner")], minors=False, observed=True, kind="desk")
