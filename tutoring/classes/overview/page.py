"""The table of a class: its pupils by the lessons of a path or the works that were set, and who is stuck where."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, repeat

from flask_babel import gettext
from markupsafe import Markup

from tutoring.classes.overview import queries
from tutoring.classes.overview.cells import ASIDE, HIDDEN, HIDDEN_WORDS, STATE_WORDS, Cell, Cells
from tutoring.classes.overview.lessons import LessonOutline, lessons_of
from tutoring.classes.overview.queries import Pupil, SetWork
from tutoring.classes.overview.states import DONE, GOING, NONE, STUCK, WITNESSED, LessonState
from tutoring.classes.overview.stuck import StuckIn, StuckStep, stuck_steps
from tutoring.classes.overview.table_html import ShownRow, TableWords, rows_html
from tutoring.classes.overview.work_columns import work_columns
from tutoring.community.models import Unit
from tutoring.kernel import clock
from tutoring.kernel.paging import Numbered, Wanted
from tutoring.kernel.text import N_, contains_words, name_key, search_text, words
from tutoring.lessons.catalogue.models import LessonPath
from tutoring.web.tables import table as tables

STEPS = 12  # steps at which pupils are stuck that stand above the table
ORDERS = ("name", "stuck", "done")
DONE_HEAD, STUCK_HEAD = N_("Đã xong"), N_("Đang dừng")
SHOWS = {
    "": N_("Tất cả"), STUCK: STATE_WORDS[STUCK], GOING: STATE_WORDS[GOING], NONE: STATE_WORDS[NONE],
    DONE: N_("Xong hết"), HIDDEN: HIDDEN_WORDS,
}  # fmt: skip


@dataclass(frozen=True)
class Column:
    """A lesson or a work: its title, where it leads, and the fields of the pupils who are shown, in their order."""

    title: str
    href: str
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Row:
    """One pupil with the fields of all columns; none where the family does not show them."""

    pupil: Pupil
    cells: Sequence[Cell] = ()

    @cached_property
    def _states(self) -> list[str]:
        return [cell.state for cell in self.cells]

    @cached_property
    def asked(self) -> int:
        """How many of the lessons or works are for this pupil."""
        return len(self.cells) - self._states.count(ASIDE)

    @cached_property
    def done(self) -> int:
        return self._states.count(DONE) + self._states.count(WITNESSED)

    @cached_property
    def stuck(self) -> int:
        return self._states.count(STUCK)

    def number(self, order: str) -> int:
        """Returns the number that the table is sorted by."""
        return self.stuck if order == "stuck" else self.done

    @cached_property
    def filters(self) -> set[str]:
        """The filters that the row belongs to."""
        if not self.pupil.shown:
            return {"", HIDDEN}
        found = {"", *self._states} - {DONE}
        return found | {DONE} if self.asked and self.done == self.asked else found


@dataclass(frozen=True)
class ClassTable:
    """What the template shows."""

    unit: Unit
    columns: Sequence[Column]
    table: tables.Table
    stuck: list[StuckStep]  # the steps with the most pupils
    more_stuck: int  # further steps
    shown: int  # pupils whose progress is shown
    pupils: int
    paths: list[LessonPath] = field(default_factory=list)
    path: str = ""

    @property
    def view(self) -> str:
        """Which columns the table has: works or path."""
        return self.table.more["view"]

    @property
    def rows(self) -> list[Row]:
        return self.table.found.items

    @cached_property
    def rows_html(self) -> Markup:
        """The rows as HTML."""
        rows = [
            ShownRow(one.pupil.name, one.cells, one.done, one.asked, one.stuck)
            if one.pupil.shown
            else ShownRow(one.pupil.name, None)
            for one in self.rows
        ]
        words = TableWords(gettext(DONE_HEAD), gettext(STUCK_HEAD), gettext(HIDDEN_WORDS))
        return rows_html(rows, [one.title for one in self.columns], words)


@dataclass(frozen=True)
class Found:
    """What is read of a class, whatever its columns are."""

    pupils: list[Pupil]
    states: dict[int, dict[str, LessonState]]
    stuck: list[StuckIn]
    lessons: dict[str, LessonOutline]


def wanted() -> Wanted:
    """Reads the address."""
    return tables.wanted(ORDERS, "name", show=SHOWS)


def path_table(unit: Unit, path: str, asked: Wanted, lang: str) -> ClassTable:
    """Returns the table of the lessons of a path; of the path where most pupils are, when none is named."""
    pupils, paths = queries.pupils_of([unit.id]), queries.paths()
    shown = [one.id for one in pupils if one.shown]
    if path not in {one.slug for one in paths}:
        used = queries.paths_in_use(shown)
        path = max(paths, key=lambda one: used.get(one.slug, 0)).slug if paths else ""
    found = read(pupils, lang, [path] if path else [])
    cells = Cells()
    columns = [
        Column(one.title, f"/lessons/{one.slug}", cells.column(one.slug, one, [found.states[id] for id in shown]))
        for one in found.lessons.values()
        if one.path_slug == path and not one.retired
    ]
    return made(unit, found, columns, asked, {"view": "path", "path": path}, paths, path)


def works_table(unit: Unit, asked: Wanted, lang: str) -> ClassTable | None:
    """Returns the table of the works that are set for the class or some of its pupils; None where there is none."""
    works = queries.works_for_pupils(unit.id)
    if not works:
        return None
    pupils = queries.pupils_of([unit.id])
    found = read(pupils, lang, *_targets(works))
    shown = [one.id for one in pupils if one.shown]
    columns = [Column(*one) for one in work_columns(works, found.states, found.lessons, shown)]
    return made(unit, found, columns, asked, {"view": "works"})


def _targets(works: Iterable[SetWork]) -> tuple[set[str], set[str]]:
    """Returns the paths, and the lessons, that works name."""
    named = [(one.kind, one.target) for one in works]
    return {key for kind, key in named if kind == "path"}, {key for kind, key in named if kind == "lesson"}


def read(pupils: list[Pupil], lang: str, paths: Collection[str] = (), slugs: Collection[str] = ()) -> Found:
    """Reads the states of the pupils who are shown, in lessons of late, of these paths, and in these lessons."""
    states = queries.states_of({one.id for one in pupils if one.shown}, clock.now(), paths, slugs)
    stuck = [(id, slug, one) for id, rows in states.items() for slug, one in rows.items() if one.state == STUCK]
    return Found(pupils, states, stuck, lessons_of({slug for _, slug, _ in stuck} | set(slugs), lang, paths))


def made(
    unit: Unit, found: Found, columns: Sequence[Column], asked: Wanted, more: Mapping[str, str],
    paths: list[LessonPath] | None = None, path: str = "",
) -> ClassTable:  # fmt: skip
    """Puts the table together: filters, search, order."""
    cells = zip(*(one.cells for one in columns), strict=True) if columns else repeat(())
    rows = [Row(one, next(cells) if one.shown else ()) for one in found.pupils]
    if looked_for := words(asked.words):
        rows = [row for row in rows if contains_words(search_text(row.pupil.name), looked_for)]
    counts = Counter(chain.from_iterable(row.filters for row in rows))
    rows = _ordered([row for row in rows if asked.chosen["show"] in row.filters], asked)
    said = {one: gettext(text) for one, text in SHOWS.items()}
    filters = [tables.Filter("show", gettext("Lọc theo tình trạng"), said, counts)]
    page = Numbered(rows, False, len(rows), 1, max(1, len(rows)))
    heads = [
        tables.Column("name", N_("Học sinh"), lambda row: row.pupil.name),
        tables.Column("done", DONE_HEAD, lambda row: row.done if row.pupil.shown else "", number=True),
        tables.Column("stuck", STUCK_HEAD, lambda row: row.stuck if row.pupil.shown else "", number=True),
        *(tables.Column(f"c{n}", one.title, _text(n)) for n, one in enumerate(columns)),
    ]
    stuck = stuck_steps(found.pupils, found.stuck, found.lessons, unit.id)
    return ClassTable(
        unit, columns, tables.Table(heads, ORDERS, asked, page, filters, more), stuck[:STEPS], len(stuck[STEPS:]),
        sum(one.shown for one in found.pupils), len(found.pupils), paths or [], path,
    )  # fmt: skip


def _text(number: int) -> Callable[[Row], str]:
    return lambda row: str(row.cells[number]) if row.pupil.shown else gettext(HIDDEN_WORDS)


def _ordered(rows: list[Row], asked: Wanted) -> list[Row]:
    """Sorts by a column; pupils who are not shown come last."""
    if asked.order == "name":  # as `pupils_of` returned them
        return rows[::-1] if asked.falling else rows
    sign = 1 if asked.falling else -1
    return sorted(rows, key=lambda row: (not row.pupil.shown, sign * row.number(asked.order), name_key(row.pupil.name)))
