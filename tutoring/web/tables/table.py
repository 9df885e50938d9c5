"""One table as a page shows it: its columns, what the address asks for, and the rows that a query returned.

The address holds everything: `q` the words, `sort` a column (with "-" the other way round), `page`, the filters by
their names, `pick=all` to tick every row of the page, and `as=csv` or `as=xlsx` for a file. So links, bookmarks and
Back work, and no script is needed. Unknown values are taken for the usual ones. Rows are found by the queries of each
feature, with `paging.numbered`; the macros of templates/_table.html show them.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from operator import attrgetter
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as BaseResponse

from tutoring.kernel import clock
from tutoring.kernel.csv_files import written
from tutoring.kernel.paging import MOST_ROWS, ROWS, Numbered, Page, Wanted
from tutoring.kernel.text import nfc
from tutoring.kernel.xlsx_files import xlsx_file
from tutoring.web.urls import parse_int

MOST_CHARS = 80
_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LAST_PAGE = 10_000


@dataclass(frozen=True)
class Column:
    """A column: its key in the address, its label (a msgid), and the text of its cell in a file.

    Without `text` it stands on the page alone. It is sorted by if the query has an order of this key.
    """

    key: str
    label: str
    text: Callable[[Any], object] | None = None
    number: bool = False


@dataclass(frozen=True)
class Choice:
    """One value of a filter: its label, how many rows it has (None: not counted), where it leads."""

    label: str
    count: int | None
    href: str
    current: bool


@dataclass(frozen=True)
class Filter:
    """A filter: its name in the address, what it is called, and its values with their labels; "" is for all rows."""

    name: str
    label: str
    values: Mapping[str, str]
    counts: Mapping[str, int] | None = None


@dataclass(frozen=True)
class Head:
    """The head of a column; `order` is the value of aria-sort, or "" where the column cannot be sorted."""

    label: str
    href: str
    order: str
    number: bool


def asks_for_file() -> bool:
    """Whether the address asks for the rows as a file."""
    return request.args.get("as") in ("csv", "xlsx")


def wanted(orders: Collection[str], usual: str, **filters: Collection[str]) -> Wanted:
    """Reads the address: words, a known order or the usual one, known values of the filters (else ""), the page."""
    args = request.args
    order = args.get("sort", usual)
    if order.removeprefix("-") not in orders:
        order = usual
    chosen = {name: args.get(name, "") for name, values in filters.items() if args.get(name, "") in values}
    page = 1 if asks_for_file() else min(max(1, args.get("page", 1, type=parse_int)), _LAST_PAGE)
    return Wanted(
        words=nfc(args.get("q", ""))[:MOST_CHARS], order=order.removeprefix("-"), falling=order.startswith("-"),
        page=page, size=size(), chosen={name: chosen.get(name, "") for name in filters},
    )  # fmt: skip


@dataclass(frozen=True)
class Table:
    """What the macros show. `more` are further parameters of the address that belong to the page."""

    columns: Sequence[Column]
    orders: Collection[str]
    wanted: Wanted
    found: Page[Any]
    filters: Sequence[Filter] = ()
    more: Mapping[str, str] = field(default_factory=dict)
    key: Callable[[Any], int] = attrgetter("id")  # of the last row, where pages are not numbered

    def address(self, **changed: Any) -> str:
        """Returns the address of this page with these parameters changed; it begins again at the first page."""
        asked = {"q": self.wanted.words, **self._held}
        told = {name: value for name, value in {**asked, **changed}.items() if value not in ("", None)}
        place = {**(request.view_args or {}), **told}
        return url_for(request.endpoint or "", **place)

    @cached_property
    def heads(self) -> list[Head]:
        """The heads of the columns; a second press turns the order round."""
        return [self._head(one) for one in self.columns]

    def _head(self, one: Column) -> Head:
        if one.key not in self.orders:
            return Head(one.label, "", "", one.number)
        if one.key != self.wanted.order:
            return Head(one.label, self.address(sort=one.key), "none", one.number)
        turned = one.key if self.wanted.falling else f"-{one.key}"
        order = "descending" if self.wanted.falling else "ascending"
        return Head(one.label, self.address(sort=turned), order, one.number)

    def choices(self, which: Filter) -> list[Choice]:
        """Returns the values of a filter that have rows, and the one that is chosen."""
        now = self.wanted.chosen.get(which.name, "")
        return [
            Choice(
                label, None if which.counts is None else which.counts.get(value, 0),
                self.address(**{which.name: value}), value == now,
            )
            for value, label in which.values.items()
            if which.counts is None or which.counts.get(value) or value in ("", now)
        ]  # fmt: skip

    @property
    def kept(self) -> dict[str, str]:
        """What the search form sends along with its words."""
        return {name: value for name, value in self._held.items() if value}

    @property
    def _held(self) -> dict[str, str]:
        """What every address of this table says but for the words: the order that was asked for, and the filters."""
        order = ("-" if self.wanted.falling else "") + self.wanted.order if "sort" in request.args else ""
        return {"sort": order, **self.more, **self.wanted.chosen}

    @property
    def narrowed(self) -> bool:
        """Whether words or a filter leave rows out."""
        return bool(self.wanted.words) or any(self.wanted.chosen.values())

    @property
    def span(self) -> tuple[int, int, int] | None:
        """The numbers of the first and the last row and of all; None where pages are not numbered."""
        if not isinstance(self.found, Numbered) or not self.found.total:
            return None
        first = (self.found.number - 1) * self.found.size + 1
        return first, first + len(self.found.items) - 1, self.found.total

    @property
    def before(self) -> str:
        """The address of the page before (of the first one, where pages are not numbered), or ""."""
        if isinstance(self.found, Numbered):
            return self.address(page=self.found.number - 1) if self.found.number > 1 else ""
        return self.address() if "before" in request.args else ""

    @property
    def after(self) -> str:
        """The address of the page after, or ""."""
        if not self.found.more:
            return ""
        if isinstance(self.found, Numbered):
            return self.address(page=self.found.number + 1)
        return self.address(before=self.key(self.found.items[-1]))

    @property
    def all_picked(self) -> bool:
        """Whether the address ticks every row of this page."""
        return request.args.get("pick") == "all"

    @property
    def pick_href(self) -> str:
        """The address that ticks every row of this page, or none again."""
        page = self.found.number if isinstance(self.found, Numbered) and self.found.number > 1 else ""
        return self.address(page=page, pick="" if self.all_picked else "all")

    @property
    def file_href(self) -> str:
        """The address of the file, or "" while there is nothing for it."""
        return self.address(**{"as": "csv"}) if self.found.items else ""

    @property
    def workbook_href(self) -> str:
        """The address of the same file as a workbook."""
        return self.address(**{"as": "xlsx"}) if self.found.items else ""

    def file(self, name: str) -> BaseResponse:
        """Returns the rows as a file for spreadsheets, in the order of the page; too many lead back with a word."""
        if self.found.more:
            most = f"{MOST_ROWS:,}".replace(",", ".")
            flash(gettext("Nhiều hơn %(num)s dòng. Hãy lọc bớt rồi tải lại.", num=most), "warn")
            return redirect(self.address())
        make = workbook if request.args.get("as") == "xlsx" else csv_file
        return make(name, [one for one in self.columns if one.text], self.found.items)


def size() -> int:
    """Returns how many rows a page has, or a file when the address asks for one."""
    return MOST_ROWS if asks_for_file() else ROWS


def moment(at: datetime) -> str:
    """Formats a moment for a file."""
    return f"{clock.local(at):%d/%m/%Y %H:%M}"


def csv_file(name: str, columns: Sequence[Column], rows: Iterable[Any]) -> Response:
    """Returns rows as a CSV file; no cell of it is taken for a formula."""
    lines = ([str(one.text(row)) for one in columns if one.text] for row in rows)
    return _attached(
        Response(written([gettext(one.label) for one in columns], lines), mimetype="text/csv"), f"{name}.csv"
    )


def workbook(name: str, columns: Sequence[Column], rows: Iterable[Any]) -> Response:
    """Returns rows as a workbook (XLSX); every cell is a text or a whole number, none a formula."""
    lines = ([one.text(row) for one in columns if one.text] for row in rows)
    made = xlsx_file(name, [gettext(one.label) for one in columns], lines)
    return _attached(Response(made, mimetype=_WORKBOOK), f"{name}.xlsx")


def _attached(answer: Response, name: str) -> Response:
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
