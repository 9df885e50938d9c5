"""What happens to dossiers in somebody's notebook."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class LookAgainDue:
    """The day has come that somebody chose to look again after a dossier."""

    entry_id: int
    owner_id: int
    day: date


@dataclass(frozen=True)
class LookAgainOver:
    """Nobody needs to be reminded of this day any more: it was moved, or the dossier is done or gone."""

    entry_id: int
    day: date


@dataclass(frozen=True)
class FirstDossierReported:
    """Somebody says to have handed in a first real dossier."""

    owner_id: int
