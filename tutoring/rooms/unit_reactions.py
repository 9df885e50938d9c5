"""What rooms do when units change."""

from tutoring.community.events import UnitsMerged
from tutoring.kernel.events import on
from tutoring.rooms.commands.following_units import follow_unit


@on(UnitsMerged)
def rooms_go_along(event: UnitsMerged) -> None:
    follow_unit(event.from_id, event.into_id)
