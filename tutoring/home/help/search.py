"""Finds help by words: its pages, and a few other pages under synonyms."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from flask import url_for
from flask_babel import gettext

from tutoring.home.help import catalogue
from tutoring.kernel.text import N_, contains_words, search_text

MAX_HITS = 5


@dataclass(frozen=True)
class FoundHelp:
    """A help page found, in the reader's language."""

    title: str
    path: str


# Endpoint, title, and synonyms that people search for.
_PAGES = (
    ("home.help", N_("Trợ giúp và an toàn"), "giúp đỡ an toàn gọi khẩn cấp 111 113 115 số điện thoại help emergency"),
    ("moderation.report", N_("Báo chuyện không ổn"), "báo xấu bắt nạt lừa đảo quấy rối đòi tiền report bully"),
    ("accounts.forgot", N_("Đặt lại mật khẩu"), "quên mật khẩu không vào được tài khoản forgot password"),
    ("community.join", N_("Tôi có mã tham gia"), "mã tham gia đăng ký vào lớp vào nhóm join code"),
    ("help.status", N_("Tình trạng của trang"), "trang chậm lỗi hỏng không vào được status down"),
)


def find(looked_for: Sequence[str], language: str, held: Collection[str]) -> list[FoundHelp]:
    """Finds help that contains all these words.

    Pages with the words in the title come first; within a group, pages for the user's roles.
    """
    if not looked_for:
        return []
    few = [
        FoundHelp(gettext(title), url_for(endpoint))
        for endpoint, title, more in _PAGES
        if contains_words(search_text(f"{title} {gettext(title)} {more}"), looked_for)
    ]
    pages = []
    for page in catalogue.pages("", held):
        text = page.texts[language]
        title, whole = _rows(text.title, page.texts["vi"].title, text.summary, *(part.title for part in text.parts))
        if contains_words(whole, looked_for):
            found = FoundHelp(text.title, url_for("help.page", slug=page.head.id))
            pages.append((not contains_words(title, looked_for), found))
    return [*few, *(found for _, found in sorted(pages, key=lambda row: row[0]))][:MAX_HITS]


@lru_cache(maxsize=1000)
def _rows(title: str, original: str, *more: str) -> tuple[str, str]:
    return search_text(f"{title} {original}"), search_text(" ".join((title, original, *more)))
