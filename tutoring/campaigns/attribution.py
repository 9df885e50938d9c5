"""What brought somebody: the code of a sheet goes along from its address to joining, signing in or asking.

Pages of campaigns set no cookie. Only where a visitor goes on to a page that has a session anyway is the code kept in
it, and as soon as somebody is signed in there it is written down, once, and leaves the session.
"""

import re
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

from flask import g, request, session
from flask_login import current_user
from sqlalchemy.exc import OperationalError
from werkzeug.wrappers import Response

from tutoring.campaigns.blueprint import blueprint
from tutoring.campaigns.participants import note_how_one_came
from tutoring.campaigns.queries import came_already
from tutoring.kernel import clock
from tutoring.kernel.db import is_retryable

NAME = "from"  # in addresses
KEY = "came_by"  # in the session: the code and when it came, in seconds
WITH_SESSION = frozenset({"community.join", "community.join_code", "accounts.sign_in", "pairing.ask"})
_CODE = re.compile(r"[A-HJKMNP-Z2-9]{6}")


def code_of(query: str) -> str:
    """The code in the query of an address, or nothing."""
    told = parse_qs(query[:400]).get(NAME, [""])[0]
    return told if _CODE.fullmatch(told) else ""


def onward() -> dict[str, str]:
    """What addresses on this page carry on."""
    code = code_of(request.query_string.decode("ascii", "ignore"))
    return {NAME: code} if code else {}


def _told() -> str:
    """The code in this address, or in the one that somebody goes on to after signing in."""
    query = request.query_string.decode("ascii", "ignore")
    return code_of(query) or code_of(urlsplit(request.args.get("next", "")[:400]).query)


@blueprint.before_app_request
def _keep() -> None:
    signed_in = "_user_id" in session
    here = request.endpoint in WITH_SESSION or (signed_in and request.endpoint == "campaigns.show")
    if here and KEY not in session and NAME.encode() in request.query_string:
        code = _told()
        if code:
            session[KEY] = [code, clock.now().timestamp()]
    if KEY in session:
        g.came_by = session[KEY]


@blueprint.after_app_request
def _hand_on(response: Response) -> Response:
    came = g.pop("came_by", None)
    if came is None:
        return response
    if "_user_id" in session and current_user.is_authenticated:
        if _written(*came):
            session.pop(KEY, None)
    elif KEY not in session:  # signing in begins a fresh session; between two steps of it nobody is signed in yet
        session[KEY] = came
    return response


def _written(code: str, since: float) -> bool:
    """Whether it was written down, or need not be; not while the database is held by others: then at the next page."""
    try:
        if not came_already(current_user.id, code):
            note_how_one_came(current_user._get_current_object(), code, datetime.fromtimestamp(since, UTC))
    except OperationalError as error:
        if not is_retryable(error):
            raise
        return False
    return True
