"""Forms for the room settings of a unit, with what is stored.

Each form has one value, because two coordinators may change values at the same moment.
"""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import Optional

from tutoring.accounts.validators import at_most, needed
from tutoring.community.blueprint import contact
from tutoring.community.models import Unit
from tutoring.community.units.settings import fallback_delay_of
from tutoring.web.forms import Form


class NameForm(Form):
    """Form for the name of a unit."""

    name = StringField(
        _l("Tên đơn vị"),
        description=_l("Hiện ở mọi nơi nhắc đến đơn vị này, cả trên tờ dán."),
        validators=[needed(_l("Hãy ghi tên đơn vị, không quá 80 ký tự.")), at_most(80)],
    )


class PhoneForm(Form):
    """Form for the emergency number."""

    phone = StringField(
        _l("Số gọi khi khẩn cấp"),
        description=_l("Số di động, số bàn hoặc tổng đài 1800, 1900. Để trống thì dùng số của đơn vị cấp trên."),
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


class SchoolSubjectsForm(Form):
    """Form for the grades whose pupils may ask each other about school subjects."""

    secondary = BooleanField(_l("Lớp 6 đến lớp 12"))
    primary = BooleanField(_l("Lớp 1 đến lớp 5"))
    read = BooleanField(_l("Tôi đã đọc phần căn cứ, và nhà trường đồng ý"))


def school_subjects_form(place: Unit) -> SchoolSubjectsForm:
    """Returns the form with what a school has switched on."""
    form = SchoolSubjectsForm()
    form.begin(secondary=place.subjects_secondary, primary=place.subjects_primary)
    return form


def name_form(place: Unit) -> NameForm:
    """Returns the form with the stored name of a unit."""
    form = NameForm()
    form.begin(name=place.name)
    return form


def phone_form(place: Unit) -> PhoneForm:
    """Returns the form with the stored emergency number of a unit."""
    form = PhoneForm()
    form.begin(phone=contact(place.duty_phone) if place.duty_phone else "")
    return form


def hosts_form(place: Unit) -> HostsForm:
    """Returns the form with the stored sites of a unit."""
    form = HostsForm()
    form.begin(hosts=place.link_hosts)
    return form


def patience_form(unit_id: int) -> PatienceForm:
    """Returns the form with the minutes in effect for a unit."""
    form = PatienceForm()
    form.begin(minutes=str(fallback_delay_of(unit_id)))
    return form
