"""How pupils write: accounts in teencode, away from who watches, papers of the family, videos for game money."""

from pathlib import Path

import pytest
import yaml

from tutoring.kernel import clock
from tutoring.safety import risk
from tutoring.safety.screening import screen_text

SAID = yaml.safe_load((Path(__file__).parent / "dialogues" / "youth.yml").read_text("utf-8"))


def waits(text: str) -> bool:
    """Whether a text by a pupil waits by itself, in a room with a child."""
    found = risk.find_signals(text, hour=12, minor=True, adult=False)
    return risk.score_signals([], found, clock.now()).hold or screen_text(text, minor=True).action in (
        "hold",
        "refuse",
        "care",
    )


@pytest.mark.parametrize(
    "text",
    ["mess đi chứ ở đây thầy cô soi", "chụp cccd của mẹ gửi anh xem nha", "em lấy cmnd của ba chụp gửi qua đây nhé",
     "anh cho 500 quân huy, em quay clip riêng cho anh", "tặng 1000 robux đổi lấy video riêng của em",
     "kb rb đi tên be_na2k12", "f@ce anh tên Hùng Trần nè", "in5ta mình haianh.xx", "z4l0 anh là hùng tr@n nha"],
)  # fmt: skip
def test_what_was_missed_waits(text: str) -> None:
    assert waits(text)


@pytest.mark.parametrize(
    "text",
    ["bấm quên mk mà không thấy gì", "làm sao đổi ảnh đại diện zalo", "mình nói ở đây thôi, không qua zalo đâu",
     "hôm qua em chơi roblox bị mẹ la", "cho em hỏi rb là viết tắt của gì", "ở đây thầy cô xem được nên em yên tâm nhé",
     "đừng gửi ảnh căn cước cho ai nhé", "mẹ chụp căn cước theo hướng dẫn trên VNeID nhé"],
)  # fmt: skip
def test_what_was_held_for_nothing_passes(text: str) -> None:
    assert not waits(text) and screen_text(text, minor=True).action == "send"


def test_all_of_the_kind_wait_and_next_to_nothing_else_does() -> None:
    missed = [text for text in SAID["waits"] if not waits(text)]
    hit = [text for text in SAID["plain"] if waits(text)]
    assert len(missed) <= len(SAID["waits"]) * 0.02, missed
    assert len(hit) <= len(SAID["plain"]) * 0.01, hit
