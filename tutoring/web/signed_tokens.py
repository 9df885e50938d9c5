"""Signed tokens for the links in mails: signed by this site, for one purpose."""

from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer


def token(purpose: str, value: Any) -> str:
    """Signs a value; it stays readable to every holder of the link."""
    return str(_signer(purpose).dumps(value))


def value(purpose: str, typed: str) -> Any:
    """Returns the value that this site signed for this purpose; raises ValueError otherwise."""
    try:
        return _signer(purpose).loads(typed)
    except BadSignature as error:
        raise ValueError("not signed here") from error


def _signer(purpose: str) -> URLSafeSerializer:
    settings = current_app.config["SETTINGS"]
    # The last one signs; older ones verify the links of mails that were sent before the key changed.
    return URLSafeSerializer([*settings.secret_key_fallbacks[::-1], settings.secret_key], salt=purpose)
