"""The job that solves a round.

It reads all facts, finds the best plan, and stores its lines for the preview.
"""

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa

from tutoring.kernel import clock, jobs
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.events import publish
from tutoring.pairing.events import RoundMoved
from tutoring.pairing.matching import Helper, Pair, Plan, Request, Weights, plan, why
from tutoring.pairing.matching.hard_rules import broken_rule
from tutoring.pairing.matching.week_bits import DAYS, OPENS, QUARTER, list_quarters, quarters, shared_starts
from tutoring.pairing.rounds import problem
from tutoring.pairing.scheduling.models import RoundLine, WeeklyRound

MOST_STARTS = 20  # of a pair that are stored for display


def work_later(row: WeeklyRound) -> None:
    """Enqueues the solving of this version of a round."""
    # The key holds the moment too: SQLite reuses the id of a deleted round.
    key = f"round:{row.id}:{row.version}:{row.asked_at.timestamp()}"
    jobs.enqueue("pairing.round", key, clock.now(), round_id=row.id, version=row.version)


@jobs.long_job("pairing.round")  # outside any transaction: it takes long, and would block all writers
def _work(payload: dict[str, int]) -> None:
    round_id, version = payload["round_id"], payload["version"]
    row = db.session.get(WeeklyRound, round_id)
    if row is None or row.version != version or row.state == "published":
        return
    unit_id, weights = row.unit_id, Weights(**row.weights)
    pins, excluded = [tuple(one) for one in row.pins], [tuple(one) for one in row.excluded]
    asked, helpers = problem.of_unit(unit_id)
    db.session.rollback()
    if not _moved(round_id, version, "solving"):
        return
    known = {one.id: one for one in asked}, {one.id: one for one in helpers}
    kept = [(one, who) for one, who in pins if _pin_holds(known, one, who)]
    try:
        found = plan(asked, helpers, weights, pins=kept, excluded=excluded, clock=True)
    except ValueError:  # each pin holds alone, but not all of them together
        kept = []
        found = plan(asked, helpers, weights, excluded=excluded, clock=True)
    broken = sorted({one for one, _ in pins} - {one for one, _ in kept})
    _keep(round_id, version, _lines(found, *known, weights), broken)


def _pin_holds(known: tuple[dict[int, Request], dict[int, Helper]], one: int, who: int) -> bool:
    asked, helpers = known
    return one in asked and who in helpers and broken_rule(asked[one], helpers[who]) is None


def _lines(
    found: Plan, asked: Mapping[int, Request], helpers: Mapping[int, Helper], weights: Weights
) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = [
        {
            "request_id": pair.request, "helper_id": pair.helper, "suit": pair.suit, "because": "",
            "why": [list(one) for one in why(asked[pair.request], helpers[pair.helper], weights)],
            "starts": _starts(pair, asked[pair.request], helpers[pair.helper]),
        }
        for pair in found.pairs
    ]  # fmt: skip
    lines += [
        {"request_id": one.request, "helper_id": None, "suit": 0, "because": str(one.because), "why": [], "starts": []}
        for one in found.unserved
    ]
    return lines


def _starts(pair: Pair, asked: Request, helper: Helper) -> list[list[int]]:
    """Returns possible starts, the assigned one first."""
    assert pair.start is not None
    hour, minute = pair.start[1].split(":")
    chosen = [DAYS.index(pair.start[0]), (int(hour) * 60 + int(minute) - OPENS) // QUARTER]
    others = [list(one) for one in list_quarters(shared_starts(asked.free, helper.free, quarters(asked.minutes)))]
    return [chosen, *(one for one in others if one != chosen)][:MOST_STARTS]


@command
def _moved(round_id: int, version: int, state: str) -> bool:
    row = db.session.get(WeeklyRound, round_id, with_for_update=True)
    if row is None or row.version != version or row.state == "published":
        return False
    row.state = state
    publish(RoundMoved(round_id, row.by_id))
    return True


@command
def _keep(round_id: int, version: int, lines: Collection[dict[str, Any]], broken: list[int]) -> None:
    if not _moved(round_id, version, "ready"):
        return
    row = db.session.get_one(WeeklyRound, round_id)
    row.ready_at, row.stale, row.dropped = clock.now(), False, broken
    db.session.execute(sa.delete(RoundLine).where(RoundLine.round_id == round_id))
    if lines:
        db.session.execute(sa.insert(RoundLine), [{"round_id": round_id, **line} for line in lines])
