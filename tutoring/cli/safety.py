"""`flask safety …`: the message detector from the command line."""

import dataclasses
import json
import sys
from collections.abc import Sequence

import click
from flask.cli import AppGroup

from tutoring.safety.findings import Hit
from tutoring.safety.screening import judge

group = AppGroup("safety", help="What guards people; needs no database.")
_MOST_EARLIER = 4


@group.command("scan", with_appcontext=False)
@click.option("--minor", is_flag=True, help="Judge as for a room in which somebody is under 18.")
def scan(minor: bool) -> None:
    """Read JSON lines {"text": …, "earlier": […]} and write for each what is found and what is to be done."""
    for line in sys.stdin.buffer:
        answer = json.dumps(answer_to(line, minor), ensure_ascii=False) + "\n"
        # A lone surrogate cannot be encoded as UTF-8; it is written escaped, as JSON allows.
        sys.stdout.buffer.write(answer.encode("utf-8", "backslashreplace"))
        sys.stdout.buffer.flush()


def answer_to(line: bytes, minor: bool) -> dict[str, object]:
    """Returns the answer to one line: hits and action, or the error in the line."""
    try:
        asked = json.loads(line)
    except (ValueError, RecursionError) as error:
        return {"error": f"not a line of JSON in UTF-8: {error}"}
    fault = _fault(asked)
    if fault:
        return {"error": fault}
    verdict = judge(asked["text"], _earlier(asked), (), minor=minor)
    hits = [_shown(hit) for hit in verdict.hits]
    return {"hits": hits, "action": verdict.action}


def _shown(hit: Hit) -> dict[str, object]:
    """Returns a hit as it is printed; `level` is left out when it is empty."""
    return {name: value for name, value in dataclasses.asdict(hit).items() if name != "level" or value}


def _earlier(asked: dict[str, object]) -> Sequence[str]:
    earlier = asked.get("earlier") or []
    return earlier[-_MOST_EARLIER:] if isinstance(earlier, list) else []


def _fault(asked: object) -> str | None:
    if not isinstance(asked, dict):
        return 'a line is an object such as {"text": "…"}'
    if not isinstance(asked.get("text"), str):
        return "text is missing or no text"
    earlier = asked.get("earlier")
    if earlier is not None and not (isinstance(earlier, list) and all(isinstance(one, str) for one in earlier)):
        return "earlier is a list of texts, oldest first"
    return None
