"""Stores a child's answer on how it felt in a session, and erases such answers."""

from tutoring.accounts.models import User
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_
from tutoring.policy.rooms.comfort import ANSWER_WITHIN, FELT, UNEASY, is_asked
from tutoring.rooms.comfort.models import ComfortAnswer
from tutoring.rooms.events import FeltUneasy
from tutoring.rooms.queries import locked_room, readable_room


@command
def answer_comfort(user: User, room_id: int, felt: str) -> ComfortAnswer:
    """Stores how a child felt in a session; a repeated answer replaces the one before.

    An uneasy child is brought before the staff in charge. A later answer does not take that back: another person may
    have given it. Raises Forbidden for everybody who is not asked.
    """
    locked_room(room_id)  # two devices of one child must not both insert
    room, known = readable_room(user, room_id)
    if not is_asked(known, user.is_minor):
        raise Forbidden
    if felt not in FELT:
        raise InvalidInput(N_("Hãy chọn một trong các câu trả lời."), field="felt")
    if room.closed_at is not None and room.closed_at < clock.now() - ANSWER_WITHIN:
        raise Conflict(N_("Đã quá 14 ngày từ buổi học này nên không ghi thêm được nữa."))
    mine = db.session.get(ComfortAnswer, (room_id, user.id), populate_existing=True)
    if mine is None:
        mine = ComfortAnswer(room_id=room_id, user_id=user.id, felt=felt)
        db.session.add(mine)
    mine.felt, mine.at = felt, clock.now()
    db.session.flush()
    if felt == UNEASY:
        publish(FeltUneasy(room_id, user.id))
    return mine
