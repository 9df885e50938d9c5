"""The training of staff, when a unit becomes part of another."""

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from tutoring.community.events import UnitsMerged
from tutoring.kernel.db import db
from tutoring.kernel.events import on
from tutoring.training.models import TrainingAssignment, TrainingSession


@on(UnitsMerged)
def training_goes_along(event: UnitsMerged) -> None:
    """Who was given a track there has it here, once; sessions that are still to come belong to the new unit."""
    other = aliased(TrainingAssignment)
    twice = sa.exists().where(
        other.unit_id == event.into_id,
        other.user_id == TrainingAssignment.user_id,
        other.track == TrainingAssignment.track,
    )
    old = TrainingAssignment.unit_id == event.from_id
    db.session.execute(sa.delete(TrainingAssignment).where(old, twice))
    db.session.execute(sa.update(TrainingAssignment).where(old).values(unit_id=event.into_id))
    coming = (TrainingSession.unit_id == event.from_id, TrainingSession.state == "open")
    db.session.execute(sa.update(TrainingSession).where(*coming).values(unit_id=event.into_id))
