"""Forms of moderation: decisions, actions, appeals, emergency access."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are older
from wtforms.validators import Optional

from tutoring.accounts.validators import IntegerRange, OneOf, at_most, choice, needed
from tutoring.policy.moderation.actions import REASONS
from tutoring.rooms.forms import MINUTES
from tutoring.web.forms import Form


class DecideForm(Form):
    """The outcome of a case, and the texts for both sides."""

    outcome = RadioField(_l("Kết quả"), validate_choice=False, validators=[needed(_l("Hãy chọn kết quả.")), OneOf()])
    words = TextAreaField(
        _l("Viết cho người bị báo"),
        description=_l("Nói điều đã làm và vì sao. Không ghi ai đã báo."),
        validators=[needed(_l("Hãy ghi vài câu.")), at_most(300)],
        render_kw={"rows": 3},
    )
    reply = TextAreaField(
        _l("Viết cho người đã báo"),
        description=_l("Chỉ người đã báo đọc. Cảm ơn và nói việc đã được xử lý thế nào."),
        validators=[needed(_l("Hãy ghi vài câu.")), at_most(300)],
        render_kw={"rows": 3},
    )
    tell_family = RadioField(
        _l("Báo cho gia đình của em"),
        description=_l("Chỉ báo khi em được an toàn ở nhà."),
        choices=[SelectChoice("yes", _l("Báo cho ba mẹ hoặc người giám hộ")), SelectChoice("no", _l("Không báo"))],
        validate_choice=False,
        validators=[needed(_l("Hãy chọn có báo cho gia đình không.")), OneOf()],
    )
    family_words = TextAreaField(
        _l("Viết cho gia đình"),
        description=_l("Nói chuyện gì đã xảy ra và đã làm gì. Không chép lời của em, không ghi ai đã báo."),
        validators=[Optional(), at_most(300)],
        render_kw={"rows": 3},
    )


class ActionForm(Form):
    """The input beside an action; the pressed button names the action."""

    reason = SelectField(_l("Lý do"), choices=[SelectChoice(code, _l(words)) for code, words in REASONS.items()])
    words = TextAreaField(
        _l("Lời nhắn cho người đó"),
        description=_l("Nói đã làm gì và vì sao, không ghi ai đã báo. Người ấy và bàn trực cùng đọc lời này."),
        validators=[needed(_l("Hãy ghi vài câu.")), at_most(200)],
        render_kw={"rows": 2},
    )
    about = SelectField(_l("Với ai"), validate_choice=False, validators=[Optional()])
    seq = StringField(validators=[Optional()])  # chosen beside the messages
    part = StringField(
        _l("Phần cần che"),
        description=_l("Chỉ cần khi che. Bỏ trống thì che phần hệ thống tìm thấy."),
        validators=[Optional()],
    )
    minutes = SelectField(_l("Tạm ngừng viết bao lâu"), choices=[SelectChoice(*one) for one in MINUTES], default="60")


class EmergencyAccessForm(Form):
    """The room to read in an emergency, and the reason."""

    room = StringField(
        _l("Số phòng"),
        description=_l("Số ở cuối địa chỉ của phòng, ví dụ 128."),
        validators=[needed(_l("Hãy ghi số phòng.")), IntegerRange(1, 2**31 - 1)],
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
    reason = TextAreaField(
        _l("Vì sao cần đọc ngay"),
        description=_l("Ít nhất 20 ký tự. Người thứ hai đọc lý do này, và nó nằm trong sổ. Không ghi số điện thoại."),
        validators=[needed(_l("Hãy ghi lý do.")), at_most(300)],
        render_kw={"rows": 3},
    )


class SecondLookForm(Form):
    """The reason for an appeal."""

    words = TextAreaField(
        _l("Bạn muốn nói gì với người xem lại?"),
        description=_l("Không bắt buộc. Ví dụ: chuyện đã xảy ra thế nào."),
        validators=[at_most(300)],
        render_kw={"rows": 3},
    )


class SecondWordForm(Form):
    """The outcome of an appeal, and the answer to the appellant."""

    outcome = RadioField(
        _l("Kết quả"),
        choices=[
            choice("upheld", _l("Giữ như trước")),
            choice("overturned", _l("Hoàn tác"), _l("Mọi thứ trở lại như trước và không còn bị tính.")),
        ],
        validate_choice=False,
        validators=[needed(_l("Hãy chọn kết quả.")), OneOf()],
    )
    answer = TextAreaField(
        _l("Vài câu cho người nhờ xem lại"),
        description=_l("Nói vì sao. Không ghi ai đã báo."),
        validators=[needed(_l("Hãy ghi vài câu.")), at_most(300)],
        render_kw={"rows": 3},
    )
