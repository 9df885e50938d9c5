"""Notification rules for test alarms, and for a unit's readiness to admit minors."""

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community.alarm_tests.events import AlarmTestAnswered, AlarmTestStarted, ReadinessEnded, UnitReady
from tutoring.community.models import Membership, Unit
from tutoring.community.queries import ancestors, unit
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.events import on
from tutoring.kernel.text import N_
from tutoring.notifications.inbox.alarms import ring
from tutoring.notifications.inbox.commands import mark_handled, notify, settle_of
from tutoring.policy.community import member_seers

TEST = N_("Báo động THỬ của %(unit)s: không có ai gặp nguy hiểm. Mở và chạm một nút để trả lời.")
READY = N_("%(unit)s nhận học sinh mới được đến ngày %(day)s: hai người đã trả lời báo động thử.")
WAITING = N_("%(unit)s nhận học sinh được rồi. Có %(num)s em đang chờ bạn xác nhận.")
ENDED = N_(
    "%(unit)s chưa nhận thêm học sinh được: chưa đủ hai người trả lời báo động thử trong 31 ngày. Mở để gửi lại."
)


def _path(test_id: int) -> str:
    return f"/alarm-tests/{test_id}"


def _duty_path(unit_id: int) -> str:
    return f"/units/{unit_id}/duty"


@on(AlarmTestStarted)
def ring_alarm_test(event: AlarmTestStarted) -> None:
    """A new test replaces the one before, as each round of a real alarm does."""
    if event.before is not None:
        mark_handled(path=_path(event.before))
    name = unit(event.unit_id).name
    ring(event.on_duty, f"alarm-test:{event.test_id}", TEST, _path(event.test_id), unit=name)
    ring(event.others, f"danger-test:{event.test_id}", TEST, _path(event.test_id), unit=name)


@on(AlarmTestAnswered)
def settle_answered_alarm_test(event: AlarmTestAnswered) -> None:
    settle_of([event.user_id], f"alarm-test:{event.test_id}")
    settle_of([event.user_id], f"danger-test:{event.test_id}")


@on(UnitReady)
def notify_of_ready_unit(event: UnitReady) -> None:
    place = unit(event.unit_id)
    mark_handled(path=_duty_path(place.id))
    key = f"unit-ready:{place.id}:{event.until.isoformat()}"
    for user_id in _coordinators(place.id):
        notify(user_id, key, READY, _duty_path(place.id), unit=place.name, day=f"{clock.local(event.until):%d/%m/%Y}")
    for below, num in _waiting(place):
        for user_id in _knowing(below):
            key = f"unit-ready:{below.id}:waiting"
            notify(user_id, key, WAITING, f"/units/{below.id}", again=True, unit=below.name, num=num)


@on(ReadinessEnded)
def notify_of_ended_readiness(event: ReadinessEnded) -> None:
    place = unit(event.unit_id)
    key = f"unit-unready:{place.id}:{clock.local(event.at).date()}"
    for user_id in {*_coordinators(place.id), *_above(place.id)}:
        notify(user_id, key, ENDED, _duty_path(place.id), unit=place.name)


def _coordinators(unit_id: int) -> list[int]:
    query = sa.select(Membership.user_id).where(
        Membership.unit_id == unit_id, Membership.role == "coordinator", Membership.state == "active"
    )
    return list(db.session.scalars(query.order_by(Membership.user_id)))


def _above(unit_id: int) -> list[int]:
    """Returns the coordinators of the nearest unit above that has any.

    Without any, returns the site administrators.
    """
    for above in ancestors(unit_id)[1:]:
        if found := _coordinators(above):
            return found
    return list(db.session.scalars(sa.select(User.id).where(User.site_admin, User.state == "active")))


def _waiting(place: Unit) -> list[tuple[Unit, int]]:
    """Returns the units where minors await confirmation, with their number.

    Covers this unit and the units directly below.
    """
    query = (
        sa.select(Unit, sa.func.count())
        .join(Membership, Membership.unit_id == Unit.id)
        .join(User, User.id == Membership.user_id)
        .where(
            sa.or_(Unit.id == place.id, Unit.parent_id == place.id), Membership.state == "waiting",
            User.kind != "adult",
        )
        .group_by(Unit.id)
        .order_by(Unit.id)
    )  # fmt: skip
    return [(below, num) for below, num in db.session.execute(query)]


def _knowing(place: Unit) -> list[int]:
    query = sa.select(Membership.user_id).where(
        Membership.unit_id.in_(ancestors(place.id)[:2]), Membership.role.in_(member_seers(place.kind)),
        Membership.state == "active",
    )  # fmt: skip
    return list(db.session.scalars(query.distinct()))
