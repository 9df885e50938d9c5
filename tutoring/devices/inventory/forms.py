"""Forms for the device store."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Optional

from tutoring.accounts.validators import OneOf, at_most, choice, needed
from tutoring.devices.inventory.commands import MAX_MODEL_CHARS, MAX_NOTE_CHARS
from tutoring.devices.labels import ACCESSORY_WORDS
from tutoring.devices.models import ACCESSORIES
from tutoring.web.forms import Form


class ReceiveForm(Form):
    """Form for a delivered device."""

    model = StringField(
        _l("Hãng và đời máy"),
        description=_l("Ví dụ: Samsung Galaxy Tab A8."),
        validators=[needed(_l("Hãy ghi hãng và đời máy.")), at_most(MAX_MODEL_CHARS)],
    )
    serial = StringField(
        _l("Số sê-ri"),
        description=_l("In ở lưng máy hoặc trong Cài đặt, mục thông tin máy (S/N)."),
        validators=[Optional(), at_most(60)],
    )
    imei = StringField(
        _l("IMEI"),
        description=_l("15 chữ số, chỉ máy có gắn SIM mới có. Bấm *#06# để xem."),
        validators=[Optional(), at_most(40)],
    )
    accessories = SelectMultipleField(
        _l("Đồ đi kèm"),
        choices=[choice(one, _l(ACCESSORY_WORDS[one])) for one in ACCESSORIES],
        validate_choice=False,
        validators=[Optional(), OneOf()],
    )


class WipeForm(Form):
    """Form for recording a wipe. The choices are those of the device kind."""

    checks = SelectMultipleField(_l("Đã làm và đã thấy"), validate_choice=False, validators=[OneOf()])
    method = RadioField(_l("Đã xoá bằng cách nào?"), validators=[InputRequired(_l("Hãy chọn cách đã xoá."))])
    reason = StringField(
        _l("Ghi chú"),
        description=_l("Chỉ người giữ kho đọc được. Không ghi mật khẩu, tên người."),
        validators=[Optional(), at_most(MAX_NOTE_CHARS)],
    )


class NoteForm(Form):
    """Form for a move with an optional note."""

    reason = StringField(_l("Ghi chú"), validators=[Optional(), at_most(MAX_NOTE_CHARS)])


class ReasonForm(Form):
    """Form for a move that needs a reason."""

    reason = StringField(_l("Lý do"), validators=[needed(_l("Hãy ghi lý do.")), at_most(MAX_NOTE_CHARS)])
    agrees = BooleanField(_l("Người cho mượn đã đồng ý bỏ máy này."))
