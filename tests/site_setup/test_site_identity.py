"""What a site calls itself: colours that can be read, and one name on pages, in the manifest, in letters."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale, gettext
from hypothesis import given
from hypothesis import strategies as st

from tutoring.kernel import overrides
from tutoring.kernel import site_settings as kernel_site_settings
from tutoring.kernel.db import db
from tutoring.kernel.errors import InvalidInput
from tutoring.kernel.site_identity import (
    GROUND,
    LEAST_CONTRAST,
    SHIPPED_COLOUR,
    contrast,
    dark_enough,
    keep_logo,
    named,
    site_name,
    wash_of,
)
from tutoring.notifications.channels.mail import Parts, as_html
from tutoring.web.site_identity import colours_css

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


class Who:
    id = 1


def put(name: str, value: str | None) -> None:
    kernel_site_settings.put(Who, name, value, "thử")


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.01)
    assert contrast(SHIPPED_COLOUR, "#ffffff") == pytest.approx(9.79, abs=0.01)  # as tokens.css says


@given(COLOURS)
def test_of_each_colour_there_is_a_shade_and_a_tint_that_are_read_well(colour: str) -> None:
    shade = dark_enough(colour)
    assert contrast(shade, GROUND) >= LEAST_CONTRAST and dark_enough(shade) == shade
    assert contrast(shade, wash_of(shade)) >= LEAST_CONTRAST


def test_a_colour_that_is_too_light_is_refused_with_one_that_fits(app: Flask) -> None:
    with app.app_context():
        with pytest.raises(InvalidInput) as refused:
            put("site_colour", "#ff8800")
        darker = refused.value.params["darker"]
        assert refused.value.params["ratio"] == "2,3" and darker in str(refused.value)
        put("site_colour", darker)
        for wrong in ("red", "#fff", "#12345g", "#173f8f;}"):
            with pytest.raises(InvalidInput):
                put("site_colour", wrong)


@pytest.mark.parametrize("name", ["<b>Trường</b>", "100% học", "A", "Học & chơi", 'Tên "trang"', "x" * 41])
def test_a_name_that_pages_and_texts_cannot_hold_is_refused(app: Flask, name: str) -> None:
    with app.app_context(), pytest.raises(InvalidInput):
        put("site_name", name)


def test_the_name_follows_in_title_bar_manifest_texts_and_letters(app: Flask, client: FlaskClient) -> None:
    assert "– Cùng Học</title>" in client.get("/help").text
    with app.app_context():
        put("site_name", "Lớp Học An Khánh")
    page = client.get("/help").text
    assert "– Lớp Học An Khánh</title>" in page and "<span>Lớp Học An Khánh</span>" in page
    assert 'href="/site.webmanifest"' in page and "Cùng Học" not in page
    manifest = client.get("/site.webmanifest")
    assert manifest.mimetype == "application/manifest+json"
    assert manifest.get_json(force=True)["name"] == manifest.get_json(force=True)["short_name"] == "Lớp Học An Khánh"
    with app.test_request_context():
        for language in ("vi", "en"):
            with force_locale(language):
                assert "Lớp Học An Khánh" in gettext("Máy này nhận được thông báo của Cùng Học.")
                assert "Cùng Học" in gettext("Cùng Học, giấy phép CC BY 4.0.")  # the authors of the lessons
        parts = Parts("", ("Một lời.",), "Mở", "/", "Vì sao", "Chọn", "/", "", "", "", "vi")
        assert "Lớp Học An Khánh" in as_html(parts) and "Cùng Học" not in as_html(parts)
    with app.app_context():
        put("site_name", None)
    assert "– Cùng Học</title>" in client.get("/help").text


def test_the_name_of_another_process_shows_without_a_restart(app: Flask, client: FlaskClient) -> None:
    client.get("/help")
    with app.app_context():
        put("site_name", "Trang Mới")
        overrides.forget()  # as when the moment is over for which a process does not ask
    assert client.get("/help").text.count("Trang Mới") >= 2


def test_without_an_application_the_name_is_the_shipped_one() -> None:
    assert site_name() == site_name(asks=False) == "Cùng Học"
    assert named("Mở Cùng Học", "Trang") == "Mở Trang"


def test_own_colours_are_a_style_sheet_of_this_site_and_only_strong_ones_have_one(
    app: Flask, client: FlaskClient
) -> None:
    assert "/site/colours/" not in client.get("/help").text
    with app.app_context():
        put("site_colour", "#7a0c2e")
    page = client.get("/help").text
    assert 'href="/site/colours/7a0c2e/auto?v=' in page and 'content="#53081f"' in page
    sheet = client.get("/site/colours/7a0c2e/auto")
    assert sheet.mimetype == "text/css" and "--primary:#7a0c2e" in sheet.text
    assert "immutable" in sheet.headers["Cache-Control"]
    for wrong in ("ff8800/auto", "7a0c2e/pink", "7a0c2/auto", "7A0C2E/auto"):
        assert client.get(f"/site/colours/{wrong}").status_code == 404
    assert "--primary" not in colours_css("#7a0c2e", "dark").partition("@media print")[0]
    assert "--primary" not in colours_css(SHIPPED_COLOUR, "auto") and ".renamed" in colours_css(SHIPPED_COLOUR, "auto")


def test_a_logo_stands_in_bar_icon_and_manifest(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        digest = keep_logo(b"RIFF....WEBP", 256)
        db.session.commit()
        put("site_logo", digest)
        with pytest.raises(InvalidInput):
            put("site_logo", "0" * 16)
    page = client.get("/help").text
    assert page.count(f"/site/logo/{digest}") == 3 and 'class="brand own"' in page
    sent = client.get(f"/site/logo/{digest}")
    assert sent.data == b"RIFF....WEBP" and "sandbox" in sent.headers["Content-Security-Policy"]
    (icon,) = client.get("/site.webmanifest").get_json(force=True)["icons"]
    assert icon["sizes"] == "256x256" and icon["src"].endswith(digest)
    assert client.get(f"/site/logo/{'0' * 16}").status_code == 404


def test_an_administrator_cannot_name_the_site_with_what_children_must_not_read(
    as_: Callable[[str], FlaskClient], app: Flask
) -> None:
    told = {"value": "Gọi 0912 345 678", "reason": "thử", "version": "0"}
    answer = as_("admin1").post("/admin/settings/site_name", data=told)
    assert answer.status_code == 422
    with app.app_context():
        assert site_name() == "Cùng Học"
