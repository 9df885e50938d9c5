"""Forms of site administration."""

from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, StringField, TextAreaField
from wtforms.validators import Optional

from tutoring.accounts.validators import at_most, needed
from tutoring.web.forms import Form


def _reason() -> TextAreaField:
    return TextAreaField(
        _l("Vì sao"),
        description=_l("Ghi vào nhật ký cùng tên bạn. Không ghi tên hay số của ai."),
        validators=[needed(_l("Hãy ghi vì sao.")), at_most(300)],
        render_kw={"rows": 2},
    )


class SettingForm(Form):
    """One setting; the page chooses the kind of its field."""

    value = TextAreaField(_l("Giá trị"), validators=[at_most(3000)])
    reason = _reason()
    version = HiddenField()


class FactForm(Form):
    """A number or name that lessons refer to."""

    vi = StringField(_l("Giá trị"), validators=[needed(_l("Hãy ghi phần này.")), at_most(300)])
    en = StringField(_l("Giá trị bằng tiếng Anh"), validators=[Optional(), at_most(300)])
    source = StringField(
        _l("Nguồn"), description=_l("Văn bản, trang hoặc bài báo nào, ngày nào."),
        validators=[needed(_l("Hãy ghi nguồn.")), at_most(300)],
    )  # fmt: skip
    source_url = StringField(_l("Địa chỉ của nguồn"), validators=[Optional(), at_most(300)])
    as_of = DateField(_l("Ngày ghi vào bài"), validators=[needed(_l("Hãy ghi ngày."))])
    verified_on = DateField(
        _l("Ngày bạn tự kiểm tra"),
        description=_l("Chỉ ghi khi chính bạn đã gọi thử hoặc mở trang thật vào ngày đó. Chưa thì để trống."),
        validators=[Optional()],
    )
    reason = _reason()
    version = HiddenField()


class HolidayForm(Form):
    """A holiday."""

    day = DateField(_l("Ngày"), validators=[needed(_l("Hãy ghi ngày."))])
    vi = StringField(_l("Tên"), validators=[at_most(80)])
    en = StringField(_l("Tên bằng tiếng Anh"), validators=[at_most(80)])
    source = StringField(
        _l("Nguồn"),
        description=_l("Thông báo hoặc văn bản nào cho nghỉ ngày này."),
        validators=[at_most(300)],
    )
    reason = _reason()
    version = HiddenField()


class LookUpForm(Form):
    """The user to look up, and the reason."""

    handle = StringField(
        _l("Tên đăng nhập, số điện thoại hoặc email"),
        validators=[needed(_l("Hãy ghi tên đăng nhập, số điện thoại hoặc email.")), at_most(120)],
    )
    reason = _reason()


class WhyForm(Form):
    """The reason for an action."""

    reason = _reason()
    version = HiddenField()
