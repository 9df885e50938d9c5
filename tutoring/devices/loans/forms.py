"""Forms for handovers, loans and thanks."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Optional

from tutoring.accounts.validators import PASSWORD_LENGTH, Hour, at_most, choice, needed
from tutoring.devices.handovers.commands import LONGEST_ADDRESS, LONGEST_NAME
from tutoring.devices.labels import ACCESSORY_WORDS, CONDITION_WORDS, LOSS_WORDS
from tutoring.policy.devices.loans import LONGEST_NOTE, LONGEST_THANKS
from tutoring.web.forms import Form


def choices(words: dict[str, str], names: Sequence[str] | None = None) -> list[Any]:
    """Returns the form options of a label table, all of them or only `names`."""
    return [choice(name, gettext(words[name])) for name in (names if names is not None else words)]


class PointForm(Form):
    """Form for a public handover point."""

    name = StringField(
        _l("Tên nơi công cộng"),
        description=_l("Ví dụ: Trung tâm Phục vụ hành chính công, văn phòng trường."),
        validators=[needed(_l("Hãy ghi tên một nơi công cộng.")), at_most(LONGEST_NAME)],
    )
    address = StringField(
        _l("Địa chỉ của nơi đó"), validators=[needed(_l("Hãy ghi địa chỉ của nơi đó.")), at_most(LONGEST_ADDRESS)]
    )
    public = BooleanField(
        _l("Đây là nơi công cộng, không phải nhà riêng."),
        validators=[InputRequired(_l("Chỉ bàn giao ở nơi công cộng. Hãy xác nhận đây không phải nhà riêng."))],
    )


class PlanHandoverForm(Form):
    """Form for the place and time of a handover."""

    point = SelectField(_l("Nơi bàn giao"), coerce=int)
    day = StringField(_l("Ngày"), validators=[needed(_l("Hãy chọn ngày."))], render_kw={"type": "date"})
    time = StringField(
        _l("Giờ"),
        description=_l("Từ 7 giờ đến 19 giờ."),
        validators=[needed(_l("Hãy ghi giờ.")), Hour()],
        render_kw={"type": "time", "step": "900"},
    )


class HandOverForm(Form):
    """Form filled in at a handover."""

    number = StringField(
        _l("Số người nhận đọc"),
        description=_l("Bốn chữ số trên trang của người nhận."),
        validators=[Optional(), at_most(20)],
    )
    passphrase = PasswordField(
        _l("Hoặc mật khẩu của người nhận"),
        description=_l("Chỉ khi gia đình chưa có máy nào: người nhận tự gõ vào đây, bạn quay đi chỗ khác."),
        validators=[Optional(), PASSWORD_LENGTH],
    )
    condition = RadioField(_l("Tình trạng máy"), validators=[InputRequired(_l("Hãy chọn tình trạng máy."))])
    accessories = SelectMultipleField(_l("Phụ kiện giao kèm"), validators=[Optional()])
    due_on = StringField(
        _l("Ngày hẹn trả"), validators=[needed(_l("Hãy chọn ngày hẹn trả."))], render_kw={"type": "date"}
    )
    note = TextAreaField(
        _l("Ghi thêm về máy"),
        description=_l("Ví dụ: góc màn hình có vết xước. Không ghi gì về người."),
        validators=[Optional(), at_most(LONGEST_NOTE)],
    )
    signed = BooleanField(
        _l("Đã in và cùng ký biên bản."),
        validators=[InputRequired(_l("Hãy in biên bản, cùng ký, rồi đánh dấu ở đây."))],
    )


class TakeBackForm(Form):
    """Form for a returned device."""

    condition = RadioField(
        _l("Tình trạng máy khi nhận lại"), validators=[InputRequired(_l("Hãy chọn tình trạng máy."))]
    )
    accessories = SelectMultipleField(_l("Phụ kiện đã trả"), validators=[Optional()])
    there = BooleanField(_l("Người nhận máy có mặt."))


class WriteOffForm(Form):
    """Form for writing a loan off, with the reason."""

    reason = StringField(
        _l("Lý do"),
        description=_l("Được lưu trong sổ của phường. Ví dụ: gia đình báo mất, đã cùng tìm hai tuần."),
        validators=[needed(_l("Hãy ghi lý do.")), at_most(200)],
    )


class ReportLossForm(Form):
    """Form for reporting what happened to the device."""

    told = RadioField(_l("Chuyện gì đã xảy ra?"), validators=[InputRequired(_l("Hãy chọn một mục."))])
    sure = BooleanField(
        _l("Gửi tin này cho phường."), validators=[InputRequired(_l("Hãy đánh dấu để gửi tin cho phường."))]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.told.choices = choices(LOSS_WORDS)


class ThanksForm(Form):
    """Form for a message of thanks."""

    words = TextAreaField(
        _l("Lời của bạn"),
        description=_l("Tối đa 300 chữ. Không ghi tên, nơi ở, trường lớp, số điện thoại."),
        validators=[needed(_l("Hãy viết vài câu.")), at_most(LONGEST_THANKS)],
    )


class RefuseThanksForm(Form):
    """Form for refusing to pass a message on, with the reason."""

    reason = StringField(
        _l("Lý do"),
        description=_l("Người viết đọc được lý do này. Ví dụ: lời có tên trường, nhờ bạn viết lại."),
        validators=[needed(_l("Hãy ghi lý do.")), at_most(200)],
    )


def fill_condition(form: Any, accessories: Sequence[str] | None = None) -> None:
    """Sets the condition and accessory choices; `accessories` limits the latter."""
    form.condition.choices = choices(CONDITION_WORDS)
    form.accessories.choices = choices(ACCESSORY_WORDS, accessories)
