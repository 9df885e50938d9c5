"""Forms of a room."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are older
from wtforms.validators import InputRequired, Length, Optional

from tutoring.rooms.pictures.annotation_layers import PLACE_NAMES
from tutoring.web.forms import Form

MINUTES = [("5", _l("5 phút")), ("15", _l("15 phút")), ("60", _l("1 giờ")), ("1440", _l("1 ngày"))]
SOLVED = [
    SelectChoice("yes", _l("Xong rồi")),
    SelectChoice("partly", _l("Được một phần")),
    SelectChoice("no", _l("Chưa xong")),
]

SOLVED_BY = [
    SelectChoice("lesson", _l("Nhờ bài học")),
    SelectChoice("helper", _l("Nhờ có người giúp")),
    SelectChoice("learner", _l("Người học tự làm được")),
]
HELPED = [SelectChoice("helped", _l("Có, tôi đã được giúp")), SelectChoice("nobody", _l("Không, chưa có ai giúp tôi"))]

FELT = [
    SelectChoice("well", _l("Thoải mái")),
    SelectChoice("fine", _l("Bình thường")),
    SelectChoice("uneasy", _l("Không thoải mái")),
]

MARKS = [
    SelectChoice("arrow", _l("Mũi tên")),
    SelectChoice("circle", _l("Khoanh tròn")),
    SelectChoice("number", _l("Số")),
    SelectChoice("text", _l("Chữ")),
]
PLACES = [SelectChoice(str(n), _l(name)) for n, name in enumerate(PLACE_NAMES)]


class MessageForm(Form):
    """A message; `client_id` is made with the page, so a form sent twice is one message."""

    client_id = HiddenField()
    text = TextAreaField(_l("Tin nhắn"))


class EditForm(Form):
    """The new text of the user's own message."""

    text = TextAreaField(_l("Sửa lại"), description=_l("Sửa được trong 5 phút sau khi gửi."), render_kw={"rows": 3})


class EndForm(Form):
    """Feedback of a participant at the end of a session."""

    solved = RadioField(
        _l("Việc cần giúp đã xong chưa?"),
        choices=SOLVED,
        validators=[InputRequired(_l("Hãy chọn một câu trả lời."))],
    )
    solved_by = RadioField(
        _l("Nếu xong, nhờ đâu là chính?"),
        choices=SOLVED_BY,
        validators=[Optional()],
    )
    helped = RadioField(
        _l("Hôm nay bạn đã được giúp chứ?"),
        description=_l("Bạn trả lời thì người giúp được tính giờ. Không chắc thì bỏ qua."),
        choices=HELPED,
        validators=[Optional()],
    )
    thanks = BooleanField(_l("Gửi lời cảm ơn"))
    words = TextAreaField(
        _l("Lời nhắn cho người cùng học"),
        description=_l("Ví dụ: phần nào giúp được nhiều nhất, lần sau muốn làm gì."),
        validators=[Length(max=500, message=_l("Lời nhắn dài quá 500 ký tự. Hãy viết ngắn hơn."))],
    )


class ChildEndForm(Form):
    """What a child may say at the end of a session: how it felt, for staff alone, and thanks for the helper."""

    felt = RadioField(_l("Em có thấy thoải mái không?"), choices=FELT, validators=[Optional()])
    thanks = BooleanField(_l("Gửi lời cảm ơn"))
    words = TextAreaField(
        _l("Viết thêm vài lời cảm ơn"),
        validators=[Length(max=500, message=_l("Lời nhắn dài quá 500 ký tự. Hãy viết ngắn hơn."))],
    )


class AnnotationForm(Form):
    """One annotation on a picture, for pages without JavaScript.

    The place numbers are those of shapes.py.
    """

    client_id = HiddenField()
    kind = RadioField(_l("Vẽ gì"), choices=MARKS, default="arrow")
    place = SelectField(_l("Ở đâu trên ảnh"), choices=PLACES, default="4")
    number = StringField(_l("Số mấy"), description=_l("Từ 1 đến 20. Chỉ cần khi bạn chọn Số."))
    text = StringField(_l("Chữ gì"), description=_l("Nhiều nhất 40 ký tự. Chỉ cần khi bạn chọn Chữ."))


class CloseForm(Form):
    """Why an observer closes a room, and a summary of what was done in it."""

    reason = StringField(
        _l("Lý do đóng phòng"),
        description=_l("Ngắn gọn. Được ghi vào sổ."),
        validators=[InputRequired(_l("Hãy ghi lý do ngắn gọn."))],
    )
    summary = TextAreaField(
        _l("Đã làm gì, việc tiếp theo là gì"),
        description=_l("Một hai câu. Mọi người đã tham gia đọc được ở trang tổng kết."),
        validators=[Optional()],
    )


class AppealForm(Form):
    """Why a second person should review the moderation of the user's message."""

    words = TextAreaField(
        _l("Vì sao tin này nên được hiện?"),
        description=_l("Không bắt buộc. Đừng viết lại số điện thoại hay địa chỉ ở đây."),
        render_kw={"rows": 3},
    )
