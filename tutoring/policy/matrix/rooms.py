"""Rows of the permission matrix: calls between two adults in a session of adults only."""

from tutoring.policy.matrix.rows import Line, nobody, seat
from tutoring.policy.rooms.calls import may_call


def _may(role: str, inside: bool, kind: str = "pair", minors: bool = False) -> bool:
    return role != "newcomer" and may_call(seat(role, inside, minors=minors, kind=kind), not minors, hold_all=False)


CALLS: tuple[Line, ...] = (
    Line("Calls", "in a room of adults call another one who takes part, answer, show one's screen", _may,
         ("rooms.call", "verb:call", "verb:signal")),
    Line("Calls", "the same at the desk of a ward, with whoever has come in from it",
         lambda role, inside: _may(role, inside, kind="desk")),
    Line("Calls", "call in a room with a minor", lambda role, inside: _may(role, inside, minors=True)),
    Line("Calls", "call in a lasting room", lambda role, inside: _may(role, inside, kind="class")),
    Line("Calls", "listen to a call of others, record one", nobody),
)  # fmt: skip
