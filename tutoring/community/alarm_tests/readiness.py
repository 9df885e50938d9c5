"""Readiness of a unit to admit minors.

It is computed from the answers to test alarms on every call and never stored.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import User
from tutoring.community.alarm_tests.models import AlarmCall, AlarmTest
from tutoring.community.models import DutySlot, Membership, Unit
from tutoring.community.queries import ancestors, unit
from tutoring.kernel import clock
from tutoring.kernel.database.sql import exists_per_row
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict
from tutoring.kernel.text import N_
from tutoring.policy.alarm_tests import HOLDS, may_admit, ready_until
from tutoring.policy.community import CHILD_UNITS
from tutoring.policy.rooms.participation import CHILD_OBSERVER_ROLES

_DUTY_ABOVE = {"class": "school", "neighbourhood": "ward"}  # kinds whose duty is usually that of the unit above
SHOWN = 5  # test alarms shown on a unit's page
NOT_READY = N_(
    "Chưa nhận thêm học sinh được: mới có %(num)s trên 2 người trả lời báo động thử trong 31 ngày qua. "
    "Điều phối viên mở Lịch trực của %(unit)s để gửi báo động thử. Hồ sơ đang chờ vẫn còn nguyên."
)


@dataclass(frozen=True)
class Readiness:
    """The result of the answers.

    `unit` is the unit whose duty is tested: for a class without a rota, its school.
    """

    unit: Unit
    answered: int  # different people
    until: datetime | None

    @property
    def ready(self) -> bool:
        return self.until is not None


def duty_place(place: Unit) -> Unit:
    """Returns the unit whose duty is tested for this one: itself if it has a rota."""
    above = _above(place)
    if above is None or db.session.scalar(sa.select(DutySlot.id).where(DutySlot.unit_id == place.id).limit(1)):
        return place
    return above


def _above(place: Unit) -> Unit | None:
    """Returns the unit above whose duty covers this one too, or None."""
    above = unit(place.parent_id) if place.kind in _DUTY_ABOVE and place.parent_id is not None else None
    return above if above is not None and above.kind == _DUTY_ABOVE[place.kind] else None


def readiness_of(unit_id: int) -> Readiness:
    """Computes the readiness of a unit.

    It counts different people who recently answered a test alarm of this unit, or of the unit whose duty covers it.
    They must still be allowed to watch over children here.
    """
    place = unit(unit_id)
    above = _above(place)
    tried = {place.id, above.id if above else place.id}
    newest = sa.func.max(AlarmCall.answered_at)
    watches = exists_per_row(
        sa.select(Membership.id).where(
            Membership.user_id == AlarmCall.user_id,
            Membership.unit_id.in_(ancestors(unit_id)),
            Membership.state == "active",
            Membership.role.in_(sorted(CHILD_OBSERVER_ROLES)),
            Membership.confirmed_at.is_not(None),
        )
    )
    query = (
        sa.select(newest)
        .select_from(AlarmCall)
        .join(AlarmTest, AlarmTest.id == AlarmCall.test_id)
        .join(User, User.id == AlarmCall.user_id)
        .where(
            AlarmTest.unit_id.in_(tried), AlarmCall.answered_at > clock.now() - HOLDS,
            User.state == "active", User.kind == "adult", watches,
        )
        .group_by(AlarmCall.user_id)
    )  # fmt: skip
    answers = [at for at in db.session.scalars(query) if at is not None]
    return Readiness(duty_place(place), len(answers), ready_until(answers))


def check_admission(person: User, unit_id: int) -> None:
    """Raises Conflict if a minor would enter a unit that is not ready.

    Every admission of a minor calls this, because otherwise an alarm might reach no one.
    """
    if not person.is_minor:
        return
    found = readiness_of(unit_id)
    if not may_admit(person.is_minor, found.ready):
        raise Conflict(NOT_READY, code="not_ready", num=found.answered, unit=found.unit.name)


def units_setting_up(waiting: Iterable[Membership]) -> set[int]:
    """Returns the units of these waiting memberships that cannot accept a minor yet."""
    asked = {member.unit_id for member in waiting if member.state == "waiting" and member.user.is_minor}
    return {unit_id for unit_id in asked if not readiness_of(unit_id).ready}


def newest_of(unit_id: int) -> AlarmTest | None:
    """Returns the newest test alarm of a unit, or None."""
    query = sa.select(AlarmTest).where(AlarmTest.unit_id == unit_id)
    return db.session.scalar(query.order_by(AlarmTest.id.desc()).limit(1))


def tests_since(unit_id: int, since: datetime) -> int:
    """Counts the test alarms of a unit since a moment."""
    query = sa.select(sa.func.count()).where(AlarmTest.unit_id == unit_id, AlarmTest.started_at > since)
    return db.session.scalar(query) or 0


@dataclass(frozen=True)
class Tried:
    """A test alarm with the people it called, those who answered fastest first."""

    test: AlarmTest
    calls: list[AlarmCall]

    @property
    def answered(self) -> int:
        return sum(call.answered_at is not None for call in self.calls)


def tried_lately(unit_id: int) -> list[Tried]:
    """Returns the newest test alarms of a unit with all their calls; two queries."""
    tests = sa.select(AlarmTest).options(joinedload(AlarmTest.by)).where(AlarmTest.unit_id == unit_id)
    rows = db.session.scalars(tests.order_by(AlarmTest.id.desc()).limit(SHOWN)).all()
    calls: dict[int, list[AlarmCall]] = {row.id: [] for row in rows}
    query = sa.select(AlarmCall).options(joinedload(AlarmCall.user)).where(AlarmCall.test_id.in_(list(calls)))
    for call in db.session.scalars(query.order_by(AlarmCall.answered_at.is_(None), AlarmCall.answered_at)):
        calls[call.test_id].append(call)
    return [Tried(row, calls[row.id]) for row in rows]


def looks_after_children(place: Unit) -> bool:
    """Returns whether a unit's page shows test alarms.

    These are schools, classes, and units with minors or minors who wait.
    """
    if place.kind in CHILD_UNITS:
        return True
    minors = sa.select(Membership.id).join(User, User.id == Membership.user_id)
    minors = minors.where(Membership.unit_id == place.id, Membership.state != "ended", User.kind != "adult")
    return newest_of(place.id) is not None or db.session.scalar(minors.limit(1)) is not None
