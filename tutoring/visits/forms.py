"""Forms of visits."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Optional

from tutoring.accounts.validators import Hour, at_most, choice, needed
from tutoring.policy.visits import LONGEST_ADDRESS, LONGEST_WORDS
from tutoring.web.forms import Form


class AskVisitForm(Form):
    """A request for a visit. `kind` is chosen before: only a visit to a home asks for the address."""

    kind = HiddenField()
    offer = HiddenField()
    lesson = HiddenField()
    unit = SelectField(_l("Nơi bạn ở"), coerce=int)
    topic = SelectField(_l("Cần giúp việc gì"), validators=[InputRequired(_l("Hãy chọn việc cần giúp."))])
    words = TextAreaField(
        _l("Kể ngắn gọn"),
        description=_l("Ví dụ: mắt tôi kém, gõ chữ không được. Không ghi địa chỉ, số điện thoại, mật khẩu, mã OTP."),
        validators=[Optional(), at_most(LONGEST_WORDS)],
    )
    address = StringField(
        _l("Địa chỉ"),
        description=_l("Số nhà, đường hoặc hẻm, khu phố. Không ghi số điện thoại."),
        validators=[at_most(LONGEST_ADDRESS)],
    )
    children = RadioField(
        _l("Có trẻ em dưới 16 tuổi sống ở nhà không?"),
        choices=[choice("no", _l("Không")), choice("yes", _l("Có"))],
        validators=[InputRequired(_l("Hãy chọn có hay không."))],
    )
    guardian = BooleanField(_l("Ba mẹ hoặc người giám hộ của trẻ sẽ có mặt suốt buổi."))


class PlanVisitForm(Form):
    """Time and visitors."""

    day = StringField(_l("Ngày"), validators=[needed(_l("Hãy chọn ngày."))], render_kw={"type": "date"})
    time = StringField(
        _l("Giờ"), validators=[needed(_l("Hãy ghi giờ.")), Hour()], render_kw={"type": "time", "step": "900"}
    )
    one = SelectField(_l("Người thứ nhất"), validators=[InputRequired(_l("Hãy chọn một người."))])
    two = SelectField(_l("Người thứ hai"))


class RefuseVisitForm(Form):
    """The reason for a refusal."""

    reason = StringField(
        _l("Lý do"),
        description=_l("Người hẹn đọc được lý do này. Ví dụ: tuần này chưa đủ hai người đi."),
        validators=[needed(_l("Hãy ghi lý do.")), at_most(200)],
    )


class EndVisitForm(Form):
    """The outcome of a visit."""

    outcome = RadioField(
        _l("Việc người học nhờ đã xong chưa?"),
        choices=[
            choice("solved", _l("Đã xong")),
            choice("partly", _l("Được một phần")),
            choice("again", _l("Cần gặp thêm lần nữa")),
        ],
        validators=[InputRequired(_l("Hãy chọn một câu trả lời."))],
    )
    words = TextAreaField(
        _l("Đã làm gì"),
        description=_l("Ví dụ: đã cài lại ứng dụng, bác tự đăng nhập được. Không ghi địa chỉ, số, mật khẩu."),
        validators=[Optional(), at_most(LONGEST_WORDS)],
    )


class OfferVisitForm(Form):
    """The learner to whom a meeting is proposed."""

    learner = RadioField(_l("Đề nghị với ai"), validators=[InputRequired(_l("Hãy chọn một người."))])
