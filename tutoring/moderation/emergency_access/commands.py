"""Commands of emergency access to a room.

One user asks with a reason, a second approver agrees, and the first reads for an hour. Each step and each page read is
a row in the audit chain. The room's users are notified at once. While a grave case about one of them is open, they are
notified after its decision.
"""

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.kernel import audit, clock
from tutoring.kernel.commands import command
from tutoring.kernel.database.sql import insert_if_absent
from tutoring.kernel.db import db, lock
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.paging import Page
from tutoring.kernel.text import N_
from tutoring.moderation.emergency_access import queries as emergency_access_queries
from tutoring.moderation.emergency_access.events import (
    EmergencyAccessAnswered,
    EmergencyAccessDisclosed,
    EmergencyAccessRequested,
)
from tutoring.moderation.emergency_access.models import EmergencyAccess
from tutoring.policy.moderation import emergency_access as policy
from tutoring.policy.moderation.emergency_access import HOUR, LIFE, SHORTEST
from tutoring.rooms.models import Message
from tutoring.rooms.queries import room
from tutoring.safety.free_text import validate_reason

LONGEST = 300


@command
def ask_reading(actor: User, room_id: int, reason: str) -> EmergencyAccess:
    """Asks to read a room that the user may not read otherwise."""
    try:
        place = room(room_id)
    except NotFound:
        raise InvalidInput(N_("Không có phòng mang số này."), field="room") from None
    if emergency_access_queries.reads_already(actor, place):
        raise Conflict(N_("Phòng này bạn đọc được như thường ngày, không cần xin."))
    if not policy.may_ask_to_read(emergency_access_queries.emergency_access_facts(actor, place)):
        raise Forbidden(N_("Bạn hoặc người nhà có trong phòng này, nên người khác phải xin đọc."))
    reason = validate_reason(reason)
    if len(reason) < SHORTEST:
        raise InvalidInput(N_("Hãy ghi lý do rõ hơn, ít nhất 20 ký tự."), field="reason", code="too_short")
    if len(reason) > LONGEST:
        raise InvalidInput(N_("Lý do dài quá 300 ký tự. Hãy viết ngắn hơn."), field="reason", code="too_long")
    _forget_old(actor, room_id)
    if not insert_if_absent(EmergencyAccess, room_id=room_id, asked_by_id=actor.id, reason=reason, at=clock.now()):
        raise Conflict(N_("Bạn đã xin đọc phòng này rồi và đang chờ người thứ hai."))
    waiting = sa.select(EmergencyAccess).where(
        EmergencyAccess.room_id == room_id,
        EmergencyAccess.asked_by_id == actor.id,
        EmergencyAccess.agreed_at.is_(None),
        EmergencyAccess.declined_at.is_(None),
    )
    made = db.session.scalars(waiting).one()
    audit.record(actor.id, "ask_reading", f"room:{room_id}", reason, reading=made.id)
    publish(EmergencyAccessRequested(made.id))
    return made


def _forget_old(actor: User, room_id: int) -> None:
    """Closes a request that had no answer in time, so that the user may ask again."""
    old = sa.update(EmergencyAccess).where(
        EmergencyAccess.room_id == room_id,
        EmergencyAccess.asked_by_id == actor.id,
        EmergencyAccess.agreed_at.is_(None),
        EmergencyAccess.declined_at.is_(None),
        EmergencyAccess.at <= clock.now() - LIFE,
    )
    db.session.execute(old.values(declined_at=clock.now()))


def _waiting(actor: User, reading_id: int) -> tuple[EmergencyAccess, policy.EmergencyAccessFacts]:
    """Returns an open request, locked until the command ends.

    Raises Conflict if it is answered or too old.
    """
    found, _known = emergency_access_queries.emergency_access_for(actor, reading_id)
    lock(found)
    if found.agreed_at is not None or found.declined_at is not None or found.at <= clock.now() - LIFE:
        raise Conflict(N_("Yêu cầu này đã được trả lời hoặc đã quá một ngày."))
    return emergency_access_queries.emergency_access_for(actor, reading_id)


@command
def agree_reading(actor: User, reading_id: int) -> EmergencyAccess:
    """Approves a request as second approver: the requester may read for an hour."""
    found, known = _waiting(actor, reading_id)
    if not policy.may_agree_to_read(known):
        raise Forbidden(N_("Việc này cần người thứ hai, không phải người xin."))
    found.agreed_by_id, found.agreed_at, found.until = actor.id, clock.now(), clock.now() + HOUR
    audit.record(
        actor.id, "agree_reading", f"room:{found.room_id}", found.reason, reading=found.id, asked_by=found.asked_by_id
    )
    publish(EmergencyAccessAnswered(found.id, True))
    _tell_if_free(found)
    return found


@command
def decline_reading(actor: User, reading_id: int) -> EmergencyAccess:
    """Declines a request as second approver, or withdraws the user's own."""
    found, _known = _waiting(actor, reading_id)
    found.declined_by_id, found.declined_at = actor.id, clock.now()
    audit.record(actor.id, "decline_reading", f"room:{found.room_id}", reading=found.id)
    publish(EmergencyAccessAnswered(found.id, False))
    return found


@command
def read_room(actor: User, reading_id: int, before: int | None = None) -> tuple[EmergencyAccess, Page[Message]]:
    """Returns a page of the room's history to the requester within the hour.

    Each page read is logged in the audit chain.
    """
    found, known = emergency_access_queries.emergency_access_for(actor, reading_id)
    if not policy.may_read_opened(known):
        raise Forbidden(N_("Phòng này không mở cho bạn đọc lúc này."))
    page = emergency_access_queries.history(found, before)
    upto = page.items[-1].seq if page.items else 0
    audit.record(actor.id, "read_opened", f"room:{found.room_id}", reading=found.id, upto=upto)
    return found, page


# ---- notifying the users of the room -----------------------------------------------------------------------------


def _tell_if_free(found: EmergencyAccess) -> None:
    if emergency_access_queries.must_wait(found):
        return
    found.told_at = clock.now()
    audit.record(None, "tell_of_reading", f"room:{found.room_id}", reading=found.id)
    publish(EmergencyAccessDisclosed(found.id))


@command
def tell_of_readings() -> None:
    """Notifies room users of approved accesses that had to wait for the decision of a case."""
    for found in emergency_access_queries.untold():
        _tell_if_free(found)
