"""The code speaks the field's own English: two counts, each with the number that it may reach."""

import re

from tutoring.config import ROOT

SOURCES = sorted((ROOT / "tutoring").rglob("*.py"))
VAGUE = re.compile(r"\b(whoever|somebody|nobody|whatever)\b", re.IGNORECASE)
MAX_VAGUE_LINES = 100  # what is left are stored values, msgids and texts of the command line
# Gerunds that are terms of the field; every other module is named by a noun.
TERMS = {
    "awaiting", "batching", "buffering", "drafting", "draining", "grading", "opening", "paging", "pairing", "pending",
    "processing", "ranking", "rendering", "scheduling", "scoring", "screening", "setting", "signaling", "training",
    "upcoming", "vetting", "wording", "posting",
}  # fmt: skip
MAX_GERUNDS = 0.02  # of all modules


def test_few_lines_speak_of_whoever_and_nobody() -> None:
    """A docstring names the user, caller or client that it means."""
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in SOURCES
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if VAGUE.search(line)
    ]
    assert len(found) <= MAX_VAGUE_LINES, found


def test_modules_are_nouns() -> None:
    modules = [path for path in SOURCES if path.name != "__init__.py"]
    gerunds = {
        str(path.relative_to(ROOT))
        for path in modules
        if any(word.endswith("ing") and len(word) > 4 and word not in TERMS for word in path.stem.split("_"))
    }
    assert len(gerunds) <= MAX_GERUNDS * len(modules), sorted(gerunds)
