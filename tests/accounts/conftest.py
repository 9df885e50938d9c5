"""Rules that are reached sooner."""

from collections.abc import Callable, Iterator

import pytest

from tutoring.kernel import limits

Fewer = Callable[[str, int], None]


@pytest.fixture
def fewer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Fewer]:
    """`fewer(name, most)` lets this rule count to so many only, in the same time."""

    def forget() -> None:
        limits._items.clear()
        limits._named.clear()

    def change(name: str, most: int) -> None:
        (rule,) = limits.RULES[name]
        monkeypatch.setitem(limits.RULES, name, (f"{most} {rule.partition(' ')[2]}",))
        forget()

    yield change
    monkeypatch.undo()
    forget()
