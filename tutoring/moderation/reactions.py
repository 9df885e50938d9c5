"""The board of everybody on duty hears when a room opens or closes."""

from tutoring.community.queries import on_duty
from tutoring.kernel.commands import after_commit
from tutoring.kernel.events import on
from tutoring.rooms import queries as rooms
from tutoring.rooms.events import AppealMade, MessageChanged, MessageHeld, RoomClosed, RoomOpened
from tutoring.rooms.queries import room
from tutoring.web import live


def _nudge(unit_id: int, minors: bool) -> None:
    for person in on_duty(unit_id, minors=minors):
        live.push("changed", {"what": "board"}, f"user:{person.id}")


@on(RoomOpened)
def board_hears_of_opening(event: RoomOpened) -> None:
    after_commit(_nudge, event.unit_id, event.minors)


@on(RoomClosed)
def board_hears_of_closing(event: RoomClosed) -> None:
    found = room(event.room_id)
    after_commit(_nudge, found.unit_id, found.minors)


def _nudge_desk(room_id: int) -> None:
    for person in rooms.on_duty(room(room_id)):
        live.push("changed", {"what": "desk"}, f"user:{person.id}")


@on(MessageHeld)
def desk_hears_of_held(event: MessageHeld) -> None:
    after_commit(_nudge_desk, event.room_id)


@on(AppealMade)
def desk_hears_of_appeal(event: AppealMade) -> None:
    after_commit(_nudge_desk, event.room_id)


@on(MessageChanged)
def desk_hears_of_decision(event: MessageChanged) -> None:
    after_commit(_nudge_desk, event.room_id)
