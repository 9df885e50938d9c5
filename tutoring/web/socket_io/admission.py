"""Authenticates many new connections with a constant number of queries.

After a restart a thousand may connect at once. They come from several threads, and one thread does the work of all
(`kernel/batching.py`). It resolves the tokens, checks the rate limits and writes the rows in one transaction. Then it
checks whether each sign-in still holds.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from tutoring.kernel import rate_limits
from tutoring.kernel.batching import CallCoalescer
from tutoring.kernel.database import timeouts
from tutoring.kernel.errors import DomainError
from tutoring.web.auth import SignInRequired
from tutoring.web.socket_io.batching import IdentityProvider, SocketOwner


@dataclass
class Came:
    """A new connection and the sign-in token that it presents."""

    sid: str
    token: str


@dataclass
class Admitted:
    """The owner of the connection, and older connections of the sign-in beyond the limit."""

    seat: SocketOwner
    spare: list[str] = field(default_factory=list)


class Signed(NamedTuple):
    """A row to write: the future owner of a connection."""

    sid: str
    sign_in_id: int
    user_id: int


class Arrivals:
    """Admits connections and removes them."""

    def __init__(self, people: IdentityProvider) -> None:
        self._people = people
        self._coming: CallCoalescer[Came, Admitted] = CallCoalescer(self._together)
        self._going: CallCoalescer[str, None] = CallCoalescer(self._gone)

    def admit(self, came: Came) -> Admitted:
        """Records this connection's owner; raises SignedOut and RateLimited.

        Needs an application context.
        """
        return self._coming.do(came)

    def gone(self, sid: str) -> None:
        """Removes a closed connection."""
        self._going.do(sid)

    def gone_together(self, sids: list[str]) -> None:
        """Removes many closed connections in one transaction."""
        self._gone(sids)

    def _gone(self, sids: list[str]) -> list[Exception | None]:
        with timeouts.time_budget(timeouts.REQUEST):
            self._people.closed(sids)
        return [None] * len(sids)

    def _together(self, some: list[Came]) -> list[Admitted | Exception]:
        with timeouts.time_budget(timeouts.REQUEST):
            return self._admitted(some)

    def _admitted(self, some: list[Came]) -> list[Admitted | Exception]:
        known = self._people.signed({one.token for one in some})
        lines = [Signed(one.sid, *known[one.token]) for one in some if one.token in known]
        counted = rate_limits.hit_each("connect", [line.sign_in_id for line in lines])
        answers: dict[str, Admitted | DomainError] = {
            line.sid: refusal for line, refusal in zip(lines, counted, strict=True) if refusal is not None
        }
        ready = [line for line in lines if line.sid not in answers]
        while ready:  # one per sign-in at a time, because its surplus connections depend on the last one
            first = {line.sign_in_id: line for line in reversed(ready)}
            answers |= self._written(list(first.values()))
            ready = [line for line in ready if line.sid not in answers]
        return [answers.get(one.sid) or SignInRequired() for one in some]

    def _written(self, lines: list[Signed]) -> dict[str, Admitted | DomainError]:
        """Commits the rows, then queries the sign-ins again.

        A sign-out that came in between either found the row, or is noticed here.
        """
        spare = self._people.opened(lines)
        holding, _unnoted = self._people.people({line.sign_in_id for line in lines})
        if over := [line.sid for line in lines if line.sign_in_id not in holding]:
            self._people.closed(over)
        return {
            line.sid: Admitted(SocketOwner(line.sign_in_id, line.user_id), spare[line.sid])
            if line.sign_in_id in holding
            else SignInRequired()
            for line in lines
        }
