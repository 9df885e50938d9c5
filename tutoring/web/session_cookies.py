"""The session cookie: when the clock of the machine is set back, and beside files that everybody may keep."""

import time

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from itsdangerous import BadSignature


class Sessions(SecureCookieSessionInterface):
    """Flask's, which holds a cookie from after the present moment for too old: everybody would be signed out."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
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
        """Files whose address changes with their content know no cookie: one copy of them is everybody's."""
        if request.endpoint != "static" or "v" not in request.args:
            super().save_session(app, session, response)
