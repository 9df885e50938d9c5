"""All compatible pairs of a round, block by block, and which of them are worth looking at."""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tutoring.pairing.matching.blocks import Points, signature, suits
from tutoring.pairing.matching.data import OF_KEPT, Helper, Request
from tutoring.pairing.matching.index import Index, Mask, Rows
from tutoring.pairing.matching.rules import TIME
from tutoring.pairing.matching.score import Weights
from tutoring.pairing.matching.times import DAYS, lasting, quarters

BLOCK = 1 << 16  # pairs at once: what a processor keeps near
BEST, SPREAD, GUIDED = 20, 10, 20  # candidates of a request: best, spread over all, and better against prices
PATIENCE = 14 * 24  # hours after which a request is held against everybody
_TIES = 20  # bits that decide among equals

Long = NDArray[np.int64]


class Block(NamedTuple):
    """Requests of one signature and the helpers who keep rules 1–5 for them.

    `asked` are positions among the round's requests, `rows` those of helpers; the others are (asked, rows): suit,
    what the pair is worth in all, and whether it may be.
    """

    asked: Rows
    rows: Rows
    suit: Points
    value: Long
    may: Mask


class Edges(NamedTuple):
    """Pairs that may be, one of each position: request, row of the helper, suit, and what the pair is worth."""

    asked: Long
    row: Long
    suit: Long
    value: Long

    def only(self, which: NDArray[np.bool_] | Rows) -> "Edges":
        """Some of them, or all in another order."""
        return Edges(*(column[which] for column in self))

    def and_also(self, more: "Edges") -> "Edges":
        """Both, request by request."""
        both = Edges(*(np.concatenate(pair) for pair in zip(self, more, strict=True)))
        return both.only(np.lexsort((both.row, both.asked)))


class Round:
    """Requests by id against helpers by id. `excluded` are pairs (request, helper) that are not to be."""

    def __init__(
        self,
        requests: Sequence[Request],
        helpers: Sequence[Helper],
        weights: Weights,
        excluded: Collection[tuple[int, int]],
        now: bool,
    ) -> None:
        self.asked = sorted(requests, key=lambda one: one.id)
        self.index = Index(helpers)
        self._weights, self._now = weights, now
        self._barred = [set(one.barred) for one in self.asked]
        position = {one.id: number for number, one in enumerate(self.asked)}
        for request_id, helper_id in excluded:
            if request_id in position:
                self._barred[position[request_id]].add(helper_id)
        self._groups: dict[Hashable, list[int]] = defaultdict(list)
        for number, one in enumerate(self.asked):
            self._groups[*signature(one), quarters(one.minutes)].append(number)
        words = np.array([one.free for one in self.asked], np.uint64).reshape(-1, len(DAYS)).T
        lengths = np.array([quarters(one.minutes) for one in self.asked])
        self._free = np.zeros_like(words)
        self._helpers_free = {}
        for length in sorted(set(lengths.tolist())):
            self._free[:, lengths == length] = lasting(words[:, lengths == length], length)
            self._helpers_free[length] = lasting(self.index.column("free"), length)
        self._tie_asked = _mixed(np.array([one.id for one in self.asked], np.int64))
        self._tie_row = _mixed(self.index.column("id"))

    def blocks(self) -> Iterator[Block]:
        """Every pair that keeps rules 1–5, in blocks of a size that stays near the processor."""
        for members in self._groups.values():
            *_, (_, left) = self.index.by_rule(self.asked[members[0]])
            rows = np.flatnonzero(left)
            step = max(1, BLOCK // max(1, len(rows)))
            for begin in range(0, len(members) if len(rows) else 0, step):
                yield self._block(members[begin : begin + step], rows)

    def _block(self, members: list[int], rows: Rows) -> Block:
        asked = [self.asked[number] for number in members]
        starts = None if self._now else self._starts(members, rows)
        suit = suits(self.index, asked, rows, self._weights, starts)
        may = np.full(suit.shape, True) if starts is None else starts > 0
        value = suit + np.array([one.worth for one in asked], np.int64)[:, None]
        for number, one in enumerate(asked):
            if one.last_round is not None:
                value[number, rows == self.index.row(one.last_round)] += OF_KEPT
            barred = self._barred[members[number]]
            if barred:
                may[number, np.isin(rows, [self.index.row(one) for one in barred])] = False
        return Block(np.array(members), rows, suit, value, may)

    def _starts(self, members: list[int], rows: Rows) -> NDArray[np.int_]:
        theirs = self._helpers_free[quarters(self.asked[members[0]].minutes)][:, rows]
        total = np.zeros((len(members), len(rows)), np.int_)
        for mine, words in zip(self._free[:, members], theirs, strict=True):
            if mine.any():
                total += np.bitwise_count(mine[:, None] & words)
        return total

    def edges(self, choose: Callable[[Block], Mask]) -> Edges:
        """The pairs that `choose` picks of each block, by request and helper."""
        found = [_nothing()]
        for block in self.blocks():
            number, column = np.nonzero(choose(block) & block.may)
            picked = (block.asked[number], block.rows[column], block.suit[number, column], block.value[number, column])
            found.append(Edges(*(np.asarray(one, np.int64) for one in picked)))
        whole = Edges(*(np.concatenate(columns) for columns in zip(*found, strict=True)))
        return whole.only(np.lexsort((whole.row, whole.asked)))

    def listed(self, block: Block) -> Mask:
        """The best of each request and some spread over all: the best alone would be the same few for everybody."""
        if len(block.rows) <= BEST + SPREAD:
            return block.may
        tie = (self._tie_asked[block.asked][:, None] ^ self._tie_row[block.rows]) * _ODD >> np.uint64(64 - _TIES)
        chosen = top(np.where(block.may, (block.value << _TIES) + tie.astype(np.int64), -1), BEST)
        begin = (self._tie_asked[block.asked] % np.uint64(len(block.rows))).astype(np.intp)
        spread = (begin[:, None] + np.arange(SPREAD) * (len(block.rows) // SPREAD)) % len(block.rows)
        np.put_along_axis(chosen, spread, True, axis=1)
        chosen[[self.asked[number].waited_hours >= PATIENCE for number in block.asked]] = True
        return chosen

    def because(self, number: int) -> int | None:
        """The first rule that leaves no helper for a request, None when there was one that it could have had."""
        asked = self.asked[number]
        left: Mask = np.zeros(0, np.bool_)
        for rule, left in self.index.by_rule(asked, self._barred[number]):
            if not left.any():
                return rule
        return TIME if not (self._now or self._starts([number], np.flatnonzero(left)).any()) else None


_ODD = np.uint64(0x9E3779B97F4A7C15)


def top(values: Long, most: int) -> Mask:
    """Where the greatest of each line stand, `most` of them."""
    chosen = np.full(values.shape, True)
    if values.shape[1] > most:
        lower = np.argpartition(values, values.shape[1] - most, axis=1)[:, : values.shape[1] - most]
        np.put_along_axis(chosen, lower, False, axis=1)
    return chosen


def _mixed(ids: Long) -> NDArray[np.uint64]:
    """Ids with their bits stirred, so that equals are decided by nothing that anybody can choose."""
    mixed = ids.astype(np.uint64) * _ODD
    mixed = (mixed ^ (mixed >> np.uint64(31))) * np.uint64(0xBF58476D1CE4E5B9)
    return mixed ^ (mixed >> np.uint64(29))


def _nothing() -> Edges:
    return Edges(*(np.zeros(0, np.int64) for _ in Edges._fields))
