"""Forms of help requests: ask, ask again, cancel, add a text, hand off, promise, answer."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FileField, HiddenField, RadioField, SelectField, StringField, TextAreaField
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
WHEN = [
    SelectChoice("now", _l("Cần ngay"), {"hint": _l("Người đang rảnh sẽ nhận.")}),
    SelectChoice("today", _l("Trong hôm nay")),
    SelectChoice("later", _l("Khi nào có người cũng được")),
    SelectChoice("weekly", _l("Hẹn giờ hằng tuần"), {"hint": _l("Mỗi tuần một buổi 45 phút, cùng một người.")}),
]
# What a choice of WHEN means for the queue: the wish and the urgency.
QUEUED_AS = {"now": ("now", 3), "today": ("now", 1), "later": ("now", 0), "weekly": ("weekly", 1)}
OWN_WORDS, OTHER_TOPIC = "own", "other"


class HandOverForm(Form):
    """The form of a handoff: which helper is asked, and why."""

    to = RadioField(_l("Nhờ ai giúp tiếp"), validators=[InputRequired(_l("Hãy chọn một người, hoặc về hàng chờ."))])
    reason = StringField(
        _l("Lý do"),
        description=_l("Ngắn gọn, nhẹ nhàng: cả phòng đọc được. Ví dụ: việc này cần người quen máy này hơn."),
        validators=[InputRequired(_l("Hãy ghi lý do ngắn gọn."))],
    )


class AskForm(Form):
    """The form of a new request.

    From a step of a lesson nothing has to be filled in: the lesson names the topic and the first sentence is chosen.
    """

    learner = SelectField(_l("Nhờ giúp cho ai"), coerce=int, validators=[Optional()])
    topic = RadioField(_l("Việc đang làm"), validate_choice=False)
    other = SelectField(_l("Việc khác"), validate_choice=False)
    find = StringField(_l("Tìm việc cần giúp"), default="")
    say = RadioField(_l("Chọn câu đúng nhất"), validate_choice=False)
    words = TextAreaField(
        _l("Kể ngắn gọn"),
        description=_l("Không ghi mật khẩu, mã OTP, số căn cước."),
        validators=[Length(max=500, message=_l("Phần kể dài quá 500 ký tự. Hãy viết ngắn hơn."))],
    )
    picture = FileField(_l("Ảnh màn hình"))
    open = RadioField(validate_choice=False)  # add to the open request, or replace it
    when = RadioField(_l("Muốn được giúp lúc nào"), choices=WHEN, default="now")
    device = RadioField(_l("Đang dùng máy gì"), choices=[*DEVICES, *LACKS], default="android")
    lesson = HiddenField()
    step = HiddenField()

    def chosen_topic(self) -> str:
        """Returns the topic that was chosen as a tile or in the list, or an empty string."""
        return str((self.topic.data if self.topic.data != OTHER_TOPIC else "") or self.other.data or "")

    def chosen_words(self, sentences: Sequence[str]) -> str:
        """Returns what the user wrote, else the sentence that was chosen."""
        written, say = (self.words.data or "").strip(), self.say.data or ""
        if written or not (say.isascii() and say.isdigit()):
            return written
        return sentences[int(say)] if len(say) < 3 and int(say) < len(sentences) else ""


class AskOnForm(Form):
    """The form with which a learner asks the same helper again after a session."""

    words = TextAreaField(
        _l("Muốn hỏi tiếp điều gì"),
        description=_l("Ví dụ: làm lại ở nhà thì máy hỏi mã. Không ghi mật khẩu, mã OTP, số căn cước."),
        validators=[Length(max=500, message=_l("Phần kể dài quá 500 ký tự. Hãy viết ngắn hơn."))],
    )


class CancelForm(Form):
    """The form of a cancellation, with an optional reason."""

    reason = StringField(_l("Lý do (không bắt buộc)"), validators=[Length(max=200)])


class MoreForm(Form):
    """The form that adds a text to a waiting request."""

    words = TextAreaField(
        _l("Kể thêm"),
        description=_l("Ví dụ: em đã thử gì rồi, màn hình đang hiện gì. Không ghi mật khẩu, mã OTP, số căn cước."),
        validators=[Length(max=500, message=_l("Phần kể dài quá 500 ký tự. Hãy viết ngắn hơn."))],
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
