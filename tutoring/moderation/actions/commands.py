"""Acts of the desk: each one transaction of state, audit row, notice and what open pages feel; each can be undone.

What there is to do and who may stands in policy/moderation/actions.py, what each does in effects.py, who is told in
notifications/rules/moderation.py.
"""

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community.protections import check
from tutoring.kernel import audit, clock, jobs
from tutoring.kernel.commands import command
from tutoring.kernel.db import db, lock
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_, nfc
from tutoring.moderation.actions.effects import EFFECTS, Asked, facts_of
from tutoring.moderation.actions.queries import act_for, is_held
from tutoring.moderation.actions.targets import HIGHER, ActionTarget, find, may_touch
from tutoring.moderation.cases.claims import hold, locked
from tutoring.moderation.cases.protections import of_act
from tutoring.moderation.cases.queries import case_for
from tutoring.moderation.events import ActionReverted, ActionTaken
from tutoring.moderation.models import Case, ModerationAction
from tutoring.policy.moderation.actions import ACTION_RULES, REASONS, audit_row, may_reverse, undo_row
from tutoring.rooms.queries import locked_room
from tutoring.safety.free_text import reject_private_data

LONGEST = 200


@command
def act(
    actor: User,
    kind: str,
    *,
    case_id: int | None = None,
    room_id: int | None = None,
    seq: int | None = None,
    about_id: int | None = None,
    toward_id: int | None = None,
    reason: str,
    words: str,
    minutes: int | None = None,
    part: str = "",
) -> ModerationAction:
    """Do one act, within a case or in a room one watches over. What is not named is the case's own: its room, message
    and person. `reason` is one of the codes, `words` are read by both sides; `minutes` are of a mute, `part` is what
    to mask."""
    if kind not in ACTION_RULES:
        raise InvalidInput(N_("Hãy chọn việc cần làm."), field="kind")
    if reason not in REASONS:
        raise InvalidInput(N_("Hãy chọn lý do."), field="reason")
    words = said(words)
    case, known = locked(actor, case_id) if case_id is not None else (None, None)
    on = find(actor, kind, ActionTarget(case_id, room_id, None, seq, about_id, toward_id), case, known)
    if case is not None and known is not None:
        hold(case, actor, known)
        if case.looked_at is None:
            case.looked_at, case.looked_by_id = clock.now(), actor.id
    done = ModerationAction(
        kind=kind, case_id=on.case_id, room_id=on.room_id, unit_id=on.unit_id, seq=on.seq, about_id=on.about_id,
        toward_id=on.toward_id, by_id=actor.id, reason=reason, words=words, was={},
    )  # fmt: skip
    db.session.add(done)
    db.session.flush()
    do, _undo = EFFECTS[kind]
    do(actor, done, Asked(words, minutes, part))
    audit.record(actor.id, audit_row(kind), _where(done), reason, **facts_of(done))
    publish(ActionTaken(done.id))
    return done


def said(typed: str, *, needed: bool = True) -> str:
    """A few words that both sides read: not empty, short, and nothing private in them."""
    words = nfc(typed)
    if needed and not words:
        raise InvalidInput(N_("Hãy ghi vài lời."), field="words", code="empty")
    if len(words) > LONGEST:
        raise InvalidInput(N_("Lời nhắn dài quá 200 ký tự. Hãy viết ngắn hơn."), field="words", code="too_long")
    return reject_private_data(words, minor=True, field="words")


def _where(done: ModerationAction) -> str:
    if done.case_id is not None:
        return f"case:{done.case_id}"
    return f"room:{done.room_id}"


@command
def reverse(actor: User, act_id: int, words: str = "") -> ModerationAction:
    """Put back what an act did; whoever may do such an act now may. Only what still stands can be undone."""
    words = said(words, needed=False)
    done = db.session.get(ModerationAction, act_id)
    if done is None:
        raise NotFound
    allowed = may_touch(actor, done)
    _lock(done)
    if not may_reverse(done.kind, allowed, done.stands):
        if not allowed:
            raise Forbidden(HIGHER)
        raise _over(done)
    if done.case_id is not None:
        case, known = case_for(actor, done.case_id)
        if case.state == "open":
            hold(case, actor, known)
    check_undo(actor, done)
    return undo(done, actor.id, "reversed", words)


def check_undo(actor: User, done: ModerationAction) -> None:
    """Inside the running command: what an open grave case needs is undone only by who decides that case."""
    for lifting in of_act(done):
        check(actor, lifting)


def _lock(done: ModerationAction) -> None:
    """Room, case and act, held in this order until the command ends."""
    if done.room_id is not None:
        locked_room(done.room_id)
    if done.case_id is not None:
        lock(db.session.get_one(Case, done.case_id))
    lock(done)


def _over(done: ModerationAction) -> Conflict:
    if done.undone_at is None or done.undone_for == "expired":
        return Conflict(N_("Việc này đã hết hạn, không cần hoàn tác nữa."), code="expired")
    return Conflict(N_("Việc này đã được hoàn tác rồi."), code="undone")


def undo(done: ModerationAction, by_id: int | None, why: str, words: str = "") -> ModerationAction:
    """Inside the running command: put back what stood before an act, because it was reversed, overturned by a second
    look, or its time is over (`expired`, by nobody). Who may was asked by whoever calls; raises Conflict when there is
    nothing left to undo."""
    _lock(done)
    ended = done.undone_for == "expired" or (done.undone_at is None and not done.stands)
    if not (ended and why == "overturned"):  # a second look often comes when the time is over
        if done.undone_at is not None or (why != "expired" and not done.stands):
            raise _over(done)
        _do, take_back = EFFECTS[done.kind]
        take_back(done, by_id)
    done.undone_at, done.undone_by_id, done.undone_for, done.undone_words = clock.now(), by_id, why, words
    audit.record(by_id, undo_row(done.kind), _where(done), why, **facts_of(done))
    publish(ActionReverted(done.id))
    return done


def note_overturned(room_id: int, seq: int, by_id: int | None) -> None:
    """Inside the running command: a second look at a message has put it back already; its acts say so."""
    query = sa.select(ModerationAction).where(
        ModerationAction.room_id == room_id,
        ModerationAction.seq == seq,
        ModerationAction.kind.in_(("mask", "hide")),
        ModerationAction.undone_at.is_(None),
    )
    for done in db.session.scalars(query.order_by(ModerationAction.id).with_for_update()):
        done.undone_at, done.undone_by_id, done.undone_for = clock.now(), by_id, "overturned"
        audit.record(by_id, undo_row(done.kind), _where(done), "overturned", **facts_of(done))
        publish(ActionReverted(done.id))


def mark_expired_actions(case_id: int) -> None:
    """Inside the running command: note of acts of a case that their time is over. Nothing is to be put back: a mute
    and a suspension end by themselves, and a quarantine has its work."""
    over = sa.select(ModerationAction).where(
        ModerationAction.case_id == case_id,
        ModerationAction.undone_at.is_(None),
        ModerationAction.until <= clock.now(),
        ModerationAction.kind != "quarantine",
    )
    for done in db.session.scalars(over.order_by(ModerationAction.id).with_for_update(skip_locked=True)):
        done.undone_at, done.undone_for = done.until, "expired"


@command
def forget_words(user_id: int) -> None:
    """Erase what the desk said to this person, but for what is still open or on hold; that there was an act stays."""
    if is_held(user_id):
        return
    open_cases = sa.select(Case.id).where(Case.state == "open")
    mine = sa.update(ModerationAction).where(
        ModerationAction.about_id == user_id,
        sa.or_(ModerationAction.case_id.is_(None), ModerationAction.case_id.not_in(open_cases)),
    )
    db.session.execute(mine.values(words="", undone_words=""))


@command
def see_act(person: User, act_id: int) -> ModerationAction:
    """Somebody whom an act concerns reads of it; raises Missing for everybody else. That the one it is about has read
    it is noted for the desk."""
    found = act_for(person, act_id)
    if found.about_id == person.id and found.seen_at is None:
        found.seen_at = clock.now()
    return found


@jobs.job("moderation.quarantine")
def _day_is_over(payload: dict[str, int]) -> None:
    """A helper helps again; that somebody may write again needs no work."""
    done = db.session.get(ModerationAction, payload["act_id"])
    if done is not None and done.undone_at is None:
        undo(done, None, "expired")
