"""The form of a group session."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectField, StringField

from tutoring.accounts.validators import Hour, IntegerRange, OneOf, at_most, choice, needed
from tutoring.policy.pairing.group_sessions import FEWEST_PLACES, MOST_PLACES
from tutoring.web.forms import Form

LEVELS = [
    choice("1", _l("Mới bắt đầu")),
    choice("2", _l("Đã làm được đôi chút")),
    choice("3", _l("Muốn làm thạo")),
]
LENGTHS = [choice(str(n), _l("%(n)s phút", n=n)) for n in (30, 45, 60, 90)]
AUDIENCES = [
    choice("pupils", _l("Học sinh"), _l("Ba mẹ của em nhỏ cùng vào phòng; cần thầy cô trực.")),
    choice("adults", _l("Người lớn"), _l("Phụ huynh, người dân.")),
]


def _list(label: Any, message: Any, **more: Any) -> SelectField:
    return SelectField(label, validate_choice=False, validators=[needed(message), OneOf()], **more)


def _grade(label: Any) -> SelectField:
    grades = [choice("", _l("Chọn lớp")), *(choice(str(n), _l("Lớp %(n)s", n=n)) for n in range(1, 13))]
    return SelectField(label, choices=grades, validate_choice=False, validators=[OneOf()])


class SessionForm(Form):
    """The form with which a helper announces a session."""

    origin = HiddenField()

    words = StringField(
        _l("Tên buổi học"),
        description=_l("Ví dụ: Cùng nhau vào lớp học trực tuyến. Không ghi số điện thoại, địa chỉ."),
        validators=[needed(_l("Hãy đặt tên cho buổi học.")), at_most(80)],
    )
    topic = _list(_l("Hướng dẫn việc gì"), _l("Hãy chọn việc sẽ hướng dẫn."))
    level = RadioField(_l("Dành cho người"), choices=LEVELS, default="1", validate_choice=False, validators=[OneOf()])
    unit = _list(_l("Mở cho"), _l("Hãy chọn lớp, trường hoặc khu phố của bạn."))
    audience = RadioField(
        _l("Ai đăng ký được"), choices=AUDIENCES, default="pupils", validate_choice=False, validators=[OneOf()]
    )
    lowest = _grade(_l("Từ lớp"))
    highest = _grade(_l("Đến lớp"))
    day = StringField(_l("Ngày"), validators=[needed(_l("Hãy chọn ngày."))], render_kw={"type": "date"})
    time = StringField(
        _l("Giờ bắt đầu"), validators=[needed(_l("Hãy ghi giờ bắt đầu.")), Hour()], render_kw={"type": "time"}
    )
    minutes = _list(_l("Dài bao lâu"), _l("Hãy chọn độ dài của buổi học."), choices=LENGTHS, default="45")
    places = StringField(
        _l("Nhận nhiều nhất mấy người"),
        description=_l("Từ 2 đến 8. Người đến sau vào danh sách chờ."),
        default="6",
        validators=[needed(_l("Hãy ghi số người.")), IntegerRange(FEWEST_PLACES, MOST_PLACES)],
        render_kw={"inputmode": "numeric", "class": "short"},
    )
