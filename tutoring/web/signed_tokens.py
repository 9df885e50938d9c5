"""What stands in the addresses of letters: signed by this site, for one purpose."""

from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer


def token(purpose: str, value: Any) -> str:
    """This value, signed; it can be read by whoever has the address."""
    return str(_signer(purpose).dumps(value))


def value(purpose: str, typed: str) -> Any:
    """What this site has signed for this purpose; ValueError for anything else."""
    try:
        return _signer(purpose).loads(typed)
    except BadSignature as error:
        raise ValueError("not signed here") from error


def _signer(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SETTINGS"].secret_key, salt=purpose)
