"""Sends alarms. Real ones and tests use the same code, so a test covers the real path."""

from collections.abc import Iterable
from typing import Any

from tutoring.notifications.inbox.commands import notify


def ring(user_ids: Iterable[int], key: str, say: str, path: str, **params: Any) -> None:
    """Notifies these users in the inbox and through all channels; needs a running command.

    The topic of the key decides about quiet hours: users on duty are alerted in them, others as they chose.
    """
    for user_id in user_ids:
        notify(user_id, key, say, path, again=True, **params)
