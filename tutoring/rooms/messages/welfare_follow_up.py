"""Actions of welfare cases in rooms: deliver a harmless message, announce a helper."""

from tutoring.kernel.commands import command
from tutoring.kernel.events import publish
from tutoring.rooms.events import MessageChanged
from tutoring.rooms.messages.store import append_system_message
from tutoring.rooms.queries import locked_room, message
from tutoring.safety.screening import ELSEWHERE, MASKED, disclosing_hits, mask_hits, screen_text


@command
def deliver_disclosed(by_id: int, room_id: int, seq: int, text: str) -> bool:
    """Delivers an encrypted message that was no danger under its number, masked as usual.

    Returns False when its author has withdrawn it.
    """
    locked_room(room_id)
    found = message(room_id, seq)
    if not found.disclosed or found.status != "held":
        return False
    shown = mask_hits(text, disclosing_hits(screen_text(text, minor=True).hits, MASKED | ELSEWHERE))
    found.text, found.disclosed, found.found = shown, False, []
    found.status, found.decided_by_id = ("masked" if shown != text else "sent"), by_id
    publish(MessageChanged(room_id, seq, "released"))
    return True


@command
def announce_adult_coming(room_id: int, name: str) -> None:
    """Tells the room that an adult is coming, without the reason; guardians are not told."""
    room = locked_room(room_id)
    if room.closed_at is None:
        append_system_message(room, f"{name} đang vào giúp.", disclosed=True)
