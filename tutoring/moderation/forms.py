"""Forms of the desk."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, TextAreaField

from tutoring.accounts.fields import Listed, at_most, needed
from tutoring.web.forms import Form


class DecideForm(Form):
    """How a case ends, and the words that both sides read."""

    outcome = RadioField(_l("Kết quả"), validate_choice=False, validators=[needed(_l("Hãy chọn kết quả.")), Listed()])
    words = TextAreaField(
        _l("Vài lời cho cả hai bên"),
        description=_l("Nói điều đã làm và vì sao. Không ghi ai đã báo."),
        validators=[needed(_l("Hãy ghi vài lời.")), at_most(300)],
        render_kw={"rows": 3},
    )
