"""What people type, over the whole real bank: it leads to the lesson they mean, in the same order on both databases."""

from itertools import zip_longest

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.parametrize import some
from tutoring.kernel.db import db
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.lessons.search.models import SearchDocument
from tutoring.lessons.search.queries import Suggestion, search, suggest

# What is typed, and the lesson that must be among the first three.
TYPED = {
    # as the title says it, with and without accents
    "Bật máy và làm quen màn hình": "bat-may-lam-quen",
    "bat may": "bat-may-lam-quen",
    "gõ tiếng Việt có dấu": "go-tieng-viet-co-dau",
    "go tieng viet": "go-tieng-viet-co-dau",
    "kết nối wifi": "ket-noi-wifi-4g",
    "tiết kiệm dữ liệu": "xem-va-tiet-kiem-du-lieu",
    "tiet kiem 4g": "xem-va-tiet-kiem-du-lieu",
    "cài ứng dụng": "cai-ung-dung-chinh-thuc",
    "cai app": "cai-ung-dung-chinh-thuc",
    "khoá màn hình": "mat-khau-khoa-man-hinh",
    "khóa màn hình": "mat-khau-khoa-man-hinh",
    "mat khau": "mat-khau-khoa-man-hinh",
    "mk": "mat-khau-khoa-man-hinh",
    "chụp giấy tờ": "chup-giay-to-ro-net",
    "chup giay to bi mo": "chup-giay-to-ro-net",
    "máy mượn": "nhan-may-tang-may-muon",
    "may tang": "nhan-may-tang-may-muon",
    "vào lớp bằng đường dẫn": "vao-lop-bang-duong-dan",
    "vao lop": "vao-lop-bang-duong-dan",
    "zoom": "vao-lop-bang-duong-dan",
    "mã phòng": "vao-lop-bang-duong-dan",
    "giơ tay": "mic-camera-gio-tay",
    "bat mic": "mic-camera-gio-tay",
    "mất tiếng": "mat-tieng-mat-hinh-rot-mang",
    "khong nghe duoc": "mat-tieng-mat-hinh-rot-mang",
    "rot mang": "mat-tieng-mat-hinh-rot-mang",
    "nộp bài tập": "chup-va-nop-bai",
    "nop bai": "chup-va-nop-bai",
    "hệ thống học tập của trường": "he-thong-hoc-tap-cua-truong",
    "hỏi AI": "tim-tai-lieu-dang-tin",
    "tìm tài liệu": "tim-tai-lieu-dang-tin",
    "bạn đồng hành": "nho-ban-dong-hanh",
    "gia sư": "nho-ban-dong-hanh",
    "góc học": "goc-hoc-va-gio-hoc",
    "thời gian màn hình": "thoi-gian-man-hinh",
    "quản lý máy của con": "quan-ly-may-cua-con",
    "tài khoản của con": "tai-khoan-con-duoi-16",
    "liên lạc thầy cô": "lien-lac-thay-co",
    "học phí": "dong-hoc-phi-hoa-don",
    "hoc phi": "dong-hoc-phi-hoa-don",
    "hoá đơn": "dong-hoc-phi-hoa-don",
    "lừa đảo": "nhan-biet-lua-dao",
    "cuoc goi la": "nhan-biet-lua-dao",
    "scam": "nhan-biet-lua-dao",
    "otp": "otp-khong-doc-cho-ai",
    "mã xác nhận": "otp-khong-doc-cho-ai",
    "trang giả": "cong-va-ung-dung-gia",
    "lỡ bấm link lạ": "lo-bam-link-la",
    "lo bam link": "lo-bam-link-la",
    "hình ảnh của con": "giu-thong-tin-cua-con",
    "bắt nạt": "bi-bat-nat-goi-111",
    "bat nat": "bi-bat-nat-goi-111",
    "VNeID mức 2": "vneid-muc-2",
    "vneid": "vneid-muc-2",
    "đăng nhập cổng dịch vụ công": "dang-nhap-cong-quoc-gia",
    "dvc": "dang-nhap-cong-quoc-gia",
    "toàn trình": "doc-mot-thu-tuc",
    "trích lục khai sinh": "nop-ho-so-dau-tien",
    "trich luc khai sanh": "nop-ho-so-dau-tien",
    "nộp hồ sơ": "nop-ho-so-dau-tien",
    "đăng ký tạm trú": "dang-ky-tam-tru",
    "tam tru": "dang-ky-tam-tru",
    "tuyển sinh lớp 1": "tuyen-sinh-dau-cap",
    "bhyt": "the-bhyt-va-ly-lich-tu-phap",
    "lý lịch tư pháp": "the-bhyt-va-ly-lich-tu-phap",
    "nộp phạt": "nop-phi-truc-tuyen",
    "lệ phí": "nop-phi-truc-tuyen",
    "mã hồ sơ": "tra-cuu-bo-sung-ho-so",
    "tra cuu ho so": "tra-cuu-bo-sung-ho-so",
    "hướng dẫn mà không làm thay": "huong-dan-khong-lam-thay",
    "khu phố điện tử": "dieu-phoi-khu-pho-dien-tu",
    # staff
    "tập huấn": "ky-nang-so-cho-can-bo",
    "cán bộ một cửa": "dung-he-thong-dung-chung",
    "công chức văn hoá": "ky-nang-so-cho-can-bo",
    "an toan thong tin": "an-toan-thong-tin-noi-lam-viec",
    "lộ dữ liệu": "an-toan-thong-tin-noi-lam-viec",
    "trạng thái hồ sơ": "dung-he-thong-dung-chung",
    "tham mưu": "tham-muu-chuyen-doi-so",
    "kế hoạch tháng": "tham-muu-chuyen-doi-so",
    "loa phuong": "truyen-thong-de-hieu",
    "tờ rơi": "truyen-thong-de-hieu",
    # the keyboard was off, a finger slipped, words in another order
    "ddawng kys tamj truws": "dang-ky-tam-tru",
    "mã otpp": "otp-khong-doc-cho-ai",
    "luaw ddaor": "nhan-biet-lua-dao",
    "tam truu dang ky": "dang-ky-tam-tru",
    "lớp vào": "vao-lop-bang-duong-dan",
    "bắt nạtt": "bi-bat-nat-goi-111",
}
ENGLISH = {
    "switch on": "bat-may-lam-quen",
    "join class": "vao-lop-bang-duong-dan",
    "scam calls": "nhan-biet-lua-dao",
    "one-time code": "otp-khong-doc-cho-ai",
    "bullied": "bi-bat-nat-goi-111",
}

Order = list[tuple[str, int]]


def order(app: Flask, typed: str, lang: str = "vi") -> Order:
    with app.app_context():
        return [(slug, number or 0) for slug, number in search(typed, lang, limit=50).places()]


def offered(app: Flask, typed: str) -> list[Suggestion]:
    with app.app_context():
        return suggest(typed, "vi")


def astray(apps: tuple[Flask, Flask], lang: str, some: dict[str, str]) -> list[str]:
    """What of these does not lead to its lesson, or not in the same order on both."""
    found = []
    for typed, slug in some.items():
        sqlite, postgres = (order(app, typed, lang) for app in apps)
        if sqlite != postgres or slug not in [place for place, number in sqlite if not number][:3]:
            at = next((n for n, pair in enumerate(zip_longest(sqlite, postgres)) if pair[0] != pair[1]), 0)
            found.append(f"{typed!r} to {slug}, from {at}: {sqlite[at : at + 3]}, {postgres[at : at + 3]}")
    return found


@pytest.mark.parametrize("share", some(0, rest=(1, 2, 3)))
def test_what_is_typed_leads_to_the_lesson_in_the_same_order_on_both(
    both_apps: tuple[Flask, Flask], share: int
) -> None:
    assert astray(both_apps, "vi", dict(list(TYPED.items())[share::4])) == []


@pytest.mark.parametrize("share", some(0, rest=(1,)))
def test_english_words_lead_there_too(both_apps: tuple[Flask, Flask], share: int) -> None:
    assert astray(both_apps, "en", dict(list(ENGLISH.items())[share::2])) == []


@pytest.mark.full  # that the lesson is among the first ones is looked at above
def test_the_first_hit_is_mostly_the_one_that_was_meant(both_apps: tuple[Flask, Flask]) -> None:
    first = [order(both_apps[0], typed)[0][0] == slug for typed, slug in TYPED.items()]
    assert len(TYPED) >= 60
    assert sum(first) / len(first) >= 0.85


@pytest.mark.parametrize(
    "typed", ["o", "ho", "a b c d e f", "1", "4G", "16 tuổi", "e", "không", 'x" OR y', "a*", "(", "né'"]
)
def test_odd_searches_too_give_the_same_order_on_both(both_apps: tuple[Flask, Flask], typed: str) -> None:
    sqlite, postgres = (order(app, typed) for app in both_apps)
    assert sqlite == postgres


@pytest.mark.parametrize("share", some(0, rest=(4,)))
def test_the_same_titles_are_offered_on_both(both_apps: tuple[Flask, Flask], share: int) -> None:
    for typed in list(TYPED)[share::8]:
        for cut in (2, 4, len(typed)):
            sqlite, postgres = (offered(app, typed[:cut]) for app in both_apps)
            assert sqlite == postgres, typed[:cut]


def test_they_are_two_databases_with_the_same_documents(both_apps: tuple[Flask, Flask]) -> None:
    seen = []
    for app in both_apps:
        with app.app_context():
            places = db.session.execute(sa.select(SearchDocument.lang, SearchDocument.place)).all()
            seen.append((db.engine.dialect.name, {tuple(one) for one in places}))
    assert [name for name, _ in seen] == ["sqlite", "postgresql"]
    assert seen[0][1] == seen[1][1] and len(seen[0][1]) > 500


def test_every_title_finds_itself_first(both_apps: tuple[Flask, Flask]) -> None:
    with both_apps[0].app_context():
        lessons = {one.title: one.slug for path in catalogue_queries.paths("vi") for one in path.lessons}
    assert len(lessons) >= 43 and all(order(both_apps[0], title)[0] == (slug, 0) for title, slug in lessons.items())
