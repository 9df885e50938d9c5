"""Where browsers of a call look for a way to one another: STUN and TURN servers of this installation, and a name and a
password that TURN takes for a while. None of it says who somebody is."""

import base64
import hashlib
import hmac
from typing import Any

from flask import current_app

from tutoring.config import Settings
from tutoring.kernel import clock


def servers(user_id: int) -> list[dict[str, Any]]:
    """What a browser's RTCPeerConnection takes as `iceServers`; empty where nothing is set up."""
    settings: Settings = current_app.config["SETTINGS"]
    found: list[dict[str, Any]] = []
    if settings.stun_urls:
        found.append({"urls": list(settings.stun_urls)})
    if settings.turn_urls:
        until = int(clock.now().timestamp()) + settings.turn_minutes * 60
        name, password = credentials(settings.turn_secret, until, _nobody(settings, user_id))
        found.append({"urls": list(settings.turn_urls), "username": name, "credential": password})
    return found


def credentials(secret: str, until: int, name: str) -> tuple[str, str]:
    """A user name and its password as coturn's `use-auth-secret` reckons it: a signature over the moment of expiry and
    a name, so that the two servers need to know nothing of one another but the key."""
    username = f"{until}:{name}"
    signed = hmac.new(secret.encode(), username.encode(), hashlib.sha1).digest()
    return username, base64.b64encode(signed).decode()


def _nobody(settings: Settings, user_id: int) -> str:
    """The same word for one person during one day, so that a relay can count what they hold; it leads to nobody."""
    told = f"turn:{clock.today()}:{user_id}"
    return hmac.new(settings.secret_key.encode(), told.encode(), hashlib.sha256).hexdigest()[:16]
