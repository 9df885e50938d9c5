"""Forms of second looks and of readings in an emergency."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField, TextAreaField

from tutoring.accounts.fields import Listed, Whole, at_most, needed, option
from tutoring.web.forms import Form


class AskReadingForm(Form):
    """Which room somebody asks to read, and why."""

    room = StringField(
        _l("Số phòng"),
        description=_l("Số ở cuối địa chỉ của phòng, ví dụ 128."),
        validators=[needed(_l("Hãy ghi số phòng.")), Whole(1, 2**31 - 1)],
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
    reason = TextAreaField(
        _l("Vì sao cần đọc ngay"),
        description=_l("Ít nhất 20 ký tự. Người thứ hai đọc lý do này, và nó nằm trong sổ. Không ghi số điện thoại."),
        validators=[needed(_l("Hãy ghi lý do.")), at_most(300)],
        render_kw={"rows": 3},
    )


class SecondLookForm(Form):
    """Why somebody asks for a second look."""

    words = TextAreaField(
        _l("Bạn muốn nói gì với người xem lại?"),
        description=_l("Không bắt buộc. Ví dụ: chuyện đã xảy ra thế nào."),
        validators=[at_most(300)],
        render_kw={"rows": 3},
    )


class SecondWordForm(Form):
    """What a second look comes to, and the words that the one who asked reads."""

    outcome = RadioField(
        _l("Kết quả"),
        choices=[
            option("upheld", _l("Giữ như trước")),
            option("overturned", _l("Hoàn tác"), _l("Mọi thứ trở lại như trước và không còn bị tính.")),
        ],
        validate_choice=False,
        validators=[needed(_l("Hãy chọn kết quả.")), Listed()],
    )
    answer = TextAreaField(
        _l("Vài lời cho người nhờ xem lại"),
        description=_l("Nói vì sao. Không ghi ai đã báo."),
        validators=[needed(_l("Hãy ghi vài lời.")), at_most(300)],
        render_kw={"rows": 3},
    )
