"""When a persistent room with minors is read-only, and the sentence that explains it.

Such a room is read-only outside opening hours and while no observer is on duty. It is not closed. The state is computed
on each read, so no job has to reopen the room.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tutoring.community import queries as community
from tutoring.community.duty.coverage import hours_of, watched_next
from tutoring.kernel import clock
from tutoring.kernel.errors import Forbidden
from tutoring.kernel.text import N_
from tutoring.policy.rooms.participation import PERSISTENT_KINDS, RoomFacts
from tutoring.rooms.models import Room

_ANNOUNCING = N_("Phòng này đang chỉ để thông báo: người phụ trách viết, mọi người đọc và thả cảm xúc.")
_ALONE = N_("Các em viết được khi có ít nhất hai bạn đã vào phòng. Trong lúc chờ, em vẫn đọc và thả cảm xúc được.")
_PAUSED = N_("Phòng của học sinh đang tạm nghỉ: %(why)s. Không ai làm gì sai; bạn vẫn đọc được.")
_NOBODY = N_("Chưa có thầy cô trực nên phòng đang nghỉ. Bạn vẫn đọc được; có người trực là phòng tự mở lại.")


def is_read_only(room: Room) -> bool:
    """Returns whether the room is read-only now: outside opening hours, or no observer on duty."""
    if (
        not room.minors
        or room.kind not in PERSISTENT_KINDS
        or room.side_of_id is not None
        or room.closed_at is not None
    ):
        return False  # a breakout room closes then, as other sessions do
    return not (hours_of(room.unit_id).open_at(clock.now()) and community.on_duty(room.unit_id, minors=True))


@dataclass(frozen=True)
class ReadOnlyNotice:
    """Why participants cannot write now: a sentence for all readers.

    Moderators can still write, unless the room is read-only.
    """

    say: str
    params: dict[str, Any]

    def refusal(self) -> Forbidden:
        return Forbidden(self.say, code="locked", **self.params)


def read_only_notice(room: Room, known: RoomFacts) -> ReadOnlyNotice | None:
    """Returns the notice of a room that is read-only or for announcements only, else None."""
    if known.resting:
        return _resting(room)
    if known.announcing and known.role != "observer":
        return ReadOnlyNotice(_ANNOUNCING if room.announcing else _ALONE, {})
    return None


def _resting(room: Room) -> ReadOnlyNotice:
    moment, hours = clock.now(), hours_of(room.unit_id)
    if hours.paused:
        return ReadOnlyNotice(_PAUSED, {"why": hours.paused})
    if not hours.open_at(moment):
        say = N_("Ngoài giờ mở phòng nên phòng đang nghỉ. Bạn vẫn đọc được; phòng tự mở lại lúc %(when)s.")
        return ReadOnlyNotice(say, {"when": _said(hours.opens_next(moment))})
    if (turn := watched_next(room.unit_id, moment)) is not None:
        say = N_("Chưa có thầy cô trực nên phòng đang nghỉ. Bạn vẫn đọc được; ca trực tới bắt đầu lúc %(when)s.")
        return ReadOnlyNotice(say, {"when": _said(turn)})
    return ReadOnlyNotice(_NOBODY, {})


def _said(moment: datetime) -> str:
    here = clock.local(moment)
    return here.strftime("%H:%M" if here.date() == clock.today() else "%H:%M, %d/%m")
