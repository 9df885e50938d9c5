"""A field for an address takes any that is well formed; only the address of the card is stored."""

import datetime as dt

import pytest

from tutoring.practice.engine.elements import ScreenField, Text
from tutoring.practice.engine.field_rules import wrong

CARD = {"so_nha": "Số 0 Đường Tập Viết"}
TODAY = dt.date(2026, 10, 5)
FIELD = ScreenField(id="so_nha", type="text", label=Text(vi="Số nhà, đường", en="Street"), rules=[{"street": "so_nha"}])


def taken(typed: str) -> tuple[str, str]:
    return wrong(FIELD, typed, CARD, TODAY)


@pytest.mark.parametrize("typed", [
    "Số 0 Đường Tập Viết", "0 đường tập viết", "số nhà 0 Đường Tập Viết", "0, đường Tập Viết", "12/3B Hoa Mai",
    "5 Đường Tre Xanh", "7/12 hẻm Lúa", "100 đường số 8",
])  # fmt: skip
def test_any_number_and_street_is_taken_and_the_card_is_stored(typed: str) -> None:
    assert taken(typed) == ("", "Số 0 Đường Tập Viết")


@pytest.mark.parametrize("typed", [
    "", "0", "Đường Tập Viết", "12", "12 !", "a" * 100, "12 <b>phố</b>", "12345 đường Hoa", "12 3", "/ đường Hoa",
])  # fmt: skip
def test_what_is_no_address_is_rejected(typed: str) -> None:
    assert taken(typed) == ("street", "")


@pytest.mark.parametrize("typed", ["0 duong tap viet", "Số 0 Duong Tap Viet"])
def test_the_card_s_own_street_without_its_marks_is_named_so(typed: str) -> None:
    assert taken(typed) == ("accents", "")


@pytest.mark.parametrize("typed", ["0912345678", "079123456789"])
def test_what_may_be_a_real_number_is_rejected_as_such(typed: str) -> None:
    assert taken(typed) == ("real", "")
