"""Reading a room in an emergency: one asks with a reason, a second one agrees, the first reads for an hour.

Each step is a row in the audit chain, and so is each page that is read. The people of the room are told: at once, or,
while a grave case about one of them is open, after it is decided.
"""

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.kernel import audit, clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db, insert_once, lock
from tutoring.kernel.errors import Conflict, Invalid, Missing, NotAllowed
from tutoring.kernel.events import announce
from tutoring.kernel.paging import Page
from tutoring.kernel.text import N_
from tutoring.moderation import readings
from tutoring.moderation.reading_events import ReadingAnswered, ReadingAsked, ReadingTold
from tutoring.moderation.reading_models import OpenedReading
from tutoring.policy import readings as policy
from tutoring.policy.readings import HOUR, LIFE, SHORTEST
from tutoring.rooms.models import Message
from tutoring.rooms.queries import room
from tutoring.safety.free_text import plain_reason

LONGEST = 300


@command
def ask_reading(actor: User, room_id: int, reason: str) -> OpenedReading:
    """Ask to read a room that one ordinarily may not read."""
    try:
        place = room(room_id)
    except Missing:
        raise Invalid(N_("Không có phòng mang số này."), field="room") from None
    if readings.reads_already(actor, place):
        raise Conflict(N_("Phòng này bạn đọc được như thường ngày, không cần xin."))
    if not policy.may_ask_to_read(readings.facts(actor, place)):
        raise NotAllowed(N_("Bạn hoặc người nhà có trong phòng này, nên người khác phải xin đọc."))
    reason = plain_reason(reason)
    if len(reason) < SHORTEST:
        raise Invalid(N_("Hãy ghi lý do rõ hơn, ít nhất 20 ký tự."), field="reason", code="too_short")
    if len(reason) > LONGEST:
        raise Invalid(N_("Lý do dài quá 300 ký tự. Hãy viết ngắn hơn."), field="reason", code="too_long")
    _forget_old(actor, room_id)
    if not insert_once(OpenedReading, room_id=room_id, asked_by_id=actor.id, reason=reason, at=clock.now()):
        raise Conflict(N_("Bạn đã xin đọc phòng này rồi và đang chờ người thứ hai."))
    waiting = sa.select(OpenedReading).where(
        OpenedReading.room_id == room_id,
        OpenedReading.asked_by_id == actor.id,
        OpenedReading.agreed_at.is_(None),
        OpenedReading.declined_at.is_(None),
    )
    made = db.session.scalars(waiting).one()
    audit.record(actor.id, "ask_reading", f"room:{room_id}", reason, reading=made.id)
    announce(ReadingAsked(made.id))
    return made


def _forget_old(actor: User, room_id: int) -> None:
    """A request that nobody answered in its time is over, and may be made anew."""
    old = sa.update(OpenedReading).where(
        OpenedReading.room_id == room_id,
        OpenedReading.asked_by_id == actor.id,
        OpenedReading.agreed_at.is_(None),
        OpenedReading.declined_at.is_(None),
        OpenedReading.at <= clock.now() - LIFE,
    )
    db.session.execute(old.values(declined_at=clock.now()))


def _waiting(actor: User, reading_id: int) -> tuple[OpenedReading, policy.Facts]:
    """A request that still waits for its answer, held until the command ends."""
    found, _known = readings.reading_for(actor, reading_id)
    lock(found)
    if found.agreed_at is not None or found.declined_at is not None or found.at <= clock.now() - LIFE:
        raise Conflict(N_("Lời xin này đã được trả lời hoặc đã quá một ngày."))
    return readings.reading_for(actor, reading_id)


@command
def agree_reading(actor: User, reading_id: int) -> OpenedReading:
    """The second person's yes: from now on the one who asked may read for an hour."""
    found, known = _waiting(actor, reading_id)
    if not policy.may_agree_to_read(known):
        raise NotAllowed(N_("Việc này cần người thứ hai, không phải người xin."))
    found.agreed_by_id, found.agreed_at, found.until = actor.id, clock.now(), clock.now() + HOUR
    audit.record(
        actor.id, "agree_reading", f"room:{found.room_id}", found.reason, reading=found.id, asked_by=found.asked_by_id
    )
    announce(ReadingAnswered(found.id, True))
    _tell_if_free(found)
    return found


@command
def decline_reading(actor: User, reading_id: int) -> OpenedReading:
    """Nothing is read: the second person says no, or the one who asked takes it back."""
    found, _known = _waiting(actor, reading_id)
    found.declined_by_id, found.declined_at = actor.id, clock.now()
    audit.record(actor.id, "decline_reading", f"room:{found.room_id}", reading=found.id)
    announce(ReadingAnswered(found.id, False))
    return found


@command
def read_room(actor: User, reading_id: int, before: int | None = None) -> tuple[OpenedReading, Page[Message]]:
    """A page of the room's history, for the one who asked and within the hour; each page is written down."""
    found, known = readings.reading_for(actor, reading_id)
    if not policy.may_read_opened(known):
        raise NotAllowed(N_("Phòng này không mở cho bạn đọc lúc này."))
    page = readings.history(found, before)
    upto = page.items[-1].seq if page.items else 0
    audit.record(actor.id, "read_opened", f"room:{found.room_id}", reading=found.id, upto=upto)
    return found, page


# ---- telling the people of the room ------------------------------------------------------------------------------


def _tell_if_free(found: OpenedReading) -> None:
    if readings.must_wait(found):
        return
    found.told_at = clock.now()
    audit.record(None, "tell_of_reading", f"room:{found.room_id}", reading=found.id)
    announce(ReadingTold(found.id))


@command
def tell_of_readings() -> None:
    """A case was decided: who had to wait for that hears now which rooms were opened."""
    for found in readings.untold():
        _tell_if_free(found)
