"""Lines that become somebody's in the same moment: after a restart a thousand of them, for the price of a few.

They come from several threads, and one of them asks for all (`kernel/batching.py`): whose the tokens are, how often
each has come lately, one transaction for their rows, and whether each sign-in still holds.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from tutoring.kernel import database_timeouts, rate_limits
from tutoring.kernel.batching import CallCoalescer
from tutoring.kernel.errors import DomainError
from tutoring.web.auth import SignedOut
from tutoring.web.socket_batching import IdentityProvider, SocketOwner


@dataclass
class Came:
    """A line, and the token of the sign-in that it says it has."""

    sid: str
    token: str


@dataclass
class Admitted:
    """Whose the line is, and older ones of the same sign-in that are too many now."""

    seat: SocketOwner
    spare: list[str] = field(default_factory=list)


class Signed(NamedTuple):
    """A row to be written: whose a line is to be."""

    sid: str
    sign_in_id: int
    user_id: int


class Arrivals:
    """Admits lines, and lets them go."""

    def __init__(self, people: IdentityProvider) -> None:
        self._people = people
        self._coming: CallCoalescer[Came, Admitted] = CallCoalescer(self._together)
        self._going: CallCoalescer[str, None] = CallCoalescer(self._gone)

    def admit(self, came: Came) -> Admitted:
        """Have this line written down as somebody's; raises SignedOut and TooMany. In an application context."""
        return self._coming.do(came)

    def gone(self, sid: str) -> None:
        """Note that a line is no more."""
        self._going.do(sid)

    def gone_together(self, sids: list[str]) -> None:
        """The same of many, in one transaction."""
        self._gone(sids)

    def _gone(self, sids: list[str]) -> list[Exception | None]:
        with database_timeouts.time_budget(database_timeouts.REQUEST):
            self._people.closed(sids)
        return [None] * len(sids)

    def _together(self, some: list[Came]) -> list[Admitted | Exception]:
        with database_timeouts.time_budget(database_timeouts.REQUEST):
            return self._admitted(some)

    def _admitted(self, some: list[Came]) -> list[Admitted | Exception]:
        known = self._people.signed({one.token for one in some})
        lines = [Signed(one.sid, *known[one.token]) for one in some if one.token in known]
        counted = rate_limits.hit_each("connect", [line.sign_in_id for line in lines])
        answers: dict[str, Admitted | DomainError] = {
            line.sid: refusal for line, refusal in zip(lines, counted, strict=True) if refusal is not None
        }
        ready = [line for line in lines if line.sid not in answers]
        while ready:  # of each sign-in one at a time: which of its lines are too many depends on the last
            first = {line.sign_in_id: line for line in reversed(ready)}
            answers |= self._written(list(first.values()))
            ready = [line for line in ready if line.sid not in answers]
        return [answers.get(one.sid) or SignedOut() for one in some]

    def _written(self, lines: list[Signed]) -> dict[str, Admitted | DomainError]:
        """The rows are committed first and the sign-ins asked for again after it: an ending that came in between either
        found the row, or is seen here."""
        spare = self._people.opened(lines)
        holding, _unnoted = self._people.people({line.sign_in_id for line in lines})
        if over := [line.sid for line in lines if line.sign_in_id not in holding]:
            self._people.closed(over)
        return {
            line.sid: Admitted(SocketOwner(line.sign_in_id, line.user_id), spare[line.sid])
            if line.sign_in_id in holding
            else SignedOut()
            for line in lines
        }
