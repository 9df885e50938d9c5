"""Validators that forms share; each message says in Vietnamese what to do."""

import re
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length, StopValidation

from tutoring.kernel import clock

PASSWORD_LENGTH = Length(max=128, message=_l("Mật khẩu dài quá 128 ký tự."))


class Needed(InputRequired):
    """The field must be filled in; blanks alone do not count."""

    def __call__(self, form: Any, field: Any) -> None:
        if all(not str(raw).strip() for raw in field.raw_data or ()):
            field.raw_data = []
        super().__call__(form, field)


def needed(message: Any) -> Needed:
    """Returns the validator of a required field."""
    return Needed(message)


def at_most(length: int) -> Length:
    """Returns a validator of the maximum length."""
    return Length(max=length, message=_l("Dài quá %(max)d ký tự. Hãy viết ngắn hơn."))


def choice(value: str, label: Any, hint: Any = "") -> Any:
    """Returns one choice of a field, with an optional line of explanation."""
    return SelectChoice(value, label, {"hint": hint} if hint else {})


class OneOf:
    """The answer must be one (or some) of the choices; for fields with `validate_choice=False`."""

    def __call__(self, form: Any, field: Any) -> None:
        known = {str(choice.value) for choice in field.choices or ()}
        given = field.data if isinstance(field.data, list) else [field.data]
        if not {str(value) for value in given if value is not None} <= known or given == [None]:
            raise StopValidation(_l("Hãy chọn một mục trong danh sách."))


class Year:
    """A birth year of a living person, in digits."""

    def __call__(self, form: Any, field: Any) -> None:
        text = (field.data or "").strip()
        if not (text.isascii() and text.isdigit() and len(text) == 4 and 1900 <= int(text) <= clock.today().year):
            raise StopValidation(_l("Hãy ghi năm sinh bằng bốn chữ số, ví dụ 2012."))


class IntegerRange:
    """An integer between two bounds."""

    def __init__(self, least: int, most: int) -> None:
        self.least, self.most = least, most

    def __call__(self, form: Any, field: Any) -> None:
        text = (field.data or "").strip()
        if not (text.isascii() and text.isdigit() and len(text) < 10 and self.least <= int(text) <= self.most):
            raise StopValidation(_l("Hãy ghi một số từ %(least)s đến %(most)s.", least=self.least, most=self.most))


class Hour:
    """A time of day, such as 19:30."""

    def __call__(self, form: Any, field: Any) -> None:
        if minutes(field.data or "") is None:
            raise StopValidation(_l("Hãy ghi giờ theo kiểu 19:30."))


def minutes(text: str) -> int | None:
    """Returns minutes since midnight for 19:30, 19h30, 19.30 or 19 giờ 30; None if invalid."""
    found = re.fullmatch(r"\s*(\d{1,2})\s*(?:[:.h]|gi[oờ])\s*(\d{2})?\s*", text.lower())
    if not found:
        return None
    hour, minute = int(found.group(1)), int(found.group(2) or 0)
    return hour * 60 + minute if hour < 24 and minute < 60 else None
