"""The delivery channels of notifications, behind one interface.

The inbox is the source of truth. A channel only says that there is something and where to read it. It never sends
user-written text or a child's name.
"""

from dataclasses import dataclass
from typing import Protocol

from tutoring.accounts.models import User


@dataclass(frozen=True)
class OutgoingMessage:
    """An outgoing message: sentences in the user's language, a path, and a key for repeats."""

    subject: str
    lines: tuple[str, ...]
    path: str
    key: str
    topics: tuple[str, ...] = ()  # what it is about, for the unsubscribe link of just these topics


class Unreachable(Exception):
    """The channel cannot reach this user any more (an address is gone), so retries are useless."""


class Channel(Protocol):
    """One channel. `name` identifies it in preferences and job rows: mail, push, sms."""

    name: str

    def ready(self) -> bool:
        """Returns whether the site is configured for this channel."""

    def reaches(self, person: User) -> bool:
        """Returns whether this user has an address for this channel."""

    def deliver(self, person: User, letter: OutgoingMessage) -> None:
        """Sends now, outside any transaction; raises Unreachable, or any other error for a retry."""


# The same for every application of a process: a channel holds no setting, but finds those of the running application.
CHANNELS: dict[str, Channel] = {}


def add(channel: Channel) -> None:
    """Registers a channel; called for each when an application starts."""
    CHANNELS[channel.name] = channel
