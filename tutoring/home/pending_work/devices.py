"""Rows of devices and internet: one for each kind of work and ward, from one statement."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import url_for
from flask_babel import ngettext

from tutoring.community.models import Unit
from tutoring.devices.loans.models import DeviceLoan, DeviceThanks, Handover
from tutoring.devices.models import Device, DeviceOffer
from tutoring.devices.needs.models import DeviceNeed
from tutoring.devices.pending_counts import SOON
from tutoring.home.pending_work.statements import Standpoint, Statement
from tutoring.home.pending_work.viewer import Viewer
from tutoring.home.pending_work.work_item import Source, WorkItem, end_of, never
from tutoring.kernel.db import UtcDateTime
from tutoring.policy.devices.inventory import ENDS, STOCK
from tutoring.policy.devices.loans import DONOR_DAY
from tutoring.policy.devices.needs import BASIS_TOLD, SCHOOL

_WITH_DONOR = ("offered", "expected", "lost")


@dataclass(frozen=True)
class _Work:
    """What is counted of one kind: the rows, their unit, and their clock."""

    kind: str
    counted: Any
    unit: Any
    where: tuple[sa.ColumnElement[bool], ...]
    since: Any = None
    due: Any = None


def _to(endpoint: str, name: str = "unit_id", **more: str) -> Callable[[int], str]:
    def address(number: int) -> str:
        values: dict[str, Any] = {name: number, **more}
        return url_for(endpoint, **values)

    return address


# The address of one thing, where it has a page of its own, and that of several in a unit.
_ADDRESSES: dict[str, tuple[Callable[[int], str] | None, Callable[[int], str]]] = {
    "device_offer": (_to("devices.offer", "offer_id"), _to("devices.store")),
    "device_to_check": (_to("devices.device", "device_id"), _to("devices.store", state="stored")),
    "device_to_return": (_to("devices.device", "device_id"), _to("devices.unit_loans")),
    "need_to_confirm": (_to("devices.need", "need_id"), _to("devices.unit_needs", tab="asked")),
    "need_to_meet": (_to("devices.need", "need_id"), _to("devices.unit_needs")),
    "need_second": (_to("devices.need", "need_id"), _to("devices.unit_needs", tab="second")),
    "need_basis": (_to("devices.need", "need_id"), _to("devices.unit_needs")),
    "need_ended": (_to("devices.device", "device_id"), _to("devices.unit_needs")),
    "voucher_failed": (_to("devices.need", "need_id"), _to("devices.unit_needs")),
    "handover_to_plan": (None, _to("devices.unit_handovers")),
    "handover_to_close": (_to("devices.handover", "handover_id"), _to("devices.unit_handovers")),
    "loan_overdue": (_to("devices.loan", "loan_id"), _to("devices.unit_loans", show="overdue")),
    "loan_due": (_to("devices.loan", "loan_id"), _to("devices.unit_loans", show="soon")),
    "loan_asked": (_to("devices.loan", "loan_id"), _to("devices.unit_loans", show="renewal")),
    "thanks": (None, _to("devices.unit_thanks")),
}  # fmt: skip


def _works(here: Standpoint) -> list[_Work]:
    """The kinds of work with their conditions; no person decides about their own family or gift."""
    ward, now = here.scope(STOCK), here.moment()
    store, need = ward.holds(Device.unit_id), ward.holds(DeviceNeed.ward_id)
    strange = DeviceNeed.receiver_id != here.id, ~here.is_own(DeviceNeed.person_id)
    near = sa.or_(need, here.scope(STOCK | SCHOOL).holds(DeviceNeed.unit_id))
    loan = DeviceLoan.device_id == Device.id, DeviceLoan.state == "open", DeviceLoan.receiver_id != here.id, store
    planned = sa.exists().where(Handover.device_id == Device.id, Handover.state == "planned")
    ended = sa.exists().where(DeviceNeed.id == Device.need_id, DeviceNeed.ended_at.is_not(None))
    # A need that the person's ward decides leads to the ward's list, another to that of its class or neighbourhood.
    home = sa.case((need, DeviceNeed.ward_id), else_=DeviceNeed.unit_id)
    return [
        _Work("device_offer", DeviceOffer.id, DeviceOffer.unit_id,
              (ward.holds(DeviceOffer.unit_id), DeviceOffer.state == "waiting")),
        _Work("device_to_check", Device.id, Device.unit_id, (store, Device.state.in_(("expected", "stored"))),
              since=Device.state_since),
        _Work("device_to_return", Device.id, Device.unit_id,
              (store, Device.lend_until <= here.today(DONOR_DAY), Device.state.not_in([*sorted(ENDS), *_WITH_DONOR])),
              due=Device.lend_until),
        _Work("need_to_confirm", DeviceNeed.id, home, (near, *strange, DeviceNeed.state == "asked"),
              since=DeviceNeed.state_since),
        _Work("need_to_meet", DeviceNeed.id, DeviceNeed.ward_id, (need, *strange, DeviceNeed.state == "confirmed"),
              since=DeviceNeed.state_since),
        _Work("need_second", DeviceNeed.id, DeviceNeed.ward_id,
              (need, *strange, DeviceNeed.state == "proposed", DeviceNeed.proposed_by_id != here.id,
               sa.func.coalesce(DeviceNeed.confirmed_by_id, 0) != here.id),
              since=DeviceNeed.state_since),
        _Work("need_basis", DeviceNeed.id, home,
              (near, *strange, DeviceNeed.state.in_(("confirmed", "proposed")),
               DeviceNeed.valid_until.between(here.today(), here.today(BASIS_TOLD))),
              due=DeviceNeed.valid_until),
        _Work("need_ended", Device.id, Device.unit_id, (store, Device.state == "reserved", ended),
              since=Device.state_since),
        _Work("voucher_failed", DeviceNeed.id, DeviceNeed.ward_id,
              (need, *strange, DeviceNeed.kind == "internet", DeviceNeed.state == "approved"),
              since=DeviceNeed.state_since),
        _Work("handover_to_plan", Device.id, Device.unit_id, (store, Device.state == "reserved", ~planned, ~ended),
              since=Device.state_since),
        _Work("handover_to_close", Handover.id, Device.unit_id,
              (store, Handover.device_id == Device.id, Handover.state == "planned", Handover.at < now,
               Handover.receiver_id != here.id),
              due=Handover.at),
        _Work("loan_overdue", DeviceLoan.id, Device.unit_id, (*loan, DeviceLoan.due_on < here.today()),
              due=DeviceLoan.due_on),
        _Work("loan_due", DeviceLoan.id, Device.unit_id,
              (*loan, DeviceLoan.due_on.between(here.today(), here.today(SOON))),
              due=DeviceLoan.due_on),
        _Work("loan_asked", DeviceLoan.id, Device.unit_id,
              (*loan, sa.or_(DeviceLoan.renewal_asked_at.is_not(None), DeviceLoan.told != "")),
              since=DeviceLoan.renewal_asked_at),
        _Work("thanks", DeviceThanks.id, Device.unit_id,
              (store, DeviceThanks.device_id == Device.id, DeviceThanks.state == "waiting",
               DeviceThanks.by_id != here.id),
              since=DeviceThanks.made_at),
    ]  # fmt: skip


def _may_wait(here: Standpoint) -> sa.ColumnElement[bool]:
    if not here.holds_any(STOCK | SCHOOL):
        return sa.false()
    works = (sa.select(work.counted).where(*work.where) for work in _works(here) if not never(*work.where))
    return sa.or_(sa.false(), *map(sa.exists, works))


def _title(kind: str, num: int) -> str:
    titles = {
        "device_offer": ngettext("%(num)d đề nghị tặng, cho mượn máy chờ trả lời",
                                 "%(num)d đề nghị tặng, cho mượn máy chờ trả lời", num),
        "device_to_check": ngettext("%(num)d máy chờ nhận, xem và xoá dữ liệu",
                                    "%(num)d máy chờ nhận, xem và xoá dữ liệu", num),
        "device_to_return": ngettext("%(num)d máy đến ngày gửi lại người cho mượn",
                                     "%(num)d máy đến ngày gửi lại người cho mượn", num),
        "need_to_confirm": ngettext("%(num)d nhu cầu chờ xác nhận", "%(num)d nhu cầu chờ xác nhận", num),
        "need_to_meet": ngettext("%(num)d nhu cầu chờ máy hoặc gói mạng", "%(num)d nhu cầu chờ máy hoặc gói mạng", num),
        "need_second": ngettext("%(num)d đề xuất chờ người thứ hai duyệt", "%(num)d đề xuất chờ người thứ hai duyệt",
                                num),
        "need_basis": ngettext("%(num)d xác nhận hoàn cảnh sắp hết hạn", "%(num)d xác nhận hoàn cảnh sắp hết hạn", num),
        "need_ended": ngettext("%(num)d máy còn giữ cho nhu cầu đã kết thúc",
                               "%(num)d máy còn giữ cho nhu cầu đã kết thúc", num),
        "voucher_failed": ngettext("%(num)d gia đình chờ gói mạng khác", "%(num)d gia đình chờ gói mạng khác", num),
        "handover_to_plan": ngettext("%(num)d máy chờ hẹn ngày bàn giao", "%(num)d máy chờ hẹn ngày bàn giao", num),
        "handover_to_close": ngettext("%(num)d buổi bàn giao chưa ghi kết quả",
                                      "%(num)d buổi bàn giao chưa ghi kết quả", num),
        "loan_overdue": ngettext("%(num)d máy đã quá hạn trả", "%(num)d máy đã quá hạn trả", num),
        "loan_due": ngettext("%(num)d máy đến ngày trả trong 30 ngày", "%(num)d máy đến ngày trả trong 30 ngày", num),
        "loan_asked": ngettext("%(num)d gia đình xin mượn thêm hoặc báo máy hỏng, mất",
                               "%(num)d gia đình xin mượn thêm hoặc báo máy hỏng, mất", num),
        "thanks": ngettext("%(num)d lời cảm ơn chờ chuyển", "%(num)d lời cảm ơn chờ chuyển", num),
    }  # fmt: skip
    return str(titles[kind])


def _counts(here: Standpoint) -> sa.Select[Any]:
    every = sa.union_all(*(_counted(work) for work in _works(here) if not never(*work.where))).subquery()
    query = sa.select(every, Unit.name).join(Unit, Unit.id == every.c.work_unit_id)
    return query.order_by(every.c.kind, every.c.work_unit_id)


_COUNTS = Statement(_counts)


def _items(viewer: Viewer) -> Iterator[WorkItem]:
    for row in _COUNTS.results(viewer):
        (one, many), num = _ADDRESSES[row.kind], row.num
        href = one(row.first) if num == 1 and one is not None else many(row.work_unit_id)
        due = end_of(row.due_on) if row.due_on else row.due_at
        yield WorkItem(row.kind, _title(row.kind, num), href, row.name, due, row.since, num)


def _counted(work: _Work) -> sa.Select[Any]:
    """Counts one kind by unit. Moments and days need columns of their own; PostgreSQL wants a type for each NULL."""
    by_day = work.due is not None and isinstance(work.due.type, sa.Date)
    moment, no_day = sa.cast(sa.null(), UtcDateTime()), sa.cast(sa.null(), sa.Date)
    return (
        sa.select(
            sa.literal(work.kind).label("kind"), work.unit.label("work_unit_id"), sa.func.count().label("num"),
            sa.func.min(work.counted).label("first"),
            (sa.func.min(work.since) if work.since is not None else moment).label("since"),
            (sa.func.min(work.due) if work.due is not None and not by_day else moment).label("due_at"),
            (sa.func.min(work.due) if by_day else no_day).label("due_on"),
        )
        .where(*work.where)
        .group_by("work_unit_id")  # by its name: PostgreSQL takes the same expression with other parameters for another
    )  # fmt: skip


SOURCES = (
    Source((
        "device_offer", "device_to_check", "device_to_return", "need_to_confirm", "need_to_meet", "need_second",
        "need_basis", "need_ended", "voucher_failed", "handover_to_plan", "handover_to_close", "loan_overdue",
        "loan_due", "loan_asked", "thanks",
    ), _may_wait, _items),
)  # fmt: skip
