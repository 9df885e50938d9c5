"""The columns of the table of works: the field of each pupil in each lesson or path that is set for a class."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from flask import url_for
from flask_babel import gettext

from tutoring.classes.overview.cells import NOT_ASKED, Cell, Cells, short
from tutoring.classes.overview.states import NOT_BEGUN, LessonState
from tutoring.classes.work.models import ClassWork
from tutoring.lessons.catalogue.models import Lesson

States = Mapping[int, Mapping[str, LessonState]]
Works = Sequence[tuple[ClassWork, frozenset[int] | None]]  # each with the pupils picked out; None: the whole class


def work_columns(
    works: Works, states: States, lessons: Mapping[str, Lesson], pupil_ids: Collection[int], lang: str
) -> Iterator[tuple[str, str, dict[int, Cell]]]:
    """Yields title, address and fields of each work, in their order."""
    cells = Cells()
    for work, chosen in works:
        kind, target, of_path = work.kind, work.target, list[Lesson]()
        if kind == "path":
            of_path = [one for one in lessons.values() if one.path_slug == target and one.retired_at is None]
        slugs, lesson = [one.slug for one in of_path], lessons.get(target)
        fields = {}
        for user_id in pupil_ids:
            if chosen is not None and user_id not in chosen:
                fields[user_id] = NOT_ASKED
            elif kind == "path":
                fields[user_id] = cells.path([states[user_id].get(slug, NOT_BEGUN) for slug in slugs])
            else:
                fields[user_id] = cells.lesson(states[user_id].get(target, NOT_BEGUN), lesson)
        title, href = _named(work, lessons, of_path, lang)
        until = gettext("đến %(day)s", day=short(work.due))
        yield f"{title} ({until})", href, fields


def _named(work: ClassWork, lessons: Mapping[str, Lesson], of_path: Sequence[Lesson], lang: str) -> tuple[str, str]:
    """Returns the title of a work and where it leads."""
    if work.kind == "path":
        return (of_path[0].path.title(lang) if of_path else work.target), url_for("lessons.path", path=work.target)
    lesson = lessons.get(work.target)
    return (lesson.title(lang) if lesson else work.target), url_for("lessons.lesson", slug=work.target)
