"""Decides between a text published in the browser and the file of the lesson. No database."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tutoring.lessons.content.diagnostics import Diagnostics
from tutoring.lessons.content.loader import lesson_folder
from tutoring.lessons.content.schema import SLUG
from tutoring.lessons.content.step_editor import digest
from tutoring.lessons.content.types import SOURCE_FILE, Fault, FileKey


@dataclass(frozen=True)
class PublishedLesson:
    """A file of a lesson as published.

    `base_hash` identifies the file text that it was made from; "" when there was no file.
    """

    text: str
    base_hash: str


@dataclass(frozen=True)
class PublishedComparison:
    """The result of the comparison.

    `texts` replace their files. `home` are files whose published text is no longer needed. `torn` are faults for
    files that were changed in both places.
    """

    texts: dict[FileKey, str] = field(default_factory=dict)
    home: set[FileKey] = field(default_factory=set)
    torn: list[Fault] = field(default_factory=list)


def file_text(folder: Path, slug: str, name: str = SOURCE_FILE) -> str | None:
    """Returns a file of a lesson in the folder, or None when it is missing or unreadable."""
    file = lesson_folder(folder, slug) / name
    return Diagnostics("").text(file) if SLUG.fullmatch(slug) and file.is_file() else None


def state(folder: Path, key: FileKey, one: PublishedLesson) -> str:
    """Compares a published text with its file: same, ahead or torn.

    same: the file holds this text too. ahead: the file is unchanged since the publication. torn: the file was
    changed in another way.
    """
    there = file_text(folder, *key)
    if there is not None and digest(there) == digest(one.text):
        return "same"
    return "ahead" if (digest(there) if there is not None else "") == one.base_hash else "torn"


def stand(
    folder: Path, published: Mapping[FileKey, PublishedLesson], take_file: Collection[str] = ()
) -> PublishedComparison:
    """Returns which texts replace their files; for slugs in `take_file` the files win."""
    found = PublishedComparison()
    for (slug, name), one in published.items():
        where = state(folder, (slug, name), one)
        if where == "same" or slug in take_file:
            found.home.add((slug, name))
            continue
        found.texts[slug, name] = one.text
        if where == "torn":
            say = (
                "bài này đã sửa trên trang và trong tệp; trang giữ bản đã đăng. "
                f"Lấy tệp: flask content load --take-file {slug}. "
                f"Lấy bản đã đăng: flask content export --take-page {slug}"
            )
            found.torn.append(Fault(f"{folder.name}/lessons/{slug}/{name}", 1, "torn", say))
    return found


def export(
    folder: Path, published: Mapping[FileKey, PublishedLesson], take_page: Collection[str] = ()
) -> dict[FileKey, str]:
    """Writes published texts to a folder laid out like content/; returns the outcome by file.

    The outcome is same, written or torn. A torn file is left unchanged, unless `take_page` names its lesson.
    """
    done = {}
    for key, one in sorted(published.items(), key=lambda item: item[0]):
        slug, name = key
        file = lesson_folder(folder, slug) / name
        where = state(folder, key, one)
        if where == "torn" and file.exists() and slug not in take_page:
            done[key] = "torn"
        elif where == "same":
            done[key] = "same"
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(one.text, "utf-8", newline="\n")
            done[key] = "written"
    return done
