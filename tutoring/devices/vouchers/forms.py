"""The form for a sponsor's vouchers; the view reads the file, because it limits the size."""

from flask_babel import lazy_gettext as _l
from wtforms import FileField, RadioField, SelectField, StringField, TextAreaField

from tutoring.accounts.validators import IntegerRange, OneOf, at_most, choice, needed
from tutoring.devices.labels import NETWORK_WORDS
from tutoring.web.forms import Form


class BatchForm(Form):
    """Form for what all vouchers share, and for the file or pasted lines."""

    sponsor_id = SelectField(_l("Nhà tài trợ"), validate_choice=False, default="", validators=[OneOf()])
    sponsor = StringField(
        _l("Tên nhà tài trợ"),
        description=_l("Chỉ ghi khi không có trong danh sách trên. Tên này được nêu công khai."),
        validators=[at_most(80)],
    )
    network = RadioField(
        _l("Nhà mạng"),
        choices=[choice(key, _l(label)) for key, label in NETWORK_WORDS.items()],
        validate_choice=False,
        validators=[OneOf()],
    )
    gigabytes = StringField(
        _l("Dung lượng mỗi mã (GB)"), validators=[needed(_l("Hãy ghi số GB.")), IntegerRange(1, 1000)],
        render_kw={"inputmode": "numeric"},
    )  # fmt: skip
    days = StringField(
        _l("Mỗi mã dùng được bao nhiêu ngày"), validators=[needed(_l("Hãy ghi số ngày.")), IntegerRange(1, 400)],
        render_kw={"inputmode": "numeric"},
    )  # fmt: skip
    file = FileField(_l("Tệp CSV"), description=_l("Cột “mã” và cột “hạn”. Tối đa 5.000 dòng, 1 MB."))
    codes = TextAreaField(
        _l("Hoặc dán các dòng vào đây"),
        description=_l("Mỗi dòng một mã; có thêm hạn thì dán cả dòng tên cột. Nhiều hơn 2.000 dòng thì hãy gửi tệp."),
        render_kw={"rows": 5, "autocomplete": "off", "spellcheck": "false"},
    )
    expires = StringField(
        _l("Hạn dùng cho dòng không ghi hạn"), description=_l("Ví dụ 31/12/2027. Tệp có cột hạn thì để trống."),
    )  # fmt: skip
