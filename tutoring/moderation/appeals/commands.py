"""Commands of appeals against moderation actions.

An appeal is made once, within twenty days; another user decides it within five.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.kernel import audit, clock, jobs, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.database.sql import insert_if_absent
from tutoring.kernel.db import db, lock
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_, nfc
from tutoring.moderation.actions.commands import check_undo, undo
from tutoring.moderation.actions.targets import FAMILY, HIGHER, REPORTED, SELF
from tutoring.moderation.appeals import queries as appeals_queries
from tutoring.moderation.appeals.events import ActionAppealDecided, ActionAppealed, ActionAppealOverdue
from tutoring.moderation.appeals.models import ActionAppeal
from tutoring.moderation.models import ModerationAction
from tutoring.policy.moderation.appeals import ALARM_AGAIN, ASK_WITHIN, DECIDE_WITHIN, NEVER, why_not
from tutoring.rooms.moderation.queries import appeal_of as appeal_of_message
from tutoring.rooms.queries import message
from tutoring.safety.free_text import reject_private_data

LONGEST = 300
KEPT = timedelta(days=14)  # so that the appellant's text is still available during the appeal
DID_IT = N_("Bạn là người đã quyết định, nên người khác xem lại.")
_REFUSED = {"self": SELF, "family": FAMILY, "did_it": DID_IT, "reported": REPORTED, "higher": HIGHER}
_TWICE = N_("Việc này đã có yêu cầu xem lại rồi. Câu trả lời sẽ đến trong thông báo.")


@command
def appeal_act(person: User, act_id: int, words: str = "") -> ActionAppeal:
    """Appeals against a moderation action.

    The user whom it concerns, or the guardian of a child, may do so.
    """
    act = appeals_queries.concerning(person, act_id)
    lock(act)
    if act.kind in NEVER:
        raise Conflict(N_("Việc này không hạn chế gì bạn, nên không cần xem lại."))
    if act.undone_for in ("reversed", "overturned"):
        raise Conflict(N_("Việc này đã được hoàn tác rồi."), code="undone")
    if act.at < clock.now() - ASK_WITHIN:
        raise Conflict(N_("Đã quá 20 ngày nên không nhờ xem lại được nữa."), code="expired")
    if _has_message_appeal(act):
        raise Conflict(_TWICE)
    rate_limits.hit("appeal", person.id)
    words = _said(words, "words", needed=False)
    moment = clock.now()
    due = moment + DECIDE_WITHIN
    values = {"act_id": act.id, "by_id": person.id, "words": words, "at": moment, "due_at": due}
    if not insert_if_absent(ActionAppeal, alarm=0, outcome="", answer="", **values):
        raise Conflict(_TWICE)
    made = appeals_queries.appeal(act.id)
    _look_later(made, due, 1)
    if not appeals_queries.users_to_notify(made):  # no other user of the unit may take it
        made.alarm = 2
    publish(ActionAppealed(act.id))
    return made


def _has_message_appeal(act: ModerationAction) -> bool:
    """Returns whether the author has appealed about the same message since the action."""
    if act.seq is None or act.room_id is None:
        return False
    row = appeal_of_message(message(act.room_id, act.seq).id)
    return row is not None and row.at >= act.at


def _said(typed: str, field: str, needed: bool) -> str:
    words = nfc(typed)
    if needed and not words:
        raise InvalidInput(N_("Hãy ghi vài câu."), field=field, code="empty")
    if len(words) > LONGEST:
        raise InvalidInput(N_("Lời nhắn dài quá 300 ký tự. Hãy viết ngắn hơn."), field=field, code="too_long")
    return reject_private_data(words, minor=True, field=field)


@command
def decide_act_appeal(actor: User, act_id: int, overturned: bool, answer: str) -> ActionAppeal:
    """Upholds or overturns an action.

    The deciding user is not the one who acted. Both sides are notified of the answer.
    """
    found = _taken(actor, act_id)
    answer = _said(answer, "answer", needed=True)
    act = found.act
    if overturned:
        check_undo(actor, act)
        undo(act, actor.id, "overturned", answer)
    _close(found, actor.id, "overturned" if overturned else "upheld", answer)
    audit.record(actor.id, "decide_second_look", f"act:{act.id}", answer, outcome=found.outcome, kind=act.kind)
    publish(ActionAppealDecided(act.id, overturned))
    return found


def _taken(actor: User, act_id: int) -> ActionAppeal:
    """Returns an undecided appeal, locked until the command ends, if this user may decide it."""
    found = db.session.scalar(
        sa.select(ActionAppeal)
        .where(ActionAppeal.act_id == min(act_id, 2**31 - 1))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    if code := why_not(appeals_queries.appeal_facts(actor, found.act, found.alarm)):
        raise NotFound if code == "missing" else Forbidden(_REFUSED[code])
    if found.decided_at is not None:
        raise Conflict(N_("Việc này đã được người khác xem lại rồi."))
    return found


def _close(found: ActionAppeal, by_id: int | None, outcome: str, answer: str) -> None:
    found.decided_at, found.decided_by_id, found.outcome, found.answer = clock.now(), by_id, outcome, answer
    db.session.flush()


@command
def close_needless(act_id: int) -> None:
    """Closes an appeal as overturned when a moderator has already reversed the action."""
    found, act = appeals_queries.appeal_of(act_id), db.session.get_one(ModerationAction, act_id)
    if found is not None and found.decided_at is None and act.undone_for == "reversed":
        _close(found, act.undone_by_id, "overturned", act.undone_words)


@command
def forget_words(user_id: int) -> None:
    """Erases the text of this user's appeals that are decided or at least 14 days old."""
    old = sa.or_(ActionAppeal.decided_at.is_not(None), ActionAppeal.at <= clock.now() - KEPT)
    db.session.execute(sa.update(ActionAppeal).where(ActionAppeal.by_id == user_id, old).values(words=""))


# ---- deadlines -------------------------------------------------------------------------------------------------


def _look_later(found: ActionAppeal, at: datetime, alarm: int) -> None:
    key = f"second-look:{found.act_id}:{alarm}"
    jobs.enqueue("moderation.second_look", key, at, act_id=found.act_id, alarm=alarm)


@jobs.job("moderation.second_look")
def _late(payload: dict[str, int]) -> None:
    """Escalates an undecided appeal: to the coordinators, a day later also to the site admins."""
    found = db.session.get(ActionAppeal, payload["act_id"], populate_existing=True)
    if found is None or found.decided_at is not None:
        return
    found.alarm = max(found.alarm, payload["alarm"])
    if not appeals_queries.users_to_notify(found):
        found.alarm = 2
    publish(ActionAppealOverdue(found.act_id, found.alarm))
    if payload["alarm"] == 1:
        _look_later(found, clock.now() + ALARM_AGAIN, 2)
