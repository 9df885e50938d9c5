"""Forms of help requests: ask, ask again, cancel, add a text, hand off, promise, answer."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are older
from wtforms.validators import InputRequired, Length, Optional

from tutoring.web.forms import Form

DEVICES = [
    SelectChoice("android", _l("Điện thoại Android")),
    SelectChoice("iphone", _l("iPhone hoặc iPad")),
    SelectChoice("computer", _l("Máy tính")),
    SelectChoice("other", _l("Máy khác, hoặc không rõ")),
]
LACKS = [
    SelectChoice("no_device", _l("Không có máy"), {"hint": _l("Kể cả khi đang mượn máy người khác để nhờ.")}),
    SelectChoice("no_internet", _l("Có máy nhưng không có mạng")),
    SelectChoice("no_both", _l("Không có cả máy lẫn mạng")),
]
LACK_OF = {"no_device": "device", "no_internet": "internet", "no_both": "both"}
URGENCIES = [
    SelectChoice("3", _l("Đang học hoặc đang làm dở, cần ngay")),
    SelectChoice("1", _l("Trong hôm nay")),
    SelectChoice("0", _l("Khi nào có người cũng được")),
]


WISHES = [
    SelectChoice("now", _l("Cần ngay"), {"hint": _l("Người đang rảnh sẽ nhận, hôm nay.")}),
    SelectChoice("weekly", _l("Hẹn giờ hằng tuần"), {"hint": _l("Mỗi tuần một buổi 45 phút, cùng một người.")}),
]


class HandOverForm(Form):
    """The form of a handoff: which helper is asked, and why."""

    to = RadioField(_l("Nhờ ai giúp tiếp"), validators=[InputRequired(_l("Hãy chọn một người, hoặc về hàng chờ."))])
    reason = StringField(
        _l("Lý do"),
        description=_l("Ngắn gọn, nhẹ nhàng: cả phòng đọc được. Ví dụ: việc này cần người quen máy này hơn."),
        validators=[InputRequired(_l("Hãy ghi lý do ngắn gọn."))],
    )


class AskForm(Form):
    """The form of a new request."""

    learner = SelectField(_l("Nhờ giúp cho ai"), coerce=int, validators=[Optional()])
    topic = SelectField(_l("Cần giúp việc gì"), validators=[InputRequired(_l("Hãy chọn việc cần giúp."))])
    words = TextAreaField(
        _l("Kể ngắn gọn"),
        description=_l("Ví dụ: bấm đường dẫn rồi mà không thấy lớp. Không ghi mật khẩu, mã OTP, số căn cước."),
        validators=[Length(max=500, message=_l("Lời nhờ dài quá 500 ký tự. Hãy viết ngắn hơn."))],
    )
    device = RadioField(_l("Đang dùng máy gì"), choices=[*DEVICES, *LACKS], default="android")
    wish = RadioField(_l("Muốn được giúp thế nào"), choices=WISHES, default="now")
    urgency = RadioField(_l("Cần lúc nào"), choices=URGENCIES, default="1")
    lesson = HiddenField()
    step = HiddenField()


class AskOnForm(Form):
    """The form with which a learner asks the same helper again after a session."""

    words = TextAreaField(
        _l("Muốn hỏi tiếp điều gì"),
        description=_l("Ví dụ: làm lại ở nhà thì máy hỏi mã. Không ghi mật khẩu, mã OTP, số căn cước."),
        validators=[Length(max=500, message=_l("Lời nhờ dài quá 500 ký tự. Hãy viết ngắn hơn."))],
    )


class CancelForm(Form):
    """The form of a cancellation, with an optional reason."""

    reason = StringField(_l("Lý do (không bắt buộc)"), validators=[Length(max=200)])


class MoreForm(Form):
    """The form that adds a text to a waiting request."""

    words = TextAreaField(
        _l("Kể thêm"),
        description=_l("Ví dụ: em đã thử gì rồi, màn hình đang hiện gì. Không ghi mật khẩu, mã OTP, số căn cước."),
        validators=[Length(max=500, message=_l("Lời nhờ dài quá 500 ký tự. Hãy viết ngắn hơn."))],
    )


class ConductForm(Form):
    """The form of a helper's promises; the hash says which text was shown."""

    text_hash = HiddenField()
    yes = BooleanField(_l("Tôi đã đọc từng điều"), validators=[InputRequired(_l("Hãy đọc hết rồi chọn ô này."))])


class WriteForm(Form):
    """The form of a written answer."""

    words = TextAreaField(
        _l("Câu trả lời"),
        description=_l(
            "Mỗi bước một dòng, gọi nút bằng đúng chữ trên màn hình. Không ghi số điện thoại, không hẹn gặp."
        ),
        validators=[
            InputRequired(_l("Hãy viết câu trả lời.")),
            Length(max=2000, message=_l("Câu trả lời dài quá 2.000 ký tự. Hãy viết ngắn hơn.")),
        ],
    )
