"""What happens to people's accounts."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class SignInEnded:
    """A sign-in is over: its pages and sockets must stop."""

    sign_in_id: int
    user_id: int


@dataclass(frozen=True)
class SocketClosed:
    """A socket is gone; `at` is when it was last known to be there."""

    sid: str
    user_id: int
    at: datetime


@dataclass(frozen=True)
class ChildAdded:
    child_id: int
    guardian_id: int


@dataclass(frozen=True)
class ConsentWithdrawn:
    subject_id: int
    purpose: str


@dataclass(frozen=True)
class RecoveryCodeUsed:
    """Somebody signed in with a recovery code; `left` are still unused."""

    user_id: int
    left: int
