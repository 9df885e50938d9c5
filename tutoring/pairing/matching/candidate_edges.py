"""All compatible pairs of a round, block by block, and the selection of candidate edges."""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tutoring.pairing.matching.batch_scoring import signature, suits
from tutoring.pairing.matching.hard_rules import TIME
from tutoring.pairing.matching.helper_index import Index, Mask, Rows
from tutoring.pairing.matching.scoring import Weights
from tutoring.pairing.matching.types import OF_KEPT, Helper, Request
from tutoring.pairing.matching.week_bits import DAYS, quarters, starts_with_length

BLOCK = 1 << 15  # pairs at once: fits the processor's cache
KEPT = 400_000_000  # maximum number of pairs whose suit is cached for later passes, two bytes each
BEST, SPREAD, GUIDED = 20, 10, 20  # candidates per request: best, spread over all, and better at current prices
PATIENCE = 14 * 24  # hours after which all helpers are candidates of a request
_TIES = 17  # bits that break ties; points below 2 ** 14 stand above them

Long = NDArray[np.int64]


class Block(NamedTuple):
    """Requests of one signature and the helpers who pass rules 1–5 for them.

    `asked` are positions of requests in the round, `rows` those of helpers. `suit` is (asked, rows), -1 for a pair
    that is not allowed. `worth` is the value of serving each request before suit. `last` holds the positions of the
    last round's pairs.
    """

    asked: Rows
    rows: Rows
    suit: NDArray[np.int16]
    worth: Long
    last: tuple[list[int], list[int]]

    def points(self) -> NDArray[np.int32]:
        """Returns the suit, with a bonus for a pair of the last round."""
        points = self.suit.astype(np.int32)
        points[self.last] += OF_KEPT
        return points

    def values(self) -> Long:
        """Returns the total value of each pair; values of disallowed pairs are meaningless."""
        return self.points() + self.worth[:, None]


class Edges(NamedTuple):
    """Allowed pairs as parallel arrays: request, row of the helper, suit, value of the pair."""

    asked: Long
    row: Long
    suit: Long
    value: Long

    def only(self, which: NDArray[np.bool_] | Rows) -> "Edges":
        """Returns some of the edges, or all of them in another order."""
        return Edges(*(column[which] for column in self))

    def and_also(self, more: "Edges") -> "Edges":
        """Returns both sets of edges, sorted by request and row."""
        both = Edges(*(np.concatenate(pair) for pair in zip(self, more, strict=True)))
        return both.only(np.lexsort((both.row, both.asked)))


class Round:
    """Requests by id against helpers by id; `excluded` are disallowed pairs (request, helper)."""

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
            self._free[:, lengths == length] = starts_with_length(words[:, lengths == length], length)
            self._helpers_free[length] = starts_with_length(self.index.column("free"), length)
        self._tie_asked = _mixed(np.array([one.id for one in self.asked], np.int64))
        self._tie_row = _mixed(self.index.column("id"))
        self._kept: list[Block] | None = None

    def blocks(self) -> Iterator[Block]:
        """Yields every pair that passes rules 1–5, in blocks that fit the processor's cache."""
        if self._kept is not None:
            yield from self._kept
            return
        kept, size = [], 0
        for block in self._fresh_blocks():
            size += block.suit.size
            if size <= KEPT:
                kept.append(block)
            yield block
        if size <= KEPT:
            self._kept = kept

    def _fresh_blocks(self) -> Iterator[Block]:
        for members in self._groups.values():
            *_, (_, left) = self.index.by_rule(self.asked[members[0]])
            rows = np.flatnonzero(left)
            step = max(1, BLOCK // max(1, len(rows)))
            for begin in range(0, len(members) if len(rows) else 0, step):
                yield self._block(members[begin : begin + step], rows)

    def _block(self, members: list[int], rows: Rows) -> Block:
        asked = [self.asked[number] for number in members]
        starts = None if self._now else self._starts(members, rows)
        suit = suits(self.index, asked, rows, self._weights, starts).astype(np.int16)
        if starts is not None:
            suit[starts == 0] = -1
        lines, columns = [], []
        for number, one in enumerate(asked):
            barred = [self.index.row(helper_id) for helper_id in self._barred[members[number]]]
            if barred:
                suit[number, np.isin(rows, barred)] = -1
            if one.last_round is not None:
                (found,) = np.nonzero(rows == self.index.row(one.last_round))
                lines += [number] * len(found)
                columns += found.tolist()
        worth = np.array([one.worth for one in asked], np.int64)
        return Block(np.array(members), rows, suit, worth, (lines, columns))

    def _starts(self, members: list[int], rows: Rows) -> NDArray[np.int_]:
        theirs = self._helpers_free[quarters(self.asked[members[0]].minutes)][:, rows]
        total = np.zeros((len(members), len(rows)), np.int_)
        for mine, words in zip(self._free[:, members], theirs, strict=True):
            if mine.any():
                total += np.bitwise_count(mine[:, None] & words)
        return total

    def edges(self, choose: Callable[[Block], Mask]) -> Edges:
        """Returns the pairs that `choose` picks of each block, sorted by request and helper."""
        found = [_nothing()]
        for block in self.blocks():
            chosen = choose(block) & (block.suit >= 0)
            if not chosen.any():
                continue
            number, column = np.nonzero(chosen)
            picked = (block.asked[number], block.rows[column], block.suit[chosen], block.values()[chosen])
            found.append(Edges(*(np.asarray(one, np.int64) for one in picked)))
        whole = Edges(*(np.concatenate(columns) for columns in zip(*found, strict=True)))
        return whole.only(np.lexsort((whole.row, whole.asked)))

    def listed(self, block: Block) -> Mask:
        """Picks the best helpers of each request and some spread over all.

        The best alone would be the same few for all requests.
        """
        if len(block.rows) <= BEST + SPREAD:
            return block.suit >= 0
        chosen = top(
            np.where(block.suit < 0, -1, (block.points() << _TIES) + self._ties(block.asked, block.rows)), BEST
        )
        begin = (self._tie_asked[block.asked] % np.uint32(len(block.rows))).astype(np.intp)
        spread = (begin[:, None] + np.arange(SPREAD) * (len(block.rows) // SPREAD)) % len(block.rows)
        np.put_along_axis(chosen, spread, True, axis=1)
        chosen[[self.asked[number].waited_hours >= PATIENCE for number in block.asked]] = True
        return chosen

    def better(self, block: Block, price: Long, gain: Long) -> tuple[Mask, Long]:
        """Picks the pairs by which requests gain more at these prices than now, the best of each.

        It also returns the most that each request could gain.
        """
        net = np.where(block.suit < 0, -1, block.values() - price[block.rows])
        before = gain[block.asked]
        most = np.maximum(before, net.max(axis=1))
        chosen = np.zeros(net.shape, np.bool_)
        lines = np.flatnonzero(most > before)
        if len(lines):
            net = net[lines]
            keys = (net << _TIES) + self._ties(block.asked[lines], block.rows)
            chosen[lines] = (net > before[lines, None]) & top(keys, GUIDED)
        return chosen, most

    def _ties(self, asked: Rows, rows: Rows) -> NDArray[np.int32]:
        """Returns tie-breaking values: another order of the helpers for each request."""
        mixed = (self._tie_asked[asked][:, None] ^ self._tie_row[rows]) * _ODD
        return (mixed >> np.uint32(32 - _TIES)).astype(np.int32)

    def because(self, number: int) -> int | None:
        """Returns the first rule that leaves a request no helper; None when a helper was possible."""
        asked = self.asked[number]
        left: Mask = np.zeros(0, np.bool_)
        for rule, left in self.index.by_rule(asked, self._barred[number]):
            if not left.any():
                return rule
        return TIME if not (self._now or self._starts([number], np.flatnonzero(left)).any()) else None


_ODD = np.uint32(0x9E3779B9)


def top(values: NDArray[np.integer], most: int) -> Mask:
    """Marks the greatest values of each row: `most` of them, and more when there are ties."""
    last = values.shape[1] - most
    if last <= 0:
        return np.full(values.shape, True)
    return np.asarray(values >= np.partition(values, last, axis=1)[:, last : last + 1])


def _mixed(ids: Long) -> NDArray[np.uint32]:
    """Hashes ids for tie-breaking, so that ties do not always favour the same few helpers."""
    mixed = ids.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(31))) * np.uint64(0xBF58476D1CE4E5B9)
    return (mixed >> np.uint64(32)).astype(np.uint32)


def _nothing() -> Edges:
    return Edges(*(np.zeros(0, np.int64) for _ in Edges._fields))
