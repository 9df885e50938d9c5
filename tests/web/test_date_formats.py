"""Days and counts as each language says them."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask_babel import ngettext

from tutoring.kernel.errors import InvalidInput
from tutoring.web import i18n


@pytest.fixture(params=["vi", "en"])
def language(whole_app: Flask, request: pytest.FixtureRequest) -> Iterator[str]:
    with whole_app.test_request_context(headers={"Cookie": f"language={request.param}"}):
        yield request.param


def test_a_day_cannot_be_taken_for_another(language: str) -> None:
    said = {kind: i18n.day(date(2026, 4, 3), kind) for kind in ("day", "short", "weekday", "weekday_year")}
    assert said == (
        {"day": "03/04/2026", "short": "03/04", "weekday": "Thứ Sáu 3/4", "weekday_year": "Thứ Sáu 3/4/2026"}
        if language == "vi"
        else {"day": "3 Apr 2026", "short": "3 Apr", "weekday": "Friday 3 Apr", "weekday_year": "Friday 3 Apr 2026"}
    )
    # A moment counts by the clock of Vietnam.
    assert i18n.day(datetime(2026, 4, 2, 18, tzinfo=UTC)) == i18n.day("2026-04-03") == said["day"]


def test_moments_have_a_weekday_and_name_the_month_in_english(language: str) -> None:
    then = datetime(i18n.clock.today().year, 1, 2, 3, 4, tzinfo=UTC)
    if then.date() == i18n.clock.today():
        then = then.replace(day=4)
    shown = i18n.moment(then)
    assert ("Jan" in shown) == (language == "en") and "10:04" in shown
    assert any(day in shown for day in ("Thứ", "Chủ Nhật", "day "))


def test_sentences_that_were_written_down_say_their_days_anew(language: str) -> None:
    written = {"day": "03/04/2026", "at": "19:30 03/04/2026", "short": "03/04", "name": "Lan 03/04/2026", "n": 3}
    said = i18n.days_said(written)
    if language == "vi":
        assert said == written
    else:
        assert said == {**written, "day": "3 Apr 2026", "at": "19:30, 3 Apr 2026", "short": "3 Apr"}
    assert i18n.days_said({"day": "45/13/2026"}) == {"day": "45/13/2026"}
    refusal = InvalidInput("Hẹn trong khoảng %(first)s.", first="03/04/2026")
    assert ("03/04/2026" in i18n.translate_error(refusal)) == (language == "vi")


@pytest.mark.parametrize("msgid", ["%(num)d phút trước", "%(num)d ngày trước"])
def test_one_and_many_are_told_apart_where_the_language_does(language: str, msgid: str) -> None:
    one, two = (ngettext(msgid, msgid, number) for number in (1, 2))
    assert one.startswith("1 ") and two.startswith("2 ")
    assert (one[1:] == two[1:]) == (language == "vi")
