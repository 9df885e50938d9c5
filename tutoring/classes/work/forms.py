"""The form of class work."""

from datetime import date

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Optional

from tutoring.accounts.validators import at_most, choice
from tutoring.classes.work.labels import AUDIENCE_WORDS
from tutoring.kernel.errors import InvalidInput
from tutoring.kernel.text import N_, nfc
from tutoring.policy.classes import LONGEST_NOTE
from tutoring.web.forms import Form
from tutoring.web.urls import parse_int


class WorkForm(Form):
    """What is set, for whom, until when, with which word."""

    what = SelectField(_l("Giao bài nào"), validate_choice=False)
    audience = RadioField(
        _l("Giao cho ai"), choices=[choice(key, _l(words)) for key, words in AUDIENCE_WORDS.items()], default="class"
    )
    pupils = SelectMultipleField(_l("Chọn học sinh"), validate_choice=False)
    due = StringField(_l("Đến ngày"), render_kw={"type": "date"})
    note = TextAreaField(
        _l("Lời dặn"),
        description=_l("Một, hai câu là đủ. Học sinh và phụ huynh đọc được."),
        validators=[Optional(), at_most(LONGEST_NOTE)],
        render_kw={"rows": 2},
    )

    @property
    def kind_and_target(self) -> tuple[str, str]:
        kind, _, target = nfc(self.what.data or "").replace("\0", "").partition(":")
        return kind, target

    @property
    def chosen(self) -> frozenset[int]:
        """The ids of the chosen pupils. Raises InvalidInput."""
        try:
            return frozenset(parse_int(one) for one in self.pupils.data or ())
        except ValueError:
            raise InvalidInput(N_("Hãy chọn ít nhất một học sinh."), field="pupils") from None

    @property
    def day(self) -> date | None:
        """The day. Raises InvalidInput."""
        try:
            return date.fromisoformat(self.due.data) if self.due.data else None
        except ValueError:
            raise InvalidInput(N_("Hãy chọn một ngày trong lịch."), field="due") from None
