"""Every text of the code, as `flask texts update` finds it: looked for once for all processes of the tests."""

import tempfile
from pathlib import Path

from tests import computed
from tutoring.cli import translations
from tutoring.config import ROOT


def write(pot: Path) -> None:
    """Write the catalogue template of the code as it is now."""
    files = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "static").rglob("*.js"), ROOT / "babel.cfg"]
    pot.write_bytes(computed.kept("texts", _extracted, files))


def _extracted() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        pot = Path(folder) / "messages.pot"
        translations.extract(pot)
        return pot.read_bytes()
