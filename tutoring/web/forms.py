"""The base of all forms: CSRF, Vietnamese messages, canonical text, refusals shown beside their field."""

from typing import Any

from flask_babel import get_translations
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField

from tutoring.kernel.errors import Refusal
from tutoring.kernel.text import nfc
from tutoring.web.i18n import said


class _Messages:
    """WTForms ships no Vietnamese; its messages come from our own catalogue."""

    def gettext(self, string: str) -> str:
        return str(get_translations().gettext(string))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return str(get_translations().ngettext(singular, plural, n))


class Form(FlaskForm):
    """A form keeps what was typed and says what is wrong next to the field."""

    class Meta(FlaskForm.Meta):
        def get_translations(self, form: Any) -> _Messages:
            return _Messages()

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Any:
            field = super().bind_field(form, unbound_field, options)
            # Passwords keep their spaces; they are normalised where they are hashed.
            if isinstance(field, StringField) and not isinstance(field, PasswordField):
                field.filters = [*field.filters, _clean]
            return field

    def refuse(self, refusal: Refusal) -> None:
        """Show a command's refusal next to the field that it names, or at the top."""
        field = self._fields.get(refusal.field or "")
        if field is not None:
            field.errors = [*field.errors, said(refusal)]
        else:
            self.form_errors.append(said(refusal))


def _clean(value: Any) -> Any:
    return nfc(value) if isinstance(value, str) else value
