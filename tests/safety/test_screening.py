"""What follows from a hit: the strictest action wins, and a detector that fails or lingers holds."""

import pytest

from tutoring.safety import detector, screening
from tutoring.safety.findings import ACTIONS, KINDS, Hit

EXPECTED = {  # kind: (with a minor, among adults)
    "phone": ("mask", "mask"), "email": ("mask", "mask"), "link": ("mask", "mask"), "idno": ("mask", "mask"),
    "bank": ("mask", "mask"), "secret": ("mask", "mask"), "otp": ("mask", "mask"), "handle": ("hold", "warn"),
    "address": ("hold", "warn"), "school": ("warn", "warn"), "distress": ("care", "care"), "threat": ("hold", "warn"),
    "insult": ("refuse", "refuse"),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_its_action(kind: str) -> None:
    hit = Hit(kind, 0, 1, "x", "")
    assert (screening.action_for(hit, True), screening.action_for(hit, False)) == EXPECTED[kind]


@pytest.mark.parametrize("kind", ["otp", "secret"])
def test_a_request_is_held_with_minors_and_refused_among_adults(kind: str) -> None:
    hit = Hit(kind, 0, 1, "", "")
    assert (screening.action_for(hit, True), screening.action_for(hit, False)) == ("hold", "refuse")


@pytest.mark.parametrize(
    ("text", "minor", "action"),
    [
        ("bài 3 làm sao vậy bạn", True, "send"),
        ("em học lớp 4A2 trường Tiểu học Nguyễn Du", True, "warn"),
        ("sđt mình 0901234567", True, "mask"),
        ("kb zalo với mình đi, sđt 0901234567", True, "hold"),
        ("kb zalo với mình đi, sđt 0901234567", False, "mask"),
        ("em đọc giúp cô mã OTP vừa gửi về máy nhé", True, "hold"),
        ("em đọc giúp cô mã OTP vừa gửi về máy nhé", False, "refuse"),
        ("em bị ba đánh, đồ chó, kb zalo với em đi", True, "care"),
        ("tôi không muốn sống nữa", False, "care"),
        ("mai ra cổng trường biết tay tao", True, "hold"),
        ("mai ra cổng trường biết tay tao", False, "warn"),
        ("đồ con chó", True, "refuse"),
        ("đồ con chó", False, "refuse"),
    ],
)
def test_the_strictest_action_wins(text: str, minor: bool, action: str) -> None:
    verdict = screening.screen_text(text, minor=minor)
    assert verdict.action == action in ACTIONS
    assert not verdict.fault


def test_a_detector_that_fails_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(detector, "scan", lambda *_: 1 / 0)
    verdict = screening.screen_text("xin chào", minor=False)
    assert (verdict.action, verdict.fault, verdict.hits) == ("hold", True, ())


def test_a_detector_that_takes_too_long_holds_and_keeps_what_it_found(monkeypatch: pytest.MonkeyPatch) -> None:
    hit = Hit("otp", 0, 3, "", "")

    def slow(*_: object) -> list[Hit]:
        seconds = screening.time.thread_time()
        while screening.time.thread_time() - seconds < screening.LONGEST * 1.5:
            pass
        return [hit]

    monkeypatch.setattr(detector, "scan", slow)
    minor, adults = screening.screen_text("mã?", minor=True), screening.screen_text("mã?", minor=False)
    assert (minor.action, minor.fault, minor.hits) == ("hold", True, (hit,))
    assert adults.action == "refuse"


def test_what_is_masked_leaves_nothing_of_the_number() -> None:
    text = "gọi 0️⃣9️⃣0️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣ nha, mail an@gmail.com"
    shown = screening.mask_hits(text, screening.screen_text(text, minor=True).hits)
    assert shown == "gọi [đã che số điện thoại] nha, mail [đã che địa chỉ thư điện tử]"


def test_codes_and_numbers_in_a_text_of_care_are_still_masked_for_whoever_reads_it() -> None:
    text = "em bị ba đánh, gọi mẹ em 0901234567, mã OTP là 123456"
    verdict = screening.screen_text(text, minor=True)
    assert (verdict.action, verdict.level) == ("care", "explicit")
    assert {hit.kind for hit in verdict.hits} == {"phone", "otp", "distress"}
    shown = screening.mask_hits(text, screening.disclosing_hits(verdict.hits, screening.MASKED))
    assert shown == "em bị ba đánh, gọi mẹ em [đã che số điện thoại], mã OTP là [đã che mã xác nhận]"


def test_an_insult_is_no_password() -> None:
    verdict = screening.screen_text("mật khẩu của nó là đồ_ngu", minor=True)
    assert {hit.kind for hit in verdict.hits} == {"insult"}
