"""The properties of the pairing engine on two thousand cases each."""

from collections.abc import Callable

import pytest

from tests.pairing.matching.properties import PROPERTIES, check


@pytest.mark.long
@pytest.mark.parametrize("holds", PROPERTIES, ids=lambda holds: holds.__name__)
def test_it_holds_of_two_thousand_cases(holds: Callable[..., None]) -> None:
    check(holds, 2_000)
