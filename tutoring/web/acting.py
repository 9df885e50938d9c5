"""What most buttons do: act, say how it went, go on to a page."""

from collections.abc import Callable

from flask import flash, redirect
from werkzeug.wrappers import Response

from tutoring.kernel.errors import Missing, Refusal
from tutoring.web.i18n import said


def acted(act: Callable[[], object], words: str, then: str) -> Response:
    """Act, say `words` or why it was refused, and go on to `then`. What may not be seen stays Missing."""
    try:
        act()
        flash(words, "ok")
    except Missing:
        raise
    except Refusal as refusal:
        flash(said(refusal), "bad")
    return redirect(then)
