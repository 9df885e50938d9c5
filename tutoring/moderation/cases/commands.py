"""Commands of cases: look, change the grade, decide.

Each reading and each action is in the audit chain. The lock of a picture that went to the police is removed by hand,
once the picture is no longer needed.
"""

from datetime import timedelta

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community.memberships import nominations
from tutoring.community.queries import nomination
from tutoring.kernel import audit, clock
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_
from tutoring.moderation.actions.commands import mark_expired_actions
from tutoring.moderation.cases import automatic_measures
from tutoring.moderation.cases.affected_families import children_of
from tutoring.moderation.cases.claims import drop, hold, lock_case
from tutoring.moderation.cases.deadlines import set_clock
from tutoring.moderation.cases.decision_effects import before_decision, note_decision
from tutoring.moderation.cases.queries import case_for
from tutoring.moderation.events import CaseDecided, CaseRaised
from tutoring.moderation.models import Case, Report
from tutoring.moderation.reports.commands import redact_secrets
from tutoring.moderation.reports.repeated_reports import raise_to
from tutoring.policy.moderation.cases import OUTCOMES, may_decide_case, may_lift_lock, may_regrade
from tutoring.policy.rooms.participation import may_moderate
from tutoring.rooms.moderation import commands as moderation_commands
from tutoring.rooms.moderation import reversible_actions
from tutoring.rooms.queries import room, room_facts, seat
from tutoring.safety.free_text import validate_reason
from tutoring.safety.screening import MASKED
from tutoring.welfare.commands import note_read
from tutoring.welfare.queries import disclosures_of_case

LONGEST = 300
ONE_READING = timedelta(hours=1)


@command
def look(actor: User, case_id: int) -> Case:
    """Opens a case for a user who may see it.

    The first look stops the deadline for looking. Each user's readings are logged at most once an hour.
    """
    found, _known = case_for(actor, case_id)
    if found.state == "open" and found.looked_at is None:
        found.looked_at, found.looked_by_id = clock.now(), actor.id
    if not _read_lately(actor, found):
        audit.record(actor.id, "read_case", f"case:{found.id}")
    if found.is_welfare:
        note_read(actor, disclosures_of_case(found.id))
        return found
    mark_expired_actions(found.id)
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
    """Changes the grade of a case and applies the measures of the new grade."""
    found, known = lock_case(actor, case_id)
    if grade == found.grade:
        return found
    if not may_regrade(known, grade):
        raise Forbidden(N_("Hạ mức của việc này do điều phối viên làm."))
    if grade > found.grade:
        hold(found, actor, known)
    audit.record(actor.id, "regrade_case", f"case:{found.id}", before=found.grade, after=grade)
    if grade < found.grade:
        drop(found)  # other users may have to decide it from now on
        raise_to(found, grade)
        found.looked_at, found.looked_by_id = clock.now(), actor.id
        automatic_measures.apply_measures(found)
        publish(CaseRaised(found.id))
    else:
        found.grade = grade
        set_clock(found, found.opened_at)
    return found


def outcomes_for(case: Case, actor: User) -> list[str]:
    """Returns the outcomes that this user can choose for this case."""
    theirs = seat(case.room_id, case.about_id) if case.room_id is not None and case.about_id is not None else None
    seated = theirs is not None and theirs.removed_at is None and theirs.role != "observer"
    # A site admin with an escalated case does not moderate a unit's rooms, and closed rooms have no moderator.
    seated = seated and case.room_id is not None and may_moderate(room_facts(room(case.room_id), actor))
    # Staff may help without a nomination. Then there is nothing to pause, and the page must not claim otherwise.
    vouched = case.about_id is not None and nomination(case.about_id) is not None
    possible = {"hidden": case.kind == "message", "removed": seated, "paused": vouched,
                "reminded": case.about_id is not None}  # fmt: skip
    return [outcome for outcome in OUTCOMES if possible.get(outcome, True)]


@command
def decide(actor: User, case_id: int, outcome: str, words: str, reply: str = "", family: str | None = None) -> Case:
    """Decides a case with an outcome and a text for each side.

    Reporters do not decide.

    The subject reads `words`. The reporters read `reply`, or `words` if it is empty. The guardians of the affected
    child read `family`; with None they are not notified.
    """
    found, known = lock_case(actor, case_id)
    if not may_decide_case(known):
        raise Forbidden(
            N_("Bạn là người báo việc này, nên người khác quyết định.")
            if known.reported
            else N_("Việc ở mức này do điều phối viên hoặc quản trị quyết định.")
        )
    hold(found, actor, known)
    if outcome not in outcomes_for(found, actor):
        raise InvalidInput(N_("Hãy chọn kết quả."), field="outcome")
    words, reply = _said(words, "words"), _said(reply or words, "reply")
    told = children_of(found) if family is not None else []
    found.reply, found.family_words = reply, _said(family or "", "family_words") if told else ""
    before = before_decision(found)
    automatic_measures.revert_measures(found, outcome)
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
    publish(CaseDecided(found.id))
    return found


def _said(typed: str, field: str) -> str:
    words = redact_secrets(typed, MASKED)
    if not words or len(words) > LONGEST:
        raise InvalidInput(N_("Hãy ghi vài câu, không quá 300 ký tự."), field=field)
    return words


def _carry_out(actor: User, found: Case, outcome: str, words: str) -> None:
    if outcome == "hidden":
        automatic_measures.hide_now(found)
    if outcome != "none" and found.kind == "message" and found.room_id is not None:
        reversible_actions.answer_for(found.room_id, found.seq, actor.id)
    if found.about_id is None:
        return
    if outcome == "removed" and found.room_id is not None:
        moderation_commands.remove_member(actor, found.room_id, found.about_id, words[:200])
    if outcome == "paused":
        nominations.pause_helper(found.about_id, f"case:{found.id}")


_NOT_LOCKED = N_("Ảnh này không còn bị khoá.")


@command
def lift_picture_lock(actor: User, case_id: int, reason: str) -> Case:
    """Removes the lock of a picture; its file is then deleted like that of every hidden picture.

    The picture is not shown again.
    """
    found, known = case_for(actor, case_id)
    if not may_lift_lock(known):
        raise Forbidden(N_("Việc này do điều phối viên hoặc quản trị không báo việc này làm."))
    if found.state == "open":
        raise Conflict(N_("Việc này chưa được quyết định, nên ảnh còn bị khoá."))
    reason = validate_reason(reason)
    if found.room_id is None or found.kind != "message":
        raise Conflict(_NOT_LOCKED)
    if not reversible_actions.lock_picture(found.room_id, found.seq, on=False, by_id=actor.id, reason=reason):
        raise Conflict(_NOT_LOCKED)
    return found
