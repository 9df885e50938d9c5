"""Nightly work on helpers' notes: deletes those of pairs that have ended."""

from datetime import time
from typing import Any

from tutoring.kernel.jobs import daily
from tutoring.rooms.helper_notes import commands as helper_notes_commands


@daily("rooms.helper_notes", time(3, 20))
def clean_up(_payload: dict[str, Any]) -> None:
    """Deletes the notes of pairs that have not met for a long time."""
    helper_notes_commands.forget_ended_pairs()
