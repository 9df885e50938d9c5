"""The ways in which a notice leaves the site: each is asked the same three things.

The inbox is the truth and no channel; what goes out through one of these says that there is something and where to
read it, never what somebody wrote and never a child's name.
"""

from dataclasses import dataclass
from typing import Protocol

from tutoring.accounts.models import User


@dataclass(frozen=True)
class OutgoingMessage:
    """What goes out: plain sentences in the person's language, a path of this site, and a key that a repeat shares."""

    subject: str
    lines: tuple[str, ...]
    path: str
    key: str
    topics: tuple[str, ...] = ()  # what it is about, for a way to switch just that off


class Unreachable(Exception):
    """This person cannot be reached by this channel any more (an address that is gone): trying again is of no use."""


class Channel(Protocol):
    """One way out. `name` is what choices and rows of work call it: mail, push, sms."""

    name: str

    def ready(self) -> bool:
        """Whether the site is set up for it at all."""

    def reaches(self, person: User) -> bool:
        """Whether this person has given an address for it."""

    def deliver(self, person: User, letter: OutgoingMessage) -> None:
        """Send it now, outside any transaction; raises Unreachable, or anything else to be tried again."""


CHANNELS: dict[str, Channel] = {}


def add(channel: Channel) -> None:
    """Take a channel in; called once for each when the application is put together."""
    CHANNELS[channel.name] = channel
