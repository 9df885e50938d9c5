"""The form of a new token."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectMultipleField, StringField

from tutoring.accounts.validators import choice
from tutoring.api.tokens.labels import SCOPE_WORDS
from tutoring.policy.api import LIVES, LONGEST_LABEL, offered_scopes
from tutoring.web.forms import Form


class TokenForm(Form):
    """What a token is called, what it reaches, and for how long."""

    label = StringField(
        _l("Chương trình nào dùng khoá này"),
        description=_l("Ví dụ: trang web của trường, bảng tính của phường."),
        render_kw={"maxlength": LONGEST_LABEL},
    )
    scopes = SelectMultipleField(_l("Khoá này được làm gì"), validate_choice=False)
    days = RadioField(_l("Dùng được bao lâu"), default="90", validate_choice=False)

    def offer(self, *, of_unit: bool) -> None:
        """Offers what a token of a person, or of a unit, can have."""
        self.scopes.choices = [choice(one, _l(SCOPE_WORDS[one])) for one in offered_scopes(of_unit)]
        self.days.choices = [choice(str(days), _l("%(num)s ngày", num=days)) for days in LIVES]

    @property
    def life(self) -> int:
        """The chosen number of days; 0 for what is not offered."""
        chosen = self.days.data or ""
        return next((days for days in LIVES if str(days) == chosen), 0)
