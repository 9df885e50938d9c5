"""`flask texts …`: keep the English catalogue in step with the Vietnamese texts of the code."""

import tempfile
from pathlib import Path

import click
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po, write_po
from flask.cli import AppGroup

from tutoring.config import ROOT

group = AppGroup("texts", help="Translations; Vietnamese texts are the msgids.")
CATALOGUE = ROOT / "translations" / "en" / "LC_MESSAGES" / "messages.po"
KEYWORDS = ("_l", "lazy_gettext", "N_")
# Comments for translators in the code begin with this; they stand above the text in the catalogue.
COMMENT = "Translators:"


def _babel(*arguments: str) -> None:
    CommandLineInterface().run(["pybabel", "-q", *arguments])  # type: ignore[no-untyped-call]


def missing(catalogue: Path = CATALOGUE) -> list[str]:
    """Returns the texts that have no English translation yet."""
    with catalogue.open("rb") as file:
        return [str(message.id) for message in read_po(file) if message.id and not message.string]


def extract(pot: Path) -> None:
    """Writes every text of the code to a catalogue template."""
    keywords = [part for word in KEYWORDS for part in ("-k", word)]
    _babel("extract", "-F", str(ROOT / "babel.cfg"), *keywords, "-c", COMMENT, "-s", "--no-location", "--sort-output",
           "--omit-header", "-o", str(pot), str(ROOT))  # fmt: skip


def head_of(catalogue: bytes) -> bytes:
    """Returns the head of a catalogue as it stands: comments, and the fields that translators and tools write."""
    head, _empty, _rest = catalogue.partition(b"\n\n")
    return head + b"\n\n"


def refresh() -> None:
    """Updates the English catalogue from the texts of the code; removed texts are dropped."""
    with tempfile.TemporaryDirectory() as folder:
        pot = Path(folder) / "messages.pot"
        extract(pot)
        with CATALOGUE.open("rb") as old, pot.open("rb") as new:
            english = read_po(old, locale="en")
            english.update(read_po(new), no_fuzzy_matching=True)
    head = head_of(CATALOGUE.read_bytes())
    with CATALOGUE.open("wb") as file:
        # The head stays: Babel's own holds the time of this run, and would overwrite what a translation tool wrote.
        file.write(head)
        write_po(file, english, no_location=True, omit_header=True, sort_output=True, width=0, ignore_obsolete=True)


@group.command("update", with_appcontext=False)
def update() -> None:
    """Bring translations/en in step with the code, and list what has no English yet."""
    refresh()
    for text in missing():
        click.echo(text)


@group.command("compile", with_appcontext=False)
def compile_texts() -> None:
    """Compile both catalogues."""
    _babel("compile", "-d", str(ROOT / "translations"))
