"""The common button handler: runs an action, shows the result, redirects to a page."""

from collections.abc import Callable

from flask import flash, redirect
from werkzeug.wrappers import Response

from tutoring.kernel.errors import DomainError, NotFound
from tutoring.web.i18n import translate_error


def run_action(act: Callable[[], object], words: str, then: str) -> Response:
    """Runs the action, shows `words` or the error, and redirects to `then`.

    NotFound is raised on, so that hidden objects stay hidden.
    """
    try:
        act()
        flash(words, "ok")
    except NotFound:
        raise
    except DomainError as refusal:
        flash(translate_error(refusal), "bad")
    return redirect(then)
