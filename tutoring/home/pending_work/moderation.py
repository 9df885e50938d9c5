"""Rows of moderation: cases, held messages, appeals, and emergency access that waits for the second person."""

from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext, ngettext

from tutoring.accounts.models import User
from tutoring.accounts.reader_names import said_to_reader, shown_to_reader
from tutoring.home.pending_work.statements import Standpoint
from tutoring.home.pending_work.viewer import Viewer
from tutoring.home.pending_work.work_item import DANGER, GRAVE, NOW, TODAY, Source, WorkItem, any_row
from tutoring.kernel.text import N_
from tutoring.moderation.appeals import queries as appeals_queries
from tutoring.moderation.appeals.models import ActionAppeal
from tutoring.moderation.cases.queries import (
    cases_with_reports,
    concerning_scope,
    holder_of,
    visible_in_brief,
    written_to,
)
from tutoring.moderation.emergency_access import queries as access_queries
from tutoring.moderation.emergency_access.models import EmergencyAccess
from tutoring.moderation.labels import target_of
from tutoring.moderation.models import Case, ModerationAction
from tutoring.policy.moderation.cases import may_decide_case
from tutoring.policy.moderation.emergency_access import LIFE
from tutoring.policy.moderation.queue import appeal_deadline, grade_of_held, held_until
from tutoring.policy.rooms.participation import ADULT_OBSERVER_ROLES, CHILD_OBSERVER_ROLES
from tutoring.rooms.labels import waits_short
from tutoring.rooms.models import Message, MessageAppeal, Room
from tutoring.rooms.moderation import queries as held_queries
from tutoring.rooms.moderation.queries import HeldInBrief, HeldMessage
from tutoring.rooms.visibility import observed_in

_URGENCY = {"S0": DANGER, "S1": GRAVE, "S2": NOW, "S3": TODAY}
_SAYS = {"S0": N_("Báo cáo khẩn: %(what)s"), "S1": N_("Báo cáo nghiêm trọng: %(what)s")}
_ROUTINE = frozenset({"S2", "S3"})


def _observed(here: Standpoint) -> sa.ColumnElement[bool]:
    return observed_in(here.scope(ADULT_OBSERVER_ROLES), here.scope(CHILD_OBSERVER_ROLES))


# ---- cases -------------------------------------------------------------------------------------------------------


def _may_have_cases(here: Standpoint) -> sa.ColumnElement[bool]:
    mine = concerning_scope(here.scope(ADULT_OBSERVER_ROLES), here.admin, edits=True)
    return any_row(Case.state == "open", sa.or_(*mine))


def _cases(viewer: Viewer) -> Iterator[WorkItem]:
    """Each grave case is its own row; several routine ones of a unit are one."""
    routine: dict[int | None, list[tuple[Case, str]]] = {}
    for case, unit in visible_in_brief(viewer.cases):
        if not _waits(viewer, case):
            continue
        if case.is_welfare or case.grade not in _ROUTINE:
            yield _case(case)
        else:
            routine.setdefault(case.unit_id, []).append((case, unit))
    for some in routine.values():
        cases, unit = [case for case, _unit in some], some[0][1]
        yield _several(cases, unit) if len(cases) > 1 else _case(cases[0])


def _waits(viewer: Viewer, case: Case) -> bool:
    """A case that another person has claimed waits for that person; so does one that needs a decider, once seen."""
    holder = holder_of(case)
    if holder is not None:
        return holder == viewer.id
    return case.is_welfare or case.looked_at is None or may_decide_case(viewer.cases.facts(case))


def _due(case: Case) -> datetime:
    return case.look_by if case.looked_at is None else case.decide_by


def _is_uneasy(case: Case) -> bool:
    return case.welfare is not None and case.welfare.is_uneasy


def _case(case: Case) -> WorkItem:
    kind = ("uneasy" if _is_uneasy(case) else "disclosure") if case.is_welfare else "case"
    return WorkItem(
        kind, "", url_for("moderation.case", case_id=case.id), due=_due(case), since=case.opened_at,
        urgency=TODAY if kind == "uneasy" and case.grade in _ROUTINE else _URGENCY[case.grade], key=case.id,
    )  # fmt: skip


def _words_of_cases(viewer: Viewer, case_ids: list[int]) -> dict[int, tuple[str, str]]:
    found = cases_with_reports(case_ids)
    towards = written_to(case for case, _reports in found)
    return {case.id: _words_of_case(viewer, case, reports, towards.get(case.id)) for case, reports in found}


def _words_of_case(viewer: Viewer, case: Case, reports: int, towards: User | None) -> tuple[str, str]:
    title = gettext(target_of(case))
    if not case.is_welfare:
        about = f"{title[:1].lower()}{title[1:]}"
        if case.about is not None:
            who = said_to_reader(case.about)
            both = towards and gettext("%(who)s nhắn cho %(other)s", who=who, other=said_to_reader(towards))
            about += f", {both or who}"
        title = gettext(_SAYS.get(case.grade, N_("Báo cáo: %(what)s")), what=about)
    parts = [case.unit.name if case.unit is not None else ""]
    if reports:
        parts.append(ngettext("%(num)d tin báo", "%(num)d tin báo", reports))
    if holder_of(case) == viewer.id:
        parts.append(gettext("bạn đang xem"))
    elif case.looked_at is None:
        parts.append(gettext("chưa ai xem"))
    return title, " · ".join(part for part in parts if part)


def _several(cases: list[Case], unit: str) -> WorkItem:
    num = len(cases)
    return WorkItem(
        "case", ngettext("%(num)d báo cáo chờ xem", "%(num)d báo cáo chờ xem", num), url_for("moderation.desk"), unit,
        due=min(map(_due, cases)), since=min(case.opened_at for case in cases), count=num,
        urgency=min(_URGENCY[case.grade] for case in cases),
    )  # fmt: skip


# ---- messages ----------------------------------------------------------------------------------------------------


def _may_have_held(here: Standpoint) -> sa.ColumnElement[bool]:
    held = Message.status == "held", Message.disclosed.is_(False)
    return any_row(Message.room_id == Room.id, *held, _observed(here))


def _held(viewer: Viewer) -> Iterator[WorkItem]:
    """What the risk rules held is one row, what the screening held another, each for its unit."""
    groups: dict[tuple[int, bool], list[HeldInBrief]] = {}
    for row in held_queries.held_in_brief_for(viewer.person):
        grave = grade_of_held(row.held_for, row.minors) == "S1"
        groups.setdefault((row.unit_id, grave), []).append(row)
    for (_unit, grave), rows in groups.items():
        first, num = rows[0], len(rows)
        yield WorkItem(
            "held_message", _held_title(num) if num > 1 else "",
            url_for("moderation.desk", item=f"m{first.message_id}"), first.unit_name if num > 1 else "",
            due=min(held_until(row.at, row.room_open) for row in rows), since=first.at,
            count=num, urgency=GRAVE if grave else NOW, key=first.message_id,
        )  # fmt: skip


def _held_title(num: int) -> str:
    return str(ngettext("%(num)d tin chờ xem trước khi gửi", "%(num)d tin chờ xem trước khi gửi", num))


def _words_of_held(viewer: Viewer, message_ids: list[int]) -> dict[int, tuple[str, str]]:
    """A message that is the only one of its row has its author and the reason beside it."""
    found: dict[int, tuple[str, str]] = {}
    for message, unit, risks in held_queries.why_held(message_ids):
        author = shown_to_reader(message.author) if message.author is not None else ""
        parts = author, unit, waits_short(message, risks)
        found[message.id] = _held_title(1), " · ".join(part for part in parts if part)
    return found


def _may_have_appeals(here: Standpoint) -> sa.ColumnElement[bool]:
    open_ones = MessageAppeal.message_id == Message.id, MessageAppeal.decided_at.is_(None)
    return any_row(Message.room_id == Room.id, *open_ones, _observed(here))


def _appeals(viewer: Viewer) -> Iterator[WorkItem]:
    units: dict[int, list[HeldMessage]] = {}
    for row in held_queries.appeals_for(viewer.person):
        units.setdefault(row.room.unit_id, []).append(row)
    for rows in units.values():
        first, num = rows[0], len(rows)
        asked = [row.appeal.at for row in rows if row.appeal is not None]
        yield WorkItem(
            "message_appeal", ngettext("%(num)d yêu cầu xem lại một tin", "%(num)d yêu cầu xem lại một tin", num),
            url_for("moderation.desk", item=f"m{first.message.id}"), first.room.unit.name,
            due=appeal_deadline(min(asked)), since=min(asked), count=num,
        )  # fmt: skip


# ---- acts --------------------------------------------------------------------------------------------------------


def _may_have_second_looks(here: Standpoint) -> sa.ColumnElement[bool]:
    mine = here.scope(ADULT_OBSERVER_ROLES).holds(ModerationAction.unit_id)
    mine = sa.or_(mine, ActionAppeal.alarm >= 2) if here.admin else mine
    return any_row(
        ActionAppeal.act_id == ModerationAction.id, ActionAppeal.decided_at.is_(None),
        ModerationAction.by_id != here.id, mine,
    )  # fmt: skip


def _second_looks(viewer: Viewer) -> Iterator[WorkItem]:
    found = appeals_queries.waiting_for(viewer.person)
    if len(found) > 1:
        num = len(found)
        title = ngettext("%(num)d yêu cầu xem lại việc đã làm", "%(num)d yêu cầu xem lại việc đã làm", num)
        yield WorkItem("action_appeal", title, url_for("moderation.desk"), due=found[0].due_at, since=found[0].at,
                       count=num)  # fmt: skip
        return
    for one in found:
        yield WorkItem(
            "action_appeal", gettext("Một người nhờ xem lại việc đã làm với họ"),
            url_for("moderation.second_look", act_id=one.act_id), gettext("cần người khác quyết định"),
            due=one.due_at, since=one.at,
        )  # fmt: skip


def _may_have_readings(here: Standpoint) -> sa.ColumnElement[bool]:
    if not (here.admin or here.holds_any(("coordinator",))):
        return sa.false()
    return any_row(
        EmergencyAccess.agreed_at.is_(None), EmergencyAccess.declined_at.is_(None),
        EmergencyAccess.asked_by_id != here.id, EmergencyAccess.at > here.moment(-LIFE),
    )  # fmt: skip


def _readings(viewer: Viewer) -> Iterator[WorkItem]:
    for one in access_queries.listed(viewer.person):
        if one.asked_by_id != viewer.id and one.agreed_at is None and one.declined_at is None:
            who, unit = shown_to_reader(one.asked_by), one.room.unit.name
            yield WorkItem(
                "emergency_reading", gettext("%(who)s xin đọc một phòng vì việc khẩn", who=who),
                url_for("moderation.reading", reading_id=one.id), gettext("cần bạn là người thứ hai") + f" · {unit}",
                due=one.at + LIFE, since=one.at,
            )  # fmt: skip


SOURCES = (
    Source(("disclosure", "case", "uneasy"), _may_have_cases, _cases, _words_of_cases),
    Source(("held_message",), _may_have_held, _held, _words_of_held),
    Source(("message_appeal",), _may_have_appeals, _appeals),
    Source(("action_appeal",), _may_have_second_looks, _second_looks),
    Source(("emergency_reading",), _may_have_readings, _readings),
)
