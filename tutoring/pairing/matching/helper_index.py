"""An index of helpers as columns, so that one request is compared with all of them at once."""

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tutoring.pairing.matching import hard_rules
from tutoring.pairing.matching.scoring import of_load, of_rating
from tutoring.pairing.matching.types import Helper, Request
from tutoring.pairing.matching.week_bits import DAYS

Rows = NDArray[np.intp]
Mask = NDArray[np.bool_]

_NONE, _UNKNOWN = -1, -2  # codes of an unset value and of a value that no helper here has: never equal
_SINGLE: dict[str, type[np.generic]] = {
    "id": np.int64,
    "open": np.bool_,
    "adult": np.bool_,
    "observed": np.bool_,
    "grade": np.int8,
    "gender": np.int32,
    "school": np.int32,
    "ward": np.int32,
    "first_language": np.int32,
    "rating": np.int32,
    "load": np.int32,
    "fatigue": np.int32,
}


class Index:
    """A row for each helper; rows of removed helpers are reused.

    A column is as long as `size`. When built from all helpers at once, rows are in the order of ids.
    """

    def __init__(self, helpers: Iterable[Helper] = ()) -> None:
        self.helpers: dict[int, Helper] = {}
        self.size = 0
        self._row: dict[int, int] = {}
        self._left: list[int] = []
        self._codes: dict[str, int] = {}
        self._single: dict[str, NDArray[Any]] = {name: np.zeros(0, kind) for name, kind in _SINGLE.items()}
        self._single["free"] = np.zeros((len(DAYS), 0), np.uint64)
        # A column for each topic (level 0–3), language and device (0 or 1) that at least one helper has.
        self._many: dict[tuple[str, str], NDArray[np.int8]] = {}
        for helper in sorted(helpers, key=lambda one: one.id):
            self.put(helper)

    def put(self, helper: Helper, fatigue: int = 0) -> None:
        """Adds or replaces a helper; `fatigue`: see `wave_size.fatigue`."""
        self.remove(helper.id)
        row = self._left.pop() if self._left else self._new_row()
        self.helpers[helper.id], self._row[helper.id] = helper, row
        told = {
            "id": helper.id,
            "open": helper.capacity > 0,
            "adult": helper.adult,
            "observed": helper.observed,
            "grade": _NONE if helper.adult or helper.grade is None else helper.grade,
            "rating": of_rating(helper),
            "load": of_load(helper),
            "fatigue": fatigue,
        }
        for name, value in told.items():
            self._single[name][row] = value
        for name in ("gender", "school", "ward", "first_language"):
            text = getattr(helper, name)
            self._single[name][row] = _NONE if text is None else self._codes.setdefault(text, len(self._codes))
        self._single["free"][:, row] = helper.free
        for key, value in _many(helper):
            if key not in self._many:
                self._many[key] = np.zeros(self._allotted, np.int8)
            self._many[key][row] = value

    def remove(self, helper_id: int) -> None:
        """Removes a helper; an unknown id is ignored."""
        helper = self.helpers.pop(helper_id, None)
        if helper is not None:
            row = self._row.pop(helper_id)
            self._single["open"][row] = False
            for key, _ in _many(helper):
                self._many[key][row] = 0
            self._left.append(row)

    def row(self, helper_id: int | None) -> int:
        """Returns the row of a helper, -1 if there is none."""
        return -1 if helper_id is None else self._row.get(helper_id, -1)

    def column(self, name: str) -> NDArray[Any]:
        """Returns one value for each row; "free" has seven words for each, as (7, size)."""
        return self._single[name][..., : self.size]

    def has(self, kind: str, name: str | None) -> NDArray[np.int8]:
        """Returns for each row the level of a "topic", or 1 for a "language" or "device" it has."""
        found = None if name is None else self._many.get((kind, name))
        return np.zeros(self.size, np.int8) if found is None else found[: self.size]

    def code(self, text: str | None) -> int:
        """Returns the code of a text in the columns; the code of None equals no row."""
        return _UNKNOWN if text is None else self._codes.get(text, _UNKNOWN)

    def by_rule(self, asked: Request, barred: Collection[int] = ()) -> Iterator[tuple[int, Mask]]:
        """Yields the rows that pass rule 1, then rules 1–2, and so on up to rule 5.

        Each item is (rule, mask). The rules are those of `hard_rules.broken_rule`.
        """
        left = self.has("topic", asked.topic) >= asked.level
        yield hard_rules.TOPIC, left
        left = left & self.has("language", asked.language).view(np.bool_)
        yield hard_rules.LANGUAGE, left
        left = left & self._ages(asked)
        yield hard_rules.AGE, left
        if asked.same_gender == "must":
            left = left & (self.column("gender") == self.code(asked.gender))
        out = [row for row in map(self.row, barred) if row >= 0]
        if out:
            left = left.copy()
            left[out] = False
        yield hard_rules.WISHES, left
        yield hard_rules.PLACES, left & self.column("open")

    def _ages(self, asked: Request) -> Mask:
        adult, observed, grade = (self.column(name) for name in ("adult", "observed", "grade"))
        if asked.adult:
            return np.asarray(adult)
        if asked.needs_adult or asked.grade is None:
            return np.asarray(adult & observed)
        # Adults' grades are below all others, so this comparison does not treat adults as pupils.
        near = grade <= asked.grade + hard_rules.WIDEST_UNOBSERVED_GAP
        return np.asarray((adult & observed) | ((grade >= asked.grade + asked.least_gap) & (near | observed)))

    @property
    def _allotted(self) -> int:
        return len(self._single["id"])

    def _new_row(self) -> int:
        if self.size == self._allotted:
            self._each(lambda old: np.concatenate([old, np.zeros_like(old, shape=_longer(old))], axis=-1))
        self.size += 1
        return self.size - 1

    def _each(self, change: Callable[[NDArray[Any]], NDArray[Any]]) -> None:
        self._single = {name: change(old) for name, old in self._single.items()}
        self._many = {key: change(old) for key, old in self._many.items()}


def _longer(old: NDArray[Any]) -> tuple[int, ...]:
    return (*old.shape[:-1], max(64, old.shape[-1]))


def _many(helper: Helper) -> Iterator[tuple[tuple[str, str], int]]:
    yield from ((("topic", topic), level) for topic, level in helper.skills.items())
    yield from ((("language", one), 1) for one in helper.languages)
    yield from ((("device", one), 1) for one in helper.devices)
