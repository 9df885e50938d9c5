"""What parents asked and answered, when a class or school becomes part of another."""

import sqlalchemy as sa

from tutoring.circles.models import Topic
from tutoring.community.events import UnitsMerged
from tutoring.kernel.db import db
from tutoring.kernel.events import on


@on(UnitsMerged)
def topics_go_along(event: UnitsMerged) -> None:
    db.session.execute(sa.update(Topic).where(Topic.unit_id == event.from_id).values(unit_id=event.into_id))
