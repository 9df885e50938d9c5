"""A third language needs what docs/languages.md names and nothing else: a line, and a catalogue."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import ngettext

from tests.every_page import marked_catalogues
from tests.every_page.marked_catalogues import forget
from tests.factories import World, client_of
from tutoring.web import i18n


@pytest.fixture
def french(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """French, whose one form is for none and for one."""
    marked_catalogues.write(tmp_path, ("fr",))
    monkeypatch.setitem(i18n.LANGUAGES, "fr", "Français")
    babel = app.extensions["babel"]
    monkeypatch.setattr(babel, "translation_directories", [str(tmp_path)])
    forget(app)
    yield app
    forget(app)


@pytest.mark.full
def test_a_third_language_works_with_a_line_and_a_catalogue(french: Flask, world: World) -> None:
    visitor, minh = french.test_client(), client_of(french, world["minh"])
    assert ">Français</button>" in visitor.get("/").text
    for client, paths in (
        (visitor, ["/", "/lessons", "/lessons/vao-lop-bang-duong-dan/2", "/practice/ban-sao-khai-sinh", "/sign-in"]),
        (minh, ["/", "/ask", "/notices", "/account", "/hours", "/practice", "/lessons/vao-lop-bang-duong-dan/2"]),
    ):
        assert client.post("/language", data={"language": "fr"}).status_code == 302
        for path in paths:
            page = client.get(path)
            assert page.status_code == 200, path
            assert '<html lang="fr">' in page.text and page.text.count(marked_catalogues.OPEN) > 10, path
            assert not [
                text for text, _lang in marked_catalogues.outside(page.text) if text in ("Đăng nhập", "Bài học")
            ], path
    address = french.test_client()
    for path in ("/?lang=fr", "/lessons?lang=fr", "/embed/lessons/vao-lop-bang-duong-dan/2?lang=fr"):
        assert '<html lang="fr">' in address.get(path).text, path
    assert re.search(r'hreflang="fr" href="[^"]*/\?lang=fr"', address.get("/sitemap.xml").text)
    refused = address.get("/api/v1/token", headers={"Accept-Language": "fr, en;q=0.5"}).get_json()
    assert refused["detail"].startswith(marked_catalogues.OPEN)
    with french.test_request_context(headers={"Cookie": "language=fr"}):
        assert (
            i18n.day(date(2026, 4, 3)) == "3 avr. 2026" and i18n.day(date(2026, 4, 3), "weekday") == "vendredi 3 avr."
        )
        assert [ngettext("%(num)d phút trước", "%(num)d phút trước", n) for n in (0, 2)] == [
            "⟦0 phút trước⟧", "⟦2 phút trước⟧"
        ]  # fmt: skip
