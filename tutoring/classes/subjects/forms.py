"""The form that grants a school subject to pupils of a class."""

from flask_babel import lazy_gettext as _l
from wtforms import SelectMultipleField

from tutoring.accounts.validators import OneOf, needed
from tutoring.lessons.forms import SubjectForm


class ClassSubjectForm(SubjectForm):
    """A subject, the grades, and the pupils who are good at it."""

    pupils = SelectMultipleField(
        _l("Những em vững môn này"), validate_choice=False,
        validators=[needed(_l("Hãy chọn ít nhất một học sinh.")), OneOf()],
    )  # fmt: skip

    @property
    def chosen(self) -> list[int]:
        """The ids of the chosen pupils; `OneOf` has checked them."""
        return [int(one) for one in self.pupils.data or ()]
