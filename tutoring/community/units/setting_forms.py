"""Forms of what a unit sets for its rooms: one value each, which two coordinators may change in one moment."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField
from wtforms.validators import Optional

from tutoring.accounts.validators import at_most
from tutoring.web.forms import Form


class PhoneForm(Form):
    """Whom to ring when it is urgent."""

    phone = StringField(
        _l("Số gọi khi khẩn cấp"),
        description=_l("Số di động, số bàn hoặc tổng đài 1800, 1900. Để trống thì dùng số của nơi cao hơn."),
        validators=[Optional(), at_most(40)],
    )


class HostsForm(Form):
    """Sites to which people may send links."""

    hosts = TextAreaField(
        _l("Trang của trường, của phường"),
        description=_l("Mỗi dòng một trang, như: truong-abc.edu.vn."),
        validators=[Optional(), at_most(2000)],
        render_kw={"rows": 4},
    )


class PatienceForm(Form):
    """How many minutes somebody waits before other ways are offered."""

    minutes = StringField(_l("Số phút"), description=_l("Từ 5 đến 240."), validators=[Optional(), at_most(8)])
