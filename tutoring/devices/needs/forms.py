"""Forms for needs: choices only for families, and the decisions of staff."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Optional

from tutoring.accounts.validators import IntegerRange, at_most, choice, needed
from tutoring.devices.allocation.commands import MAX_REASON_CHARS
from tutoring.devices.labels import AT_HOME_WORDS, BASIS_WORDS
from tutoring.policy.devices.needs import AT_HOME, BASES
from tutoring.web.forms import Form


class AskNeedForm(Form):
    """Form for a new need. No family describes its hardship, and nothing is attached."""

    person = RadioField(_l("Ai sẽ dùng?"), validators=[InputRequired(_l("Hãy chọn người sẽ dùng."))])
    receiver = RadioField(_l("Ai sẽ nhận?"), validators=[InputRequired(_l("Hãy chọn người sẽ nhận."))])
    kind = HiddenField()  # chosen beforehand, because each kind has its own choices
    wants = SelectField(_l("Loại nào phù hợp?"), validators=[InputRequired(_l("Hãy chọn loại phù hợp."))])
    at_home = RadioField(
        _l("Người dùng hiện có máy nào chưa?"),
        choices=[choice(one, _l(AT_HOME_WORDS[one])) for one in AT_HOME],
        validators=[InputRequired(_l("Hãy chọn nhà mình hiện có gì."))],
    )
    learners = StringField(
        _l("Mấy người ở nhà học hoặc làm việc bằng máy?"),
        validators=[needed(_l("Hãy ghi số người.")), IntegerRange(1, 9)],
        render_kw={"inputmode": "numeric", "class": "short"},
    )
    elsewhere = RadioField(
        _l("Trong ba năm qua, chương trình khác đã tặng nhà mình máy nào chưa?"),
        choices=[choice("no", _l("Chưa")), choice("yes", _l("Đã có"))],
        validators=[InputRequired(_l("Hãy chọn chưa hoặc đã có."))],
    )


class ConfirmNeedForm(Form):
    """Form for confirming a basis until a date."""

    basis = RadioField(
        _l("Căn cứ"),
        choices=[choice(one, _l(BASIS_WORDS[one])) for one in BASES],
        validators=[InputRequired(_l("Hãy chọn căn cứ xác nhận."))],
    )
    valid_until = StringField(
        _l("Xác nhận có hạn đến hết ngày"),
        description=_l("Nhiều nhất 12 tháng. Trước khi hết hạn 14 ngày, bạn được nhắc xác nhận lại."),
        validators=[needed(_l("Hãy chọn ngày."))],
        render_kw={"type": "date"},
    )


class ProposeDeviceForm(Form):
    """Form for proposing a device, lent or given."""

    device = RadioField(_l("Máy"), validators=[InputRequired(_l("Hãy chọn một máy."))])
    as_gift = BooleanField(
        _l("Tặng hẳn cho gia đình"),
        description=_l("Bỏ trống là cho mượn có hạn. Máy mà người tặng chỉ cho mượn thì không tặng hẳn được."),
    )
    although = TextAreaField(
        _l("Vì sao vẫn đề xuất?"),
        description=_l("Người duyệt đọc được. Không ghi tên, số điện thoại, địa chỉ."),
        validators=[needed(_l("Hãy ghi lý do vẫn đề xuất.")), at_most(MAX_REASON_CHARS)],
    )


class ProposeVouchersForm(Form):
    """Form for proposing vouchers of one batch."""

    batch = RadioField(_l("Đợt gói mạng"), validators=[InputRequired(_l("Hãy chọn một đợt gói mạng."))])
    needs = SelectMultipleField(_l("Gia đình"), validators=[InputRequired(_l("Hãy đánh dấu ít nhất một gia đình."))])
    although = TextAreaField(
        _l("Vì sao vẫn đề xuất, nếu nhà nào đã có?"),
        description=_l("Người duyệt đọc được. Không ghi tên, số điện thoại, địa chỉ."),
        validators=[Optional(), at_most(MAX_REASON_CHARS)],
    )


class RefuseNeedForm(Form):
    """Form for refusing a need, with the reason."""

    reason = TextAreaField(
        _l("Lý do"),
        description=_l("Gia đình đọc được lý do này. Ví dụ: đợt này không còn máy, mời gửi lại đầu năm học."),
        validators=[needed(_l("Hãy ghi lý do.")), at_most(MAX_REASON_CHARS)],
    )
