"""Bearer tokens of the API: who holds the token of a request, and whether it reaches a scope.

Only addresses under `/api/` know tokens, and only they ignore cookies: a page of another site can send neither.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, request

from tutoring.kernel import rate_limits
from tutoring.kernel.errors import Forbidden
from tutoring.kernel.text import N_
from tutoring.web.api.problems import under_api

_KEY = "tutoring.bearer_tokens"


class TokenRequired(Forbidden):
    """The request has no token, or one that is unknown, expired or ended."""

    status = 401
    default_code = "signed_out"
    default_say = N_("Cần một khoá truy cập còn hạn trong đầu mục Authorization. Hãy tạo khoá mới ở trang Tài khoản.")


class ScopeRequired(Forbidden):
    """The token is valid and does not reach this."""

    default_code = "scope"
    default_say = N_("Khoá truy cập này không được đọc phần này. Hãy tạo khoá khác có phần này.")


@dataclass(frozen=True)
class Bearer:
    """A valid token: the person who acts by it, the unit that it is limited to, and what it reaches."""

    token_id: int
    user: Any
    unit_id: int | None
    scopes: frozenset[str]


Finder = Callable[[str], Bearer | None]


def bearer() -> Bearer | None:
    """Returns the holder of this request's token, None without one; raises TokenRequired for one that is not valid.

    Counts the request under the token.
    """
    # In the request itself: an application context may outlive it.
    if _KEY not in request.environ:
        request.environ[_KEY] = _read()
    found: Bearer | None = request.environ[_KEY]
    return found


def _read() -> Bearer | None:
    if not under_api() or "Authorization" not in request.headers:
        return None
    kind, _, token = request.headers["Authorization"].strip().partition(" ")
    find: Finder = current_app.extensions[_KEY]
    found = find(token.strip()) if kind.lower() == "bearer" and len(token) < 200 else None
    if found is None:
        raise TokenRequired
    rate_limits.hit("token", found.token_id)
    return found


def require(scope: str) -> Bearer:
    """Returns the holder of a valid token with this scope; raises TokenRequired or ScopeRequired."""
    found = bearer()
    if found is None:
        raise TokenRequired
    if scope and scope not in found.scopes:
        raise ScopeRequired
    return found


def init(app: Flask, find: Finder) -> None:
    """Sets how tokens are looked up."""
    app.extensions[_KEY] = find
