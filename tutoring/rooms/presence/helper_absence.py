"""Why nobody helps in an open session just now, and the sentence that tells the learner's side what comes next."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import User
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.text import N_
from tutoring.policy.rooms.participation import RoomFacts
from tutoring.rooms.models import Attendance, Room, Seat
from tutoring.web.i18n import language

GONE_AFTER = timedelta(minutes=1)  # a phone that loses its network for a moment is no reason to worry a child

# By what happened, and whether staff are in the room.
_SAYS = {
    ("muted", True): N_("%(name)s đang tạm ngừng viết; bạn viết cho %(staff)s nhé, bạn không làm gì sai."),
    ("muted", False): N_("%(name)s đang tạm ngừng viết; bạn chờ một chút, người trực đang xem và sẽ giúp bạn."),
    ("gone", True): N_("%(name)s không còn ở trong phòng; %(staff)s ở đây với bạn."),
    ("gone", False): N_("%(name)s không ở trong phòng; bạn chờ một chút, lâu quá thì bấm Kết thúc rồi nhờ người khác."),
    ("removed", True): N_("%(name)s không giúp tiếp ở đây; %(staff)s ở đây với bạn, bạn không làm gì sai."),
    ("removed", False): N_("%(name)s không giúp tiếp ở đây; bạn không làm gì sai và nhờ người khác được ngay."),
}


@dataclass(frozen=True)
class HelperAbsence:
    """What the learner's side is told; `asks_anew` offers to ask another helper."""

    say: str
    asks_anew: bool = False


def helper_absence(
    reader: User, room: Room, known: RoomFacts, seats: Sequence[Seat], here: Collection[int]
) -> HelperAbsence | None:
    """Returns what a learner, or a guardian who sits there, is told while no helper can help.

    A helper may be muted, removed, or gone. None while one helps, or while nobody has come yet.
    """
    if known.role not in ("learner", "guardian") or room.closed_at is not None or room.lasts or room.kind == "desk":
        return None
    helpers = [one for one in seats if one.role == "helper"]
    if any(one.joined_at is None or (one.user_id in here and not one.is_muted) for one in helpers):
        return None
    beside = next((one.user for one in seats if one.role == "observer" and one.user_id in here), None)
    muted = next((one for one in helpers if one.is_muted), None)
    if muted is not None:
        return HelperAbsence(_said("muted", reader, muted.user, beside))
    if helpers:
        gone = helpers[0]
        return HelperAbsence(_said("gone", reader, gone.user, beside)) if _is_gone(gone) else None
    removed = _removed_helper(room.id)
    if removed is None:
        return None
    return HelperAbsence(_said("removed", reader, removed.user, beside), asks_anew=True)


def _said(why: str, reader: User, helper: User, beside: User | None) -> str:
    told = {
        "name": helper.shown_to(reader, language()),
        "staff": beside.said_by(reader, language()) if beside is not None else "",
    }
    return str(gettext(_SAYS[why, beside is not None], **told))


def _is_gone(seat: Seat) -> bool:
    """Returns whether this absent person left by the button, or has been away for a while."""
    stays = sa.select(sa.func.max(Attendance.until_at))
    last = db.session.scalar(stays.where(Attendance.room_id == seat.room_id, Attendance.user_id == seat.user_id))
    if last is None:
        return False
    return last < clock.now() - GONE_AFTER or (seat.left_at is not None and seat.left_at >= last)


def _removed_helper(room_id: int) -> Seat | None:
    query = (
        sa.select(Seat)
        .options(joinedload(Seat.user))
        .where(Seat.room_id == room_id, Seat.role == "helper", Seat.removed_at.is_not(None))
    )
    return db.session.scalar(query.order_by(Seat.removed_at.desc(), Seat.id).limit(1))
