"""Reactions of rooms to name changes: a system message; muted users keep their names."""

from tutoring.accounts.events import NameChanged
from tutoring.accounts.hooks import rename_blocks
from tutoring.kernel.events import on
from tutoring.rooms.messages.name_changes import is_silenced, tell_new_name

rename_blocks.register(is_silenced)


@on(NameChanged)
def announce_name_change_in_rooms(event: NameChanged) -> None:
    tell_new_name(event.user_id, event.before, event.after)
