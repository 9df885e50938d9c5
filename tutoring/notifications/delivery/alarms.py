"""How an alarm goes out, a real one and a test: by the same lines, so that a test tries what it is to try."""

from collections.abc import Iterable
from typing import Any

from tutoring.notifications.inbox.commands import notify


def ring(user_ids: Iterable[int], key: str, say: str, path: str, **params: Any) -> None:
    """Inside the running command: into the inboxes of these people, and out by all ways. What the key's topic says
    decides over quiet hours: whoever is on duty is rung through them, others as they chose."""
    for user_id in user_ids:
        notify(user_id, key, say, path, again=True, **params)
