"""Rules for passwords that people choose: length, common words, personal data."""

import re
from collections.abc import Iterable

from tutoring.accounts.password_hashes import LONGEST, plain
from tutoring.kernel.errors import InvalidInput
from tutoring.kernel.text import N_

SHORTEST = 8
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


def _rest(password: str, personal: Iterable[str]) -> str:
    """Returns a password's letters without common words and known facts about its owner."""
    rest = plain(password).replace(" ", "")
    known = {part for text in personal for part in (*plain(text).split(), plain(text).replace(" ", ""))}
    for part in sorted((known | _COMMON) - {""}, key=len, reverse=True):
        if len(part) > 1:
            rest = rest.replace(part, "")
    return _NO_LETTER.sub("", rest)


def long_enough_for_staff(password: str) -> bool:
    """Whether it has fifteen characters, or four words that are not all the same."""
    words = [word for word in plain(password).split() if len(word) > 1]
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
