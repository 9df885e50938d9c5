"""Events of accounts."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class SignInEnded:
    """A sign-in has ended: its pages and sockets must stop."""

    sign_in_id: int
    user_id: int


@dataclass(frozen=True)
class SignInCompleted:
    """A half sign-in was replaced by a whole one, after the code of the second factor."""

    half_id: int
    sign_in_id: int


@dataclass(frozen=True)
class SignInsEnded:
    """All sign-ins of a user have ended, or all but the one that asked for it."""

    user_id: int


@dataclass(frozen=True)
class Closed:
    """A closed socket; `at` is when it was last seen."""

    sid: str
    user_id: int
    at: datetime


@dataclass(frozen=True)
class SocketsClosed:
    """Sockets closed at one moment: a process may have died with a thousand of them."""

    closed: tuple[Closed, ...]


@dataclass(frozen=True)
class ChildAdded:
    child_id: int
    guardian_id: int


@dataclass(frozen=True)
class ConsentWithdrawn:
    """A consent no longer counts: a user withdrew it (`why` withdrawn), or it expired (ended)."""

    subject_id: int
    purpose: str
    why: str = "withdrawn"
    by_id: int | None = None


@dataclass(frozen=True)
class PasswordReset:
    """A one-time code gave an account a new password: every other way in must end."""

    user_id: int


@dataclass(frozen=True)
class RecoveryCodeUsed:
    """A user signed in with a recovery code; `left` are still unused."""

    user_id: int
    left: int


@dataclass(frozen=True)
class PasswordTried:
    """Unknown origins have tried so many passwords of this account that they are blocked."""

    user_id: int


@dataclass(frozen=True)
class NameChanged:
    """A user has a new display name; both names as others see them."""

    user_id: int
    before: str
    after: str


@dataclass(frozen=True)
class EmailChanged:
    """The account's email address changed: `how` is added, changed or removed.

    The event does not contain the address.
    """

    user_id: int
    how: str
    at: datetime


@dataclass(frozen=True)
class ConsentRestored:
    """A withdrawal was undone before anything was erased."""

    subject_id: int
    purpose: str


@dataclass(frozen=True)
class ConsentEnding:
    """The school year ends soon, and with it consents that have not been renewed."""

    subject_id: int
    last_day: date


@dataclass(frozen=True)
class DataErasureDue:
    """Data of this user and purpose must be erased or anonymized; `at` is when consent ended."""

    subject_id: int
    purpose: str
    at: datetime


@dataclass(frozen=True)
class AccountErased:
    """An account is being erased: features erase their data of this user.

    The event may be repeated: texts needed for a report or an open case are erased later. `names` are the user's names,
    the first time only.
    """

    user_id: int
    at: datetime
    names: tuple[str, ...] = ()
