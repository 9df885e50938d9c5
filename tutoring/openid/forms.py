"""Forms of sign-in with school accounts."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, PasswordField, StringField
from wtforms.validators import Optional

from tutoring.accounts.forms import HANDLE
from tutoring.accounts.validators import at_most, needed
from tutoring.openid.commands import LONGEST
from tutoring.web.forms import Form


class ProviderForm(Form):
    """Form for an identity provider. The stored secret is never shown."""

    label = StringField(
        _l("Tên trên nút đăng nhập"),
        description=_l("Như: Tài khoản Trường THCS Nguyễn Du. Học sinh đọc được."),
        validators=[needed(_l("Hãy ghi tên trên nút.")), at_most(LONGEST["label"])],
    )
    issuer = StringField(
        _l("Địa chỉ nhà cung cấp (issuer)"),
        description=_l(
            "Google: https://accounts.google.com. Microsoft: https://login.microsoftonline.com/mã-tổ-chức/v2.0"
        ),
        validators=[needed(_l("Hãy ghi địa chỉ nhà cung cấp.")), at_most(LONGEST["issuer"])],
        render_kw={"inputmode": "url", "autocomplete": "off"},
    )
    client_id = StringField(
        _l("Mã ứng dụng (client ID)"),
        validators=[Optional(), at_most(LONGEST["client_id"])],
        render_kw={"autocomplete": "off"},
    )
    client_secret = PasswordField(
        _l("Khoá bí mật (client secret)"),
        description=_l("Lưu kín, không hiện lại. Để trống thì giữ khoá đã lưu."),
        validators=[Optional(), at_most(LONGEST["client_secret"])],
        render_kw={"autocomplete": "new-password"},
    )
    domains = StringField(
        _l("Chỉ nhận email của tên miền"),
        description=_l("Như: truong.edu.vn. Nhiều tên miền thì cách nhau bằng dấu phẩy. Google bắt buộc có."),
        validators=[Optional(), at_most(LONGEST["domains"])],
        render_kw={"autocomplete": "off"},
    )
    enabled = BooleanField(
        _l("Hiện nút ở trang đăng nhập"),
        description=_l("Bật sau khi bấm Thử và mọi dòng đều được."),
    )


class InvitationForm(Form):
    """Form for the one-time code of staff, by which a school account is linked."""

    handle = StringField(
        HANDLE,
        validators=[needed(_l("Hãy ghi tên đăng nhập, số điện thoại hoặc email.")), at_most(120)],
        render_kw={"autocomplete": "username"},
    )
    code = StringField(
        _l("Mã một lần"),
        description=_l("Thầy cô hoặc điều phối viên cấp, dùng được trong 24 giờ."),
        validators=[needed(_l("Hãy ghi mã.")), at_most(40)],
        render_kw={"autocomplete": "one-time-code"},
    )


class PlainForm(Form):
    """Form with a button alone."""
