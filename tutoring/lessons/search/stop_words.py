"""Words that a search need not find, and the full spelling of short ones, in Vietnamese and English.

Stop words are pronouns, question words and particles. They still count in the ranking. Without accents many Vietnamese
words look alike ("mã", "mà", "má"), so a bare word is listed only if lessons hardly ever mean another one by it.
"""

_ACCENTED = """
    tôi tớ mình cháu bạn chị ông bà cô chú bác bé nó mẹ má bố người ta mấy các những một vài
    là thì mà của với hoặc như nếu để bằng về ở tại trên từ đến tới lên được bị đã đang sẽ cũng vẫn còn có
    không chưa chẳng hông hổng phải cần nên muốn định biết làm mần cách kiểu dùng xài nào gì đâu thế vậy lúc này
    đó đây ấy cái rồi nữa hoài quá lắm hết luôn mãi ạ ơi nhé nhỉ hả dùm giùm hộ đc
"""
_BARE = """
    toi tui em ba ta chau anh chi con cua cho voi va nhu neu de bang ve o trong tren len den duoc bi da se cung co khong
    chua chang phai can nen biet lam cach kieu sao nao gi dau vay khi nay kia do day cai roi nua hoai qua luon a oi nhe
    nha dum gium nguoi thi la
    hong xai dk r v online
    i me my you your we our it its the a an is are am be to of in on at for with and or do does did not no cant can
    cannot dont t s how what why where when which please need want have has get
"""

# Short and Southern ways to write a word, as typed.
SPELLINGS = {
    "k": "khong", "ko": "khong", "kg": "khong", "kh": "khong", "khg": "khong", "hok": "khong", "hông": "khong",
    "hổng": "khong", "hem": "khong", "chẳng": "khong", "dc": "duoc", "đc": "duoc", "j": "gi", "z": "vay", "vs": "voi",
    "cx": "cung", "bik": "biet", "bit": "biet", "mún": "muon", "lm": "lam", "mần": "lam",
}  # fmt: skip

# Folded words that say where, on a site where everything is done there.
PHRASES = {("tren", "dien", "thoai"), ("bang", "dien", "thoai"), ("tren", "may")}

_WORDS, _FOLDED = frozenset(_ACCENTED.split()), frozenset(_BARE.split())


def is_stop_word(word: str) -> bool:
    """Whether a search may leave out this word, in lower case and as typed."""
    return word in (_FOLDED if word.isascii() else _WORDS)
