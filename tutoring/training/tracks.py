"""The tracks of content/training.yml: what staff must learn, and how often it is renewed.

Parsing is pure and returns faults with file and line. A process reads the tracks of each folder on first use.
"""

import logging
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from tutoring.kernel import logs
from tutoring.kernel.content_folder import content_folder
from tutoring.kernel.errors import NotFound
from tutoring.lessons.content import strict_yaml
from tutoring.lessons.content.diagnostics import Diagnostics
from tutoring.lessons.content.schema import Day, Named, Slug, Strict
from tutoring.lessons.content.strict_yaml import Parsed, YamlFault
from tutoring.lessons.content.types import SOURCE, Fault
from tutoring.lessons.content.validation_messages import problems

Role = Literal["officer", "coordinator", "lead"]


class Addition(Strict):
    """A lesson of a track that was added later, and on which day."""

    lesson: Slug
    on: Day


class Track(Strict):
    """One track: its lessons in order, which of them must be witnessed, and its validity.

    `renew_months` is how long a training session counts. People trained before the day of an addition have a period
    of grace for it (readiness.py).
    """

    id: Slug
    title: Named
    summary: Named
    roles: list[Role]  # members with these roles belong to it; other people are assigned by hand
    lessons: Annotated[list[Slug], Field(min_length=1, max_length=20)]
    witnessed: Annotated[list[Slug], Field(max_length=20)] = []
    added: Annotated[list[Addition], Field(max_length=20)] = []
    renew_months: int = Field(ge=1, le=36)

    def title_in(self, lang: str) -> str:
        return self.title.en if lang != SOURCE and self.title.en else self.title.vi

    def summary_in(self, lang: str) -> str:
        return self.summary.en if lang != SOURCE and self.summary.en else self.summary.vi


class TracksFile(Strict):
    """The content of content/training.yml."""

    schema_: Literal[1] = Field(alias="schema")
    tracks: Annotated[list[Track], Field(min_length=1, max_length=12)]


NAME = "training.yml"


@dataclass(frozen=True)
class TrackFile:
    """The valid tracks, and the faults of the others."""

    tracks: tuple[Track, ...]
    faults: tuple[Fault, ...] = ()


def load(folder: Path, lessons: Collection[str] | None = None) -> TrackFile:
    """Loads the tracks of a folder laid out like content/.

    Without `lessons`, the existence of lessons is not checked. A folder without the file has no tracks.
    """
    path, notes = folder / NAME, Diagnostics(f"{folder.name}/{NAME}")
    if not path.is_file():
        return TrackFile(())
    text = notes.text(path)
    tracks = [] if text is None else _parse(text, notes, lessons)
    return TrackFile(tuple(tracks), tuple(sorted(set(notes.faults))))


def _parse(text: str, notes: Diagnostics, lessons: Collection[str] | None) -> list[Track]:
    try:
        parsed = strict_yaml.parse(text)
        tracks = TracksFile.model_validate(parsed.data).tracks
    except YamlFault as error:
        notes.fault(error.line, "yaml", error.say)
        return []
    except ValidationError as error:
        for line, code, say in problems(error, parsed):
            notes.fault(line, code, say)
        return []
    good, seen = [], set[str]()
    for number, track in enumerate(tracks):
        before = len(notes.faults)
        if track.id in seen:
            notes.fault(parsed.line(("tracks", number, "id")), "track-id", f"lộ trình “{track.id}” khai hai lần")
        seen.add(track.id)
        _check(track, number, parsed, notes, lessons)
        if len(notes.faults) == before:
            good.append(track)
    return good


def _check(track: Track, number: int, parsed: Parsed, notes: Diagnostics, lessons: Collection[str] | None) -> None:
    """Checks that lessons exist, are listed once, and that witnessed and added ones are learned too."""
    added = [one.lesson for one in track.added]
    for name, slugs in (("lessons", track.lessons), ("witnessed", track.witnessed), ("added", added)):
        for n, slug in enumerate(slugs):
            line = parsed.line(("tracks", number, name, n))
            if slug in slugs[:n]:
                notes.fault(line, "twice", f"bài “{slug}” ghi hai lần trong {name} của “{track.id}”")
            elif name != "lessons" and slug not in track.lessons:
                notes.fault(line, name, f"bài “{slug}” phải có trong lessons của “{track.id}” trước")
            elif name == "lessons" and lessons is not None and slug not in lessons:
                notes.fault(line, "lesson", f"không có bài “{slug}” trong content/lessons/")


log = logging.getLogger(__name__)


def tracks() -> dict[str, Track]:
    """Returns all valid tracks by id, in the order of the file."""
    return _read(content_folder())


def track(track_id: str) -> Track:
    """Returns a track; raises NotFound."""
    found = tracks().get(track_id)
    if found is None:
        raise NotFound
    return found


def title(track_id: str, lang: str) -> str:
    """Returns the title of a track, or its id if it is no longer in the file."""
    found = tracks().get(track_id)
    return found.title_in(lang) if found else track_id


@cache
def _read(folder: Path) -> dict[str, Track]:
    read = load(folder)
    for fault in read.faults:
        log.error("training: %s", logs.LogSafe(str(fault)))
    return {one.id: one for one in read.tracks}
