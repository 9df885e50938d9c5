"""Commands of moderation actions: apply, reverse, expire.

One transaction changes the state, writes the audit row, publishes the notice and updates open pages. Every action can
be undone.

policy/moderation/actions.py lists the actions and who may do them. effects.py holds what each does,
notifications/rules/moderation.py who is notified.
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
from tutoring.moderation.actions.effects import EFFECTS, ActionInput, facts_of
from tutoring.moderation.actions.queries import act_for, is_held
from tutoring.moderation.actions.targets import HIGHER, ActionTarget, find, may_touch
from tutoring.moderation.cases.claims import hold, lock_case
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
    """Applies one moderation action, within a case or in a room that the actor observes.

    Values that are not given come from the case: its room, message and person.

    `reason` is one of the codes. Both sides read `words`. `minutes` is the length of a mute, `part` the text to mask.
    """
    if kind not in ACTION_RULES:
        raise InvalidInput(N_("Hãy chọn việc cần làm."), field="kind")
    if reason not in REASONS:
        raise InvalidInput(N_("Hãy chọn lý do."), field="reason")
    words = checked_words(words)
    case, known = lock_case(actor, case_id) if case_id is not None else (None, None)
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
    do(actor, done, ActionInput(words, minutes, part))
    audit.record(actor.id, audit_row(kind), _where(done), reason, **facts_of(done))
    publish(ActionTaken(done.id))
    return done


def checked_words(typed: str, *, needed: bool = True) -> str:
    """Returns a short text that both sides read: not empty, not too long, without private data."""
    words = nfc(typed)
    if needed and not words:
        raise InvalidInput(N_("Hãy ghi vài câu."), field="words", code="empty")
    if len(words) > LONGEST:
        raise InvalidInput(N_("Lời nhắn dài quá 200 ký tự. Hãy viết ngắn hơn."), field="words", code="too_long")
    return reject_private_data(words, minor=True, field="words")


def _where(done: ModerationAction) -> str:
    if done.case_id is not None:
        return f"case:{done.case_id}"
    return f"room:{done.room_id}"


@command
def reverse(actor: User, act_id: int, words: str = "") -> ModerationAction:
    """Undoes an action that is still in effect. Users who may do such an action now may undo it."""
    words = checked_words(words, needed=False)
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
    """Checks, inside the running command, that the actor may undo this action.

    What an open grave case needs is undone only by users who may decide that case.
    """
    for lifting in of_act(done):
        check(actor, lifting)


def _lock(done: ModerationAction) -> None:
    """Locks room, case and action, in this order, until the command ends."""
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
    """Restores, inside the running command, the state before an action.

    It was reversed, overturned by an appeal, or has expired (`expired`, by no user).

    The caller has checked the permission. Raises Conflict when there is nothing left to undo.
    """
    _lock(done)
    ended = done.undone_for == "expired" or (done.undone_at is None and not done.stands)
    if not (ended and why == "overturned"):  # an appeal is often decided after the action has expired
        if done.undone_at is not None or (why != "expired" and not done.stands):
            raise _over(done)
        _do, take_back = EFFECTS[done.kind]
        take_back(done, by_id)
    done.undone_at, done.undone_by_id, done.undone_for, done.undone_words = clock.now(), by_id, why, words
    audit.record(by_id, undo_row(done.kind), _where(done), why, **facts_of(done))
    publish(ActionReverted(done.id))
    return done


def note_overturned(room_id: int, seq: int, by_id: int | None) -> None:
    """Marks, inside the running command, the actions on a message as overturned.

    The appeal about the message has already restored it.
    """
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
    """Marks, inside the running command, the actions of a case whose time is over.

    Nothing has to be restored: mutes and suspensions end on their own, and a quarantine has its own job.
    """
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
    """Erases the text written to this user by moderators.

    Actions of open cases and users on legal hold are exempt. The row of the action stays.
    """
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
    """Returns an action to a user whom it concerns, and records that its subject has read it.

    Raises NotFound for all other users.
    """
    found = act_for(person, act_id)
    if found.about_id == person.id and found.seen_at is None:
        found.seen_at = clock.now()
    return found


@jobs.job("moderation.quarantine")
def _end_quarantine(payload: dict[str, int]) -> None:
    """Ends a quarantine: the helper may help again. Write restrictions end without a job."""
    done = db.session.get(ModerationAction, payload["act_id"])
    if done is not None and done.undone_at is None:
        undo(done, None, "expired")
