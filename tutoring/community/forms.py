"""Forms for units: joining with a code, a child's profile, and the settings of staff."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Optional

from tutoring.accounts.forms import ADDRESS_CHOICES, RELATIONS, purposes_field
from tutoring.accounts.validators import PASSWORD_LENGTH, Hour, IntegerRange, OneOf, Year, at_most, choice, needed
from tutoring.community.labels import FORMS, SHORT_DAYS
from tutoring.web.forms import Form


def _grades(none: Any) -> list[Any]:
    return [choice("", none), *(choice(str(n), _l("Lớp %(n)s", n=n)) for n in range(1, 13))]


def address_field(first: str) -> SelectField:
    """Returns the field for the form of address; `first` is the default."""
    return SelectField(
        _l("Xưng hô"),
        description=_l("Ví dụ chọn “chị” thì trang sẽ chào “chị Lan”."),
        choices=ADDRESS_CHOICES,
        default=first,
        validate_choice=False,
        validators=[OneOf()],
    )


class JoinForm(Form):
    """Form for a code from a poster, a message or a QR code."""

    code = StringField(
        _l("Mã tham gia"),
        description=_l("8 chữ và số trên tờ giấy, hoặc 10 chữ và số trên thẻ của con. Chữ hoa hay thường đều được."),
        validators=[needed(_l("Hãy ghi mã tham gia.")), at_most(40)],
    )


class PlainForm(Form):
    """Form with a single button."""


class SignUpForm(Form):
    """Sign-up form for a new user."""

    full_name = StringField(
        _l("Họ tên"), validators=[needed(_l("Hãy ghi họ tên.")), at_most(80)], render_kw={"autocomplete": "name"}
    )
    called = StringField(
        _l("Tên gọi"),
        description=_l("Mọi người sẽ gọi bạn bằng tên này. Để trống thì lấy chữ cuối của họ tên."),
        validators=[Optional(), at_most(40)],
    )
    address_form = address_field("bạn")
    handle = StringField(
        _l("Số điện thoại, email hoặc tên đăng nhập"),
        description=_l(
            "Dùng để đăng nhập. Cả nhà chung một số cũng được. Để trống thì chúng tôi đặt cho bạn một tên đăng nhập."
        ),
        validators=[Optional(), at_most(120)],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        _l("Mật khẩu"),
        description=_l("Ít nhất 8 ký tự. Gợi ý: ghép bốn từ dễ nhớ, như bốn đồ vật trong nhà."),
        validators=[needed(_l("Hãy chọn mật khẩu.")), PASSWORD_LENGTH],
        render_kw={"autocomplete": "new-password"},
    )
    shared = BooleanField(_l("Đây là máy dùng chung"))


class AdultForm(SignUpForm):
    """Sign-up form for an adult with a code for adults."""

    adult = BooleanField(
        _l("Tôi đủ 18 tuổi"),
        validators=[
            needed(
                _l(
                    "Bạn đủ 18 tuổi thì đánh dấu ô này rồi gửi lại. "
                    "Chưa đủ thì mã này chưa dùng được: 16–17 tuổi xin thầy cô mã của lớp, nhỏ hơn thì ba mẹ đăng ký."
                )
            )
        ],
    )


class PupilForm(SignUpForm):
    """Sign-up form for a pupil aged 16 or more with a class code."""

    address_form = address_field("em")
    birth_year = StringField(
        _l("Năm sinh"),
        description=_l("Chỉ cần năm. Em dưới 16 tuổi thì nhờ ba mẹ lập hồ sơ cho em."),
        validators=[needed(_l("Em hãy ghi năm sinh.")), Year()],
        render_kw={"inputmode": "numeric", "class": "short"},
    )
    guardian_name = StringField(
        _l("Họ tên ba, mẹ hoặc người giám hộ"),
        description=_l("Cần khi em 16–17 tuổi. Thầy cô sẽ báo cho ba mẹ biết em dùng trang này."),
        validators=[at_most(80)],
    )
    guardian_contact = StringField(
        _l("Số điện thoại hoặc email của người đó"),
        description=_l("Chỉ thầy cô xác nhận em mới xem được, mỗi lần xem đều được ghi lại."),
        validators=[at_most(120)],
    )
    purposes = purposes_field()


class ChildForm(Form):
    """Form for a child's profile and the guardian's consent."""

    called = StringField(
        _l("Tên gọi của con"),
        description=_l("Tên thầy cô và bạn đồng hành gọi con. Không cần họ và tên đệm."),
        validators=[needed(_l("Hãy ghi tên gọi của con.")), at_most(40)],
    )
    grade = SelectField(
        _l("Con học lớp mấy"),
        choices=_grades(_l("Chọn lớp")),
        validate_choice=False,
        validators=[needed(_l("Hãy chọn lớp của con.")), OneOf()],
    )
    birth_year = StringField(
        _l("Năm sinh của con"),
        description=_l("Chỉ cần năm, không cần ngày và tháng."),
        validators=[needed(_l("Hãy ghi năm sinh của con.")), Year()],
        render_kw={"inputmode": "numeric", "class": "short"},
    )
    relation = RadioField(
        _l("Bạn là gì của con"),
        choices=RELATIONS,
        validate_choice=False,
        validators=[needed(_l("Hãy chọn bạn là gì của con.")), OneOf()],
    )
    unit = RadioField(
        _l("Con học hoặc sinh hoạt ở đâu"),
        description=_l("Thầy cô hoặc điều phối viên ở đó sẽ xác nhận hồ sơ."),
        validate_choice=False,
        validators=[needed(_l("Hãy chọn nơi của con.")), OneOf()],
    )
    purposes = purposes_field()


class CodeForm(Form):
    """Form for a new join code."""

    role = RadioField(
        _l("Mã dành cho ai"), validate_choice=False, validators=[needed(_l("Hãy chọn mã dành cho ai.")), OneOf()]
    )
    max_uses = StringField(
        _l("Bao nhiêu người dùng được"),
        description=_l("Mã cho học sinh, người học, phụ huynh: tối đa 1000 người. Mã cho vai trò khác: một người."),
        default="40",
        validators=[needed(_l("Hãy ghi số người.")), IntegerRange(1, 1000)],
        render_kw={"inputmode": "numeric", "class": "short"},
    )
    days = StringField(
        _l("Dùng được trong bao nhiêu ngày"),
        description=_l("Tối đa 180 ngày; mã cho vai trò khác chỉ tối đa 7 ngày."),
        default="30",
        validators=[needed(_l("Hãy ghi số ngày.")), IntegerRange(1, 180)],
        render_kw={"inputmode": "numeric", "class": "short"},
    )


_FORM_CHOICES = [
    choice("", _l("Không ghi")),
    *(choice(form, _l(form)) for forms in FORMS.values() for form in forms),
]


class UnitForm(Form):
    """Form for a new unit."""

    kind = RadioField(
        _l("Loại đơn vị"), validate_choice=False, validators=[needed(_l("Hãy chọn loại đơn vị.")), OneOf()]
    )
    name = StringField(
        _l("Tên"),
        description=_l("Ghi đủ, ví dụ: Khu phố 3, Trường Tiểu học Minh Hoạ, Lớp 4A."),
        validators=[needed(_l("Hãy ghi tên đơn vị.")), at_most(80)],
    )
    form = SelectField(_l("Hình thức"), choices=_FORM_CHOICES, default="", validate_choice=False, validators=[OneOf()])
    grade = SelectField(
        _l("Khối lớp (chỉ khi là lớp)"),
        choices=_grades(_l("Không ghi")),
        default="",
        validate_choice=False,
        validators=[OneOf()],
    )
    school_year = StringField(
        _l("Năm học (chỉ khi là lớp)"), description=_l("Ví dụ: 2026–2027"), validators=[at_most(20)],
        render_kw={"class": "short"},
    )  # fmt: skip
    code = StringField(
        _l("Mã đơn vị"),
        description=_l("Mã hành chính hoặc mã trường nếu có. Để trống thì tự đặt."),
        validators=[Optional(), at_most(40)],
    )


class SlotForm(Form):
    """Form for a weekly duty turn of one person, on one day or several."""

    user_id = SelectField(
        _l("Người trực"), validate_choice=False, validators=[needed(_l("Hãy chọn người trực.")), OneOf()]
    )
    starts = StringField(_l("Từ"), validators=[needed(_l("Hãy ghi giờ bắt đầu.")), Hour()], render_kw={"type": "time"})
    ends = StringField(_l("Đến"), validators=[needed(_l("Hãy ghi giờ kết thúc.")), Hour()], render_kw={"type": "time"})
    place = SelectField(
        _l("Nơi trực"),
        description=_l("Ca tại Trung tâm chỉ để tiếp người dân. Phòng học chỉ mở khi có người trực tuyến."),
        choices=[
            choice("online", _l("Trực tuyến, trông các phòng học")),
            choice("centre", _l("Tại Trung tâm Phục vụ hành chính công")),
        ],
        default="online",
        validate_choice=False,
        validators=[OneOf()],
    )
    days = SelectMultipleField(
        _l("Lặp lại ở"),
        description=_l("Chọn nhiều ngày một lần được."),
        choices=[choice(str(n), _l(day)) for n, day in enumerate(SHORT_DAYS)],
        validate_choice=False,
        validators=[needed(_l("Hãy chọn ít nhất một ngày.")), OneOf()],
    )


class HoursForm(Form):
    """Form for the hours in which rooms with minors may be open."""

    opens = StringField(_l("Mở từ"), validators=[needed(_l("Hãy ghi giờ mở.")), Hour()], render_kw={"type": "time"})
    closes = StringField(
        _l("Đóng lúc"),
        description=_l("0:00 là hết ngày."),
        validators=[needed(_l("Hãy ghi giờ đóng.")), Hour()],
        render_kw={"type": "time"},
    )


class DutyForm(Form):
    """Form for going on duty from now until a time."""

    until = StringField(
        _l("Tôi trực từ bây giờ đến"),
        validators=[needed(_l("Hãy ghi giờ kết thúc.")), Hour()],
        render_kw={"type": "time"},
    )


class ReasonForm(Form):
    """Form for the reason of an action against a member; it goes into the audit log."""

    reason = TextAreaField(
        _l("Lý do"),
        description=_l("Lý do được ghi vào nhật ký cùng tên bạn. Không ghi số điện thoại, số căn cước."),
        validators=[at_most(300)],
        render_kw={"rows": 3},
    )


class PauseForm(Form):
    """Form for pausing rooms and pairing with minors.

    The pressed button says whether they are paused or resumed.
    """

    reason = TextAreaField(
        _l("Lý do"),
        description=_l("Các em và ba mẹ đọc được. Ví dụ: trường đang thi, tuần sau học lại."),
        validators=[at_most(200)],
        render_kw={"rows": 2},
    )


class FactorResetForm(ReasonForm):
    """Form for requesting the removal of a second factor, or answering such a request.

    The pressed button says which.
    """

    word = HiddenField()


class ConfirmYouthForm(Form):
    """Form for confirming a pupil aged 16–17, once the guardian is informed."""

    told = BooleanField(
        _l("Tôi đã báo cho ba mẹ hoặc người giám hộ của em"),
        validators=[needed(_l("Hãy gọi báo cho ba mẹ em trước, rồi chọn ô này."))],
    )
