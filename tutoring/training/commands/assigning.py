"""People are put on a track by hand, and taken off again; who leaves a ward leaves what was theirs there."""

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.accounts.queries import user as user_of
from tutoring.community.models import Membership
from tutoring.community.queries import held
from tutoring.kernel import audit
from tutoring.kernel.commands import command
from tutoring.kernel.db import db, insert_once
from tutoring.kernel.errors import Invalid, Missing
from tutoring.kernel.events import announce
from tutoring.kernel.text import N_
from tutoring.policy.training import may_take_off
from tutoring.training.bank import tracks
from tutoring.training.commands.seats import leave_open
from tutoring.training.events import LeaderNeeded, PutOnTrack
from tutoring.training.models import TrainingAssignment, TrainingAttendance, TrainingSeat, TrainingSession
from tutoring.training.people import KINDS, mine, reach, runners
from tutoring.training.queries import place_of


@command
def assign(actor: User, ward_id: int, track_id: str, membership_id: int) -> bool:
    """Put a grown-up member of the ward or of one of its neighbourhoods on a track; False when they were on it."""
    place, _held = place_of(actor, ward_id)
    if track_id not in tracks():
        raise Invalid(N_("Hãy chọn một lộ trình trong danh sách."), field="track")
    member = db.session.get(Membership, membership_id)
    if member is None or member.unit.ward_id != place.id or member.unit.kind not in KINDS:
        raise Missing
    if member.state != "active" or member.user.kind != "adult" or member.user.state != "active":
        raise Invalid(N_("Chỉ thêm được người lớn đang hoạt động ở phường hoặc khu phố này."), field="track")
    new = insert_once(
        TrainingAssignment, user_id=member.user_id, unit_id=member.unit_id, track=track_id, by_id=actor.id
    )
    if new:
        audit.record(actor.id, "assign_training", f"user:{member.user_id}", track=track_id, unit=member.unit_id)
        announce(PutOnTrack(member.user_id, track_id, actor.id))
    return new


@command
def take_off(actor: User, assignment_id: int) -> TrainingAssignment:
    """Take somebody off a track that they were put on by hand; what they learned and where they were stays."""
    row = db.session.get(TrainingAssignment, assignment_id)
    if row is None:
        raise Missing
    ward_id = row.unit.ward_id or row.unit_id
    own = row.user_id == actor.id
    if not may_take_off(own, held(actor, ward_id)):
        raise Missing
    if not own:
        audit.record(actor.id, "unassign_training", f"user:{row.user_id}", track=row.track, unit=row.unit_id)
    db.session.delete(row)
    db.session.flush()
    _leave_strange(user_of(row.user_id))
    return row


def _leave_strange(user: User) -> None:
    own, still = mine(user), dict[str, set[int]]()
    for one in own:
        still.setdefault(one.track.id, set()).update(reach([one.ward_id]))
    leave_open(user.id, still)


@command
def leave_with_the_unit(user_id: int, unit_id: int) -> None:
    """Somebody has left a unit: what they were put on there ends, and seats in sessions no longer for them; sessions
    that they were to lead there need somebody else."""
    here = sa.select(Membership.id).where(
        Membership.user_id == user_id, Membership.unit_id == unit_id, Membership.state == "active"
    )
    if db.session.scalar(here) is None:
        db.session.execute(
            sa.delete(TrainingAssignment).where(
                TrainingAssignment.user_id == user_id, TrainingAssignment.unit_id == unit_id
            )
        )
    _leave_strange(user_of(user_id))
    _need_leaders(user_id)


@command
def stop_person(user_id: int) -> None:
    """Somebody is suspended: seats of sessions to come go to others."""
    leave_open(user_id)
    _need_leaders(user_id)


def _need_leaders(user_id: int) -> None:
    """Whoever runs the training hears of each session to come that this person was to lead."""
    query = sa.select(TrainingSession).where(TrainingSession.leader_id == user_id, TrainingSession.state == "open")
    rows = db.session.scalars(query.order_by(TrainingSession.id)).all()
    told = runners({row.unit_id for row in rows})
    for row in rows:
        announce(LeaderNeeded(row.id, tuple(one for one in told.get(row.unit_id, ()) if one != user_id)))


@command
def forget_person(user_id: int) -> None:
    """Nothing is left of where this person was trained, nor of what they wrote into sessions that are over."""
    stop_person(user_id)
    for table in (TrainingAssignment, TrainingSeat, TrainingAttendance):
        db.session.execute(sa.delete(table).where(table.user_id == user_id))
    done = TrainingSession.state != "open"
    wrote = sa.or_(TrainingSession.leader_id == user_id, TrainingSession.by_id == user_id)
    gone = {"title": "", "words": "", "place": ""}
    db.session.execute(sa.update(TrainingSession).where(wrote, done).values(**gone))
    db.session.execute(sa.update(TrainingSession).where(TrainingSession.ended_by_id == user_id).values(why=""))
