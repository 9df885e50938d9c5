"""The base of all forms.

It adds CSRF protection, Vietnamese messages, text normalization, domain errors beside their field, and versions of
objects that two users edit.
"""

from datetime import date
from typing import Any

from flask_babel import get_translations, gettext
from flask_wtf import FlaskForm
from markupsafe import Markup
from wtforms import HiddenField, PasswordField, StringField

from tutoring.kernel.errors import DomainError, InvalidInput
from tutoring.kernel.text import N_, nfc
from tutoring.web import form_versions
from tutoring.web.i18n import translate_error


class _Messages:
    """WTForms messages from our own catalogue, because WTForms ships no Vietnamese."""

    def gettext(self, string: str) -> str:
        return str(get_translations().gettext(string))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return str(get_translations().ngettext(singular, plural, n))


class Form(FlaskForm):
    """A form that preserves its input and shows each error next to its field."""

    class Meta(FlaskForm.Meta):
        def get_translations(self, form: Any) -> _Messages:
            return _Messages()

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Any:
            field = super().bind_field(form, unbound_field, options)
            # Passwords keep their spaces; they are normalized where they are hashed.
            if isinstance(field, StringField) and not isinstance(field, PasswordField):
                field.filters = [*field.filters, _clean]
            return field

    _stored: dict[str, Any] | None = None  # the current values of the object that the form edits
    _stamped = False

    def begin(self, thing: Any = None, **stored: Any) -> None:
        """Fills the form with the stored values, or compares them once the form was sent.

        Names without a field are facts beside it, such as a state. Call it before `validate`; see `form_versions`.
        """
        if thing is not None:
            stored = {name: getattr(thing, name) for name in self._fields if hasattr(thing, name)} | stored
        self._stored = stored
        fields: dict[str, Any] = self._fields
        for name, field in fields.items():
            field.stamp = self.stamp
            if name in stored and not self.is_submitted():
                field.process(None, stored[name])

    def stamp(self) -> Markup:
        """Returns the hidden version field once per page.

        The macro of fields puts it before the first field.
        """
        if self._stored is None or self._stamped:
            return Markup("")
        self._stamped = True
        return form_versions.stamp(self._stored, self._prefix)

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        fits = bool(super().validate(*args, **kwargs))
        return self._is_newest() and fits

    def _is_newest(self) -> bool:
        stored = self._stored or {}
        newer = [
            name
            for name in form_versions.changed(stored, self._prefix)
            if name not in self._fields
            or form_versions.digest(self._fields[name].data) != form_versions.digest(stored[name])
        ]
        for name in newer:
            field: Any = self._fields.get(name)
            # the field now holds the new version, so that sending it again overwrites on purpose
            if isinstance(field, HiddenField):
                field.data = "" if stored[name] is None else str(stored[name])
            elif field is not None:
                field.newer = form_versions.words_of(field, stored[name])
        if newer:
            self.form_errors.append(
                gettext("Trong lúc bạn viết, người khác đã lưu bản khác. Bản đang lưu ghi ở từng ô; "
                        "phần bạn viết còn nguyên. Xem lại rồi bấm lưu lần nữa.")
            )  # fmt: skip
        return not newer

    def refuse(self, refusal: DomainError) -> None:
        """Shows a command's domain error next to the field that it names, or at the top."""
        field = self._fields.get(refusal.field or "")
        if field is not None:
            field.errors = [*field.errors, translate_error(refusal)]
        else:
            self.form_errors.append(translate_error(refusal))


def _clean(value: Any) -> Any:
    return nfc(value) if isinstance(value, str) else value


def parse_day(text: str | None, field: str) -> date:
    """Parses a date as browsers send it; raises InvalidInput."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        raise InvalidInput(N_("Hãy chọn một ngày trong lịch."), field=field) from None
