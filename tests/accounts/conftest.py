"""Rules that are reached sooner."""

from collections.abc import Callable, Iterator

import pytest

from tutoring.kernel import rate_limits

Fewer = Callable[[str, int], None]


@pytest.fixture
def fewer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Fewer]:
    """`fewer(name, most)` lets this rule count to so many only, in the same time."""

    def forget() -> None:
        rate_limits._items.clear()
        rate_limits._named.clear()

    def change(name: str, most: int) -> None:
        (rule,) = rate_limits.RULES[name]
        monkeypatch.setitem(rate_limits.RULES, name, (f"{most} {rule.partition(' ')[2]}",))
        forget()

    yield change
    monkeypatch.undo()
    forget()
