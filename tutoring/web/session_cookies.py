"""The session cookie: tolerates a clock set back, and stays away from shared files."""

import time

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from itsdangerous import BadSignature

from tutoring.web.api.problems import is_of_api, under_api


class Sessions(SecureCookieSessionInterface):
    """Flask's sessions, without the rejection of cookies from the future.

    Otherwise a clock that is set back would sign out every user.
    """

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        # The handshake of a socket opens a session without a request of Flask: the path is that of the argument.
        if is_of_api(request.path):
            return self.session_class()  # no cookie counts there: what a browser sends by itself gives no rights
        signing = self.get_signing_serializer(app)
        if signing is None:
            return None
        value = request.cookies.get(self.get_cookie_name(app))
        try:
            data, signed = signing.loads(value, return_timestamp=True) if value else ({}, None)
        except BadSignature:
            return self.session_class()
        old = signed is not None and time.time() - signed.timestamp() > app.permanent_session_lifetime.total_seconds()
        return self.session_class() if old else self.session_class(data)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Saves the session, except under the API and on versioned static files, which all users share."""
        if not under_api() and (request.endpoint != "static" or "v" not in request.args):
            super().save_session(app, session, response)
