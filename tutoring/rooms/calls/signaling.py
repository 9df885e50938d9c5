"""The signals that the browsers of a call may exchange, and their ICE servers.

A signal has exactly one of these shapes. ICE servers are the STUN and TURN servers of this installation, with
short-lived TURN credentials that do not identify the user.
"""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable
from typing import Any

from flask import current_app

from tutoring.config import Settings
from tutoring.kernel import clock
from tutoring.kernel.errors import InvalidInput

LARGEST = 16_000  # bytes of one signal
# Screen sharing is asked for, offered, agreed to, refused, not possible, or no longer needed.
_SCREEN = frozenset({"ask", "offer", "yes", "no", "unable", "stop"})
_SPOT = re.compile(r"[A-Za-z0-9_.:-]{1,64}")


def checked(data: object) -> dict[str, Any]:
    """Returns the signal if its shape is valid; raises InvalidInput."""
    if type(data) is not dict or len(data) != 1:
        raise InvalidInput
    ((kind, value),) = data.items()
    holds = _KINDS.get(kind)
    if holds is None or not holds(value) or _bytes(data) > LARGEST:
        raise InvalidInput
    return data


def _bytes(data: object) -> int:
    try:
        return len(json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode())
    except UnicodeEncodeError:  # a lone surrogate
        raise InvalidInput from None


def _has(value: object, needed: set[str], perhaps: frozenset[str] = frozenset()) -> bool:
    """Returns whether the value is an object with these members and no others."""
    return type(value) is dict and needed <= value.keys() <= needed | perhaps


def _text(value: object, most: int) -> bool:
    return type(value) is str and len(value) <= most and "\0" not in value


def _description(value: Any) -> bool:
    if not _has(value, {"type", "sdp"}) or value["type"] not in ("offer", "answer"):
        return False
    return _text(value["sdp"], LARGEST) and value["sdp"].startswith("v=0")


def _candidate(value: Any) -> bool:
    """Returns whether the value is an ICE candidate of a browser; null ends the candidates."""
    if value is None:
        return True
    if not _has(value, {"candidate"}, frozenset({"sdpMid", "sdpMLineIndex", "usernameFragment"})):
        return False
    line = value.get("sdpMLineIndex")
    words = [value.get(name) for name in ("sdpMid", "usernameFragment")]
    return (
        _text(value["candidate"], 1_000)
        and all(one is None or _text(one, 256) for one in words)
        and (line is None or (type(line) is int and 0 <= line < 32))
    )


def _part(value: object) -> bool:
    return type(value) in (int, float) and 0 <= value <= 1  # type: ignore[operator]  # NaN fails both comparisons


def _point(value: Any) -> bool:
    """Returns whether the value is a point on the shared picture, with an optional element id."""
    if not _has(value, {"x", "y"}, frozenset({"to"})) or not (_part(value["x"]) and _part(value["y"])):
        return False
    return "to" not in value or (type(value["to"]) is str and _SPOT.fullmatch(value["to"]) is not None)


def _sharing(value: Any) -> bool:
    return _has(value, {"on", "own"}) and type(value["on"]) is bool and type(value["own"]) is bool


_KINDS: dict[Any, Callable[[Any], bool]] = {
    "description": _description,
    "candidate": _candidate,
    "point": _point,
    "quiet": lambda value: type(value) is bool,
    "sharing": _sharing,
    "saving": lambda value: type(value) is bool,
    "screen": lambda value: type(value) is str and value in _SCREEN,
}


def servers(user_id: int) -> list[dict[str, Any]]:
    """Returns the `iceServers` of an RTCPeerConnection; empty where none are configured."""
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
    """Returns a TURN user name and password in the format of coturn's `use-auth-secret`.

    The password signs the expiry and a name, so that the two servers share only the key.
    """
    username = f"{until}:{name}"
    signed = hmac.new(secret.encode(), username.encode(), hashlib.sha1).digest()
    return username, base64.b64encode(signed).decode()


def _nobody(settings: Settings, user_id: int) -> str:
    """Returns a pseudonym of the user, stable for one day, so that a relay can count its users.

    It does not identify the user.
    """
    told = f"turn:{clock.today()}:{user_id}"
    return hmac.new(settings.secret_key.encode(), told.encode(), hashlib.sha256).hexdigest()[:16]
