"""What may stand in the private notebook: dossier codes of every shape, and none of what is stored nowhere."""

import random

import pytest

from tutoring.kernel.errors import InvalidInput
from tutoring.notebook.allowed_text import LONGEST, REFUSED, kept_words

CODES = """
H29.24-260115-0012
000.00.19.H29-260115-0012
H29.24-260115-123456
G01.899.108.000-260115-0012
000.01.G01-260115-00012
H29.77.12.26-260903-0007
29.26.H29-250115-0009
H29-260115-0012
h29.24-260115-0012
BN-2026-000123
260115-0012
2601150012
0123/2026/HS
G22.99-260115-012345678
H29.24-260115-0012-CC
SN1234567890
20260115-000012
2026.01.15.0012
000000019292601150012
H29.24 260115 0012
000 00 19 H29 260115 0012
000.00.19-260115-0012
000.36.10-030225-8852
000.66.71-040127-723143
H08.00.21-2023-4860
H63.84.20-2027-8965
H62.970.491.373-2026-253778
QĐ-123/UBND-2026
Mã hồ sơ 000.00.19.H29-260115-0012
mã hồ sơ: H29.24-260115-0012
Mã số 482913
482913
12345678
0012
""".strip().splitlines()

ABOUT = ["Khai sinh bé An", "Đăng ký tạm trú cho ba má", "Trường lớp 1 của con", "Xin lại mật khẩu cổng", "", "🙂",
         "Nhà 12 đường Số 3", "Hẹn lấy 15/2, quầy 4", "hotline 1022"]  # fmt: skip

NEVER = {
    "idno": ["079203004567", "079 203 004 567", "079.203.004.567", "079-203-004-567", "0 7 9 2 0 3 0 0 4 5 6 7",
             "CCCD 079203004567", "CCCD079203004567", "HS079203004567", "079203004567-01", "H29.24-079203004567",
             "123456789", "123 456 789", "123.456.789", "123-456-789", "CMND 123456789", "hộ khẩu 012345678",
             "123456789012", "098 765 432 112", "０７９２０３００４５６７", "H29.24-260115-0012 079203004567",
             "\u200b079203\u200b004567"],
    "otp": ["OTP 123456", "mã xác nhận 482913", "482913 là mã otp", "mã 482913"],
    "bank": ["4111 1111 1111 1111", "stk 0071000812345", "Vietcombank 0071000812345", "số thẻ 9704361234567890"],
    "secret": ["mật khẩu meo123", "mk: abc12345", "pass abc123"],
    "phone": ["0912345678", "0912 345 678", "+84912345678", "02839123456", "gọi 0912.345.678"],
}  # fmt: skip


@pytest.mark.parametrize("text", [*CODES, *ABOUT])
def test_dossier_codes_and_ordinary_words_are_kept_as_they_are(text: str) -> None:
    assert len(text) <= LONGEST and kept_words(text, "code") == text


@pytest.mark.full
def test_twenty_thousand_codes_of_the_usual_shapes_are_taken_for_nothing_else() -> None:
    rng = random.Random(5)

    def digits(most: int, least: int = 0) -> str:
        return "".join(rng.choice("0123456789") for _ in range(rng.randint(least or most, most)))

    for _ in range(20_000):
        place = rng.choice("GHhK") + digits(2)
        office = rng.choice([f"{place}.{digits(2, 1)}", f"000.{digits(2)}.{digits(2)}.{place}", place,
                             f"{place}.{digits(3)}.{digits(3)}.{digits(3)}", f"{place}.{digits(2)}.{digits(2)}",
                             f"{digits(2)}.{digits(2)}.{place}", f"000.{digits(2)}.{digits(2)}"])  # fmt: skip
        day = f"{rng.randint(1, 28):02}{rng.randint(1, 12):02}"
        code = f"{office}-{rng.choice([f'26{day}', f'2026{day}', f'{day}26', '2026'])}-{digits(6, 3)}"
        assert kept_words(code, "code") == code


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in NEVER.items() for text in texts])
def test_what_is_stored_nowhere_is_refused_by_its_name(kind: str, text: str) -> None:
    for field in ("code", "about"):
        with pytest.raises(InvalidInput) as refused:
            kept_words(text, field)
        assert (refused.value.say, refused.value.field, refused.value.code) == (REFUSED[kind], field, "private")


def test_blanks_and_unseen_signs_go_and_forty_signs_are_the_most() -> None:
    assert kept_words("  H29.24-\u200b260115-0012 \r\n", "code") == "H29.24-260115-0012"
    assert kept_words("khai\tsinh\n bé", "about") == "khai sinh bé"
    assert kept_words("x" * LONGEST, "code") == "x" * LONGEST
    with pytest.raises(InvalidInput) as refused:
        kept_words("x" * (LONGEST + 1), "about")
    assert refused.value.field == "about" and refused.value.params == {"max": 40}
    assert kept_words("e\u0301" * LONGEST, "about") == "é" * LONGEST
