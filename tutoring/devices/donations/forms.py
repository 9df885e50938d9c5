"""Forms for donation offers."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Optional

from tutoring.accounts.validators import IntegerRange, OneOf, at_most, choice, needed
from tutoring.devices.donations.commands import MAX_NAME_CHARS
from tutoring.devices.labels import CONDITION_WORDS, KIND_WORDS, MISSING_WORDS
from tutoring.devices.models import CONDITIONS, MISSING
from tutoring.policy.devices.inventory import KINDS, LONGEST_WORDS, MOST_AT_ONCE
from tutoring.web.forms import Form


class OfferForm(Form):
    """Form for a new offer.

    The field `donor_name` is for staff who record the offer of a donor without an account.
    """

    donor_name = StringField(
        _l("Tên người tặng"),
        description=_l("Chỉ người giữ kho đọc được. Không ghi số điện thoại, địa chỉ, số giấy tờ."),
        validators=[needed(_l("Hãy ghi tên người tặng.")), at_most(MAX_NAME_CHARS)],
    )
    unit = SelectField(_l("Phường, xã nhận máy"), coerce=int)
    kind = RadioField(
        _l("Bạn có máy gì?"),
        choices=[choice(kind, _l(KIND_WORDS[kind])) for kind in KINDS],
        validators=[InputRequired(_l("Hãy chọn loại máy."))],
    )
    terms = RadioField(
        _l("Tặng hẳn hay cho mượn?"),
        choices=[
            choice("gift", _l("Tặng hẳn"), _l("Phường cho một gia đình mượn, hoặc tặng lại gia đình đó.")),
            choice("loan", _l("Cho mượn"), _l("Đến ngày bạn hẹn, phường gửi lại máy cho bạn.")),
        ],
        validators=[InputRequired(_l("Hãy chọn tặng hẳn hay cho mượn."))],
    )
    lend_until = StringField(
        _l("Cho mượn đến ngày nào"),
        description=_l("Chỉ ghi khi cho mượn. Để trống nếu chưa cần lấy lại."),
        validators=[Optional()],
        render_kw={"type": "date"},
    )
    count = StringField(
        _l("Mấy máy giống nhau?"),
        validators=[needed(_l("Hãy ghi số máy.")), IntegerRange(1, MOST_AT_ONCE)],
        render_kw={"inputmode": "numeric", "class": "short"},
    )
    condition = RadioField(
        _l("Máy còn dùng thế nào?"),
        choices=[choice(one, _l(CONDITION_WORDS[one])) for one in CONDITIONS],
        validators=[InputRequired(_l("Hãy chọn tình trạng máy."))],
    )
    missing = SelectMultipleField(
        _l("Máy thiếu hoặc hư gì?"),
        choices=[choice(one, _l(MISSING_WORDS[one])) for one in MISSING],
        validate_choice=False,
        validators=[Optional(), OneOf()],
    )
    words = TextAreaField(
        _l("Kể thêm về máy"),
        description=_l("Ví dụ: mua năm 2021, còn hộp. Không ghi số điện thoại, địa chỉ, mật khẩu mở máy."),
        validators=[Optional(), at_most(LONGEST_WORDS)],
    )


class AcceptOfferForm(Form):
    """Form for accepting an offer, with a message to the donor."""

    said = StringField(
        _l("Dặn gì thêm"),
        description=_l("Ví dụ: mang tới bàn số 3, sáng thứ hai đến thứ sáu."),
        validators=[Optional(), at_most(LONGEST_WORDS)],
    )


class AnswerOfferForm(Form):
    """Form for declining an offer, with the reason."""

    reason = StringField(
        _l("Lý do"),
        description=_l("Người tặng đọc được. Ví dụ: phường chưa sửa được loại máy này."),
        validators=[needed(_l("Hãy ghi lý do.")), at_most(LONGEST_WORDS)],
    )
