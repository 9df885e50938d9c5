"""What a visitor wrote on the page of asking, kept through sign-in and sign-up.

It stands in a signed cookie of this browser alone, for half an hour, and is sent to no page but the one of asking.
"""

from dataclasses import asdict, dataclass

from flask import current_app, request
from werkzeug.wrappers import Response

from tutoring.web import signed_tokens

COOKIE, PATH, MAX_AGE_SECONDS = "asking", "/ask", 1800
_PURPOSE = "asking"


@dataclass(frozen=True)
class Kept:
    """The lesson and step that a visitor was at, and the words."""

    lesson: str = ""
    step: int = 0
    words: str = ""


def keep(response: Response, kept: Kept) -> None:
    """Stores the words in the visitor's browser; scripts cannot read them."""
    response.set_cookie(
        COOKIE, signed_tokens.token(_PURPOSE, asdict(kept)), max_age=MAX_AGE_SECONDS, path=PATH, httponly=True,
        samesite="Lax", secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
    )  # fmt: skip


def kept() -> Kept:
    """Returns what this browser's user wrote before the sign-in; empty when there is nothing or it was changed."""
    try:
        return Kept(**signed_tokens.value(_PURPOSE, request.cookies.get(COOKIE, "")))
    except (ValueError, TypeError):
        return Kept()


def forget(response: Response) -> None:
    """Removes the words once the request is sent."""
    response.delete_cookie(COOKIE, path=PATH)
