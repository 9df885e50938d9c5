"""The state of an open room in words, for the live dashboard and the start page of staff."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import gettext, ngettext

from tutoring.kernel import clock
from tutoring.moderation.labels import on_board
from tutoring.moderation.live_dashboard import LiveRoom


@dataclass(frozen=True)
class RoomState:
    """One sign of a room: its words with their clock, the kind of its tag, and its icon."""

    words: str
    kind: str = ""
    icon: str = ""


def states_of(row: LiveRoom) -> list[RoomState]:
    """Returns the signs of a room, the most urgent first; never none."""
    return list(_states(row)) or [_calm(row)]


def first_state_of(row: LiveRoom) -> RoomState:
    """Returns the most urgent sign of a room."""
    return next(_states(row), None) or _calm(row)


def _calm(row: LiveRoom) -> RoomState:
    return RoomState(gettext("Đang trò chuyện"), "", "chat") if row.here else RoomState(gettext("Chưa có ai ở đây"))


def _states(row: LiveRoom) -> Iterator[RoomState]:
    grave = [case for case in row.cases if case.grade in ("S0", "S1")]
    for case in grave:
        yield RoomState(on_board(case), "bad", "alert")
    if row.held_since is not None:
        words = str(ngettext("%(num)d tin chờ", "%(num)d tin chờ", row.held))
        yield RoomState(_timed(words, (clock.now() - row.held_since) // timedelta(minutes=1)), "bad", "chat")
    for case in row.cases:
        if case not in grave:
            yield RoomState(on_board(case), "warn", "alert")
    if row.worries:
        yield RoomState(gettext("Có dấu hiệu đáng lo"), "warn", "eye")
    if row.wait is not None:
        words = gettext("Chờ trả lời") if row.wait.answer else gettext("Ở một mình")
        yield RoomState(_timed(words, row.wait.minutes), "warn" if row.wait.long else "", "clock")
    if row.silence is not None and row.silent:
        yield RoomState(_timed(gettext("Im lặng"), row.silence), "warn", "mute")
    if row.room.locked_at is not None:
        yield RoomState(gettext("Đang khoá"), "warn", "lock")
    if row.room.hold_all:
        yield RoomState(gettext("Đang xem trước từng tin"), "warn", "eye")
    if row.watching:
        yield RoomState(gettext("Bạn đang ở trong phòng"), "ok", "eye")
    if row.unread:
        words = ngettext("%(num)d tin bạn chưa đọc", "%(num)d tin bạn chưa đọc", row.unread)
        yield RoomState(str(words), "info", "chat")


def _timed(words: str, minutes: int) -> str:
    time = ngettext("%(num)d phút", "%(num)d phút", minutes)
    return f"{words} {time}" if minutes > 0 else str(words)
