"""Ordinary talk of this product, generated: sums, marks, times, formulas, prices, forms, codes of lessons.

Each kind is a function from a source of chance to a message in which nothing is told that should not be. Every one of
them is full of digits and of the very words the detector listens to.
"""

import random
from collections.abc import Callable

Kind = Callable[[random.Random], str]

NAMES = ("An", "Bình", "Lan", "Minh", "Hoa", "Nam", "Tú", "Vy")
WORDS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười")


def _number(chance: random.Random, most: int = 4) -> str:
    length = chance.randint(1, most)
    return str(chance.randrange(10 ** (length - 1) if length > 1 else 0, 10**length))


def _decimal(chance: random.Random) -> str:
    places = "".join(chance.choice("0123456789") for _ in range(chance.randint(1, 9)))
    return f"{chance.randrange(100)}{chance.choice(',.')}{places}"


def sums(chance: random.Random) -> str:
    sign = chance.choice((" + ", " - ", " x ", " : ", "+", "*", " × ", " ÷ "))
    terms = sign.join(_number(chance, 6) for _ in range(chance.randint(2, 6)))
    return chance.choice(
        (
            f"{terms} = ?",
            f"{terms} bằng bao nhiêu ạ",
            f"em tính {terms} = {_number(chance, 6)} đúng chưa cô",
            f"bài 3: {terms}",
        )
    )


def decimals(chance: random.Random) -> str:
    found = chance.choice(("; ", " ; ", ", ", " và ", " < ")).join(
        _decimal(chance) for _ in range(chance.randint(1, 6))
    )
    return chance.choice(
        (f"sắp xếp {found}", f"x = {found}", f"kết quả {found} phải không", f"làm tròn {found} đến hàng phần mười")
    )


def marks(chance: random.Random) -> str:
    found = chance.choice((" ", ", ", "; ", " - ")).join(
        str(chance.randint(0, 10)) for _ in range(chance.randint(4, 14))
    )
    return chance.choice(
        (
            f"điểm tổ mình: {found}",
            f"điểm của lớp {found}",
            f"cô ơi điểm miệng {found} thì trung bình mấy",
            f"dãy {found}",
        )
    )


def sequences(chance: random.Random) -> str:
    start, step = chance.choice((0, 0, 1, chance.randrange(20))), chance.randint(1, 12)
    found = chance.choice((" ", ", ", "; ", "-")).join(str(start + step * one) for one in range(chance.randint(5, 14)))
    return chance.choice((found, f"dãy số {found} có quy luật gì", f"đếm {found}", f"{found}, số tiếp theo là mấy"))


def counted(chance: random.Random) -> str:
    start, step = chance.randrange(3), chance.randint(1, 3)
    found = " ".join(WORDS[one] for one in range(start, 11, step))
    return chance.choice((f"{found} nhảy nào", f"đếm {found}", found, f"cháu tập đếm {found} rồi ạ"))


def times(chance: random.Random) -> str:
    def hour() -> str:
        sign = chance.choice((":", "h", " giờ ", "g"))
        return f"{chance.randint(6, 22):02}{sign}{chance.choice(('00', '15', '30', '45'))}"

    found = chance.choice((", ", " - ", " đến ", " hoặc ")).join(hour() for _ in range(chance.randint(1, 5)))
    return chance.choice(
        (
            f"mình học lúc {found} nhé",
            f"lịch trực: {found}",
            f"thứ {chance.randint(2, 7)} {found} vào phòng trên này nha",
        )
    )


def dates(chance: random.Random) -> str:
    def date() -> str:
        sign = chance.choice(("/", "-", "."))
        year = chance.choice(("", f"{sign}{chance.randint(2009, 2027)}", f"{sign}{chance.randint(10, 27)}"))
        return f"{chance.randint(1, 28):02}{sign}{chance.randint(1, 12):02}{year}"

    found = chance.choice((", ", " đến ", " và ", "; ")).join(date() for _ in range(chance.randint(1, 5)))
    return chance.choice(
        (
            f"hạn nộp {found}",
            f"sinh ngày {found} trong đề bài thì mấy tuổi",
            f"nghỉ từ {found} nha",
            f"lịch thi: {found}",
        )
    )


def prices(chance: random.Random) -> str:
    amount = f"{chance.randrange(1, 999)}.{chance.choice(('000', '500'))}{chance.choice(('', '.000'))}"
    unit = chance.choice((" đồng", "đ", " đ", " VND", "k", " nghìn đồng"))
    return chance.choice(
        (
            f"phí là {amount}{unit} ạ",
            f"lệ phí {amount}{unit}, nộp ở quầy số 3",
            f"mua 3 quyển vở hết {amount}{unit}",
            f"chuyển khoản học phí {amount}{unit} ở mục thanh toán",
            f"ngân hàng cho vay {amount}{unit} lãi 5 %",
        )
    )


def pages(chance: random.Random) -> str:
    found = chance.choice((", ", "-", " và ", " ")).join(_number(chance, 3) for _ in range(chance.randint(2, 8)))
    return chance.choice(
        (f"trang {found}", f"bài {found} sách toán", f"làm câu {found} nhé", f"em chưa hiểu bài {found}")
    )


def formulas(chance: random.Random) -> str:
    a, b, c = (_number(chance, 2) for _ in range(3))
    return chance.choice(
        (
            f"y = {a}x^2 + {b}x - {c}",
            f"C{a}H{b}O{c} + O2 -> CO2 + H2O",
            f"S = π.{a}^2 ≈ {a},{b}{c}",
            f"({a} + {b})({c} - {a}) = ?",
            f"sin {a}° = 0,{b}{c}{a}{b}",
            f"{a}/{b} + {c}/{a} rút gọn sao",
            f"{a}.10^{b} m",
            f"Δ = {b}^2 - 4.{a}.{c}",
        )
    )


def codes_of_lessons(chance: random.Random) -> str:
    number = "".join(chance.choice("0123456789") for _ in range(chance.randint(4, 6)))
    return chance.choice(
        (
            f"mã đề {number}, câu {_number(chance, 2)}",
            f"mã lớp là {number}",
            f"mã phòng {number} nha",
            f"mã bưu chính {number}",
            f"mã học sinh {number}",
            f"mã vùng phường là {number}",
            f"mã bài {number} làm xong chưa",
        )
    )


def dossiers(chance: random.Random) -> str:
    day = f"{chance.randint(20, 27)}{chance.randint(1, 12):02}{chance.randint(1, 28):02}"
    code = chance.choice(
        (
            f"000.00.{chance.randint(10, 63)}.H{chance.randint(10, 63)}-{day}-{chance.randrange(10000):04}",
            f"H{chance.randint(10, 63)}.{chance.randint(1, 99)}-{day}-{chance.randrange(10000):04}",
            f"G{chance.randint(10, 30)}.{chance.randint(10, 99)}.1-{day}-{chance.randrange(1000000):06}",
        )
    )
    return chance.choice(
        (
            f"mã hồ sơ {code}",
            f"mã hồ sơ của cô là {code} ạ",
            f"{code} nộp hôm qua chưa thấy kết quả",
            f"tra cứu {code} ở đâu",
        )
    )


def tax_and_others(chance: random.Random) -> str:
    number = "0" + "".join(chance.choice("0123456789") for _ in range(9))
    return chance.choice(
        (
            f"mã số thuế {number} của cửa hàng",
            f"MST: {number}",
            f"mã đơn hàng {number}",
            f"mã số bảo hiểm xã hội {number}",
            f"ISBN 978{number}",
            f"số báo danh {number[:6]}",
            f"số seri máy {number}",
        )
    )


def hotlines(chance: random.Random) -> str:
    number = chance.choice(
        (
            "111",
            "113",
            "114",
            "115",
            "18001567",
            "1800 1567",
            "1022",
            "1900 9095",
            "19006017",
            "1900 545 413",
            "18001091",
            "156",
        )
    )
    return chance.choice(
        (
            f"cần thì gọi {number} nha",
            f"tổng đài {number}",
            f"gọi {number} hỏi thẻ bảo hiểm",
            f"hotline {number} của ngân hàng",
            f"mã OTP bị lộ thì gọi {number}",
            f"số {number} miễn phí",
        )
    )


def scores(chance: random.Random) -> str:
    found = ", ".join(f"{chance.randint(0, 9)}-{chance.randint(0, 9)}" for _ in range(chance.randint(1, 6)))
    return chance.choice((f"tỉ số {found}", f"đội mình thắng {found}", f"hôm qua {found} nha"))


def sizes(chance: random.Random) -> str:
    a, b, c = (_number(chance, 4) for _ in range(3))
    return chance.choice(
        (
            f"ảnh {a}x{b} nặng {c} KB",
            f"màn hình {a} x {b}",
            f"hộp dài {a} cm rộng {b} cm cao {c} cm",
            f"máy còn {a} MB trống, {b} GB tổng",
            f"vận tốc {a} km/h trong {b} giờ",
            f"nặng {a},{b} kg",
        )
    )


def word_problems(chance: random.Random) -> str:
    a, b = _number(chance, 3), _number(chance, 3)
    who, other = chance.sample(NAMES, 2)
    return chance.choice(
        (
            f"{who} có {a} viên bi, {other} có {b} viên, hỏi cả hai có mấy viên?",
            f"Lớp 4A có {a} học sinh, lớp 4B có {b} học sinh",
            f"nhà em có {a} con gà, bán {b} con còn mấy con",
            f"số {a}{b} có bao nhiêu chữ số?",
            f"Một đội có {a} người làm trong {b} ngày",
            f"Trường Tiểu học Kim Đồng trồng {a} cây, trường Nguyễn Du trồng {b} cây",
        )
    )


def years(chance: random.Random) -> str:
    found = chance.choice((", ", " ", " - ", " và ")).join(
        str(chance.randint(1900, 2027)) for _ in range(chance.randint(1, 5))
    )
    return chance.choice(
        (f"đề thi các năm {found}", f"giai đoạn {found}", f"năm {found} có sự kiện gì", f"dân số năm {found}")
    )


KINDS: dict[str, Kind] = {
    kind.__name__.replace("_", " "): kind
    for kind in (
        sums,
        decimals,
        marks,
        sequences,
        counted,
        times,
        dates,
        prices,
        pages,
        formulas,
        codes_of_lessons,
        dossiers,
        tax_and_others,
        hotlines,
        scores,
        sizes,
        word_problems,
        years,
    )
}


def answers(chance: random.Random) -> list[str]:
    """Results told one by one, as in an exercise of eight questions: the last five of somebody's messages."""
    shape = chance.choice(("{}", "câu {n}: {}", "{} ạ", "bằng {}", "{} đúng không", "{n}) {}"))
    values = [chance.choice((_number(chance, 4), _number(chance, 4), _decimal(chance))) for _ in range(8)]
    said = [shape.format(value, n=number) for number, value in enumerate(values, 1)]
    last = chance.randint(2, 8)
    return said[max(0, last - 5) : last]
