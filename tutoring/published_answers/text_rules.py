"""Checks the text of an answer that all visitors may read, before it is stored."""

import re
from collections.abc import Iterable

from tutoring.accounts.person_names import TITLES
from tutoring.kernel.errors import InvalidInput
from tutoring.kernel.text import N_, fold, nfc, words
from tutoring.policy.published_answers import MAX_ANSWER_CHARS, MAX_PROBLEM_CHARS, MIN_ANSWER_CHARS
from tutoring.safety.findings import PRIVATE
from tutoring.safety.free_text import LONG_NUMBER, OPEN_TO, for_minor, listen
from tutoring.safety.screening import screen_text

_WORD = re.compile(r"[^\W\d_]+")
# What people say before a name. "minh" alone may be a word; "bạn minh" is a person.
_BEFORE = {fold(word) for word in TITLES} | {"em", "con", "ban", "be", "chau", "me"}
_LONG_NUMBER = N_("Đừng ghi dãy số dài: số điện thoại, số giấy tờ, mã. Hãy viết “dãy số của mình”.")
_PRIVATE = N_("Ai cũng đọc được trang này, nên đừng ghi đường dẫn, địa chỉ, tên trường lớp, cách liên lạc. Hãy bỏ đi.")
# A school or class by name; "mã lớp" and "phòng lớp" pass.
_SCHOOL = re.compile(r"\b[Tt]rường\s+(?:THCS|THPT|TH|tiểu học|mầm non|trung học|[A-ZĐ])|\b[Ll]ớp\s+\d")


def clean_problem(typed: str) -> str:
    """Returns the problem as one line; raises InvalidInput for an empty or too long one."""
    text = " ".join(nfc(typed).split())
    if not text:
        raise InvalidInput(N_("Hãy ghi chỗ bị kẹt, trong một dòng."), field="problem")
    if len(text) > MAX_PROBLEM_CHARS:
        raise InvalidInput(N_("Dài quá: nhiều nhất %(most)s chữ cái."), field="problem", most=MAX_PROBLEM_CHARS)
    return text


def clean_answer(typed: str) -> str:
    """Returns the answer with its lines, without empty ones; raises InvalidInput for a wrong length."""
    lines = (" ".join(line.split()) for line in nfc(typed).splitlines())
    text = "\n".join(line for line in lines if line)
    if len(text) < MIN_ANSWER_CHARS:
        raise InvalidInput(N_("Hãy viết từng bước một, để người đọc làm theo được."), field="answer")
    if len(text) > MAX_ANSWER_CHARS:
        raise InvalidInput(N_("Dài quá: nhiều nhất %(most)s chữ cái."), field="answer", most=MAX_ANSWER_CHARS)
    return text


def check_public(problem: str, answer: str, names: Iterable[tuple[str, str]]) -> None:
    """Raises InvalidInput for a text that does not belong on a public page, SaidDanger for a call for help.

    `names` are the display and full names of both sides. A long number and private data of any kind are refused, even
    such as a conversation only warns of.
    """
    listen(f"{problem}\n{answer}")
    known = list(names)
    for field, text, before in (("problem", problem, []), ("answer", answer, [problem])):
        for_minor(text, field=field, before=before, open_to=OPEN_TO)
        if LONG_NUMBER.search(text):
            raise InvalidInput(_LONG_NUMBER, field=field)
        found = screen_text(text, minor=True).hits
        if _SCHOOL.search(text) or any(hit.kind in PRIVATE and hit.end > hit.start for hit in found):
            raise InvalidInput(_PRIVATE, field=field)
        for called, full in known:
            if name := _named(text, called, full):
                raise InvalidInput(
                    N_("Chữ “%(name)s” giống tên người trong buổi học. Hãy viết “bạn ấy”, “người học”, hoặc bỏ tên."),
                    field=field, name=name,
                )  # fmt: skip


def _named(text: str, called: str, full: str) -> str:
    """Returns the name that a text holds, as written there, or "".

    A display name counts with its capital letter, or after a form of address. Of a full name two words in a row count.
    """
    written = _WORD.findall(text)
    folded, wanted = [fold(word) for word in written], words(called)
    capitals = [word[:1].isupper() for word in written]
    size = len(wanted)
    for at in range(len(written) - size + 1 if size else 0):
        if folded[at : at + size] != wanted:
            continue
        exact = [word.lower() for word in written[at : at + size]] == called.lower().split()
        addressed = at > 0 and folded[at - 1] in _BEFORE
        if addressed or (exact and all(capitals[at : at + size])):
            return " ".join(written[at : at + size])
    whole = words(full)
    for first in range(len(whole) - 1):
        pair = whole[first : first + 2]
        for at in range(len(written) - 1):
            if folded[at : at + 2] == pair and capitals[at]:
                return " ".join(written[at : at + 2])
    return ""
