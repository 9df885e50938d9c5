"""Forms of the set-up."""

from flask_babel import lazy_gettext as _l
from wtforms import ColorField, FileField, HiddenField, PasswordField, RadioField, StringField, TextAreaField
from wtforms.validators import Optional

from tutoring.accounts.validators import PASSWORD_LENGTH, OneOf, at_most, choice, needed
from tutoring.kernel.site_identity import LONGEST_NAME
from tutoring.web.forms import Form
from tutoring.web.i18n import LANGUAGES


class StartForm(Form):
    """A form with a button alone."""


class LanguageForm(Form):
    """The language of the set-up and of the first administrator."""

    language = RadioField(
        _l("Thiết lập bằng tiếng nào"),
        choices=[choice(code, name) for code, name in LANGUAGES.items()],
        validate_choice=False,
        validators=[needed(_l("Hãy chọn một ngôn ngữ.")), OneOf()],
    )


class IdentityForm(Form):
    """What the site is called, its colour and its logo."""

    name = StringField(
        _l("Tên của trang"),
        description=_l("Hiện ở đầu mọi trang, trong thư, thông báo và trên màn hình chính của điện thoại."),
        validators=[needed(_l("Hãy ghi tên của trang.")), at_most(LONGEST_NAME)],
    )
    colour = ColorField(
        _l("Màu của trang"),
        description=_l("Màu của thanh đầu trang, nút và đường dẫn. Chọn màu đậm để chữ đọc rõ."),
        validators=[needed(_l("Hãy chọn một màu."))],
    )
    logo = FileField(
        _l("Logo"),
        description=_l("Ảnh vuông, mỗi cạnh từ 192 điểm ảnh. Để trống thì giữ như bây giờ."),
        validators=[Optional()],
        render_kw={"accept": "image/png,image/jpeg,image/webp"},
    )


class AdminForm(Form):
    """The account of an administrator."""

    full_name = StringField(
        _l("Họ tên"), validators=[needed(_l("Hãy ghi họ tên.")), at_most(80)], render_kw={"autocomplete": "name"}
    )
    handle = StringField(
        _l("Số điện thoại, email hoặc tên đăng nhập"),
        description=_l("Dùng để đăng nhập. Để trống thì chúng tôi đặt cho bạn một tên đăng nhập."),
        validators=[Optional(), at_most(120)],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        _l("Mật khẩu"),
        description=_l("Bốn từ dễ nhớ, hoặc ít nhất 15 ký tự."),
        validators=[needed(_l("Hãy chọn mật khẩu.")), PASSWORD_LENGTH],
        render_kw={"autocomplete": "new-password"},
    )


class SecondAdminForm(AdminForm):
    """The same with the code of the first administrator."""

    code = StringField(
        _l("Mã cho người quản trị thứ hai"),
        description=_l("12 chữ và số mà người quản trị đưa cho bạn."),
        validators=[needed(_l("Hãy ghi mã.")), at_most(40)],
        render_kw={"autocomplete": "off"},
    )


class WardForm(Form):
    """The ward, chosen among those that the search found."""

    ward = RadioField(
        _l("Phường, xã nào"), validate_choice=False, validators=[needed(_l("Hãy chọn một phường, xã.")), OneOf()]
    )


class SchoolForm(Form):
    """A school with its classes."""

    name = StringField(
        _l("Tên trường"),
        description=_l("Ghi đủ, ví dụ: Trường Tiểu học Minh Hoạ."),
        validators=[needed(_l("Hãy ghi tên trường.")), at_most(80)],
    )
    classes = TextAreaField(
        _l("Các lớp"),
        description=_l("Cách nhau bằng dấu phẩy hoặc xuống dòng, như: 4A, 4B, 5A. Sau này thêm bớt được."),
        validators=[needed(_l("Hãy ghi ít nhất một lớp, như 4A.")), at_most(1000)],
        render_kw={"rows": 3},
    )
    school_year = StringField(
        _l("Năm học"), validators=[needed(_l("Hãy ghi năm học.")), at_most(20)], render_kw={"class": "short"}
    )


class MailForm(Form):
    """Where the trial letter goes."""

    to = StringField(
        _l("Gửi thư thử tới địa chỉ nào"),
        description=_l("Một hộp thư mà bạn mở được ngay. Địa chỉ không được giữ lại."),
        validators=[needed(_l("Hãy ghi một địa chỉ email.")), at_most(120)],
        render_kw={"autocomplete": "email", "inputmode": "email"},
    )


class PartForm(Form):
    """The end of the private key, typed back."""

    word = HiddenField(default="confirm")
    part = StringField(
        _l("Tám ký tự cuối của khoá"),
        description=_l("Nhìn bản đã chép hoặc đã in, không nhìn trang này."),
        validators=[needed(_l("Hãy ghi tám ký tự cuối của khoá.")), at_most(20)],
        render_kw={"autocomplete": "off", "class": "short"},
    )
