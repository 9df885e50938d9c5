"""Words of danger as they are typed into a search box: a few, without a sentence around them.

The detector reads sentences, in which "rạch tay" may be about a cloth and "tu tu" means "slowly". In a search box they
seldom do. A match only shows the safety card, so a wrong one costs a glance.
"""

import unicodedata

from tutoring.kernel.text import fold, words

_SAID = """
    tự tử; tự sát; tự vẫn; tự thiêu; tự hại; tự làm đau; tự làm hại; rạch tay; cắt tay; cứa tay; nhảy lầu; nhảy cầu;
    treo cổ; thuốc ngủ; thuốc trừ sâu; thuốc chuột; lá ngón; muốn chết; cách chết; không muốn sống; chán sống; trầm cảm;
    bạo hành; bạo lực gia đình; bạo lực học đường; xâm hại; quấy rối; lạm dụng tình dục; hiếp dâm; cưỡng hiếp; dâm ô;
    ấu dâm; sờ mó; sàm sỡ; dụ dỗ; gạ gẫm; gạ tình; hình nóng; ảnh nóng; clip nóng; hình khoả thân; ảnh khoả thân;
    hình khỏa thân; ảnh khỏa thân; bắt cóc; buôn người; bị đánh; bị đấm; bị đập; bị nhốt; bị bỏ đói; bị tống tiền;
    bị dụ; bị ép gửi; bị ép chụp; bị ép quan hệ; bỏ nhà đi; trốn nhà; chồng đánh; đánh vợ; đánh con; doạ giết; dọa giết;
    suicide; suicidal; self harm; kill myself; hurt myself; want to die; abuse; abused; rape; raped; molested; beaten
"""
_ALONE = "tự tử; chết; muốn chết; cứu; cứu em; cứu con; cứu với; help me; die; kill"  # the search has no other word
_MARKED_ONLY = frozenset({"tự tử", "bị dụ", "đánh con", "bị đập"})  # without accents they mean other things


def _phrases(listed: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(one.split()) for one in listed.split(";"))


_WHOLE = _phrases(_ALONE)
_BY_FIRST: dict[str, list[tuple[str, ...]]] = {}
for _phrase in _phrases(_SAID):
    _BY_FIRST.setdefault(fold(_phrase[0]), []).append(_phrase)


def names_danger(typed: str) -> bool:
    """Whether a search names danger, with or without accents."""
    bare = words(typed)
    given = unicodedata.normalize("NFC", typed).lower().split()
    marked = given if [fold(word) for word in given] == bare else bare
    if any(_same(marked, phrase, True) for phrase in _WHOLE):
        return True
    return any(
        _same(marked[at : at + len(phrase)], phrase, " ".join(phrase) not in _MARKED_ONLY)
        for at, first in enumerate(bare)
        for phrase in _BY_FIRST.get(first, ())
    )


def _same(typed: list[str], phrase: tuple[str, ...], bare: bool) -> bool:
    """Whether these words are the phrase; a word without accents may stand for it if `bare` allows that."""
    if len(typed) != len(phrase):
        return False
    return all(word == meant or (bare and word == fold(meant)) for word, meant in zip(typed, phrase, strict=True))
