"""Forms for the room settings of a unit.

Each form has one value, because two coordinators may change values at the same moment.
"""

from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField
from wtforms.validators import Optional

from tutoring.accounts.validators import at_most
from tutoring.web.forms import Form


class PhoneForm(Form):
    """Form for the emergency number."""

    phone = StringField(
        _l("Số gọi khi khẩn cấp"),
        description=_l("Số di động, số bàn hoặc tổng đài 1800, 1900. Để trống thì dùng số của nơi cao hơn."),
        validators=[Optional(), at_most(40)],
    )


class HostsForm(Form):
    """Form for the sites to which links may be sent."""

    hosts = TextAreaField(
        _l("Trang của trường, của phường"),
        description=_l("Mỗi dòng một trang, như: truong-abc.edu.vn."),
        validators=[Optional(), at_most(2000)],
        render_kw={"rows": 4},
    )


class PatienceForm(Form):
    """Form for the minutes of waiting before alternatives are offered."""

    minutes = StringField(_l("Số phút"), description=_l("Từ 5 đến 240."), validators=[Optional(), at_most(8)])
