"""What a short message may hold.

Without accents each sign is one of the 128 that every phone knows (GSM 03.38), 160 to a message; one letter with a
Vietnamese accent makes the whole message UCS-2 with room for 70, which is two or three messages to pay for one
sentence. So accents go, as in the texts of Vietnamese banks and ministries, unless the site chooses otherwise (Zalo).
"""

import unicodedata

MOST, MOST_WITH_ACCENTS = 160, 70
BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_PLAIN = str.maketrans(
    {"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "…": "...", "·": "-", "\n": " ", "đ": "d", "Đ": "D"}
)


def fit(sentence: str, ending: str = "", *, accents: bool = False) -> str:
    """The sentence and its ending as one message; too long a sentence is cut between two words, the ending never."""
    most = MOST_WITH_ACCENTS if accents else MOST
    if not accents:
        sentence, ending = plain(sentence), plain(ending)
    sentence = " ".join(sentence.split())
    room = most - len(ending) - (1 if ending else 0)
    if len(sentence) > room:
        cut = sentence[: max(room - 3, 0)]
        sentence = (cut.rsplit(" ", 1)[0] if " " in cut else cut).rstrip(" ,.;:-") + "..."
    return f"{sentence} {ending}".strip()


def plain(text: str) -> str:
    """The same words in signs of GSM 03.38 alone."""
    apart = unicodedata.normalize("NFD", text.translate(_PLAIN))
    bare = "".join(sign for sign in apart if not unicodedata.combining(sign))
    return "".join(sign if sign in BASIC else "?" for sign in bare)
