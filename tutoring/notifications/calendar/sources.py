"""Sources of a user's appointments: one read per kind, for the user and their children."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import User
from tutoring.community.duty.queries import weekly_hours
from tutoring.community.models import DutyShift, DutySlot, Membership
from tutoring.devices.loans.models import DeviceLoan, Handover
from tutoring.kernel import clock
from tutoring.kernel.database.sql import built_once, ids_parameter, in_ids
from tutoring.kernel.db import db
from tutoring.kernel.text import N_
from tutoring.pairing.group_sessions.models import GroupSession, SignUp
from tutoring.pairing.models import HelpRequest
from tutoring.pairing.scheduling.calendar import meetings_between
from tutoring.pairing.scheduling.models import Booking
from tutoring.policy.access import STAFF
from tutoring.policy.pairing.fallbacks import MINUTES
from tutoring.training.models import TrainingSeat, TrainingSession
from tutoring.visits.models import Visit

KINDS = {
    "meeting": N_("Buổi giúp đã hẹn"),
    "weekly": N_("Buổi học hằng tuần"),
    "group": N_("Buổi học nhóm"),
    "training": N_("Buổi tập huấn"),
    "visit": N_("Gặp trực tiếp"),
    "handover": N_("Nhận máy"),
    "duty": N_("Phiên trực"),
    "loan": N_("Hạn trả máy mượn"),
}
VISIT, HANDOVER = timedelta(minutes=60), timedelta(minutes=30)  # not stored anywhere: the time a calendar blocks for it
MOST = 100  # of one kind


@dataclass(frozen=True)
class Time:
    """One appointment of a user.

    `others` and `child` are shown only on pages of this site. `place` is a public place and may go into a file.
    """

    kind: str
    ref: str
    starts: datetime
    ends: datetime
    path: str
    place: str = ""
    all_day: bool = False
    waiting: bool = False  # on a waiting list
    child: User | None = None
    others: tuple[User, ...] = ()


@dataclass(frozen=True)
class Asked:
    """The user, the range of days, and the user's children by id."""

    user: User
    children: dict[int, User]
    first: date
    last: date

    @property
    def ids(self) -> list[int]:
        return [self.user.id, *self.children]

    @property
    def begins(self) -> datetime:
        return datetime.combine(self.first, time(), clock.LOCAL)

    @property
    def ends(self) -> datetime:
        return datetime.combine(self.last + timedelta(days=1), time(), clock.LOCAL)

    @property
    def values(self) -> dict[str, Any]:
        """The values of `_ME`, `_is_family` and `_within`."""
        return {"me": self.user.id, "family": ids_parameter(self.ids), "begins": self.begins, "ends": self.ends}


_ME: Any = sa.bindparam("me", type_=sa.Integer)


def _is_family(column: Any) -> sa.ColumnElement[bool]:
    return in_ids(column, sa.bindparam("family"))


def _within(column: Any) -> sa.ColumnElement[bool]:
    return sa.and_(column >= sa.bindparam("begins"), column < sa.bindparam("ends"))


def _pair(asked: Asked, learner: User, helper: User | None) -> dict[str, Any]:
    """Returns the other participant, and the child whose time it is."""
    child = asked.children.get(learner.id)
    mine = helper is not None and helper.id == asked.user.id
    others = (learner,) if mine else (helper,) if helper is not None else ()
    return {"others": others, "child": None if mine else child}


@built_once
def _meetings() -> Any:
    return (
        sa.select(HelpRequest)
        .options(joinedload(HelpRequest.learner), joinedload(HelpRequest.helper))
        .where(
            sa.or_(_is_family(HelpRequest.learner_id), HelpRequest.helper_id == _ME),
            HelpRequest.agreed_at.is_not(None), HelpRequest.state != "cancelled", _within(HelpRequest.meet_at),
        )
        .order_by(HelpRequest.id).limit(MOST)
    )  # fmt: skip


def meetings(asked: Asked) -> Iterator[Time]:
    for row in db.session.scalars(_meetings(), asked.values):
        if row.meet_at is not None:
            yield Time("meeting", str(row.id), row.meet_at, row.meet_at + timedelta(minutes=MINUTES),
                       f"/requests/{row.id}", **_pair(asked, row.learner, row.helper))  # fmt: skip


@built_once
def _weekly() -> Any:
    return (
        sa.select(Booking)
        .options(joinedload(Booking.learner), joinedload(Booking.helper))
        .where(sa.or_(_is_family(Booking.learner_id), Booking.helper_id == _ME), Booking.state == "on")
        .order_by(Booking.id).limit(MOST)
    )  # fmt: skip


def weekly(asked: Asked) -> Iterator[Time]:
    rows = db.session.scalars(_weekly(), asked.values).all()
    for row, at in meetings_between(rows, asked.first, asked.last) if rows else ():
        yield Time("weekly", f"{row.id}-{clock.local(at):%Y%m%d}", at, at + timedelta(minutes=row.minutes), "/weekly",
                   **_pair(asked, row.learner, row.helper))  # fmt: skip


@built_once
def _groups() -> tuple[Any, Any]:
    live = GroupSession.state.in_(("open", "begun", "over"))
    shown = sa.and_(live, GroupSession.merged.is_(False), _within(GroupSession.at))
    led = sa.select(GroupSession).where(GroupSession.helper_id == _ME, shown)
    coming = (
        sa.select(SignUp, GroupSession)
        .join(SignUp.session)
        .options(joinedload(GroupSession.helper))
        .where(_is_family(SignUp.learner_id), SignUp.state.in_(("in", "waiting")), shown)
        .order_by(SignUp.id).limit(MOST)
    )  # fmt: skip
    return led.order_by(GroupSession.id).limit(MOST), coming


def groups(asked: Asked) -> Iterator[Time]:
    """Yields an entry for each family member who attends, and one for the session's helper."""
    led, coming = _groups()
    for row in db.session.scalars(led, asked.values):
        yield Time("group", str(row.id), row.at, row.ends, "/sessions")
    for place, row in db.session.execute(coming, asked.values):
        child = asked.children.get(place.learner_id)
        ref = f"{row.id}-{place.id}" if child else str(row.id)
        yield Time("group", ref, row.at, row.ends, "/sessions", waiting=place.state == "waiting", child=child,
                   others=(row.helper,))  # fmt: skip


@built_once
def _trainings() -> Any:
    seated = sa.select(TrainingSeat.session_id).where(TrainingSeat.user_id == _ME, TrainingSeat.state == "in")
    query = sa.select(TrainingSession).where(
        sa.or_(TrainingSession.leader_id == _ME, TrainingSession.id.in_(seated)),
        TrainingSession.state != "cancelled", _within(TrainingSession.at),
    )  # fmt: skip
    return query.order_by(TrainingSession.id).limit(MOST)


def trainings(asked: Asked) -> Iterator[Time]:
    for row in db.session.scalars(_trainings(), asked.values):
        yield Time("training", str(row.id), row.at, row.ends, f"/training/sessions/{row.id}", row.place)


@built_once
def _visits() -> Any:
    mine = (Visit.asker_id, Visit.visitor_one_id, Visit.visitor_two_id)
    return (
        sa.select(Visit)
        .options(joinedload(Visit.ward), joinedload(Visit.asker), joinedload(Visit.visitor_one),
                 joinedload(Visit.visitor_two))
        .where(sa.or_(*(column == _ME for column in mine)), Visit.state.in_(("planned", "done")), _within(Visit.at))
        .order_by(Visit.id).limit(MOST)
    )  # fmt: skip


def visits(asked: Asked) -> Iterator[Time]:
    for row in db.session.scalars(_visits(), asked.values):
        if row.at is not None:
            place = row.ward.name if row.kind == "desk" else ""  # never a home
            others = tuple(one for one in (row.asker, *row.visitors) if one.id != asked.user.id)
            yield Time("visit", str(row.id), row.at, row.at + VISIT, f"/visits/{row.id}", place, others=others)


@built_once
def _handovers() -> Any:
    return (
        sa.select(Handover)
        .options(joinedload(Handover.point))
        .where(Handover.receiver_id == _ME, Handover.state.in_(("planned", "done")),
               _within(Handover.at))
        .order_by(Handover.id).limit(MOST)
    )  # fmt: skip


def handovers(asked: Asked) -> Iterator[Time]:
    for row in db.session.scalars(_handovers(), asked.values):
        yield Time("handover", str(row.id), row.at, row.at + HANDOVER, f"/device-handovers/{row.id}", row.point.name)


def loans(asked: Asked) -> Iterator[Time]:
    query = sa.select(DeviceLoan).where(
        DeviceLoan.receiver_id == asked.user.id, DeviceLoan.state == "open",
        DeviceLoan.due_on >= asked.first, DeviceLoan.due_on <= asked.last,
    )  # fmt: skip
    for row in db.session.scalars(query.order_by(DeviceLoan.id).limit(MOST)):
        day = datetime.combine(row.due_on, time(), clock.LOCAL)
        yield Time("loan", str(row.id), day, day + timedelta(days=1), f"/device-loans/{row.id}", all_day=True)


@built_once
def _duty() -> tuple[Any, Any]:
    holds = sa.exists().where(
        Membership.user_id == _ME, Membership.state == "active", Membership.role.in_(sorted(STAFF)),
        Membership.confirmed_at.is_not(None),
    )  # fmt: skip
    slots = sa.select(DutySlot).options(joinedload(DutySlot.unit)).where(DutySlot.user_id == _ME, holds)
    shifts = sa.select(DutyShift).where(DutyShift.user_id == _ME, _within(DutyShift.starts_at))
    return slots.order_by(DutySlot.id).limit(MOST), shifts.order_by(DutyShift.id).limit(MOST)


def duty(asked: Asked) -> Iterator[Time]:
    """Yields duty slots while the user holds a staff role, and single duty shifts."""
    slots, shifts = _duty()
    turns: Sequence[DutySlot] = db.session.scalars(slots, asked.values).all()
    for slot in turns:
        place = slot.unit.name if slot.place != "online" else ""
        for starts, ends in weekly_hours(slot.weekday, slot.starts, slot.ends, asked.first, asked.last):
            yield Time("duty", f"{slot.id}-{starts:%Y%m%d}", starts, ends, f"/units/{slot.unit_id}", place)
    for shift in db.session.scalars(shifts, asked.values):
        yield Time("duty", str(shift.id), shift.starts_at, shift.ends_at, f"/units/{shift.unit_id}")


SOURCES = (meetings, weekly, groups, trainings, visits, handovers, loans, duty)
