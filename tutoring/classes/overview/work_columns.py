"""The columns of the table of works: the field of each pupil in each work that is set for a class."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from flask import url_for
from flask_babel import gettext

from tutoring.classes.overview.cells import NOT_ASKED, Cell, Cells, short
from tutoring.classes.overview.states import DONE, GOING, NONE, NOT_BEGUN, LessonState
from tutoring.classes.work.models import ClassWork
from tutoring.classes.work.states import WorkStates
from tutoring.classes.work.targets import Catalogue
from tutoring.kernel import clock
from tutoring.kernel.text import N_
from tutoring.lessons.catalogue.models import Lesson
from tutoring.practice import scenarios

OF_LESSONS = frozenset({"lesson", "path"})  # their states come from the progress that is read anyway
_WORDS = {"new": NONE, "going": GOING, "done": DONE}
_QUIZ, _REHEARSAL, _HELP = N_("Kiểm tra: %(title)s"), N_("Tập: %(title)s"), N_("Nhờ giúp một lần")

States = Mapping[int, Mapping[str, LessonState]]
Works = Sequence[tuple[ClassWork, frozenset[int] | None]]  # each with the pupils picked out; None: the whole class


def work_columns(
    works: Works, states: States, lessons: Mapping[str, Lesson], pupil_ids: Collection[int], lang: str
) -> Iterator[tuple[str, str, dict[int, Cell]]]:
    """Yields title, address and fields of each work, in their order; at most four statements for all of them."""
    cells = Cells()
    others = WorkStates([one for one, _ in works if one.kind not in OF_LESSONS], pupil_ids, Catalogue(lang))
    for work, chosen in works:
        of_path = [one for one in lessons.values() if one.path_slug == work.target and one.retired_at is None]
        fields = {}
        for user_id in pupil_ids:
            if chosen is not None and user_id not in chosen:
                fields[user_id] = NOT_ASKED
            elif work.kind == "lesson":
                state = states[user_id].get(work.target, NOT_BEGUN)
                fields[user_id] = cells.lesson(state, lessons.get(work.target))
            elif work.kind == "path":
                fields[user_id] = cells.path([states[user_id].get(one.slug, NOT_BEGUN) for one in of_path])
            else:
                found = others.of(work, user_id)
                day = clock.local(found.seen_at).date() if found.seen_at else None
                fields[user_id] = cells.plain(_WORDS[found.state], day)
        title, href = _named(work, lessons, of_path, lang)
        until = gettext("đến %(day)s", day=short(work.due))
        yield f"{title} ({until})", href, fields


def _named(work: ClassWork, lessons: Mapping[str, Lesson], of_path: Sequence[Lesson], lang: str) -> tuple[str, str]:
    """Returns the title of a work and where it leads."""
    if work.kind == "path":
        return (of_path[0].path.title(lang) if of_path else work.target), url_for("lessons.path", path=work.target)
    if work.kind == "help":
        return gettext(_HELP), url_for("pairing.ask")
    if work.kind == "rehearsal":
        scenario = scenarios.find_scenario(work.target)
        title = scenario.title.in_(lang) if scenario else work.target
        return gettext(_REHEARSAL) % {"title": title}, url_for("practice.scenario", scenario=work.target)
    lesson = lessons.get(work.target)
    title = lesson.title(lang) if lesson else work.target
    title = gettext(_QUIZ) % {"title": title} if work.kind == "quiz" else title
    return title, url_for("lessons.lesson", slug=work.target)
