"""What happens to people's accounts."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class SignInEnded:
    """A sign-in is over: its pages and sockets must stop."""

    sign_in_id: int
    user_id: int


@dataclass(frozen=True)
class Closed:
    """A socket that is gone; `at` is when it was last known to be there."""

    sid: str
    user_id: int
    at: datetime


@dataclass(frozen=True)
class SocketsClosed:
    """Sockets are gone, in one moment: a process may have died with a thousand of them."""

    closed: tuple[Closed, ...]


@dataclass(frozen=True)
class ChildAdded:
    child_id: int
    guardian_id: int


@dataclass(frozen=True)
class ConsentWithdrawn:
    """A yes no longer stands: taken back by somebody (`why` withdrawn), or run out with the school year (ended)."""

    subject_id: int
    purpose: str
    why: str = "withdrawn"
    by_id: int | None = None


@dataclass(frozen=True)
class RecoveryCodeUsed:
    """Somebody signed in with a recovery code; `left` are still unused."""

    user_id: int
    left: int


@dataclass(frozen=True)
class PasswordTried:
    """Unknown places have tried passwords of this account so often that they are refused for now."""

    user_id: int


@dataclass(frozen=True)
class NameChanged:
    """Somebody is called otherwise from now on; both names as others see them."""

    user_id: int
    before: str
    after: str


@dataclass(frozen=True)
class EmailChanged:
    """The account has another e-mail address, or none: `how` is added, changed or removed. The address is not said."""

    user_id: int
    how: str
    at: datetime


@dataclass(frozen=True)
class ConsentRestored:
    """A withdrawal was taken back before anything was erased."""

    subject_id: int
    purpose: str


@dataclass(frozen=True)
class ConsentEnding:
    """The school year ends soon, and with it yeses that nobody has said anew."""

    subject_id: int
    last_day: date


@dataclass(frozen=True)
class DataErasureDue:
    """What was kept of a person for this purpose is to be erased or made anonymous; `at` is when the yes ended."""

    subject_id: int
    purpose: str
    at: datetime


@dataclass(frozen=True)
class AccountErased:
    """Nothing is to be left of this person. Features erase what they keep, and may be asked again: words that are kept
    for a report or an open case go later. `names` are what the person was called, the first time only."""

    user_id: int
    at: datetime
    names: tuple[str, ...] = ()
