"""Names on a page as its reader says them; the template filters `shown_name` and `said_name`."""

from flask_login import current_user

from tutoring.accounts.person_names import PersonNameMixin
from tutoring.web.i18n import language


def _reader() -> PersonNameMixin | None:
    """Returns the signed-in user; of a visitor nothing is known."""
    return current_user._get_current_object() if current_user and current_user.is_authenticated else None


def shown_to_reader(person: PersonNameMixin) -> str:
    """Returns a name for the beginning of a sentence, as the reader of this page says it."""
    return person.shown_to(_reader(), language())


def said_to_reader(person: PersonNameMixin) -> str:
    """Returns a name for the middle of a sentence, as the reader of this page says it."""
    return person.said_by(_reader(), language())
