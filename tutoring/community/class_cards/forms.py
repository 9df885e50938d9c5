"""Forms of class cards: a guardian's claim, a claim of a pupil from 16 on, the teacher's decision."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, PasswordField, RadioField, SelectMultipleField, StringField
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, ListWidget

from tutoring.accounts.consents.texts import ON_CARDS, ON_OWN_CARDS
from tutoring.accounts.forms import purposes_field
from tutoring.accounts.validators import PASSWORD_LENGTH, OneOf, at_most, choice, needed
from tutoring.community.forms import ReasonForm, SignUpForm, address_field
from tutoring.web.forms import Form

_RELATIONS = [
    choice("mẹ", _l("Mẹ")),
    choice("ba", _l("Ba")),
    choice("người giám hộ khác", _l("Người giám hộ khác"), _l("Trường xác nhận rồi thì lời đồng ý mới tính.")),
    choice("ông hoặc bà", _l("Ông, bà"), _l("Cầm máy giúp được. Ba mẹ mới đồng ý được, trừ khi trường xác nhận.")),
    choice("cô, chú, bác, anh, chị", _l("Cô, chú, bác, anh, chị"), _l("Như ông bà: ba mẹ là người đồng ý.")),
]


class _Boxes(SelectMultipleField):
    """A box for each choice, none ticked beforehand."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class KnownGuardianForm(Form):
    """A claim by a guardian who is signed in: who they are, consents, and the child's assent."""

    once = HiddenField(validators=[at_most(64)])
    relation = RadioField(
        _l("Bạn là gì của con"),
        choices=_RELATIONS,
        validate_choice=False,
        validators=[needed(_l("Hãy chọn bạn là gì của con.")), OneOf()],
    )
    purposes = purposes_field(ON_CARDS)
    assents = _Boxes(
        _l("Con trả lời"),
        choices=[choice(purpose.key, _l(purpose.child_text)) for purpose in ON_CARDS],
        validate_choice=False,
        validators=[OneOf()],
    )


class GuardianForm(KnownGuardianForm):
    """A claim by a guardian without an account."""

    full_name = StringField(
        _l("Họ tên của bạn"),
        validators=[needed(_l("Hãy ghi họ tên.")), at_most(80)],
        render_kw={"autocomplete": "name"},
    )
    handle = StringField(
        _l("Số điện thoại"),
        description=_l(
            "Dùng để đăng nhập. Cả nhà chung một số cũng được. Không có số thì để trống: trang đặt một tên đăng nhập."
        ),
        validators=[Optional(), at_most(120)],
        render_kw={"autocomplete": "tel", "inputmode": "tel"},
    )
    password = PasswordField(
        _l("Mật khẩu"),
        description=_l("Ít nhất 8 ký tự. Gợi ý: ghép bốn từ dễ nhớ, như bốn đồ vật trong nhà."),
        validators=[needed(_l("Hãy chọn mật khẩu.")), PASSWORD_LENGTH],
        render_kw={"autocomplete": "new-password"},
    )
    adult = BooleanField(_l("Tôi đủ 18 tuổi"), validators=[needed(_l("Người từ 18 tuổi mới nhận thẻ của con được."))])
    shared = BooleanField(_l("Đây là máy dùng chung"))


class GrownClaimForm(SignUpForm):
    """A claim by a pupil from 18 on, for their own account; the year of birth is that of the list."""

    once = HiddenField(validators=[at_most(64)])


class OwnClaimForm(GrownClaimForm):
    """A claim by a pupil of 16 or 17, who names a guardian."""

    address_form = address_field("em")
    guardian_name = StringField(
        _l("Họ tên ba, mẹ hoặc người giám hộ"),
        description=_l("Thầy cô sẽ báo cho ba mẹ biết em dùng trang này."),
        validators=[needed(_l("Em hãy ghi họ tên ba mẹ.")), at_most(80)],
    )
    guardian_contact = StringField(
        _l("Số điện thoại hoặc email của người đó"),
        description=_l("Chỉ thầy cô xác nhận em mới xem được, mỗi lần xem đều được ghi lại."),
        validators=[needed(_l("Em hãy ghi số điện thoại của ba mẹ.")), at_most(120)],
    )
    purposes = purposes_field(ON_OWN_CARDS)


class KnownStaffForm(Form):
    """A claim by an adult who is signed in, for a role in a school."""

    once = HiddenField(validators=[at_most(64)])


class StaffClaimForm(GrownClaimForm):
    """A claim by an adult without an account, for a role in a school; the role is that of the list."""

    adult = BooleanField(_l("Tôi đủ 18 tuổi"), validators=[needed(_l("Thẻ này dành cho người từ 18 tuổi."))])


class CheckedForm(Form):
    """The teacher's word that a single claim was looked at."""

    checked = BooleanField(_l("Tôi đã kiểm tra điều này"), validators=[needed(_l("Hãy kiểm tra rồi đánh dấu ô này."))])


class RefusalForm(ReasonForm):
    """Why a claim is refused; the claimant reads it."""
