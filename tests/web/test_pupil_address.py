"""Texts say "bạn" to their reader, and a pupil reads "em": on pages, in refusals, notices, letters and over sockets."""

import re
from collections.abc import Callable

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from flask_babel import gettext, ngettext

from tests.factories import World, person
from tests.rooms.conftest import open_pair
from tutoring.kernel.db import db
from tutoring.notifications.inbox.commands import notify
from tutoring.web.i18n import addressed_to, for_pupil

As = Callable[[str], FlaskClient]
ME = re.compile(r"(?<![Cc]húng )(?<![Cc]on của )\b[Tt]ôi\b")
YOU = re.compile(r"\b[Bb]ạn\b(?! (?:bè|đồng hành|khác))")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Bạn chưa nhờ giúp lần nào", "Em chưa nhờ giúp lần nào"),
        ("Máy này của bạn. Bạn giữ mã nhé.", "Máy này của em. Em giữ mã nhé."),
        ("Đã gửi.", "Đã gửi."),
        ("Người bạn chọn được hỏi trước.", "Người em chọn được hỏi trước."),
        # in the reader's own voice
        ("Phòng học của tôi", "Phòng học của em"),
        ("Tôi bận, tạm đừng hỏi tôi", "Em bận, tạm đừng hỏi em"),
        ("Chúng tôi chỉ ghép hai người.", "Chúng tôi chỉ ghép hai người."),
        ("Mở trang Tài khoản, mục Con của tôi.", "Mở trang Tài khoản, mục Con của tôi."),
        ("Bạn thôi hỏi, rồi quay lại.", "Em thôi hỏi, rồi quay lại."),
        # friends and helpers
        ("Giới thiệu làm bạn đồng hành", "Giới thiệu làm bạn đồng hành"),
        ("%(n)s bạn khác đang nhờ cùng bài này.", "%(n)s bạn khác đang nhờ cùng bài này."),
        ("tách khỏi gia đình, bạn bè", "tách khỏi gia đình, bạn bè"),
        ("Hai bên có gặp nhau không?", "Hai bên có gặp nhau không?"),
        ("bạn %(name)s", "bạn %(name)s"),
        # written for pupils
        ("Em chỉ cho bạn tự làm, không làm bài thay bạn.", "Em chỉ cho bạn tự làm, không làm bài thay bạn."),
        ("Nếu bạn gặp nguy hiểm, hãy gọi. Chuyện của trẻ em thì gọi 111.",
         "Nếu em gặp nguy hiểm, hãy gọi. Chuyện của trẻ em thì gọi 111."),
    ],
)  # fmt: skip
def test_who_is_meant_is_told_apart(text: str, read: str) -> None:
    assert for_pupil(text) == read


def test_a_letter_speaks_to_whom_it_goes(inside: World) -> None:
    say = "Bạn có %(num)d thông báo mới"
    for name, word in {"khoa": "Em", "minh": "Em", "lan": "Bạn"}.items():
        with addressed_to(person(inside[name])):
            assert ngettext(say, say, 2) == f"{word} có 2 thông báo mới"
            assert gettext("Bạn cần đăng nhập trước.").startswith(word)
    assert "pupil" not in g and gettext("Bạn cần đăng nhập trước.").startswith("Bạn")


def test_a_letter_in_english_is_the_same_for_all(inside: World) -> None:
    minh = person(inside["minh"])
    minh.language = "en"
    with addressed_to(minh):
        assert gettext("Bạn cần đăng nhập trước.") == "You need to sign in first."


PAGES = (
    "/", "/ask", "/requests", "/helping", "/weekly", "/hours", "/sessions", "/rooms", "/notices", "/lessons", "/search",
    "/practice", "/notebook", "/account", "/account/profile", "/calendar", "/notices/choices", "/my-reports", "/report",
    "/acts-about-me", "/safety", "/minutes", "/units", "/nothing-here",
)  # fmt: skip


@pytest.mark.parametrize("name", ["minh", "khoa"])
def test_no_page_of_a_pupil_says_ban(as_: As, name: str) -> None:
    client = as_(name)
    for path in PAGES:
        page = client.get(path, follow_redirects=True).text
        assert "<main" in page, path
        words = re.sub(r"<(style|script)\b.*?</\1>|<[^>]*>", "", page, flags=re.S)
        assert YOU.findall(words) == [], path
        assert ME.findall(words) == [], path


def test_a_room_says_em_to_the_pupil_and_ban_to_the_mother(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        room = open_pair(world)
    minh, lan = as_("minh").get(f"/rooms/{room}").text, as_("lan").get(f"/rooms/{room}").text
    assert "Minh</b> (em" in minh and YOU.search(minh) is None
    assert "(bạn" in lan


def test_a_refusal_says_em(app: Flask, world: World, as_: As) -> None:
    said = {name: as_(name).get("/khong-co-trang-nay").text for name in ("minh", "lan")}
    assert "hoặc em không có quyền xem" in said["minh"] and "hoặc bạn không có quyền xem" in said["lan"]


def test_a_notice_is_stored_once_and_read_by_each(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        for name in ("minh", "lan"):
            notify(world[name], "returned:1:1", "Người nhận giúp vừa bận. Yêu cầu của bạn vẫn giữ chỗ cũ trong hàng.")
        db.session.rollback()
    assert "Yêu cầu của em vẫn giữ chỗ" in as_("minh").get("/notices").text
    assert "Yêu cầu của bạn vẫn giữ chỗ" in as_("lan").get("/notices").text


def test_a_visitor_reads_ban(app: Flask, world: World) -> None:
    assert re.search(r"\b[Bb]ạn\b", app.test_client().get("/sign-in").text)
