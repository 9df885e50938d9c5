"""A lasting room with children rests outside the hours of its unit and while nobody is on duty: it is read, and nobody
writes. It does not close; whether it rests is asked each time, so no clock has to open it again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tutoring.community import queries as community
from tutoring.community.duty.opening_hours import hours_of, watched_next
from tutoring.kernel import clock
from tutoring.kernel.errors import Forbidden
from tutoring.kernel.text import N_
from tutoring.policy.rooms.participation import LASTING, RoomFacts
from tutoring.rooms.models import Room

_ANNOUNCING = N_(
    "Phòng đang chỉ để thông báo: người phụ trách viết, bạn đọc được và bày tỏ được bằng một lời ngắn dưới mỗi tin."
)
_ALONE = N_("Các em viết được khi có ít nhất hai bạn đã vào phòng. Trong lúc chờ, em vẫn đọc và bày tỏ được.")
_PAUSED = N_("Phòng của học sinh đang tạm nghỉ: %(why)s. Không ai làm gì sai; bạn vẫn đọc được.")
_NOBODY = N_("Chưa có thầy cô trực nên phòng đang nghỉ. Bạn vẫn đọc được; có người trực là phòng tự mở lại.")


def is_read_only(room: Room) -> bool:
    """Whether nobody writes here now because it is late, or nobody is on duty."""
    if not room.minors or room.kind not in LASTING or room.side_of_id is not None or room.closed_at is not None:
        return False  # a side room closes then, as other sessions do
    return not (hours_of(room.unit_id).open_at(clock.now()) and community.on_duty(room.unit_id, minors=True))


@dataclass(frozen=True)
class ReadOnlyNotice:
    """Why nobody writes here now but, where it does not rest, those who keep order: a sentence for all who read."""

    say: str
    params: dict[str, Any]

    def refusal(self) -> Forbidden:
        return Forbidden(self.say, code="locked", **self.params)


def read_only_notice(room: Room, known: RoomFacts) -> ReadOnlyNotice | None:
    """The sentence for a room that rests or is for announcements alone."""
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
