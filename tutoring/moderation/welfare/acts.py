"""Commands in a welfare case: record an act, record facts about the home, close it.

Closing without danger delivers the held message.
"""

from datetime import datetime, timedelta

from tutoring.accounts.models import User
from tutoring.kernel import audit, clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_, nfc
from tutoring.moderation.cases.claims import drop, lock_case
from tutoring.moderation.cases.queries import case_for
from tutoring.moderation.events import WelfareAnswered, WelfareCalmed, WelfareEnded
from tutoring.moderation.models import Case
from tutoring.moderation.welfare.models import Welfare, WelfareAct
from tutoring.moderation.welfare.queries import acts_of, needs_act
from tutoring.policy.welfare import HOMES, PROTECTS, acts_for, ending_for
from tutoring.rooms.messages import welfare_follow_up
from tutoring.safety.free_text import reject_private_data
from tutoring.welfare.queries import decrypt_text, disclosures_of_case

LONGEST = 80
DAY = timedelta(days=1)


def locked_welfare(actor: User, case_id: int) -> tuple[Case, Welfare]:
    """Returns an open welfare case, locked, to a user who may see it.

    A claim by another user does not prevent recording an act.
    """
    found, _known = lock_case(actor, case_id, welfare=True)
    if found.welfare is None or not found.is_welfare:
        raise NotFound
    return found, found.welfare


@command
def record_act(actor: User, case_id: int, kind: str, who: str, done_at: datetime | None = None) -> WelfareAct:
    """Records what was done, by whom and when.

    The first act for the user in danger ends the alarm.
    """
    found, cared = locked_welfare(actor, case_id)
    if kind not in acts_for(cared.home):
        raise InvalidInput(N_("Hãy chọn việc đã làm."), field="kind")
    who = reject_private_data(nfc(who), minor=False, field="who") or actor.shown_name
    if len(who) > LONGEST:
        raise InvalidInput(N_("Tên người làm dài quá 80 ký tự."), field="who", code="too_long")
    moment = clock.now()
    at = done_at or moment
    if not moment - DAY <= at <= moment + timedelta(minutes=1):
        raise InvalidInput(N_("Hãy ghi giờ của hôm nay, không sau lúc này."), field="at")
    return _done(actor, found, kind, who, at)


def _done(actor: User, found: Case, kind: str, who: str, at: datetime) -> WelfareAct:
    rang = needs_act(found)
    made = WelfareAct(case_id=found.id, kind=kind, by_id=actor.id, who=who, done_at=at)
    db.session.add(made)
    db.session.flush()
    if found.looked_at is None:
        found.looked_at, found.looked_by_id = clock.now(), actor.id
    audit.record(actor.id, "welfare_act", f"case:{found.id}", act=kind)
    if rang and not needs_act(found):
        publish(WelfareAnswered(found.id))
    return made


@command
def set_home(actor: User, case_id: int, home: str, protects: str) -> Case:
    """Records what is known of the home, and whom the case protects."""
    found, cared = locked_welfare(actor, case_id)
    if home not in HOMES or protects not in PROTECTS:
        raise InvalidInput(N_("Hãy chọn một mục."), field="home")
    if (home, protects) != (cared.home, cared.protects):
        audit.record(actor.id, "welfare_home", f"case:{found.id}", home=home, protects=protects)
    cared.home, cared.protects = home, protects
    return found


@command
def calm(actor: User, case_id: int) -> Case:
    """Closes the case as no danger, and delivers the message held in a room."""
    found, cared = locked_welfare(actor, case_id)
    _done(actor, found, "no_danger", actor.shown_name, clock.now())
    delivered = False
    for one in disclosures_of_case(found.id):
        if one.room_id is not None and one.hidden_at is None and one.sealed is not None:
            delivered |= welfare_follow_up.deliver_disclosed(actor.id, one.room_id, one.seq, decrypt_text(one))
    _end(actor, found, cared, "no_danger")
    publish(WelfareCalmed(found.id, delivered))
    return found


@command
def close(actor: User, case_id: int) -> Case:
    """Closes the case after the needed acts. The text stays encrypted."""
    found, cared = locked_welfare(actor, case_id)
    kinds = [one.kind for one in acts_of(found.id)]
    if not kinds or needs_act(found):
        raise Conflict(N_("Hãy ghi việc đã làm trước, rồi mới đóng việc này."))
    _end(actor, found, cared, ending_for(kinds))
    return found


@command
def keep_words(actor: User, case_id: int, on: bool) -> Case:
    """Sets or clears the legal hold on the text, for the police or a court.

    Text under hold is not erased.
    """
    found, _known = case_for(actor, case_id)
    if found.welfare is None or not found.is_welfare:
        raise NotFound
    if found.welfare.hold != on:
        found.welfare.hold = on
        audit.record(actor.id, "keep_words" if on else "let_words_go", f"case:{found.id}")
    return found


def _end(actor: User, found: Case, cared: Welfare, ending: str) -> None:
    moment = clock.now()
    cared.ending = ending
    found.state, found.outcome = "decided", "outside" if ending == "outside" else "none"
    found.decided_at, found.decided_by_id = moment, actor.id
    if found.looked_at is None:
        found.looked_at, found.looked_by_id = moment, actor.id
    drop(found)
    for one in disclosures_of_case(found.id):
        one.ended_at = moment
    audit.record(actor.id, "decide_case", f"case:{found.id}", outcome=ending, grade=found.grade)
    db.session.flush()
    publish(WelfareEnded(found.id))
