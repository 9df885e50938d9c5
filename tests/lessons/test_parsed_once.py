"""A text that was parsed once is shared by all who read it, and nobody changes it."""

from pathlib import Path

import pytest

from tutoring.lessons.content import loader, markdown
from tutoring.lessons.content.loader import facts_of
from tutoring.lessons.content.rendering import Renderer

BODY = "## Mở trang {#mo-trang}\n\nBấm [vào đây](lesson:khac) rồi xem {{ gia }}.\n\n![](media:anh)\n"


def _html(prefix: str) -> str:
    steps, _stray = markdown.steps(BODY, 0)
    renderer = Renderer(
        link=lambda target: f"{prefix}{target}", fact=lambda text: text.replace("{{ gia }}", prefix),
        picture=lambda _: None,
    )  # fmt: skip
    return "".join(html for _, html in renderer.pieces(steps[0].tokens, lambda: "", ()))


def test_a_text_is_rendered_for_two_lessons_from_one_parsing() -> None:
    one = _html("https://a.example/")
    assert "https://a.example/lesson:khac" in one
    assert _html("https://b.example/") == one.replace("a.example", "b.example")
    assert _html("https://a.example/") == one


def test_steps_are_lists_of_their_own() -> None:
    first, _stray = markdown.steps(BODY, 0)
    first.clear()
    assert len(markdown.steps(BODY, 0)[0]) == 1


def test_a_file_that_changes_is_read_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loader._validated.cache_clear()
    text = 'schema: 1\nfacts:\n  gia:\n    value: {vi: "một"}\n    source: "sách"\n    as_of: 2026-11-01\n'
    (tmp_path / "facts.yml").write_text(text, "utf-8")
    before = facts_of(tmp_path)
    (tmp_path / "facts.yml").write_text(text.replace("một", "hai"), "utf-8")
    assert (before["gia"].value.vi, facts_of(tmp_path)["gia"].value.vi) == ("một", "hai")
