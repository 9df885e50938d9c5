"""Counts a half-year for publication, thirty days after its end.

By then its reports are decided. It is counted once, at night, and stored as it may be shown. The public page reads
stored rows only.
"""

import statistics
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from tutoring.insights.lesson_quality.suppression import guarded
from tutoring.insights.models import HalfYear
from tutoring.kernel import clock, jobs
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.database.sql import insert_if_absent
from tutoring.kernel.db import db
from tutoring.kernel.events import on
from tutoring.moderation.appeals.models import ActionAppeal
from tutoring.moderation.events import CaseOpened
from tutoring.moderation.models import Case, ModerationAction, Report
from tutoring.moderation.welfare.models import Welfare
from tutoring.policy.disclosure_control import suppress_small_count
from tutoring.policy.moderation.cases import GRADES, KINDS, OUTCOMES
from tutoring.policy.rooms.comfort import UNEASY
from tutoring.rooms.models import Message, MessageAppeal

AFTER = timedelta(days=30)
NIGHT = 3  # o'clock in Vietnam
SHOWN = 20  # half-years on the page
# What staff did in rooms, by audit action. The `act_…` rows of the moderation queue count only where no other row
# records the same deed.
ACTS = {
    "hide_message": "hide_message", "act_hide": "hide_message", "refuse_message": "refuse_message",
    "act_mask": "mask_message", "act_warn": "warn", "mute": "mute", "remove_member": "remove_member",
    "act_quarantine": "quarantine", "act_unpair": "unpair",
}  # fmt: skip
# A message that was hidden, put back and hidden again is one hidden message.
ONCE = frozenset({"hide_message", "refuse_message", "mask_message"})
Line = list[Any]  # [section, key, measure, value]


@dataclass(frozen=True)
class Half:
    """January to June, or July to December, in the calendar of Vietnam."""

    year: int
    second: bool

    @property
    def name(self) -> str:
        return f"{self.year}-{2 if self.second else 1}"

    @property
    def start(self) -> datetime:
        return _midnight(date(self.year, 7 if self.second else 1, 1))

    @property
    def end(self) -> datetime:
        return self.next.start

    @property
    def next(self) -> "Half":
        return Half(self.year + 1, False) if self.second else Half(self.year, True)

    @property
    def published(self) -> datetime:
        return self.end + AFTER + timedelta(hours=NIGHT)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=clock.LOCAL)


def this_half() -> Half:
    """Returns the current half-year."""
    today = clock.today()
    return Half(today.year, today.month > 6)


def published() -> list[HalfYear]:
    """Returns the published half-years, newest first."""
    return list(db.session.scalars(sa.select(HalfYear).order_by(HalfYear.name.desc()).limit(SHOWN)))


def plan(half: Half) -> None:
    """Enqueues the count of this half-year; needs a running command."""
    jobs.enqueue("insights.half_year", f"half-year:{half.name}", half.published, year=half.year, second=half.second)


@on(CaseOpened)
def enqueue_first_half_year_count(_event: CaseOpened) -> None:
    plan(this_half())


@jobs.job("insights.half_year")
def _count(payload: dict[str, Any]) -> None:
    half = Half(payload["year"], payload["second"])
    insert_if_absent(HalfYear, name=half.name, made_at=clock.now(), figures=count(half))
    plan(half.next)


# ---- counting ----------------------------------------------------------------------------------------------------


def count(half: Half) -> list[Line]:
    """Returns the figures of a half-year as they may be shown."""
    return [*_reports(half), *_cases(half), *_acts(half), *_masks(half), *_appeals(half)]


def _reports(half: Half) -> Iterable[Line]:
    query = (
        sa.select(Report.kind, sa.func.count(), sa.func.count(Report.by_id.distinct()))
        .where(Report.at >= half.start, Report.at < half.end)
        .group_by(Report.kind)
    )
    found = {kind: (some, people) for kind, some, people in db.session.execute(query)}
    for kind in KINDS:
        yield ["reports", kind, "count", suppress_small_count(*found.get(kind, (0, 0)))]


@dataclass
class _Graded:
    people: set[int]
    looked: list[float]
    decided: list[float]
    looked_in_time: int = 0
    decided_in_time: int = 0
    count: int = 0


def _cases(half: Half) -> Iterable[Line]:
    """Yields cases by severity, with the minutes until review and decision, and by outcome."""
    graded = {grade: _Graded(set(), [], []) for grade in GRADES}
    outcomes: dict[str, tuple[int, set[int]]] = {outcome: (0, set()) for outcome in OUTCOMES}
    people = _reporters(half)
    query = sa.select(Case).where(Case.opened_at >= half.start, Case.opened_at < half.end).order_by(Case.id)
    # A child's answer after a session is no report, and no public figure may tell of one.
    query = query.outerjoin(Welfare).where(sa.or_(Welfare.level.is_(None), Welfare.level != UNEASY))
    for case in db.session.scalars(query.execution_options(yield_per=500)):
        here = people.get(case.id, set()) | ({case.about_id} if case.about_id is not None else set())
        _note(graded[case.grade], case, here)
        if case.outcome:
            some, who = outcomes[case.outcome]
            outcomes[case.outcome] = some + 1, who | here
    for grade, found in graded.items():
        yield from _of_grade(grade, found)
    for outcome, (some, who) in outcomes.items():
        yield ["outcomes", outcome, "count", suppress_small_count(some, len(who))]


def _reporters(half: Half) -> dict[int, set[int]]:
    query = (
        sa.select(Report.case_id, Report.by_id)
        .join(Case, Case.id == Report.case_id)
        .where(Case.opened_at >= half.start, Case.opened_at < half.end, Report.by_id.is_not(None))
    )
    found: dict[int, set[int]] = defaultdict(set)
    for case_id, by_id in db.session.execute(query):
        found[case_id].add(int(by_id or 0))
    return found


def _note(found: _Graded, case: Case, people: set[int]) -> None:
    found.count += 1
    found.people |= people
    if case.looked_at is not None:
        found.looked.append((case.looked_at - case.opened_at) / timedelta(minutes=1))
        found.looked_in_time += case.looked_at <= case.look_by
    if case.decided_at is not None:
        found.decided.append((case.decided_at - case.opened_at) / timedelta(minutes=1))
        found.decided_in_time += case.decided_at <= case.decide_by


def _of_grade(grade: str, found: _Graded) -> Iterable[Line]:
    people = len(found.people)
    yield ["cases", grade, "count", suppress_small_count(found.count, people)]
    for section, minutes, in_time in (
        ("looked", found.looked, found.looked_in_time),
        ("decided", found.decided, found.decided_in_time),
    ):
        enough = suppress_small_count(len(minutes), people) is not None
        yield [section, grade, "median", round(statistics.median(minutes)) if enough and minutes else None]
        yield [section, grade, "p90", round(_of_ten(minutes, 9)) if enough and minutes else None]
        whole = guarded(in_time, people, found.count, people) if found.count else None
        yield [
            section,
            grade,
            "share",
            whole.share if whole and suppress_small_count(in_time, people) is not None else None,
        ]


def _of_ten(minutes: list[float], tenth: int) -> float:
    ordered = sorted(minutes)
    return ordered[min(len(ordered) - 1, len(ordered) * tenth // 10)]


def _acts(half: Half) -> Iterable[Line]:
    query = sa.select(AuditRow.action, AuditRow.target, AuditRow.facts).where(
        AuditRow.action.in_(ACTS), AuditRow.at >= half.start, AuditRow.at < half.end, AuditRow.actor_id.is_not(None)
    )
    found: dict[str, tuple[int, set[Any]]] = {act: (0, set()) for act in ACTS.values()}
    counted: set[tuple[str, str, int]] = set()
    for word, target, facts in db.session.execute(query.execution_options(yield_per=500)):
        act = ACTS[word]
        if act in ONCE and "seq" in facts:
            message = act, str(facts.get("room", target.removeprefix("room:"))), facts["seq"]
            if message in counted:
                continue
            counted.add(message)
        some, who = found[act]
        found[act] = some + 1, who | {facts.get("user", facts.get("author"))}
    for act, (some, who) in found.items():
        yield ["acts", act, "count", suppress_small_count(some, len(who))]


def _masks(half: Half) -> Iterable[Line]:
    here = Message.at >= half.start, Message.at < half.end
    for key, which in (("masked", Message.status == "masked"), ("held", Message.held_for != "")):
        query = sa.select(sa.func.count(), sa.func.count(Message.author_id.distinct())).where(which, *here)
        some, people = db.session.execute(query).one()
        yield ["messages", key, "count", suppress_small_count(some, people)]


def _appeals(half: Half) -> Iterable[Line]:
    """Yields appeals against messages and moderation actions.

    One author may be behind several appeals. Only the people of the most frequent outcome are certainly different ones.
    """
    of_messages = (
        sa.select(MessageAppeal.outcome, sa.func.count(), sa.func.count(Message.author_id.distinct()))
        .join(Message, Message.id == MessageAppeal.message_id)
        .where(MessageAppeal.at >= half.start, MessageAppeal.at < half.end)
        .group_by(MessageAppeal.outcome)
    )
    of_acts = (
        sa.select(ActionAppeal.outcome, sa.func.count(), sa.func.count(ModerationAction.about_id.distinct()))
        .join(ModerationAction, ModerationAction.id == ActionAppeal.act_id)
        .where(ActionAppeal.at >= half.start, ActionAppeal.at < half.end)
        .group_by(ActionAppeal.outcome)
    )
    rows = (db.session.execute(query) for query in (of_messages, of_acts))
    found = [(str(row[0]), int(row[1]), int(row[2])) for some in rows for row in some]
    for key, some in (("made", found), ("overturned", [row for row in found if row[0] == "overturned"])):
        many, people = sum(row[1] for row in some), max((row[2] for row in some), default=0)
        yield ["appeals", key, "count", suppress_small_count(many, people)]
