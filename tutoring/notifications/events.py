"""Events of the inbox."""

from dataclasses import dataclass


@dataclass(frozen=True)
class InboxChanged:
    user_id: int
