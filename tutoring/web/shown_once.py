"""Values that a page shows exactly once, after the redirect of the form that made them: a token, a signing secret.

The session cookie carries the value sealed, for ten minutes. No address, log or table holds it.
"""

import base64
import json
from datetime import timedelta

from flask import request, session

from tutoring.kernel import clock, encryption

KEY = "shown_once"  # in the session; a second value takes the place of one that was never shown
LIFE = timedelta(minutes=10)


def _place(subject: str, user_id: int) -> str:
    return f"shown-once:{subject}:{user_id}"


def keep(subject: str, user_id: int, value: str) -> None:
    """Keeps a value for the next page about this subject that the person opens."""
    until = int((clock.now() + LIFE).timestamp())
    sealed = encryption.encrypt(json.dumps([value, until]), _place(subject, user_id))
    session[KEY] = base64.urlsafe_b64encode(sealed).decode()


def take(subject: str, user_id: int) -> str | None:
    """Returns the value and forgets it; None when it was shown before, is too old, or belongs elsewhere."""
    sealed = session.get(KEY)
    if not isinstance(sealed, str) or request.method != "GET":  # HEAD shows nothing
        return None
    try:
        value, until = json.loads(encryption.decrypt(base64.urlsafe_b64decode(sealed), _place(subject, user_id)))
    except (encryption.DecryptionError, ValueError):
        return None
    del session[KEY]
    return str(value) if clock.now().timestamp() < until else None
