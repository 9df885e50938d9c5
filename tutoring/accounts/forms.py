"""Forms of accounts: the shape of user input."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.widgets import CheckboxInput, ListWidget

from tutoring.accounts.consents.texts import SIGN_UP, Purpose
from tutoring.accounts.models import ADDRESS_FORMS
from tutoring.accounts.validators import PASSWORD_LENGTH, OneOf, at_most, choice, needed
from tutoring.kernel.text import N_
from tutoring.web.forms import Form

_SAYS = {
    "bạn": N_("bạn (dùng cho mọi người)"), "em": N_("em"), "con": N_("con"), "anh": N_("anh"), "chị": N_("chị"),
    "cô": N_("cô"), "chú": N_("chú"), "bác": N_("bác"), "thầy": N_("thầy"), "ông": N_("ông"), "bà": N_("bà"),
}  # fmt: skip
ADDRESS_CHOICES = [choice(form, _l(_SAYS[form])) for form in ADDRESS_FORMS]
_RELATIONS = (N_("mẹ"), N_("ba"), N_("ông hoặc bà"), N_("cô, chú, bác, anh, chị"), N_("người giám hộ khác"))
RELATIONS = [choice(word, _l(word)) for word in _RELATIONS]
HANDLE = _l("Tên đăng nhập, số điện thoại hoặc email")


def _handle() -> StringField:
    say = _l("Hãy ghi tên đăng nhập, số điện thoại hoặc email.")
    return StringField(HANDLE, validators=[needed(say), at_most(120)], render_kw={"autocomplete": "username"})


class PurposesField(SelectMultipleField):
    """Consent by purpose: a box for each, none ticked beforehand."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def purposes_field(purposes: Sequence[Purpose] = SIGN_UP) -> PurposesField:
    """Returns a new consent field; the page shows each purpose with its full text."""
    return PurposesField(
        _l("Đồng ý từng việc"),
        choices=[choice(purpose.key, _l(purpose.title)) for purpose in purposes],
        validate_choice=False,
        validators=[OneOf()],
    )


class SignInForm(Form):
    """Sign-in, and whether the device is shared."""

    handle = _handle()
    password = PasswordField(
        _l("Mật khẩu"),
        validators=[needed(_l("Hãy ghi mật khẩu.")), PASSWORD_LENGTH],
        render_kw={"autocomplete": "current-password"},
    )
    shared = BooleanField(
        _l("Đây là máy dùng chung"),
        description=_l("Máy ở trường, ở phường hay máy mượn. Máy sẽ tự đăng xuất sau 30 phút không dùng."),
    )
    next = HiddenField()


class CodeForm(Form):
    """Six digits from the app."""

    code = StringField(
        _l("6 số trên app"),
        description=_l("Mở app tạo mã, tìm dòng Cùng Học. Mỗi mã dùng một lần, 30 giây lại có mã mới."),
        validators=[needed(_l("Hãy gõ 6 số đang hiện trên app.")), at_most(20)],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "class": "short"},
    )
    next = HiddenField()


class RecoveryCodeForm(Form):
    """A recovery code on paper."""

    code = StringField(
        _l("Mã dự phòng"),
        description=_l("10 chữ và số trên tờ giấy bạn đã cất. Không cần gõ chữ hoa hay dấu gạch."),
        validators=[needed(_l("Hãy gõ một mã dự phòng.")), at_most(40)],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )


class PassphraseAgainForm(Form):
    """The user's password once more."""

    code = PasswordField(
        _l("Mật khẩu"),
        validators=[needed(_l("Hãy ghi mật khẩu.")), PASSWORD_LENGTH],
        render_kw={"autocomplete": "current-password"},
    )
    next = HiddenField()


class EmailForm(Form):
    """An email address for mails and forgotten passwords."""

    email = StringField(
        _l("Địa chỉ email"),
        description=_l("Ví dụ: lan@example.vn"),
        validators=[needed(_l("Hãy ghi địa chỉ email.")), at_most(120)],
        render_kw={"autocomplete": "email", "inputmode": "email", "autocapitalize": "none", "spellcheck": "false"},
    )


class ForgotForm(Form):
    """The account whose password is forgotten."""

    handle = _handle()


class ResetForm(Form):
    """A one-time code and a new password."""

    handle = _handle()
    code = StringField(
        _l("Mã dùng một lần"),
        description=_l("8 chữ và số, do điều phối viên đưa hoặc gửi qua email. Không cần gõ chữ hoa."),
        validators=[needed(_l("Hãy ghi mã dùng một lần.")), at_most(40)],
    )
    password = PasswordField(
        _l("Mật khẩu mới"),
        description=_l("Ít nhất 8 ký tự. Gợi ý: ghép bốn từ dễ nhớ, như bốn đồ vật trong nhà."),
        validators=[needed(_l("Hãy chọn mật khẩu mới.")), PASSWORD_LENGTH],
        render_kw={"autocomplete": "new-password"},
    )


class ProfileForm(Form):
    """The user's name and form of address."""

    full_name = StringField(_l("Họ tên"), validators=[needed(_l("Hãy ghi họ tên.")), at_most(80)])
    called = StringField(
        _l("Tên gọi"),
        description=_l("Mọi người thấy tên này khi nói chuyện với bạn."),
        validators=[at_most(40)],
    )
    address_form = SelectField(
        _l("Xưng hô"), choices=ADDRESS_CHOICES, default="bạn", validate_choice=False, validators=[OneOf()]
    )


class ChildProfileForm(Form):
    """A child changes only its display name and form of address."""

    called = StringField(_l("Tên gọi"), validators=[needed(_l("Hãy ghi tên gọi.")), at_most(40)])
    address_form = SelectField(
        _l("Xưng hô"), choices=ADDRESS_CHOICES, default="bạn", validate_choice=False, validators=[OneOf()]
    )


class FullNameForm(Form):
    """A child's full name, as its guardian confirms or corrects it."""

    full_name = StringField(_l("Họ tên đầy đủ của con"), validators=[needed(_l("Hãy ghi họ tên.")), at_most(80)])


class PasswordForm(Form):
    """The old password and a new one."""

    old = PasswordField(
        _l("Mật khẩu hiện tại"),
        validators=[needed(_l("Hãy ghi mật khẩu hiện tại.")), PASSWORD_LENGTH],
        render_kw={"autocomplete": "current-password"},
    )
    password = PasswordField(
        _l("Mật khẩu mới"),
        description=_l("Ít nhất 8 ký tự. Gợi ý: ghép bốn từ dễ nhớ, như bốn đồ vật trong nhà."),
        validators=[needed(_l("Hãy chọn mật khẩu mới.")), PASSWORD_LENGTH],
        render_kw={"autocomplete": "new-password"},
    )


class ConsentForm(Form):
    """Consent, its withdrawal or restoration; `sure` confirms where everything depends on it."""

    word = HiddenField()
    sure = HiddenField()


class AssentForm(Form):
    """The child's answers, one for each purpose; `assent_form` adds the fields."""


def assent_form(keys: list[str]) -> Form:
    """Returns a form with one question for each purpose; no answer is chosen beforehand."""

    class Asked(AssentForm):
        pass

    for key in keys:
        field = RadioField(
            _l("Em trả lời"),
            choices=[choice("yes", _l("Em đồng ý")), choice("no", _l("Em chưa đồng ý"))],
            validate_choice=False,
            validators=[needed(_l("Em hãy chọn một câu trả lời.")), OneOf()],
        )
        setattr(Asked, f"answer_{key}", field)
    return Asked()


def renewal_form(purposes: list[Purpose]) -> Form:
    """Returns the renewal form of a school year: a box for each purpose, none ticked.

    A box that is not ticked is no consent.
    """

    class Asked(Form):
        pass

    choices = [choice(purpose.key, _l(purpose.title)) for purpose in purposes]
    field = PurposesField(_l("Đồng ý từng việc"), choices=choices, validate_choice=False, validators=[OneOf()])
    Asked.purposes = field
    return Asked()
