"""Events of dossiers in a user's notebook."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class RecheckDue:
    """The day has come on which the owner wants to check a dossier again."""

    entry_id: int
    owner_id: int
    day: date


@dataclass(frozen=True)
class RecheckObsolete:
    """The reminder of this day is obsolete: it was moved, or the dossier is done or deleted."""

    entry_id: int
    day: date


@dataclass(frozen=True)
class FirstDossierReported:
    """A user reports having handed in a first real dossier."""

    owner_id: int
