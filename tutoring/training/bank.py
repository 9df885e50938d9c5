"""The tracks that this process offers: read from the file when first asked for, then kept."""

import logging
from functools import cache
from pathlib import Path

from tutoring.kernel import logs
from tutoring.kernel.errors import Missing
from tutoring.training.track import Track
from tutoring.training.track_file import load

log = logging.getLogger(__name__)
_folder = Path()


def configure(folder: Path) -> None:
    """Offer the tracks of this folder, which is laid out like content/."""
    global _folder
    _folder = folder


def tracks() -> dict[str, Track]:
    """Every track without a fault, by id, in the order of the file."""
    return _read(_folder)


def track(track_id: str) -> Track:
    """A track; raises Missing."""
    found = tracks().get(track_id)
    if found is None:
        raise Missing
    return found


def title(track_id: str, lang: str) -> str:
    """What a track is called; one that has left the file keeps its id."""
    found = tracks().get(track_id)
    return found.title_in(lang) if found else track_id


@cache
def _read(folder: Path) -> dict[str, Track]:
    read = load(folder)
    for fault in read.faults:
        log.error("training: %s", logs.Plain(str(fault)))
    return {one.id: one for one in read.tracks}
