"""The pages of documentation: links lead somewhere, and the site of `dev.py docs` has each page once."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from development import documentation
from tutoring.config import ROOT

DOCS = ROOT / "docs"
PAGES = sorted((*DOCS.rglob("*.md"), *(ROOT / name for name in documentation.BESIDE)))
LINK = re.compile(r"\]\(([^)\s]+)\)")
ENTRIES = {"Operator of a server", "Teacher or ward staff", "Lesson author", "Developer", "Security reviewer"}


def links(page: Path) -> list[str]:
    """The links of a page; what stands in code is none."""
    return LINK.findall(re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text("utf-8"), flags=re.DOTALL))


def anchors(page: Path) -> set[str]:
    """The headings of a page as the repository's host and MkDocs name them."""
    heads = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads}


def named(part: Any) -> list[str]:
    if isinstance(part, str):
        return [part]
    return [name for one in (part.values() if isinstance(part, dict) else part) for name in named(one)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_of_a_page_lead_to_files_and_headings(page: Path) -> None:
    for link in links(page):
        if "://" in link or link.startswith("mailto:"):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path) if path else page
        assert target.exists(), link
        assert not anchor or target.suffix != ".md" or anchor in anchors(target), link


def test_the_site_has_every_page_once_with_an_entry_for_each_reader() -> None:
    nav = yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))["nav"]
    there = {page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md")} | set(documentation.BESIDE.values())
    assert sorted(named(nav)) == sorted(there)
    assert {title for one in nav for title in one} >= ENTRIES


def test_links_between_pages_stay_within_the_site(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(documentation, "SOURCE", tmp_path / "source")
    documentation.collect()
    pages = sorted((tmp_path / "source").rglob("*.md"))
    assert len(pages) == len(PAGES)
    for page in pages:
        for link in links(page):
            if "://" not in link and not link.startswith(("#", "mailto:")):
                assert (page.parent / link.partition("#")[0]).is_file(), f"{page.name}: {link}"


def test_the_site_asks_no_other_origin_for_anything() -> None:
    settings = yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))
    assert settings["theme"] == {"name": "mkdocs", "highlightjs": False} and settings["plugins"] == ["search"]
    assert not {"extra_css", "extra_javascript"} & set(settings)


def test_the_pictures_of_the_readme_are_small() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    pictures = re.findall(r"!\[([^\]]+)\]\((docs/pictures/[^)]+)\)", readme)
    assert len(pictures) == 3 and all(words for words, _ in pictures)
    assert {path for _, path in pictures} == {f"docs/pictures/{one.name}" for one in (DOCS / "pictures").iterdir()}
    assert all((ROOT / path).stat().st_size <= 60_000 for _, path in pictures)
    order = [readme.index(f"\n## {title}") for title in ("Try it", "Run it for real", "Work on it")]
    assert order == sorted(order)
