"""Rules that are reached sooner."""

from collections.abc import Callable

import pytest

from tutoring.kernel import rate_limits

Fewer = Callable[[str, int], None]


@pytest.fixture
def fewer(monkeypatch: pytest.MonkeyPatch) -> Fewer:
    """`fewer(name, most)` lets this rule count to so many only, in the same time."""

    def change(name: str, most: int) -> None:
        (rule,) = rate_limits.RULES[name]
        monkeypatch.setitem(rate_limits.RULES, name, (f"{most} {rule.partition(' ')[2]}",))

    return change
