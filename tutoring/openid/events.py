"""Events of sign-in with school accounts."""

from dataclasses import dataclass


@dataclass(frozen=True)
class IdentityLinked:
    """An account can be opened with a school account from now on; its owner is told."""

    user_id: int
    link_id: int
    label: str


@dataclass(frozen=True)
class IdentitiesRemoved:
    """School accounts open these accounts no more: a link or a provider was removed, or a provider was disabled."""

    user_ids: tuple[int, ...]
