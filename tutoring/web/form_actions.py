"""What most buttons do: act, say how it went, go on to a page."""

from collections.abc import Callable

from flask import flash, redirect
from werkzeug.wrappers import Response

from tutoring.kernel.errors import DomainError, NotFound
from tutoring.web.i18n import translate_error


def run_action(act: Callable[[], object], words: str, then: str) -> Response:
    """Act, say `words` or why it was refused, and go on to `then`. What may not be seen stays Missing."""
    try:
        act()
        flash(words, "ok")
    except NotFound:
        raise
    except DomainError as refusal:
        flash(translate_error(refusal), "bad")
    return redirect(then)
