"""Nightly work on voice notes: deletes those that were refused or hidden a month ago."""

from datetime import time
from typing import Any

from tutoring.kernel.jobs import daily
from tutoring.rooms.voice_notes import commands as voice_notes_commands


@daily("rooms.voice_notes", time(3, 15))
def clean_up(_payload: dict[str, Any]) -> None:
    """Deletes the sounds of notes hidden long enough ago."""
    voice_notes_commands.delete_removed_notes()
