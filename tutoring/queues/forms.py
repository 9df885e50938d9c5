"""Forms of walk-in queues: drawing a number, hours, services, desks."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.validators import Optional

from tutoring.accounts.validators import Hour, OneOf, at_most, choice, needed
from tutoring.community.labels import WEEKDAYS
from tutoring.policy.queues import LONGEST_DESK, LONGEST_LABEL
from tutoring.queues.labels import MINUTE_WORDS, PICTURES
from tutoring.web.forms import Form


class PlainForm(Form):
    """A form with a single button."""


class ScreenForm(Form):
    """What a resident comes for, for whom, and how long help may take."""

    service = RadioField(
        _l("Bạn đến làm gì?"), validators=[needed(_l("Hãy chọn một việc trong danh sách."))], validate_choice=False
    )
    whom = RadioField(
        _l("Bạn làm cho ai?"),
        choices=[choice("self", _l("Cho tôi")), choice("other", _l("Cho ba mẹ, người nhà"))],
        default="self", validate_choice=False, validators=[OneOf()],
    )  # fmt: skip
    minutes = RadioField(
        _l("Bạn cần giúp chừng bao lâu?"),
        choices=[choice(str(key), _l(words)) for key, words in MINUTE_WORDS.items()],
        default="0", validate_choice=False, validators=[OneOf()],
    )  # fmt: skip


class DoorForm(ScreenForm):
    """The same on a phone, with the code of the day."""

    code = StringField(
        _l("Mã hôm nay"),
        description=_l("4 chữ số trên màn hình ở quầy. Không có màn hình thì hỏi người trực."),
        validators=[at_most(8)],
        render_kw={"inputmode": "numeric", "class": "short", "autocomplete": "off"},
    )


class HoursForm(Form):
    """When numbers are given."""

    opens = StringField(_l("Bắt đầu phát số"), validators=[Hour()], render_kw={"class": "short"})
    closes = StringField(_l("Ngừng phát số"), validators=[Hour()], render_kw={"class": "short"})
    weekdays = SelectMultipleField(
        _l("Các ngày"),
        choices=[choice(str(day), _l(words)) for day, words in enumerate(WEEKDAYS)],
        validate_choice=False,
        validators=[OneOf()],
    )
    asks_code = BooleanField(
        _l("Lấy số bằng điện thoại thì phải gõ mã hôm nay"),
        description=_l("Mã đổi mỗi ngày, hiện trên màn hình ở quầy. Nhờ vậy người ở xa không lấy số phá được."),
    )


class ServiceForm(Form):
    """A service: its words, its picture, and the lesson that says what to bring."""

    label = StringField(
        _l("Tên việc"), validators=[needed(_l("Hãy ghi tên việc.")), at_most(LONGEST_LABEL)],
        description=_l("Vài chữ, ai cũng đọc được. Ví dụ: Xác nhận tình trạng hôn nhân."),
    )  # fmt: skip
    picture = SelectField(_l("Hình của việc"), choices=[choice(key, _l(words)) for key, words in PICTURES.items()],
                          validate_choice=False)  # fmt: skip
    lesson = SelectField(_l("Bài học nói cần mang gì"), validate_choice=False, validators=[Optional()])


class DeskForm(Form):
    """The name of a desk."""

    label = StringField(
        _l("Tên quầy"),
        id="desk-label",  # the form of a service on the same page has a `label` too
        validators=[needed(_l("Hãy ghi tên quầy.")), at_most(LONGEST_DESK)],
        description=_l("Ví dụ: Quầy 2."),
    )


class LimitForm(Form):
    """The services of one desk."""

    services = SelectMultipleField(_l("Quầy này nhận việc nào"), validate_choice=False)
