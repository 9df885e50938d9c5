"""What is set apart, repeated or told in words is read, and what only looks so is left alone."""

import pytest

from tutoring.safety.detector import scan


@pytest.mark.parametrize(
    ("text", "kind", "value", "told"),
    [
        ("số nè: k h ô n g b ả y s á u h a i t á m b a n ă m m ộ t b ố n c h í n nha", "phone", "0762835149", "k … n"),
        ("đầu 038 rồi 77 hai lần, tiếp 4 5 6", "phone", "0387777456", "038 … 6"),
        ("không chín bốn, ba lần số hai, sáu bảy tám một nha", "phone", "0942226781", "không … một"),
        ("oh nine one triple four two double seven one, ok?", "phone", "0914442771", "oh … one"),
        ("y₀₉₈₁₂₃₆₅₄₇ đó", "phone", "0981236547", "₀ … ₇"),
        ("thư nè t r a n h o a @ g m a i l . c o m đó", "email", "tranhoa@gmail.com", "t … m"),
        ("khôgk chínk bốnk bảyk mộtk haik támk bak nămk sáuk", "phone", "0947128356", "khôg … k"),
        ("hoangphuc 🌀 gmail 🔵 com, chỗ xoáy là a còng", "email", "hoangphuc@gmail.com", "hoangphuc … com"),
        ("ô tê pờ nè: ④⑧②⑨①⑥", "otp", "482916", "④ … ⑥"),
        ("tiền quỹ lớp gửi vào 1.0.2.8.7.4.6.5.9.3.1.0 viettin nha", "bank", "102874659310", "1 … 0"),
        ("m.k nick tui là b-a-n-h-m-i-1-2", "secret", "banhmi12", "b … 2"),
        ("t.r.ư.ờ.n.g tớ là t.h.c.s Ngô Quyền", "school", "thcs ngô quyền", "t.h … Quyền"),
        ("nhà mình số mười hai kiệt tám mươi lăm Phan Bội Châu", "address", "số 12 kiệt 85 phan bội châu", "số … Châu"),
    ],
)
def test_what_is_said_again_is_found_where_it_was_written(text: str, kind: str, value: str, told: str) -> None:
    (hit,) = [hit for hit in scan(text) if hit.kind == kind]
    first, last = told.split(" … ")
    covered = text[hit.start : hit.end]
    assert covered.startswith(first) and covered.endswith(last), covered
    assert hit.value == value


@pytest.mark.parametrize(
    "text",
    [
        "ném xúc xắc ba lần số năm hai lần số hai",
        "phép tính 0 + 9 + 12 + 345 ghép lại bằng 366",
        "mã đơn hàng 0972618345 của em chưa tới",
        "đánh vần: t r ư ờ n g trường",
        "số mười hai chia hết cho ba",
        "máy em kêu to quá, em tắt mic nha",
        "mình không cho fb đâu, nói ở đây được rồi",
        "không cần add zalo đâu, nhắn ở đây được rồi",
        "tên miền .org với .net cái nào tốt hơn",
        "“My address is 12 Green Street” câu này dịch sao ạ",
        "Viết lại câu: Mai goes to Tran Phu Secondary School every day",
        "mang hồ sơ qua 56 Hùng Vương, phường 2, bộ phận một cửa",
        "tin nhắn có 3 câu hỏi em trả lời hết rồi ạ, gửi cho cô nha",
    ],
)
def test_what_only_looks_so_is_let_pass(text: str) -> None:
    assert scan(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "máy mẹ con kêu ting phải không, con coi trong đó ghi mấy số rồi nói chú nghe nha",
        "mã xác nhận tới chưa em? nhắn qua đây giúp anh",
        "tin nhắn có dãy số, gửi cho anh thôi, đừng kể ai",
        "cho chị xin cái ô tê pê đi em",
    ],
)
def test_a_request_for_a_code_needs_no_name_of_it(text: str) -> None:
    assert [hit.kind for hit in scan(text)] == ["otp"]


def test_dates_in_several_messages_make_no_telephone() -> None:
    assert scan("rồi 15/9 thi", ["học từ 08/9/2026"]) == []
    assert [hit.kind for hit in scan("ba con 8 rồi 15", ["mình 093", "4526"])] == ["phone"]
