"""Estimates of the wait from past waits, or none, and the current state of a wait."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import quantiles

import sqlalchemy as sa

from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.text import N_
from tutoring.pairing.models import HELPED, HelpRequest
from tutoring.pairing.offers.helper_selection import reason_no_room_can_open
from tutoring.policy.pairing.offers import PHASES, phase

LEAST = 5  # waits; with fewer no estimate is shown
LOOKED_BACK = timedelta(days=180)
MOST = 2_000  # newest requests of a skill that are read

SAYS = {
    0: N_("Đang hỏi những người biết việc này."),
    2: N_("Chưa có ai nhận. Đang hỏi thêm người trong phường, trong thành phố."),
    10: N_("Hôm nay lâu hơn mọi khi. Thầy cô trực cũng được hỏi."),
    20: N_("Chờ lâu rồi. Cứ làm việc khác, có người nhận là được báo ngay."),
}
LEFT = N_("Những người đang mở máy đều được hỏi rồi. Có người mới vào là hỏi tiếp.")
SHUT = {
    "hours": N_("Ngoài giờ mở phòng nên chưa hỏi ai. Đến giờ mở là hỏi tiếp từ đúng chỗ này."),
    "duty": N_("Chưa có thầy cô trực nên phòng chưa mở được. Chỗ trong hàng vẫn giữ."),
}


@dataclass(frozen=True)
class Usual:
    """The middle half of past waits in whole minutes, and the number of waits."""

    low: int
    high: int
    count: int


@dataclass(frozen=True)
class Wait:
    """What the page of a waiting request shows.

    `say` is a msgid. `shut` is true while no helper is asked. `usual` is None when too few waits are known.
    """

    minutes: int
    phase: int
    say: str
    shut: bool
    usual: Usual | None


def usual(seconds: Sequence[int]) -> Usual | None:
    """Returns the middle half of these waits, or None with fewer than five.

    Minutes are rounded up: too long is better than too short.
    """
    if len(seconds) < LEAST:
        return None
    low, _, high = quantiles(seconds, n=4, method="inclusive")
    return Usual(-int(-low // 60), -int(-high // 60), len(seconds))


def past_waits(topic: str, moment: datetime) -> list[int]:
    """Returns past waits, in seconds, for the same skill, weekday and hour.

    Only requests that got help count.
    """
    rows = db.session.execute(
        sa.select(HelpRequest.created_at, HelpRequest.waited_seconds)
        .where(
            HelpRequest.topic == topic,
            sa.text(HELPED),  # must match the index verbatim, or SQLite does not use it
            HelpRequest.created_at > moment - LOOKED_BACK,
        )
        .order_by(HelpRequest.created_at.desc())
        .limit(MOST)
    )
    here = clock.local(moment)
    return [
        waited
        for at, waited in rows
        if (clock.local(at).weekday(), clock.local(at).hour) == (here.weekday(), here.hour)
    ]


def wait_of(asked: HelpRequest) -> Wait:
    """Returns what the page of a waiting request shows now."""
    moment = clock.now()
    since = moment - (asked.state_since or asked.queued_at)
    seconds = asked.waited_seconds + max(0, int(since.total_seconds()))
    why_shut = reason_no_room_can_open(asked)
    now = phase(seconds)
    nobody_left = asked.alarmed_at is not None and now < PHASES[-1]
    say = SHUT[why_shut] if why_shut else LEFT if nobody_left else SAYS[now]
    return Wait(seconds // 60, now, say, bool(why_shut), usual(past_waits(asked.topic, asked.created_at)))
