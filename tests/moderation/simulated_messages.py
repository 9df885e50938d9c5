"""What is said in a simulated month: plain talk, contacts, insults, and bad talks, from the corpora of tests/safety."""

import json
from datetime import timedelta
from functools import cache

import yaml

from tests.safety.dialogues import HERE, START, talks

CORPUS = HERE.parent / "corpus"
# Nobody is told by the detector of these: they come to the desk only when somebody reports them.
INSULTS = (
    "Sao em học chậm vậy", "Đồ ngốc", "Dốt thế mà cũng hỏi", "Nói hoài không hiểu, chán ghê", "Bạn phiền quá đi",
    "Im đi", "Mày ngu quá", "Ai mà thèm học với bạn", "Trông bạn buồn cười lắm", "Cả lớp ghét bạn đó",
)  # fmt: skip


@cache
def ordinary() -> list[str]:
    """Messages in which nothing is to be found: nine in ten from the harmless half of the corpus, one in ten from good
    talks and sentences that were written to be mistaken."""
    rows = [json.loads(line) for line in (CORPUS / "messages.jsonl").read_text("utf-8").splitlines() if line]
    plain = [row["text"] for row in rows if not row["kinds"] and not row.get("earlier")]
    said = [turn.text for name in ("benign", "second_benign") for talk in talks(name) for turn in talk.turns]
    sentences = yaml.safe_load((HERE / "sentences.yml").read_text("utf-8"))
    hard = [*said, *sentences["plain"]]
    return [*plain * (9 * len(hard) // len(plain) + 1), *hard]


@cache
def contacts() -> list[str]:
    """Messages that tell or ask for something private."""
    rows = [json.loads(line) for line in (CORPUS / "messages.jsonl").read_text("utf-8").splitlines() if line]
    return [row["text"] for row in rows if row["kinds"] and not row.get("earlier")]


@cache
def bad_talks() -> list[list[tuple[timedelta, bool, str]]]:
    """Twenty bad talks toward a child: when after the first midnight, whether by the one who means ill, what."""
    return [
        [(turn.at - START, turn.speaker == talk.turns[0].speaker, turn.text) for turn in talk.turns]
        for talk in talks("bad")
    ]
