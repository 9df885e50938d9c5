"""The marker of a running restore: written before any change, removed when all is done.

While it exists no server starts, because the database may be incomplete.
"""

import json
import os
from pathlib import Path
from typing import Any

from tutoring.config import Settings

READING, ASIDE, IN, DONE = "reading", "aside", "in", "done"  # how far it came; each step is on the disk before its work


def note_of(settings: Settings) -> Path:
    return settings.tombstones.with_name("restoring.json")


def write(settings: Settings, told: dict[str, Any]) -> None:
    note = note_of(settings)
    note.parent.mkdir(parents=True, exist_ok=True)
    draft = note.with_suffix(".part")
    with draft.open("w", encoding="utf-8") as file:
        json.dump(told, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, note)


def read(settings: Settings) -> dict[str, Any] | None:
    try:
        return dict(json.loads(note_of(settings).read_text("utf-8")))
    except FileNotFoundError:
        return None


def remove(settings: Settings) -> None:
    note_of(settings).unlink(missing_ok=True)


def refuse(settings: Settings) -> None:
    """Raises RuntimeError while a restore is unfinished; servers call it before they start."""
    if note_of(settings).exists():
        raise RuntimeError(
            f"A restore was interrupted or is still running (see {note_of(settings)}): run `flask restore` again, or "
            "`flask restore --undo` to have what was there before."
        )
