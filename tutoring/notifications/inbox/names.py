"""Names of people in notices: stored as the owner of the inbox says them, and bare for other languages."""

from collections.abc import Mapping
from typing import Any

from tutoring.accounts.models import User

BARE = "bare_"  # the key of the bare name begins with this


def with_names(params: Mapping[str, Any], say: str, reader: User | None) -> dict[str, Any]:
    """Replaces the users among the parameters of a text by their names: "em Khoa", and bare under a second key.

    A name is written large at the beginning of a sentence.
    """
    found: dict[str, Any] = {}
    for key, value in params.items():
        if isinstance(value, User):
            found[key] = value.shown_to(reader) if _begins(say, key) else value.said_by(reader)
            found[BARE + key] = value.called_name
        else:
            found[key] = value
    return found


def _begins(say: str, key: str) -> bool:
    before = say.partition(f"%({key})s")[0].rstrip()
    return not before or before.endswith((".", "?", "!"))


def in_language(params: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Returns the parameters for a text in this language; forms of address are Vietnamese only."""
    plain = {key: value for key, value in params.items() if not key.startswith(BARE)}
    if language == "vi":
        return plain
    return plain | {key: params[BARE + key] for key in plain if BARE + key in params}
