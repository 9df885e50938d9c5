"""What grown-ups do with a case: look, change how urgent it is, decide. Each reading and each act is logged."""

from datetime import timedelta

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community import vouching
from tutoring.community.queries import nomination
from tutoring.kernel import audit, clock
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Invalid, NotAllowed
from tutoring.kernel.events import announce
from tutoring.kernel.text import N_
from tutoring.moderation.cases import case_for
from tutoring.moderation.commands import measures
from tutoring.moderation.commands.acting import note_expired
from tutoring.moderation.commands.again import raise_to
from tutoring.moderation.commands.claiming import drop, hold, locked
from tutoring.moderation.commands.deadlines import set_clock
from tutoring.moderation.commands.reporting import kept_words
from tutoring.moderation.commands.standing import before_decision, note_decision
from tutoring.moderation.events import CaseDecided, CaseRaised
from tutoring.moderation.families import children_of
from tutoring.moderation.models import Case, Report
from tutoring.policy.moderation import OUTCOMES, may_decide_case, may_regrade
from tutoring.policy.rooms import may_keep_order
from tutoring.rooms import commands as rooms
from tutoring.rooms.queries import facts, room, seat
from tutoring.safety.judge import MASKED
from tutoring.welfare.commands import note_read
from tutoring.welfare.queries import of_case

LONGEST = 300
ONE_READING = timedelta(hours=1)


@command
def look(actor: User, case_id: int) -> Case:
    """Somebody who may see the case opens it: the first look stops its clock, each reading is logged."""
    found, _known = case_for(actor, case_id)
    if found.state == "open" and found.looked_at is None:
        found.looked_at, found.looked_by_id = clock.now(), actor.id
    if not _read_lately(actor, found):
        audit.record(actor.id, "read_case", f"case:{found.id}")
    if found.is_welfare:
        note_read(actor, of_case(found.id))
        return found
    note_expired(found.id)
    return found


def _read_lately(actor: User, found: Case) -> bool:
    query = sa.select(AuditRow.id).where(
        AuditRow.actor_id == actor.id,
        AuditRow.action == "read_case",
        AuditRow.target == f"case:{found.id}",
        AuditRow.at > clock.now() - ONE_READING,
    )
    return db.session.scalar(query.limit(1)) is not None


@command
def regrade(actor: User, case_id: int, grade: str) -> Case:
    """Change how urgent a case is, with what then happens at once."""
    found, known = locked(actor, case_id)
    if grade == found.grade:
        return found
    if not may_regrade(known, grade):
        raise NotAllowed(N_("Hạ mức của việc này do điều phối viên làm."))
    if grade > found.grade:
        hold(found, actor, known)
    audit.record(actor.id, "regrade_case", f"case:{found.id}", before=found.grade, after=grade)
    if grade < found.grade:
        drop(found)  # perhaps others have to decide from now on
        raise_to(found, grade)
        found.looked_at, found.looked_by_id = clock.now(), actor.id
        measures.take(found)
        announce(CaseRaised(found.id))
    else:
        found.grade = grade
        set_clock(found, found.opened_at)
    return found


def outcomes_for(case: Case, actor: User) -> list[str]:
    """What can come of this case by this person's hand."""
    theirs = seat(case.room_id, case.about_id) if case.room_id is not None and case.about_id is not None else None
    seated = theirs is not None and theirs.removed_at is None and theirs.role != "observer"
    # A site admin to whom a case has come keeps no order in the rooms of a unit, and nobody does after the end.
    seated = seated and case.room_id is not None and may_keep_order(facts(room(case.room_id), actor))
    # Staff were let in without a nomination: there is nothing to pause, and nobody is to believe that there was.
    vouched = case.about_id is not None and nomination(case.about_id) is not None
    possible = {"hidden": case.kind == "message", "removed": seated, "paused": vouched,
                "reminded": case.about_id is not None}  # fmt: skip
    return [outcome for outcome in OUTCOMES if possible.get(outcome, True)]


@command
def decide(actor: User, case_id: int, outcome: str, words: str, reply: str = "", family: str | None = None) -> Case:
    """End a case with an outcome and a few words for each side. Who reported does not decide.

    `words` are read by the one it is about, `reply` by those who reported (the same words where there are none),
    `family` by the guardians of the child it was done to; with None these are not told.
    """
    found, known = locked(actor, case_id)
    if not may_decide_case(known):
        raise NotAllowed(
            N_("Bạn là người báo việc này, nên người khác quyết định.")
            if known.reported
            else N_("Việc ở mức này do điều phối viên hoặc quản trị quyết định.")
        )
    hold(found, actor, known)
    if outcome not in outcomes_for(found, actor):
        raise Invalid(N_("Hãy chọn kết quả."), field="outcome")
    words, reply = _said(words, "words"), _said(reply or words, "reply")
    told = children_of(found) if family is not None else []
    found.reply, found.family_words = reply, _said(family or "", "family_words") if told else ""
    before = before_decision(found)
    measures.take_back(found, outcome)
    _carry_out(actor, found, outcome, words)
    found.state, found.outcome, found.words = "decided", outcome, words
    found.decided_at, found.decided_by_id = clock.now(), actor.id
    drop(found)
    if found.looked_at is None:
        found.looked_at, found.looked_by_id = found.decided_at, actor.id
    db.session.execute(sa.update(Report).where(Report.case_id == found.id).values(marks=[]))
    audit.record(
        actor.id,
        "decide_case",
        f"case:{found.id}",
        words,
        outcome=outcome,
        grade=found.grade,
        families=len(told),
    )
    db.session.flush()
    note_decision(actor, found, before)
    announce(CaseDecided(found.id))
    return found


def _said(typed: str, field: str) -> str:
    words = kept_words(typed, MASKED)
    if not words or len(words) > LONGEST:
        raise Invalid(N_("Hãy ghi vài lời, không quá 300 ký tự."), field=field)
    return words


def _carry_out(actor: User, found: Case, outcome: str, words: str) -> None:
    if outcome == "hidden":
        measures.hide_now(found)
    if outcome != "none" and found.kind == "message" and found.room_id is not None:
        rooms.answer_for(found.room_id, found.seq, actor.id)
    if found.about_id is None:
        return
    if outcome == "removed" and found.room_id is not None:
        rooms.remove_member(actor, found.room_id, found.about_id, words[:200])
    if outcome == "paused":
        vouching.pause_helper(found.about_id, f"case:{found.id}")
