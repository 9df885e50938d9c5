"""Ordinary messages of rooms, generated, full of the words in which danger is told: beating, dying, locking, fear.

Each kind is a function from a source of chance to a message in which nobody is in danger, threatens or insults.
"""

import random
from collections.abc import Callable

Kind = Callable[[random.Random], str]

WHO = ("em", "con", "mình", "tớ", "tui", "cháu")
HOME = ("ba", "mẹ", "bố", "má", "bà", "anh hai", "chị hai", "ông nội", "cô", "thầy")
THING = ("máy", "điện thoại", "laptop", "wifi", "mạng", "trang web", "loa", "micro", "ứng dụng", "chuột")
LESSON = ("bài 3", "câu 5", "bài toán này", "bài văn", "đề cương", "bài tiếng Anh", "phần luyện tập", "bài thực hành")
FEELING = ("mệt", "đói", "buồn ngủ", "nóng", "lạnh", "hồi hộp", "ngại", "chán", "vui", "run", "lo", "thèm trà sữa")
ANIMAL = ("con mèo", "con chó", "con gà", "con cá", "con muỗi", "con gián", "con vịt", "con thỏ")
TALE = ("Tấm", "Chí Phèo", "Lão Hạc", "chị Dậu", "Vũ Nương", "nhân vật chính", "con sói", "Thánh Gióng", "bá Kiến")
GAME = ("Free Fire", "Liên Quân", "Minecraft", "Roblox", "PUBG")
END = ("", " ạ", " nha", " á", " rồi", " hihi", " cô ơi", " anh ơi", " nè", " haha")


def _any(chance: random.Random, *texts: str) -> str:
    return chance.choice(texts) + chance.choice(END)


def tired(chance: random.Random) -> str:
    how, who = chance.choice(FEELING), chance.choice(WHO)
    return _any(
        chance, f"{how} muốn chết luôn", f"{who} {how} muốn xỉu", f"{how} chết đi được", "cười chết mất thôi",
        f"trời ơi {how} gần chết", f"{who} {how} quá, nghỉ chút nha", f"hôm nay {who} {how} ghê",
    )  # fmt: skip


def broken(chance: random.Random) -> str:
    thing, who = chance.choice(THING), chance.choice(WHO)
    return _any(
        chance, f"{thing} của {who} chết rồi", f"{thing} chết nguồn", f"{thing} bị đơ không đánh chữ được",
        f"{who} bị đá ra khỏi phòng", f"{who} bị khóa {thing}", f"{thing} bị khóa màn hình, mở sao",
        f"{who} chạm vào {thing} mà không ăn", f"{who} sờ vào {thing} thấy nóng", f"pin {thing} sắp chết",
    )  # fmt: skip


def beaten_otherwise(chance: random.Random) -> str:
    home, who, what = chance.choice(HOME), chance.choice(WHO), chance.choice(LESSON)
    act = chance.choice(
        (
            "đánh máy",
            "đánh vần",
            "đánh dấu câu",
            "đánh răng",
            "đánh cờ",
            "đánh đàn",
            "đánh bài",
            "đánh trống",
            "đánh cầu lông",
        )
    )
    return _any(
        chance, f"{home} {act} với {who}", f"{who} đang tập {act}", f"{home} dạy {who} {act}",
        f"{who} đánh giá {what} dễ",
        f"{who} bị đánh rớt {what}", f"{who} bị đánh dấu vắng", f"{home} đánh thức {who} dậy sớm",
        f"{who} đánh mất vở {what}",
    )  # fmt: skip


def tales(chance: random.Random) -> str:
    one, what = chance.choice(TALE), chance.choice(LESSON)
    return _any(
        chance, f"trong truyện {one} chết ở cuối", f"{what}: phân tích cái chết của {one}",
        f"vì sao {one} tự tử trong tác phẩm",
        f"trong phim {one} bị đánh rồi bỏ nhà đi", f"đoạn {one} bị nhốt trong truyện hay ghê", f"kể lại truyện {one}",
        "quân ta đánh giặc trên sông Bạch Đằng", "tế bào chết đi thì có tế bào mới",
        "bản tin nói bão làm nhiều người chết",
    )  # fmt: skip


def games(chance: random.Random) -> str:
    game, who = chance.choice(GAME), chance.choice(WHO)
    return _any(
        chance, f"{who} bị bắn chết trong {game}", f"{game} {who} chết 3 mạng rồi", f"đánh boss {game} khó ghê",
        f"giết quái trong {game} được nhiều điểm", f"tối nay {who} leo rank {game} xong rồi học",
        f"{who} chơi {game} giết thời gian",
    )  # fmt: skip


def animals(chance: random.Random) -> str:
    one, home, who = chance.choice(ANIMAL), chance.choice(HOME), chance.choice(WHO)
    return _any(
        chance, f"{home} nhốt {one} trong lồng", f"{one} nhà {who} chết rồi", f"{home} đập {one}", f"{one} cắn {who}",
        f"{who} tắm cho {one}", f"đố bạn {one} có mấy chân", f"{one} bị {home} đuổi ra sân",
    )  # fmt: skip


def advice(chance: random.Random) -> str:
    what = chance.choice(("bắt nạt", "bạo lực học đường", "xâm hại trẻ em", "bạo lực gia đình"))
    return _any(
        chance, f"{what} là gì", f"bài hôm nay là phòng chống {what}", "nếu bị dọa thì các em gọi 111",
        f"tình huống về {what}",
        "111 là tổng đài bảo vệ trẻ em", f"nhóm mình thuyết trình về {what}",
        "khi có người lạ xin ảnh thì các em báo thầy cô",
        "nội quy là không được đánh bạn", f"câu hỏi trắc nghiệm về {what}",
    )  # fmt: skip


def worries(chance: random.Random) -> str:
    who, home, what = chance.choice(WHO), chance.choice(HOME), chance.choice(LESSON)
    return _any(
        chance, f"{who} sợ trễ giờ nộp {what}", f"{who} sợ {home} gọi lên bảng", f"{who} ngu quá, sai {what}",
        f"cứu {who} {what} với",
        f"{who} ghét {what} ghê", f"{who} không muốn học thêm nữa", f"{home} la {who} vì chưa làm {what}",
        f"{who} ở nhà học {what}",
        f"không ai giúp {who} {what} hết", f"chết rồi, {who} quên nộp {what}", f"{home} không cho {who} chơi game",
    )  # fmt: skip


def friends(chance: random.Random) -> str:
    what = chance.choice(LESSON)
    return _any(
        chance, f"mày làm {what} chưa", "tao qua nhà mày mượn vở nha", f"mai gặp ở cổng trường rồi học {what}",
        f"mày giỏi {what} ghê",
        f"tao gửi ảnh {what} cho mày rồi", "chiều tụi tao đá banh sau trường", f"mày chỉ tao {what} đi",
        "tao ngu mấy cái này lắm",
    )  # fmt: skip


def helping(chance: random.Random) -> str:
    what, who = chance.choice(LESSON), chance.choice(WHO)
    return _any(
        chance, f"{who} bị kẹt ở {what}", f"{who} gửi ảnh {what} lên nhóm lớp", f"thầy bắt {who} chép lại {what}",
        f"bấm vào nút màu xanh đi {who}",
        f"{who} đừng lo, {what} từ từ làm", f"cô xem giúp {who} {what}", f"em không ngu đâu, {what} khó thật",
        f"{what} dài muốn chết",
        f"cắt giấy theo đường kẻ rồi dán vào {what}",
    )  # fmt: skip


KINDS: dict[str, Kind] = {
    kind.__name__.replace("_", " "): kind
    for kind in (tired, broken, beaten_otherwise, tales, games, animals, advice, worries, friends, helping)
}


def message(chance: random.Random) -> str:
    """An ordinary message of any kind; one in four without marks, one in ten two of them."""
    text = KINDS[chance.choice(list(KINDS))](chance)
    return f"{text}, {message(chance)}" if chance.random() < 0.1 else text
