"""What rooms do when units change."""

from tutoring.community.events import MinorsPaused, UnitsMerged
from tutoring.kernel.events import on
from tutoring.rooms.commands.following_units import follow_unit
from tutoring.rooms.commands.pausing import pause_rooms, resume_rooms


@on(UnitsMerged)
def rooms_go_along(event: UnitsMerged) -> None:
    follow_unit(event.from_id, event.into_id)


@on(MinorsPaused)
def rooms_pause_along(event: MinorsPaused) -> None:
    if event.on:
        pause_rooms(event.unit_ids, event.why)
    else:
        resume_rooms(event.unit_ids)
