"""Passwords: hashing, rules, and four-word Vietnamese passphrases."""

import re
import secrets
import threading
import unicodedata
from collections.abc import Iterable

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from tutoring.kernel.errors import InvalidInput
from tutoring.kernel.text import N_, fold

# OWASP's second Argon2id setting: 19 MiB, two passes. The semaphore limits the memory of a rush of sign-ins.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_gate = threading.Semaphore(2)
_NOBODY = _hasher.hash("nobody has this passphrase")
_PHRASE = "phrase:"

SHORTEST, LONGEST = 8, 128
STAFF_SHORTEST = 15  # or four words: staff accounts need a longer one
LEAST_OWN = 4  # letters that remain without known personal words and common passwords

_COMMON = frozenset(
    """
    password qwertyuiop qwerty asdfghjkl zxcvbnm abcd1234 abcdefgh abc123 iloveyou letmein welcome dragon monkey
    matkhau anhyeuem emyeuanh yeuem yeuanh conyeume conyeuba meyeucon bayeucon vochong giadinh hoahong hoahuong hoamai
    hoangsa truongsa vietnam saigon hochiminh thanhpho hanoi danang thanglong khongbiet khongcho khongco cunghoc hoctap
    hocsinh giaovien truonghoc lophoc sinhvien admin quantri dienthoai maytinh zalo facebook bongda manchester barcelona
    chelsea arsenal liverpool realmadrid ronaldo messi xinchao tinhyeu hanhphuc mayman tailoc phattai thienthan
    """.split()  # noqa: SIM905
)
_NO_LETTER = re.compile(r"[\W\d_]+")

# Short, common, harmless in every reading, easy to type. Of words that are equal without accents only one is kept.
_LIST = """
    bàn ghế sách vở bút thước cặp bảng lớp trường sân cây lá hoa quả cam quýt xoài mít ổi chuối dứa dừa mận nho táo
    lúa gạo ngô khoai sắn đậu bí bầu cà hành tỏi ớt gừng mèo chó gà vịt ngan trâu bò dê cừu ngựa voi hổ khỉ thỏ nhím
    sóc rùa ếch cá tôm cua ốc ong kiến sáo cò sông suối biển hồ núi đồi rừng cỏ đá cát mưa nắng gió mây sấm trăng sao
    trời đất đường cầu nhà cửa mái tường sàn phòng bếp giếng vườn ao thuyền xe tàu đò nón áo quần mũ giày dép khăn gối
    chăn màn đèn nến chén bát đũa thìa nồi chảo ấm ly cốc kem bánh kẹo chè phở bún cháo xôi cơm đỏ xanh vàng tím nâu
    hồng trắng đen to nhỏ cao thấp dài ngắn tròn vuông mới vui hiền khoẻ nhanh chậm sớm trưa chiều tối
    mắt tai mũi miệng răng tay vai lưng tóc cành rễ hạt mầm gốc rơm sen súng lan mai cúc huệ bàng tre trúc thông khế
    na sim vải nhãn lựu mướp rau lạc vừng tiêu riềng sả quế hồi chanh muối mắm dầu bột sữa trứng mì nem giò canh súp mứt
    sóng đảo vịnh thác khe hang lửa khói sương băng sét vồng ánh bóng ngày tuần tháng năm mùa xuân thu đông chuông
    trống đàn kèn còi cờ diều dây lưới phao búa kìm cưa đinh thang xô thùng chổi lược gương kim chỉ len lụa bông giấy
    mực phấn tẩy tranh thư tem hộp túi khoá chìa quạt máy loa mát lạnh nóng êm mềm cứng nặng nhẹ đầy rộng sâu thơm ngọt
    chua cay khô sạch đẹp xinh ngoan giỏi chăm hươu nai cáo gấu sói báo heo nghé cún công vẹt hạc én ngỗng sếu tằm nhện
    ve sứa trai nghêu hàu đom đóm lá dâu chum vại nong nia sàng chày cối giỏ rổ mẹt vòng nhẫn ghim cúp huy hiệu ghép vẽ
    hát múa chạy nhảy bơi leo trèo cười đọc viết nghe nhìn nấu may trồng tưới quét gói xếp giúp
""".split()  # noqa: SIM905
WORDS = tuple({fold(word): word for word in _LIST}.values())
_chance = secrets.SystemRandom()


def _plain(phrase: str) -> str:
    return " ".join(fold(phrase).split())


def hash_password(password: str) -> str:
    """Hashes a password as entered (NFC, because keyboards send different Unicode forms)."""
    with _gate:
        return _hasher.hash(unicodedata.normalize("NFC", password))


def hash_passphrase(phrase: str) -> str:
    """Hashes an issued passphrase; accents, case and the number of blanks are ignored."""
    with _gate:
        return _PHRASE + _hasher.hash(_plain(phrase))


def verify(stored: str, typed: str) -> bool:
    """Whether the input is the stored secret.

    It takes as long for an unknown account (empty `stored`) as for a known one.
    """
    if len(typed) > LONGEST:
        return False
    value = _plain(typed) if stored.startswith(_PHRASE) else unicodedata.normalize("NFC", typed)
    try:
        with _gate:
            return _hasher.verify(stored.removeprefix(_PHRASE) or _NOBODY, value) and bool(stored)
    except (VerificationError, InvalidHashError):
        return False


def new_passphrase(*personal: str) -> str:
    """Generates four different random words: 32 bits, protected by the sign-in rate limit.

    The result always passes the password rules: words of the owner's name or common passwords would leave too little.
    """
    while True:
        phrase = " ".join(_chance.sample(WORDS, 4))
        try:
            check_rules(phrase, *personal, staff=True)
        except InvalidInput:
            continue
        return phrase


def new_code(length: int = 8) -> str:
    """Generates a one-time code without letters that look alike."""
    return "".join(secrets.choice("ABCDEFGHJKMNPQRSTUVWXYZ23456789") for _ in range(length))


def _rest(password: str, personal: Iterable[str]) -> str:
    """Returns a password's letters without common words and known facts about its owner."""
    rest = _plain(password).replace(" ", "")
    known = {part for text in personal for part in (*_plain(text).split(), _plain(text).replace(" ", ""))}
    for part in sorted((known | _COMMON) - {""}, key=len, reverse=True):
        if len(part) > 1:
            rest = rest.replace(part, "")
    return _NO_LETTER.sub("", rest)


def long_enough_for_staff(password: str) -> bool:
    """Whether it has fifteen characters, or four words that are not all the same."""
    words = [word for word in _plain(password).split() if len(word) > 1]
    return len(password) >= STAFF_SHORTEST or (len(words) >= 4 and len(set(words)) >= 3)


def check_rules(password: str, *personal: str, staff: bool = False) -> None:
    """Rejects passwords that are too short, too long, too common or made of personal data."""
    if len(password) > LONGEST:
        raise InvalidInput(N_("Mật khẩu dài quá 128 ký tự."), field="password")
    if len(password) < SHORTEST:
        raise InvalidInput(N_("Mật khẩu cần ít nhất 8 ký tự. Gợi ý: ghép bốn từ dễ nhớ."), field="password")
    if staff and not long_enough_for_staff(password):
        raise InvalidInput(
            N_("Vai trò của bạn cần mật khẩu dài hơn: bốn từ dễ nhớ, hoặc ít nhất 15 ký tự."), field="password"
        )
    rest = _rest(password, personal)
    if len(rest) < LEAST_OWN or len(set(rest)) < 3:
        raise InvalidInput(
            N_("Mật khẩu này dễ bị đoán. Hãy ghép bốn từ không liên quan đến tên mình."), field="password"
        )
