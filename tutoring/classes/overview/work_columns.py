"""The columns of the table of works: the field of each pupil in each lesson or path that is set for a class."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from flask import url_for
from flask_babel import gettext

from tutoring.classes.overview.cells import NOT_ASKED, Cell, Cells, short
from tutoring.classes.overview.lessons import LessonOutline
from tutoring.classes.overview.queries import SetWork
from tutoring.classes.overview.states import NOT_BEGUN, LessonState

States = Mapping[int, Mapping[str, LessonState]]


def work_columns(
    works: Iterable[SetWork], states: States, lessons: Mapping[str, LessonOutline], pupil_ids: Sequence[int]
) -> Iterator[tuple[str, str, list[Cell]]]:
    """Yields title, address and fields of each work, in their order; the fields in the order of the pupils."""
    cells, until = Cells(), gettext("đến %(day)s")
    rows = [states[one] for one in pupil_ids]
    for work in works:
        if work.kind == "path":
            of_path = [one for one in lessons.values() if one.path_slug == work.target and not one.retired]
            slugs = [one.slug for one in of_path]
            fields = [cells.path([row.get(slug, NOT_BEGUN) for slug in slugs]) for row in rows]
            title = of_path[0].path_title if of_path else work.target
            href = url_for("lessons.path", path=work.target)
        else:
            lesson = lessons.get(work.target)
            fields = cells.column(work.target, lesson, rows)
            title = lesson.title if lesson else work.target
            href = url_for("lessons.lesson", slug=work.target)
        if work.chosen is not None:
            fields = [cell if one in work.chosen else NOT_ASKED for one, cell in zip(pupil_ids, fields, strict=True)]
        yield f"{title} ({until % {'day': short(work.due)}})", href, fields
