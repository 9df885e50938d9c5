"""Commands of reports: grade a report, join its target's open case, apply automatic measures."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from tutoring.accounts.models import User
from tutoring.accounts.queries import guardians
from tutoring.kernel import audit, clock, encryption
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import InvalidInput
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_, nfc
from tutoring.moderation.cases import automatic_measures
from tutoring.moderation.cases.deadlines import hurry, set_clock
from tutoring.moderation.cases.queries import users_to_notify
from tutoring.moderation.events import CaseOpened, CaseRaised
from tutoring.moderation.models import Case, Report
from tutoring.moderation.reports.repeated_reports import is_new_look_deferred, raise_to
from tutoring.moderation.reports.target import Target
from tutoring.moderation.reports.targets import find, not_about_the_lesson
from tutoring.policy.moderation.cases import KINDS, grade_of
from tutoring.policy.welfare import grade_of as welfare_grade
from tutoring.rooms.queries import locked_room, room
from tutoring.safety.distress.meaning import may_mean_staff, whom
from tutoring.safety.free_text import LONG_NUMBER, says_danger
from tutoring.safety.screening import NEVER_KEPT, mask_hits, screen_text
from tutoring.welfare.commands import disclose

LONGEST = 1000
ABOUT_LESSON = frozenset({"wrong", "other"})
DONE_BY_THE_REPORTED = frozenset({"scared", "contact", "away", "bullied", "scam"})


@command
def report(by: User | None, kind: str, target: str, what: str, words: str = "", marks: Sequence[str] = ()) -> Report:
    """Stores a report; `kind` and `target` name the target, `what` is the reason.

    No text leads to a rejection. The same report by the same user is stored once.
    """
    if what not in KINDS:
        raise InvalidInput(N_("Hãy chọn chuyện gì đã xảy ra."), field="what")
    found = find(by, kind, target)
    if found.kind == "lesson" and what not in ABOUT_LESSON:
        found = not_about_the_lesson(found, by)
    case, news = _case_of(found, grade_of(what, found.kind, found.minors))
    kept, care = redact_secrets(words), says_danger(words)
    if by is not None and care and may_mean_staff(words):
        kept = ""  # stored in the welfare case alone, which no user of the unit reads
    if (same := _same(case, by, what, kept)) is not None:
        return same
    apart = care and not _tells_of_the_reported(found, what, words, by_child=by is not None and by.is_minor)
    if care and not apart:
        hurry(case, welfare_grade("ambiguous"))
        news = news or CaseRaised(case.id)
    made = Report(
        case_id=case.id, by_id=by.id if by else None, kind=what, words=kept, place=found.place,
        from_child=by is not None and by.is_minor, family=_family(by, found, care), marks=list(marks),
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    # The chain stores a keyed digest of the reporter. It can be proved later, but no reader of the chain can read it.
    who = encryption.blind_index(str(by.id), "reporter") if by else ""
    audit.record(None, "report", f"case:{case.id}", what=what, by=who)
    automatic_measures.apply_measures(case)
    _tell(case, news)
    if by is not None and apart:
        disclose(by, "report", words, screen_text(words, minor=True).hits)
    return made


def _tells_of_the_reported(found: Target, what: str, words: str, by_child: bool) -> bool:
    """Returns whether a text of danger tells of what the reported user does, as in "Anh ấy xin ảnh em".

    Then the report's own case is the one for it. A clear text, one about the reporter's own state or home, and one that
    may mean staff have a welfare case besides: it does not tell who reported, and its alarm repeats.
    """
    levels = {hit.level for hit in screen_text(words, minor=True).hits if hit.kind == "distress"}
    return (
        found.about_id is not None
        and what in DONE_BY_THE_REPORTED
        and levels == {"ambiguous"}
        and whom(words, by_child) == "unknown"
        and not may_mean_staff(words)
    )


def redact_secrets(words: str, kinds: frozenset[str] = NEVER_KEPT) -> str:
    """Returns the text to store: never with a code, a citizen or bank number, or a secret."""
    words = nfc(words).encode(errors="ignore").decode()[:LONGEST]
    verdict = screen_text(words, minor=True)
    if verdict.fault:  # screening failed: store the text without long numbers rather than lose it
        return LONG_NUMBER.sub("[đã che số]", words)
    return mask_hits(words, [hit for hit in verdict.hits if hit.kind in kinds and hit.end > hit.start])


def _same(case: Case, by: User | None, what: str, words: str) -> Report | None:
    query = sa.select(Report).where(Report.case_id == case.id, Report.kind == what)
    if by is None:  # an anonymous reporter: only the same text counts as the same report
        return db.session.scalar(query.where(Report.by_id.is_(None), Report.words == words).limit(1))
    query = query.where(Report.by_id == by.id)
    return db.session.scalar(query.where(sa.or_(Report.words == words, sa.literal(words == ""))).limit(1))


def _family(by: User | None, found: Target, care: bool) -> str:
    """Returns what a child's guardian learns, and only after the decision.

    It is nothing if the report may be about the family, or if the child wrote of danger.
    """
    if by is None or not by.is_minor:
        return "none"
    if care:
        return "never"
    family = {one.id for one in guardians(by.id, confirmed=False)}
    return "later" if found.about_id is not None and found.about_id not in family else "never"


# ---- cases ---------------------------------------------------------------------------------------------------


def _case_of(found: Target, grade: str, reasons: Sequence[str] = ()) -> tuple[Case, object | None]:
    """Returns the target's open case, and the event to publish.

    The case is created if needed, and has at least this grade.
    """
    if found.room_id is not None:
        locked_room(found.room_id)  # lock the room first: measures need it, and authors lock it first too
    news: object | None = None
    case = _open_case(found)
    if case is None:
        case = _opened(found, grade)
        news = CaseOpened(case.id)
    case.minors = case.minors or found.minors
    case.reasons = [*case.reasons, *(reason for reason in reasons if reason not in case.reasons)]
    if grade < case.grade:
        raise_to(case, grade)
        news = news or CaseRaised(case.id)
    elif found.kind == "site" and news is None and case.looked_at is not None and not is_new_look_deferred(case):
        raise_to(case, case.grade)  # the same address, but perhaps another person: it needs a new look
        news = CaseRaised(case.id)
    return case, news


def _open_case(found: Target) -> Case | None:
    query = sa.select(Case).where(Case.kind == found.kind, Case.target == found.target, Case.state == "open")
    return db.session.scalar(query.with_for_update().execution_options(populate_existing=True))


def _opened(found: Target, grade: str) -> Case:
    made = Case(
        kind=found.kind, target=found.target, room_id=found.room_id, unit_id=found.unit_id, about_id=found.about_id,
        minors=found.minors, grade=grade, look_by=clock.now(), decide_by=clock.now(), acts=[], reasons=[], alarm=0,
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError:  # a concurrent report opened the case
        other = _open_case(found)
        if other is None:
            raise
        return other
    set_clock(made, made.opened_at)
    audit.record(None, "open_case", f"case:{made.id}", grade=grade, kind=made.kind)
    return made


def _tell(case: Case, news: object | None) -> None:
    """Notifies once the report is stored.

    Only then is it known whose child reported; those relatives are not notified.
    """
    if not users_to_notify(case):
        case.alarm = 2  # no user of the unit may see it: it goes to the site admins
    if news is not None:
        publish(news)


@command
def raise_risk(room_id: int, from_id: int, towards_id: int, level: str, reasons: Sequence[str]) -> Case:
    """Opens a case for a risk between two users.

    A notice is graded like bullying; a case restricts the sender.
    """
    place = room(room_id)
    found = Target("pair", f"{from_id}:{towards_id}", place.by_teachers, "room", place.id, place.unit_id, from_id)
    case, news = _case_of(found, "S1" if level == "case" else "S2", reasons)
    automatic_measures.apply_measures(case)
    _tell(case, news)
    return case
