"""Forms of the desk."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are older
from wtforms.validators import Optional

from tutoring.accounts.fields import Listed, at_most, needed
from tutoring.policy.acts import REASONS
from tutoring.rooms.forms import MINUTES
from tutoring.web.forms import Form


class DecideForm(Form):
    """How a case ends, and the words that both sides read."""

    outcome = RadioField(_l("Kết quả"), validate_choice=False, validators=[needed(_l("Hãy chọn kết quả.")), Listed()])
    words = TextAreaField(
        _l("Lời cho người bị báo"),
        description=_l("Nói điều đã làm và vì sao. Không ghi ai đã báo."),
        validators=[needed(_l("Hãy ghi vài lời.")), at_most(300)],
        render_kw={"rows": 3},
    )
    reply = TextAreaField(
        _l("Lời cho người đã báo"),
        description=_l("Chỉ người đã báo đọc. Cảm ơn và nói việc đã được xử lý thế nào."),
        validators=[needed(_l("Hãy ghi vài lời.")), at_most(300)],
        render_kw={"rows": 3},
    )
    tell_family = RadioField(
        _l("Báo cho gia đình của em"),
        description=_l("Chỉ báo khi em được an toàn ở nhà."),
        choices=[SelectChoice("yes", _l("Báo cho ba mẹ hoặc người giám hộ")), SelectChoice("no", _l("Không báo"))],
        validate_choice=False,
        validators=[needed(_l("Hãy chọn có báo cho gia đình không.")), Listed()],
    )
    family_words = TextAreaField(
        _l("Lời cho gia đình"),
        description=_l("Nói chuyện gì đã xảy ra và đã làm gì. Không chép lời của em, không ghi ai đã báo."),
        validators=[Optional(), at_most(300)],
        render_kw={"rows": 3},
    )


class ActForm(Form):
    """What stands beside an act; the button that is pressed names it."""

    reason = SelectField(_l("Lý do"), choices=[SelectChoice(code, _l(words)) for code, words in REASONS.items()])
    words = TextAreaField(
        _l("Lời nhắn cho người ấy"),
        description=_l("Nói việc làm và vì sao, không ghi ai đã báo. Người ấy và bàn trực đọc cùng một lời."),
        validators=[needed(_l("Hãy ghi vài lời.")), at_most(200)],
        render_kw={"rows": 2},
    )
    about = SelectField(_l("Với ai"), validate_choice=False, validators=[Optional()])
    seq = StringField(_l("Tin số"), description=_l("Chỉ cần khi cho gửi, che hoặc ẩn."), validators=[Optional()])
    part = StringField(
        _l("Phần cần che"),
        description=_l("Chỉ cần khi che. Bỏ trống thì che phần máy tìm thấy."),
        validators=[Optional()],
    )
    minutes = SelectField(_l("Tạm ngừng viết bao lâu"), choices=[SelectChoice(*one) for one in MINUTES], default="60")
