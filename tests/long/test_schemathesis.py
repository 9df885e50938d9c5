"""Schemathesis sends what the description allows and what it forbids; no answer may be another than described."""

from typing import Any, cast

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings

from tests.api.token_clients import token_of
from tests.factories import World
from tutoring.kernel import rate_limits

CASES = 25  # of an operation
# A cursor is opaque and a day has to come: what the shapes allow may still be refused, with 422 and the field.
LEFT_OUT = [schemathesis.checks.positive_data_acceptance]


@pytest.mark.long
def test_no_answer_is_another_than_described(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limits, "hit", lambda *_key: None)
    with app.app_context():
        token = token_of(world["hang"])
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    tried, operations = 0, cast(Any, schema.get_all_operations())
    for found in operations:
        # Uncompressed: the WSGI transport of schemathesis reads no brotli.
        _try(found.ok(), {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"})
        tried += 1
    assert tried > 10


def _try(operation: Any, headers: dict[str, str]) -> None:
    """Sends cases to one operation and checks each answer."""

    @settings(
        max_examples=CASES, deadline=None, derandomize=True, database=None, phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy())
    def send(case: Any) -> None:
        case.call_and_validate(headers=headers, excluded_checks=LEFT_OUT)

    send()
