"""Commands of volunteer minutes: count at the end of a room, confirm, strike."""

from tutoring.accounts.models import User
from tutoring.accounts.queries import is_guardian
from tutoring.community import queries as community
from tutoring.kernel import audit, clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_
from tutoring.policy.rooms.volunteer_minutes import CONFIRM_WITHIN, may_say_helped, may_see_minutes, may_strike
from tutoring.rooms.events import MinutesChanged, MinutesCounted
from tutoring.rooms.models import Room, Seat
from tutoring.rooms.volunteer_minutes.models import HelpSession
from tutoring.rooms.volunteer_minutes.queries import (
    awake_in,
    helped_session,
    minutes_of,
    one_family,
    sessions_of_room,
    sides,
)
from tutoring.safety.free_text import validate_reason

_BY_WATCHER = N_("Người trực đã đóng phòng.")
_PUT_OUT = N_("Người trực đã mời bạn ra khỏi phòng.")


def count_minutes(room: Room, seats: list[Seat]) -> None:
    """Counts one row for each helper with each learner, inside the command that closes the room.

    The learner's side is the learner and the guardian who sits with them. Within one family nothing is counted.
    """
    helpers = [one for one in seats if one.role == "helper" and one.joined_at is not None]
    if not helpers or room.closed_at is None:
        return
    found = awake_in(room.id, seats, room.closed_at)
    for learner_id, side in sides(seats).items():
        for helper in helpers:
            if not one_family(helper.user_id, learner_id):
                _count(room, helper, learner_id, minutes_of(helper.user_id, side, found))


def _count(room: Room, helper: Seat, learner_id: int, minutes: int) -> None:
    assert room.closed_at is not None
    struck = _PUT_OUT if helper.removed_at else _BY_WATCHER if room.close_reason == "watcher" else ""
    made = HelpSession(
        room_id=room.id, helper_id=helper.user_id, learner_id=learner_id, unit_id=room.unit_id, topic=room.topic,
        day=clock.local(room.closed_at).date(), ended_at=room.closed_at, minutes=minutes, struck_reason=struck,
        struck_at=room.closed_at if struck else None, struck_by_id=room.closed_by_id if struck else None,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    if minutes and not struck:
        publish(MinutesCounted(made.id))


@command
def say_helped(user: User, session_id: int, word: str) -> HelpSession:
    """Stores the word of the learner's side, helped or nobody; a repeated call replaces it."""
    session = helped_session(session_id)
    _check_word(user, session)
    if word not in ("helped", "nobody"):
        raise InvalidInput(N_("Hãy chọn một câu trả lời."), field="helped")
    if clock.now() > session.ended_at + CONFIRM_WITHIN:
        raise Conflict(N_("Đã quá 14 ngày từ buổi học này nên không ghi thêm được nữa."))
    _word(user, session, word)
    return session


def _check_word(user: User, session: HelpSession) -> None:
    own = user.id == session.learner_id
    if not own and not is_guardian(user.id, session.learner_id):
        raise NotFound
    if not may_say_helped(own, not own, session.learner.band):
        raise Forbidden(N_("Việc này ba mẹ xác nhận giúp em."))


def _word(user: User, session: HelpSession, word: str) -> None:
    if session.word != word:
        session.word, session.said_at, session.said_by_id = word, clock.now(), user.id
        db.session.flush()
        publish(MinutesChanged(session.id, session.helper_id, session.day, word))


def word_at_end(user: User, room_id: int, word: str) -> None:
    """Stores the word given with the feedback; without the right to give it, it is ignored."""
    for session in sessions_of_room(room_id) if word in ("helped", "nobody") else []:
        own = user.id == session.learner_id
        guardian = not own and is_guardian(user.id, session.learner_id)
        fresh = clock.now() <= session.ended_at + CONFIRM_WITHIN
        if fresh and may_say_helped(own, guardian, session.learner.band):
            _word(user, session, word)


@command
def strike(actor: User, session_id: int, reason: str) -> HelpSession:
    """Strikes a session from the counted minutes; the helper reads the reason.

    Raises Forbidden for participants of the session and their guardians.
    """
    session = _judged(actor, session_id)
    reason = validate_reason(reason)
    if session.struck_at is None:
        session.struck_at, session.struck_by_id, session.struck_reason = clock.now(), actor.id, reason
        audit.record(actor.id, "strike_minutes", f"helped_session:{session.id}", reason)
        db.session.flush()
        publish(MinutesChanged(session.id, session.helper_id, session.day, "struck"))
    return session


@command
def undo_strike(actor: User, session_id: int) -> HelpSession:
    """Undoes a strike."""
    session = _judged(actor, session_id)
    if session.struck_at is not None:
        session.struck_at, session.struck_by_id, session.struck_reason = None, None, ""
        audit.record(actor.id, "let_minutes_stand", f"helped_session:{session.id}")
        db.session.flush()
        publish(MinutesChanged(session.id, session.helper_id, session.day, "stands"))
    return session


@command
def count_again(room_id: int, helper_id: int) -> None:
    """Undoes the strikes that followed from a mistaken removal of the helper from this room."""
    for session in sessions_of_room(room_id):
        if session.helper_id == helper_id and session.struck_reason == _PUT_OUT:
            session.struck_at, session.struck_by_id, session.struck_reason = None, None, ""
            audit.record(None, "let_minutes_stand", f"helped_session:{session.id}")
            db.session.flush()
            publish(MinutesChanged(session.id, session.helper_id, session.day, "stands"))


def _judged(actor: User, session_id: int) -> HelpSession:
    session = helped_session(session_id)
    held, minors = community.acting_roles_at(actor, session.unit_id), session.room.minors
    if not may_see_minutes(held, minors):
        raise NotFound
    sides = (session.helper_id, session.learner_id)
    involved = actor.id in sides or any(is_guardian(actor.id, one) for one in sides)
    if not may_strike(held, minors, involved):
        raise Forbidden(N_("Bạn hoặc người nhà có trong buổi này nên một người khác phải quyết định."))
    return session
