"""Rows of learners who wait, and of what a helper, learner or parent among the staff has under way."""

from collections.abc import Iterator
from datetime import datetime
from itertools import chain

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext, ngettext
from sqlalchemy.orm import joinedload

from tutoring.accounts.reader_names import said_to_reader
from tutoring.community.models import Membership, Unit
from tutoring.devices.pending_counts import SOON, for_family, something_for_family
from tutoring.home.pending_work.people import MOST, named
from tutoring.home.pending_work.statements import Standpoint, Statement
from tutoring.home.pending_work.viewer import Viewer
from tutoring.home.pending_work.work_item import NOW, TODAY, Source, WorkItem, any_row
from tutoring.kernel import clock
from tutoring.pairing.awaiting_device.queries import at_desks
from tutoring.pairing.lifecycle.timers import waited_until
from tutoring.pairing.models import OPEN, HelpRequest, in_queue
from tutoring.pairing.offers.queries import may_take
from tutoring.pairing.requests import queries as requests_queries
from tutoring.pairing.scheduling.models import WeeklyRound
from tutoring.policy.pairing.awaiting_device import DESK
from tutoring.policy.pairing.fallbacks import ANSWERED_WITHIN
from tutoring.policy.rooms.participation import CHILD_OBSERVER_ROLES
from tutoring.web.i18n import day, when

_COORDINATOR = ("coordinator",)


def _waits_long(here: Standpoint) -> list[sa.ColumnElement[bool]]:
    """Requests for help at once that nobody took so far: other ways were offered, or no helper was left to ask.

    Teachers see those of minors, coordinators all in their units.
    """
    late = sa.or_(
        HelpRequest.later_at.is_not(None),
        sa.and_(HelpRequest.alarmed_at.is_not(None), HelpRequest.alarm_seen_at.is_(None)),
        HelpRequest.answer_calls > 0,
    )
    children = sa.and_(HelpRequest.minor, here.scope(CHILD_OBSERVER_ROLES).holds(HelpRequest.unit_id))
    near = sa.or_(here.scope(_COORDINATOR).holds(HelpRequest.unit_id), children)
    at_once = sa.or_(HelpRequest.answer_calls > 0, HelpRequest.times_until.is_(None))
    return [in_queue(), at_once, late, near, ~here.is_own(HelpRequest.learner_id)]


_LONG = Statement(
    lambda here: (
        sa.select(HelpRequest)
        .options(joinedload(HelpRequest.learner), joinedload(HelpRequest.unit))
        .where(*_waits_long(here))
        .order_by(HelpRequest.queued_at, HelpRequest.id)
        .limit(MOST)
    )
)


def _waiting(viewer: Viewer) -> Iterator[WorkItem]:
    """An answer in writing is owed first; then children, then adults; one row for each unit and kind."""
    coordinated, groups = viewer.scope(_COORDINATOR), dict[tuple[str, Unit], list[HelpRequest]]()
    for asked in _LONG.results(viewer).scalars():
        owed = asked.answer_calls > 0 and coordinated.has(asked.unit.path)
        if not owed and (asked.wish != "now" or asked.times_until is not None):
            continue
        kind = "answer_owed" if owed else "child_waiting" if asked.minor else "learner_waiting"
        groups.setdefault((kind, asked.unit), []).append(asked)
    for (kind, unit), some in groups.items():
        href = (
            url_for("pairing.waiting", unit_id=unit.id) if coordinated.has(unit.path) else url_for("moderation.board")
        )
        yield _of_waiting(kind, unit, some, href, viewer.topics)


def _of_waiting(kind: str, unit: Unit, some: list[HelpRequest], href: str, known: dict[str, str]) -> WorkItem:
    num, first, moment = len(some), some[0], clock.now()
    who = first.learner.called_name
    if kind == "answer_owed":
        due = min(moment + ANSWERED_WITHIN - waited_until(asked, moment) for asked in some)
        title = ngettext("%(num)d yêu cầu phải được trả lời", "%(num)d yêu cầu phải được trả lời", num)
        if num == 1:
            title = gettext("Trả lời %(name)s bằng chữ", name=who)
    else:
        due = None
        title = ngettext("%(num)d người chờ mà chưa ai giúp", "%(num)d người chờ mà chưa ai giúp", num)
        if num == 1:
            title = gettext("%(name)s chờ mà chưa ai giúp", name=who)
    about = known.get(first.topic, first.topic) if num == 1 else named(asked.learner for asked in some)
    return WorkItem(
        kind, title, href, f"{about} · {unit.name}", due=due, since=first.queued_at, count=num,
        urgency=NOW if due is not None and due < moment else None,
    )  # fmt: skip


# ---- requests that wait for a device, rounds ---------------------------------------------------------------------


_AWAITING = Statement(
    lambda here: (
        sa.select(Unit.path, sa.func.count(), sa.func.min(HelpRequest.parked_at))
        .select_from(HelpRequest)
        .join(Unit, Unit.id == HelpRequest.unit_id)
        .where(at_desks(here.scope(DESK).holds))
        .group_by(Unit.path)
        .order_by(Unit.path)
    )
)


def _awaiting_device(viewer: Viewer) -> Iterator[WorkItem]:
    counts: dict[Unit, tuple[int, datetime | None]] = {}
    own = viewer.units(DESK)
    for path, num, since in _AWAITING.results(viewer):
        unit = viewer.own_unit(path, DESK) or own[0]
        before, first = counts.get(unit, (0, None))
        counts[unit] = before + num, min((at for at in (first, since) if at is not None), default=None)
    for unit, (num, since) in counts.items():
        yield WorkItem(
            "awaiting_device", ngettext("%(num)d yêu cầu chờ máy, chờ mạng", "%(num)d yêu cầu chờ máy, chờ mạng", num),
            url_for("pairing.parked", unit_id=unit.id), unit.name, since=since, count=num,
        )  # fmt: skip


def _rounds(here: Standpoint) -> list[sa.ColumnElement[bool]]:
    return [WeeklyRound.state == "ready", here.scope(_COORDINATOR).holds(WeeklyRound.unit_id)]


_ROUNDS = Statement(
    lambda here: (
        sa.select(WeeklyRound)
        .options(joinedload(WeeklyRound.unit))
        .where(*_rounds(here))
        .order_by(WeeklyRound.id)
        .limit(MOST)
    )
)


def _weekly_rounds(viewer: Viewer) -> Iterator[WorkItem]:
    for row in _ROUNDS.results(viewer).scalars():
        yield WorkItem(
            "weekly_round", gettext("Đợt ghép cặp hằng tuần chờ công bố"),
            url_for("pairing.weekly_round", round_id=row.id), row.unit.name, since=row.ready_at,
        )  # fmt: skip


# ---- the person's own --------------------------------------------------------------------------------------------


def _has_own_requests(here: Standpoint) -> sa.ColumnElement[bool]:
    return sa.or_(
        sa.exists().where(HelpRequest.state.in_(OPEN), here.is_own(HelpRequest.learner_id)),
        sa.exists().where(HelpRequest.state.in_(("offered", "helping")), HelpRequest.helper_id == here.id),
    )


def _own_requests(viewer: Viewer) -> Iterator[WorkItem]:
    open_ones = requests_queries.open_requests_of([viewer.id, *viewer.child_ids])
    helping, known = requests_queries.helping_now(viewer.id), viewer.topics
    if helping is not None:
        here = helping.state == "helping" and helping.room_id is not None
        yield WorkItem(
            "helping", gettext("Bạn đang giúp %(name)s", name=said_to_reader(helping.learner)),
            url_for("rooms.show", room_id=helping.room_id) if here else url_for("pairing.helping"),
            known.get(helping.topic, helping.topic), since=helping.claimed_at,
        )  # fmt: skip
    for asked in chain.from_iterable(open_ones.values()):
        own = asked.learner_id == viewer.id
        yield WorkItem(
            "own_request" if own else "child_request",
            gettext("Yêu cầu của bạn") if own else gettext("Yêu cầu của %(name)s", name=asked.learner.called_name),
            url_for("pairing.request", request_id=asked.id), known.get(asked.topic, asked.topic),
            since=asked.queued_at, urgency=NOW if asked.state in ("offered", "helping") else TODAY,
        )  # fmt: skip


def _may_help_somebody(here: Standpoint) -> sa.ColumnElement[bool]:
    """Somebody waits in a ward to which the person belongs; the board decides whom they may take."""
    wards = sa.select(Unit.ward_id).join(Membership, Membership.unit_id == Unit.id)
    wards = wards.where(Membership.user_id == here.id, Membership.state == "active", Unit.ward_id.is_not(None))
    return sa.exists().where(in_queue(), HelpRequest.learner_id != here.id, HelpRequest.ward_id.in_(wards))


def _asked_to_help(viewer: Viewer) -> Iterator[WorkItem]:
    found = may_take(viewer.person, 3)
    if found:
        num, topic = len(found), found[0].topic
        title = ngettext("%(num)d người cần bạn giúp", "%(num)d người cần bạn giúp", num)
        yield WorkItem("asked_to_help", title, url_for("pairing.helping"), viewer.topics.get(topic, topic),
                       since=found[0].queued_at, count=num)  # fmt: skip


def _family(viewer: Viewer) -> Iterator[WorkItem]:
    found = for_family(viewer.id)
    if found.handover_at:
        title = gettext("Hẹn nhận máy: %(when)s", when=when(found.handover_at).striptags())
        yield WorkItem("own_handover", title, url_for("devices.loans"))
    if found.due_on:
        title = gettext("Máy mượn: hẹn trả ngày %(day)s", day=day(found.due_on))
        yield WorkItem("own_loan", title, url_for("devices.loans"))
    if found.vouchers:
        title = ngettext("%(num)d gói mạng chờ bạn mở", "%(num)d gói mạng chờ bạn mở", found.vouchers)
        yield WorkItem("own_voucher", title, url_for("devices.my_vouchers"), count=found.vouchers)


SOURCES = (
    Source(("child_waiting", "learner_waiting", "answer_owed"),
           lambda here: any_row(*_waits_long(here)), _waiting),
    Source(("awaiting_device",), lambda here: any_row(at_desks(here.scope(DESK).holds)),
           _awaiting_device),
    Source(("weekly_round",), lambda here: any_row(*_rounds(here)), _weekly_rounds),
    Source(("helping", "own_request", "child_request"), _has_own_requests, _own_requests),
    Source(("asked_to_help",), _may_help_somebody, _asked_to_help),
    Source(("own_handover", "own_loan", "own_voucher"),
           lambda here: something_for_family(here.id, here.today(SOON)), _family),
)  # fmt: skip
