"""The detector on messages people wrote, and its door on the command line."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from tutoring.cli.safety import group
from tutoring.config import ROOT
from tutoring.safety.detector import scan

ROWS = [
    json.loads(line)
    for path in sorted((Path(__file__).parent / "corpus").glob("first.jsonl"))
    for line in path.read_text("utf-8").splitlines()
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["text"][:40])
def test_the_first_messages_are_read_as_labelled(row: dict[str, list[str]]) -> None:
    assert {hit.kind for hit in scan(str(row["text"]))} == set(row["kinds"])


@pytest.mark.parametrize(
    ("text", "kind", "value", "span"),
    [
        ("sđt mình 0901234567 nha", "phone", "0901234567", "0901234567"),
        ("+84 901 234 567", "phone", "0901234567", "+84 901 234 567"),
        ("không chín không một hai ba bốn năm sáu bảy", "phone", "0901234567", None),
        ("số nhà tớ 028 3822 1234", "phone", "02838221234", "028 3822 1234"),
        ("CCCD: 079 203 001 234", "idno", "079203001234", "079 203 001 234"),
        ("mail mình: MinhAnh2009@Gmail.com", "email", "minhanh2009@gmail.com", "MinhAnh2009@Gmail.com"),
        ("minhanh2009 a còng gmail chấm com", "email", "minhanh2009@gmail.com", None),
        ("mã OTP là 123456", "otp", "123456", "123456"),
        ("thẻ 4111 1111 1111 1111", "bank", "4111111111111111", "4111 1111 1111 1111"),
        ("0️⃣9️⃣0️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣ nhé", "phone", "0901234567", "0️⃣9️⃣0️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣"),
    ],
)
def test_a_hit_says_what_and_where(text: str, kind: str, value: str, span: str | None) -> None:
    (hit,) = scan(text)
    assert (hit.kind, hit.value) == (kind, value)
    assert text[hit.start : hit.end] == (span or text)


def run_scan(lines: bytes, *options: str) -> list[dict[str, object]]:
    done = CliRunner().invoke(group, ["scan", *options], input=lines, catch_exceptions=False)
    assert done.exit_code == 0
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_the_command_answers_every_line_in_order_and_goes_on_after_bad_ones() -> None:
    lines = [
        '{"text": "sđt mình 0901234567 nha"}',
        "",
        "not json",
        "[1]",
        '{"text": 5}',
        '{"text": "a", "earlier": [1]}',
        '{"text": "kb zalo với mình đi"}',
        '{"text": "cần thì gọi 111 nha bạn", "earlier": ["ok"]}',
    ]
    answers = run_scan("\n".join(lines).encode() + b'\n{"text": "\xff"}\n{"text": "\\ud800 0901234567"}\n', "--minor")
    assert [set(answer) for answer in answers] == [
        {"hits", "action"}, {"error"}, {"error"}, {"error"}, {"error"}, {"error"},
        {"hits", "action"}, {"hits", "action"}, {"error"}, {"hits", "action"},
    ]  # fmt: skip
    assert answers[0]["action"] == "mask"
    assert answers[6]["action"] == "hold"
    assert answers[7] == {"hits": [], "action": "send"}
    (hit,) = answers[0]["hits"]  # type: ignore[misc]
    assert set(hit) == {"kind", "start", "end", "value", "reason"}


def test_the_command_judges_adults_without_minor() -> None:
    (answer,) = run_scan('{"text": "kb zalo với mình đi"}\n'.encode())
    assert answer["action"] == "warn"


@pytest.mark.full
def test_the_command_is_one_of_the_program_s() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "tutoring.cli", "safety", "scan", "--minor"],
        input='{"text": "kb zalo với mình đi"}\n'.encode(), capture_output=True, cwd=ROOT, check=True,
    )  # fmt: skip
    assert json.loads(done.stdout)["action"] == "hold"


def test_the_command_gives_danger_with_its_level_threats_and_insults() -> None:
    lines = ["em bị ba đánh", "em thấy mình vô dụng", "tao giết mày", "đồ con chó"]
    answers = run_scan("\n".join(json.dumps({"text": line}) for line in lines).encode() + b"\n", "--minor")
    assert [answer["action"] for answer in answers] == ["care", "care", "hold", "refuse"]
    hits = [answer["hits"][0] for answer in answers]  # type: ignore[index]
    assert [(hit["kind"], hit.get("level")) for hit in hits] == [
        ("distress", "explicit"), ("distress", "ambiguous"), ("threat", None), ("insult", None),
    ]  # fmt: skip
