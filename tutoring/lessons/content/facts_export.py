"""Writes facts edited in the browser back to content/facts.yml. No database.

The rest of the file is left unchanged.
"""

import datetime as dt
import json
import re
from collections.abc import Mapping
from pathlib import Path

from tutoring.lessons.content.loader import facts_of
from tutoring.lessons.content.schema import Fact, Named


def _said(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # JSON strings are valid YAML


def _both(named: Named) -> str:
    names = [f"vi: {_said(named.vi)}", *([f"en: {_said(named.en)}"] if named.en else [])]
    return f"{{{', '.join(names)}}}"


def written(key: str, fact: Fact) -> list[str]:
    """Returns the lines of one fact as they stand in the file."""
    lines = [f"  {key}:"]
    if fact.meaning:
        lines.append(f"    meaning: {_both(fact.meaning)}")
    lines += [f"    value: {_both(fact.value)}", f"    source: {_said(fact.source)}"]
    if fact.source_url:
        lines.append(f"    source_url: {_said(fact.source_url)}")
    lines.append(f"    as_of: {fact.as_of.isoformat()}")
    if isinstance(fact.verified_on, dt.date):
        lines.append(f"    verified_on: {fact.verified_on.isoformat()}")
    return lines


def export(folder: Path, edited: Mapping[str, Fact]) -> dict[str, str]:
    """Writes edited facts to the folder's facts.yml; returns the outcome of each by key.

    The outcome is same, written or gone (not in the file).
    """
    shipped, done = facts_of(folder), dict[str, str]()
    file = folder / "facts.yml"
    lines = file.read_text("utf-8").split("\n") if file.is_file() else []
    for key, fact in sorted(edited.items()):
        if key not in shipped:
            done[key] = "gone"
        elif shipped[key] == fact:
            done[key] = "same"
        else:
            lines = _spliced(lines, key, written(key, fact))
            done[key] = "written"
    if "written" in done.values():
        file.write_text("\n".join(lines), "utf-8", newline="\n")
    return done


def _spliced(lines: list[str], key: str, instead: list[str]) -> list[str]:
    """Returns the lines with this fact replaced; comments and blank lines after it are kept."""
    begin = next(n for n, line in enumerate(lines) if re.match(rf"  {re.escape(key)}\s*:", line))
    end = begin + 1
    while end < len(lines) and lines[end].startswith("   "):
        end += 1
    return [*lines[:begin], *instead, *lines[end:]]
