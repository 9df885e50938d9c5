"""The shape of what is sent to lessons."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are older

from tutoring.web.forms import Form

LEVEL_NAMES = {
    1: _l("Trả lời đúng câu hỏi"),
    2: _l("Tự làm được khi luyện tập"),
    3: _l("Thầy cô đã thấy làm được"),
}


class GrantForm(Form):
    """A skill and how sure its giver is of it."""

    skill = SelectField(_l("Kỹ năng"))
    level = RadioField(
        _l("Mức"), coerce=int, choices=[SelectChoice(level, name) for level, name in LEVEL_NAMES.items()], default=2
    )
