"""`flask pairing …`: the pairing engine from the command line."""

import json
import sys
from pathlib import Path
from typing import Any, NoReturn

import click
from flask.cli import AppGroup

from tutoring.pairing import matching
from tutoring.pairing.matching import Helper, InputError, Request
from tutoring.pairing.matching.week_bits import format_quarter, list_quarters, quarters, shared_starts

group = AppGroup("pairing", help="Who helps whom; needs no database.")


@group.command("solve", with_appcontext=False)
@click.argument("file", metavar="FILE.json|-")
@click.option("--instant", metavar="ID", help="Rank the helpers for this one request, as for help that begins now.")
def solve(file: str, instant: str | None) -> None:
    """Read {"requests": […], "helpers": […]} and print the best pairs of all, as docs/pairing.md has it."""
    try:
        requests, helpers = matching.read(_content(file))
        answer = planned(requests, helpers) if instant is None else ranking(requests, helpers, instant)
    except InputError as fault:
        _refuse(str(fault))
    print(json.dumps(answer))


def planned(requests: list[Request], helpers: list[Helper]) -> dict[str, Any]:
    """Returns the best set of pairs, with reasons and possible starts.

    It also says why the other requests got no helper.
    """
    plan = matching.plan(requests, helpers)
    asked, known = {one.id: one for one in requests}, {one.id: one for one in helpers}
    pairs = [
        {
            "request": pair.request,
            "helper": pair.helper,
            "suit": pair.suit,
            "why": _why(asked[pair.request], known[pair.helper]),
            "starts": _starts(asked[pair.request], known[pair.helper]),
        }
        for pair in plan.pairs
    ]
    unserved = [{"request": one.request, "because": one.because} for one in plan.unserved]
    return {"pairs": pairs, "objective": plan.objective, "unserved": unserved}


def ranking(requests: list[Request], helpers: list[Helper], instant: str) -> dict[str, Any]:
    """Returns every helper who may help this request now, best first."""
    known = {one.id: one for one in helpers}
    asked = next((one for one in requests if str(one.id) == instant), None)
    if asked is None:
        raise InputError("--instant: no request has this id")
    ranked = matching.rank(matching.new_index(helpers), asked)
    rows = [{"helper": one.helper, "suit": one.suit, "why": _why(asked, known[one.helper], now=True)} for one in ranked]
    return {"request": asked.id, "ranking": rows}


def _why(asked: Request, helper: Helper, *, now: bool = False) -> list[dict[str, Any]]:
    return [reason._asdict() for reason in matching.why(asked, helper, matching.DEFAULT, now=now)]


def _starts(asked: Request, helper: Helper) -> list[tuple[str, str]]:
    return [
        format_quarter(*slot) for slot in list_quarters(shared_starts(asked.free, helper.free, quarters(asked.minutes)))
    ]


def _content(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({error.strerror})") from None


def _refuse(sentence: str) -> NoReturn:
    print(sentence, file=sys.stderr)
    sys.exit(2)
