"""The documentation as a site of pages, made by MkDocs from docs/ and the pages beside it."""

import re
import shutil
from pathlib import Path

import dev

MKDOCS = "mkdocs==1.6.1"  # run by uvx in an environment of its own
SOURCE = dev.ROOT / "build" / "docs-source"
# Pages outside of docs/, and their names in the site.
BESIDE = {
    "README.md": "about.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "reporting.md",
    "content/README.md": "content.md",
}
_LINK = re.compile(r"(?P<code>```.*?```|`[^`\n]*`)|\]\((?P<place>[^)#\s]+)", re.DOTALL)


def collect() -> None:
    """Copies all pages into one folder; links between them lead to the copies, links to other files are plain text."""
    shutil.rmtree(SOURCE, ignore_errors=True)
    docs = dev.ROOT / "docs"
    shutil.copytree(docs, SOURCE)
    for page in docs.rglob("*.md"):
        (SOURCE / page.relative_to(docs)).write_text(linked(page), "utf-8")
    for name, made in BESIDE.items():
        (SOURCE / made).write_text(linked(dev.ROOT / name), "utf-8")


def linked(page: Path) -> str:
    """The text of a page as it stands in the site."""
    at = page.relative_to(dev.ROOT).as_posix()
    here = "adr/" if at.startswith("docs/adr/") else ""

    def place(match: re.Match[str]) -> str:
        if match["code"] or "://" in match["place"] or match["place"].startswith("mailto:"):
            return match[0]
        target = (page.parent / match["place"]).resolve().relative_to(dev.ROOT)
        name = target.as_posix()
        if name in BESIDE:
            made = BESIDE[name]
        elif name.startswith("docs/"):
            folder = dev.ROOT / target
            made = (f"{name}/{min(folder.iterdir()).name}" if folder.is_dir() else name).removeprefix("docs/")
        else:
            return "](about.md"  # a file that is no page, such as a licence
        return "](" + ("../" if here else "") + made

    return _LINK.sub(place, page.read_text("utf-8"))


def build(into: Path) -> None:
    """Never returns; the exit status is that of MkDocs."""
    if not (dev.BIN / "uvx").exists():
        dev.install("installing uv", dev.UV)
    collect()
    words = ("--quiet", "--from", MKDOCS, "mkdocs", "build", "--strict", "--quiet", "--site-dir", into)
    dev.say(f"the pages go into {into}")
    dev.hand_over(dev.BIN / "uvx", *words, "--config-file", dev.ROOT / "mkdocs.yml", **dev.uv_settings())
