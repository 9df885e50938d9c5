"""The form of one entry of the notebook."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField
from wtforms.validators import Optional

from tutoring.accounts.validators import at_most, needed
from tutoring.notebook.allowed_text import LONGEST
from tutoring.web.forms import Form

_DAY = {"type": "date"}


class EntryForm(Form):
    """The input of a dossier entry."""

    once = HiddenField()
    version = HiddenField()
    code = StringField(
        _l("Mã hồ sơ"),
        description=_l("Chép đúng như trên giấy hẹn hoặc tin báo lúc nộp. Không ghi số căn cước."),
        validators=[needed(_l("Hãy ghi mã hồ sơ.")), at_most(LONGEST)],
    )
    about = StringField(
        _l("Hồ sơ về việc gì"),
        description=_l("Vài chữ để bạn nhớ, ví dụ: khai sinh bé út."),
        validators=[Optional(), at_most(LONGEST)],
    )
    handed_in = StringField(_l("Ngày nộp"), validators=[Optional()], render_kw=_DAY)
    look_again = StringField(
        _l("Ngày xem lại"),
        description=_l("Tám giờ sáng ngày đó có một thông báo nhắc bạn."),
        validators=[Optional()],
        render_kw=_DAY,
    )
