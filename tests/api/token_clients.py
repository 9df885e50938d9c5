"""Clients that send a token of the API, and no cookie."""

from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from tests.factories import person
from tutoring.accounts.models import User
from tutoring.api.tokens.bearers import TokenSignIn
from tutoring.api.tokens.commands import TokenInput, make_token
from tutoring.kernel import clock
from tutoring.policy.api import offered_scopes

ROOT = "/api/v1"


def with_factor(user: User, factor: bool = True) -> User:
    """The person as they are signed in, with or without a second factor."""
    stand_in: Any = TokenSignIn(clock.now() if factor else None)
    user.sign_in = stand_in
    return user


def token_of(
    user_id: int, unit_id: int | None = None, *scopes: str, days: int = 30, factor: bool = True
) -> str:  # fmt: skip
    """A token of this person, or of a unit made by them; it has every scope unless some are named."""
    chosen = scopes or offered_scopes(unit_id is not None)
    return make_token(with_factor(person(user_id), factor), TokenInput("Bảng tính", chosen, days), unit_id)


class Api:
    """Sends requests under `/api/v1` with a token, or without."""

    def __init__(self, app: Flask, token: str = "", client: FlaskClient | None = None) -> None:
        self.client = client or app.test_client(use_cookies=client is not None)
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, path: str, /, headers: dict[str, str] | None = None, **query: Any) -> Any:
        return self.client.get(ROOT + path, query_string=query, headers={**self.headers, **(headers or {})})

    def post(self, path: str, body: Any, key: str | None = "k1", **headers: str) -> Any:
        told = {**self.headers, **headers} | ({"Idempotency-Key": key} if key else {})
        return self.client.post(ROOT + path, json=body, headers=told)


def later(days: int) -> Any:
    """The clock of so many days from now."""
    return clock.travel(clock.now() + timedelta(days=days))
