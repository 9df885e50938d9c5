"""Reads content/training.yml; what is wrong in it comes back as faults with file and line. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from tutoring.lessons.content import strict_yaml
from tutoring.lessons.content.bank import Fault
from tutoring.lessons.content.complaints import problems
from tutoring.lessons.content.notes import Notes
from tutoring.lessons.content.strict_yaml import Parsed, YamlFault
from tutoring.training.track import Track, TracksFile

NAME = "training.yml"


@dataclass(frozen=True)
class Read:
    """The tracks without a fault, and what is wrong with the others."""

    tracks: tuple[Track, ...]
    faults: tuple[Fault, ...] = ()


def load(folder: Path, lessons: Collection[str] | None = None) -> Read:
    """The tracks of a folder laid out like content/; without `lessons` those are not looked up. A folder without the
    file has no tracks."""
    path, notes = folder / NAME, Notes(f"{folder.name}/{NAME}")
    if not path.is_file():
        return Read(())
    text = notes.text(path)
    tracks = [] if text is None else _parse(text, notes, lessons)
    return Read(tuple(tracks), tuple(sorted(set(notes.faults))))


def _parse(text: str, notes: Notes, lessons: Collection[str] | None) -> list[Track]:
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


def _check(track: Track, number: int, parsed: Parsed, notes: Notes, lessons: Collection[str] | None) -> None:
    """Lessons there are, each named once; what is to be seen done is learned before."""
    for name, slugs in (("lessons", track.lessons), ("witnessed", track.witnessed)):
        for n, slug in enumerate(slugs):
            line = parsed.line(("tracks", number, name, n))
            if slug in slugs[:n]:
                notes.fault(line, "twice", f"bài “{slug}” ghi hai lần trong {name} của “{track.id}”")
            elif name == "witnessed" and slug not in track.lessons:
                notes.fault(line, "witnessed", f"bài “{slug}” phải có trong lessons của “{track.id}” trước")
            elif name == "lessons" and lessons is not None and slug not in lessons:
                notes.fault(line, "lesson", f"không có bài “{slug}” trong content/lessons/")
