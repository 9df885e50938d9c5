"""What stands on pages of groups, and visits, when a unit becomes part of another."""

import sqlalchemy as sa

from tutoring.community.events import UnitsMerged
from tutoring.groups.models import GroupPost, GroupTask
from tutoring.groups.visit_models import Visit
from tutoring.kernel.db import db
from tutoring.kernel.events import on


@on(UnitsMerged)
def pages_go_along(event: UnitsMerged) -> None:
    """Announcements go along without their pin, of which a page has one; lessons of the month stay, those of the new
    unit count."""
    posts = sa.update(GroupPost).where(GroupPost.unit_id == event.from_id)
    db.session.execute(posts.values(unit_id=event.into_id, pinned=False, told_on=None))
    db.session.execute(sa.update(GroupTask).where(GroupTask.unit_id == event.from_id).values(unit_id=event.into_id))
    still = (Visit.unit_id == event.from_id, Visit.ended_at.is_(None))
    db.session.execute(sa.update(Visit).where(*still).values(unit_id=event.into_id))
