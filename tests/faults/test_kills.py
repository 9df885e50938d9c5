"""Workers die in the middle of what they do."""

from tests.faults.kills import through_kills_on_sqlite


def test_what_was_acknowledged_survives_kills() -> None:
    through_kills_on_sqlite(kills=2, messages=150)
