"""Reactions of training: open pages reload, people who leave, merged units.

A user who leaves a ward, is suspended or is erased leaves the training too.
"""

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from tutoring.accounts.events import AccountErased
from tutoring.community.events import ClassesMoved, MembershipEnded, Suspended, UnitsMerged
from tutoring.community.year_ends.moved_rows import follow
from tutoring.kernel.commands import after_commit
from tutoring.kernel.db import db
from tutoring.kernel.events import on
from tutoring.training import commands as training_commands
from tutoring.training.events import SeatFreed, SeatsChanged
from tutoring.training.models import TrainingAssignment, TrainingSession
from tutoring.training.queries import session_of
from tutoring.web.socket_io import realtime


def _push_training_changed(user_ids: tuple[int, ...]) -> None:
    for user_id in dict.fromkeys(user_ids):
        realtime.push("changed", {"what": "training"}, f"user:{user_id}")


def push_seat_changes(event: SeatsChanged | SeatFreed) -> None:
    after_commit(_push_training_changed, (event.user_id, session_of(event.session_id).leader_id))


for kind in (SeatsChanged, SeatFreed):
    # both events have session_id and user_id
    on(kind)(push_seat_changes)  # type: ignore[arg-type]  # each has session and person


@on(MembershipEnded)
def end_training_of_departed_member(event: MembershipEnded) -> None:
    training_commands.end_unit_training(event.user_id, event.unit_id)


@on(Suspended)
def release_seats_of_suspended_user(event: Suspended) -> None:
    training_commands.stop_person(event.user_id)


@on(AccountErased)
def erase_user_data(event: AccountErased) -> None:
    training_commands.forget_person(event.user_id)


@on(UnitsMerged)
def move_training_to_merged_unit(event: UnitsMerged) -> None:
    """Moves assignments, without duplicates, and open sessions to the new unit."""
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


@on(ClassesMoved)
def move_training_of_classes(event: ClassesMoved) -> None:
    follow(event, TrainingAssignment.unit_id, TrainingAssignment.user_id)
