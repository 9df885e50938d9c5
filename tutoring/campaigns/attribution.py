"""Carries the code of a material from its address to joining, signing in or asking.

Campaign pages set no cookie. The code is stored in the session only when a visitor opens a page that has a session
anyway. Once the user is signed in, it is recorded once and removed from the session.
"""

import re
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

from flask import g, request, session
from flask_login import current_user
from sqlalchemy.exc import OperationalError
from werkzeug.wrappers import Response

from tutoring.campaigns.blueprint import blueprint
from tutoring.campaigns.participants import record_arrival
from tutoring.campaigns.queries import came_already
from tutoring.kernel import clock
from tutoring.kernel.db import is_retryable

NAME = "from"  # query parameter in addresses
KEY = "came_by"  # session key: the code and when it was opened, in seconds
WITH_SESSION = frozenset({"community.join", "community.join_code", "accounts.sign_in", "pairing.ask"})
_CODE = re.compile(r"[A-HJKMNP-Z2-9]{6}")


def code_of(query: str) -> str:
    """Returns the code in a query string, or ""."""
    told = parse_qs(query[:400]).get(NAME, [""])[0]
    return told if _CODE.fullmatch(told) else ""


def onward() -> dict[str, str]:
    """Returns the query parameters that links on this page pass on."""
    code = code_of(request.query_string.decode("ascii", "ignore"))
    return {NAME: code} if code else {}


def _code_in_address() -> str:
    """Returns the code in this address, or in the one to open after signing in."""
    query = request.query_string.decode("ascii", "ignore")
    return code_of(query) or code_of(urlsplit(request.args.get("next", "")[:400]).query)


@blueprint.before_app_request
def _keep() -> None:
    signed_in = "_user_id" in session
    here = request.endpoint in WITH_SESSION or (signed_in and request.endpoint == "campaigns.show")
    if here and KEY not in session and NAME.encode() in request.query_string:
        code = _code_in_address()
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
    elif KEY not in session:  # signing in starts a fresh session; between its two steps the user is not signed in yet
        session[KEY] = came
    return response


def _written(code: str, since: float) -> bool:
    """Records the arrival; returns False if the database is locked, to retry on the next page.

    Returns True if it is recorded or needs no record.
    """
    try:
        if not came_already(current_user.id, code):
            record_arrival(current_user._get_current_object(), code, datetime.fromtimestamp(since, UTC))
    except OperationalError as error:
        if not is_retryable(error):
            raise
        return False
    return True
