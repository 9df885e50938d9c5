"""Rows of units and their people: who is to be confirmed, second persons, test alarms, and units that are not ready."""

from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext, ngettext
from sqlalchemy.orm import aliased, joinedload

from tutoring.accounts.models import User
from tutoring.accounts.reader_names import said_to_reader
from tutoring.community.alarm_tests.models import AlarmCall, AlarmTest
from tutoring.community.bulk_import.models import UnitImport
from tutoring.community.labels import role_word
from tutoring.community.memberships.second_factor_resets import LIFE
from tutoring.community.models import FactorReset, JoinCode, Membership, Nomination, Unit
from tutoring.community.units.staff_queries import waiting_for
from tutoring.home.pending_work.statements import Standpoint, Statement
from tutoring.home.pending_work.viewer import Viewer
from tutoring.home.pending_work.work_item import Source, WorkItem, any_row
from tutoring.policy.alarm_tests import ANSWER_WITHIN, ENOUGH, HOLDS
from tutoring.policy.community import member_seers, needs_coordinator
from tutoring.policy.pairing.vetting import RENEW_FROM, VOUCH_LASTS
from tutoring.policy.rooms.participation import CHILD_OBSERVER_ROLES

NAMED = 3  # people named in a row; the others are counted
MOST = 50
_COORDINATOR = ("coordinator",)


def named(people: Iterable[User]) -> str:
    """Returns the first names of a list, and that there are more."""
    some = [one.called_name for one in people]
    return ", ".join(some[:NAMED]) + ("…" if len(some) > NAMED else "")


# ---- confirmations -----------------------------------------------------------------------------------------------


def _may_have_members(here: Standpoint) -> sa.ColumnElement[bool]:
    def near(column: Any) -> sa.ColumnElement[bool]:
        return sa.true() if here.admin else here.scope().holds(column)

    open_code = JoinCode.confirmed_at.is_(None), JoinCode.revoked_at.is_(None), JoinCode.expires_at > here.moment()
    return sa.or_(
        any_row(Membership.state == "waiting", near(Membership.unit_id)),
        any_row(*open_code, near(JoinCode.unit_id)),
        any_row(Nomination.state == "nominated", near(Nomination.unit_id)),
    )


def _members(viewer: Viewer) -> Iterator[WorkItem]:
    found = waiting_for(viewer.person)
    members: dict[Unit, list[Membership]] = {}
    for member in found.members:
        members.setdefault(member.unit, []).append(member)
    for unit, some in members.items():
        num = len(some)
        yield WorkItem(
            "member",
            _waiting_members(some, unit),
            _place_of_waiting(unit, num), named(one.user for one in some),
            since=some[0].created_at, count=num,
        )  # fmt: skip
    for code in found.codes:
        role = gettext(role_word(code.role, code.unit.kind))
        yield WorkItem(
            "join_code", gettext("Mã mời %(role)s chờ người thứ hai", role=role),
            url_for("community.code", code_id=code.id), code.unit.name, due=code.expires_at, since=code.created_at,
        )  # fmt: skip
    nominated: dict[Unit, list[Nomination]] = {}
    for one in found.nominations:
        nominated.setdefault(one.unit, []).append(one)
    for unit, rows in nominated.items():
        num = len(rows)
        yield WorkItem(
            "nomination", ngettext("%(num)d người được giới thiệu giúp người khác",
                                   "%(num)d người được giới thiệu giúp người khác", num),
            url_for("community.unit", unit_id=unit.id, _anchor="nominations"),
            f"{named(one.user for one in rows)} · {unit.name}", since=rows[0].nominated_at, count=num,
        )  # fmt: skip


def _place_of_waiting(unit: Unit, num: int) -> str:
    """Returns where those who wait are confirmed: one on the unit's page, several at once in the table of members."""
    if num == 1:
        return url_for("community.unit", unit_id=unit.id, _anchor="waiting")
    return url_for("community.unit_members", unit_id=unit.id, state="waiting")


def _waiting_members(members: list[Membership], unit: Unit) -> str:
    num, name = len(members), unit.name
    if all(one.user.is_minor for one in members):
        said = ngettext(
            "%(num)d học sinh chờ xác nhận vào %(unit)s", "%(num)d học sinh chờ xác nhận vào %(unit)s", num, unit=name
        )
    else:
        said = ngettext(
            "%(num)d người chờ xác nhận vào %(unit)s", "%(num)d người chờ xác nhận vào %(unit)s", num, unit=name
        )
    return str(said)


def _renewable(here: Standpoint) -> list[sa.ColumnElement[bool]]:
    """Approvals of helpers that end within a month, or ended within the last one, not the viewer's own."""
    return [
        Nomination.state == "active", Nomination.confirmed_at < here.moment(RENEW_FROM - VOUCH_LASTS),
        Nomination.confirmed_at > here.moment(-RENEW_FROM - VOUCH_LASTS), Nomination.user_id != here.id,
        Nomination.nominated_by_id != here.id, here.scope().holds(Nomination.unit_id),
    ]  # fmt: skip


_MEMBER = sa.and_(Membership.user_id == Nomination.user_id, Membership.unit_id == Nomination.unit_id)
_RENEWALS = Statement(
    lambda here: (
        sa.select(Nomination, sa.func.min(Membership.id))
        .join(Membership, _MEMBER)
        .options(joinedload(Nomination.user), joinedload(Nomination.unit))
        .where(*_renewable(here), Membership.state == "active")
        .group_by(Nomination.id)
        .order_by(Nomination.confirmed_at)
        .limit(MOST)
    )
)


def _renewals(viewer: Viewer) -> Iterator[WorkItem]:
    for row, membership_id in _RENEWALS.results(viewer).unique():
        held = _held_at(viewer, row.unit.path)
        may = not needs_coordinator(row.user.is_minor, row.barred_at) or "coordinator" in held
        if may and not held.isdisjoint(member_seers(row.unit.kind)):
            yield WorkItem(
                "helper_renewal", gettext("Gia hạn để %(name)s giúp tiếp", name=said_to_reader(row.user)),
                url_for("community.member", membership_id=membership_id), row.unit.name,
                due=row.confirmed_at + VOUCH_LASTS if row.confirmed_at else None,
            )  # fmt: skip


def _held_at(viewer: Viewer, path: str) -> set[str]:
    return {role for unit, held in viewer.staff.items() if path.startswith(unit.path) for role in held}


# ---- second factors ----------------------------------------------------------------------------------------------


def _resets(here: Standpoint) -> list[sa.ColumnElement[bool]]:
    near = sa.true() if here.admin else here.scope(_COORDINATOR).holds(Membership.unit_id)
    return [
        FactorReset.closed_at.is_(None), FactorReset.asked_at > here.moment(-LIFE),
        FactorReset.asked_by_id != here.id, FactorReset.user_id != here.id,
        Membership.user_id == FactorReset.user_id, Membership.state == "active", near,
    ]  # fmt: skip


_RESETS = Statement(
    lambda here: (
        sa.select(User, sa.func.min(FactorReset.asked_at), sa.func.min(Membership.id))
        .join(FactorReset, FactorReset.user_id == User.id)
        .join(Membership, Membership.user_id == User.id)
        .where(*_resets(here))
        .group_by(User.id)
        .limit(MOST)
    )
)


def _factor_resets(viewer: Viewer) -> Iterator[WorkItem]:
    for person, asked_at, membership_id in _RESETS.results(viewer):
        yield WorkItem(
            "factor_reset", gettext("Gỡ mã trên điện thoại của %(name)s?", name=said_to_reader(person)),
            url_for("community.factor_reset", membership_id=membership_id), gettext("cần bạn là người thứ hai"),
            due=asked_at + LIFE, since=asked_at,
        )  # fmt: skip


# ---- alarms ------------------------------------------------------------------------------------------------------


def _calls(here: Standpoint) -> list[sa.ColumnElement[bool]]:
    """The newest test alarm of a unit that called the viewer and has no answer of theirs yet."""
    newer = aliased(AlarmTest)
    return [
        AlarmCall.user_id == here.id, AlarmCall.answered_at.is_(None),
        AlarmCall.called_at > here.moment(-ANSWER_WITHIN), AlarmTest.id == AlarmCall.test_id,
        ~sa.exists().where(newer.unit_id == AlarmTest.unit_id, newer.id > AlarmTest.id),
    ]  # fmt: skip


_CALLED = Statement(
    lambda here: (
        sa.select(AlarmTest)
        .join(AlarmCall, AlarmCall.test_id == AlarmTest.id)
        .options(joinedload(AlarmTest.unit))
        .where(*_calls(here))
        .limit(MOST)
    )
)


def _alarm_tests(viewer: Viewer) -> Iterator[WorkItem]:
    for test in _CALLED.results(viewer).scalars():
        yield WorkItem(
            "alarm_test", gettext("Báo động thử: hãy trả lời"), url_for("community.alarm_test", alarm_test_id=test.id),
            gettext("%(unit)s · không có ai gặp nguy hiểm", unit=test.unit.name),
            due=test.started_at + ANSWER_WITHIN, since=test.started_at,
        )  # fmt: skip


def _unready(here: Standpoint) -> list[sa.ColumnElement[bool]]:
    """The viewer's own units that look after children, where too few people answered a test alarm lately.

    Only people who may still watch there count, as in `community/alarm_tests/readiness.py`.
    """
    at, watch = aliased(Unit), aliased(Unit)
    answered = (
        sa.select(sa.func.count(sa.distinct(AlarmCall.user_id)))
        .join(AlarmTest, AlarmTest.id == AlarmCall.test_id)
        .join(at, at.id == AlarmTest.unit_id)
        .join(User, User.id == AlarmCall.user_id)
        .join(Membership, Membership.user_id == AlarmCall.user_id)
        .join(watch, watch.id == Membership.unit_id)
        .where(
            AlarmTest.unit_id == Unit.id, AlarmCall.answered_at > here.moment(-HOLDS), User.state == "active",
            User.kind == "adult", Membership.state == "active", Membership.confirmed_at.is_not(None),
            Membership.role.in_(sorted(CHILD_OBSERVER_ROLES)),
            sa.func.substr(at.path, 1, sa.func.length(watch.path)) == watch.path,
        )
        .correlate(Unit)
        .scalar_subquery()
    )  # fmt: skip
    minors = sa.exists().where(
        Membership.unit_id == Unit.id, Membership.state != "ended", Membership.user_id == User.id, User.kind != "adult"
    )
    return [here.is_unit_of(Unit.id, _COORDINATOR), sa.or_(Unit.kind == "school", minors), answered < ENOUGH]


_UNREADY = Statement(lambda here: sa.select(Unit.id, Unit.name).where(*_unready(here)).order_by(Unit.id).limit(MOST))


def _units_not_ready(viewer: Viewer) -> Iterator[WorkItem]:
    for unit in _UNREADY.results(viewer):
        yield WorkItem(
            "unit_not_ready", gettext("%(unit)s chưa nhận thêm học sinh được", unit=unit.name),
            url_for("community.duty", unit_id=unit.id),
            gettext("chưa đủ hai người trả lời báo động thử trong 31 ngày"),
        )  # fmt: skip


# ---- files of units ----------------------------------------------------------------------------------------------


def _imports(here: Standpoint) -> list[sa.ColumnElement[bool]]:
    return [UnitImport.by_id == here.id, UnitImport.state.in_(("faulty", "ready"))]


_IMPORTS = Statement(
    lambda here: (
        sa.select(UnitImport.id, UnitImport.state, UnitImport.file_name)
        .where(*_imports(here))
        .order_by(UnitImport.id)
        .limit(MOST)
    )
)


def _unit_imports(viewer: Viewer) -> Iterator[WorkItem]:
    for row in _IMPORTS.results(viewer):
        ready = row.state == "ready"
        yield WorkItem(
            "unit_import", gettext("Tệp đơn vị đã kiểm xong, chờ bạn ghi") if ready else gettext("Tệp đơn vị có lỗi"),
            url_for("community.unit_import", import_id=row.id), row.file_name,
        )  # fmt: skip


SOURCES = (
    Source(("member", "join_code", "nomination"), _may_have_members, _members),
    Source(("helper_renewal",), lambda here: any_row(*_renewable(here)), _renewals),
    Source(("factor_reset",), lambda here: any_row(*_resets(here)), _factor_resets),
    Source(("alarm_test",), lambda here: any_row(*_calls(here)), _alarm_tests),
    Source(("unit_not_ready",), lambda here: any_row(*_unready(here)), _units_not_ready),
    Source(("unit_import",), lambda here: any_row(*_imports(here)), _unit_imports),
)
