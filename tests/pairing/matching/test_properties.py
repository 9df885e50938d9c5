"""The properties of the engine on a few cases each; `python3 dev.py long pairing` tries many more."""

from collections.abc import Callable

import pytest

from tests.pairing.matching.properties import PROPERTIES, check


@pytest.mark.parametrize("cases", [8, pytest.param(150, marks=pytest.mark.full)])
@pytest.mark.parametrize("holds", PROPERTIES, ids=lambda holds: holds.__name__)
def test_it_holds(holds: Callable[..., None], cases: int) -> None:
    check(holds, cases)
