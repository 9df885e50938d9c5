"""People who are signed in at a running site without its form, which takes a page and a password's hash each time.

The app's own commands begin the sign-in, on the site's database and with its keys.
"""

import contextlib
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from tests.servers import Site
from tutoring import services
from tutoring.accounts.models import User
from tutoring.accounts.sign_ins import lifecycle
from tutoring.accounts.sign_ins.local_network import Encryption
from tutoring.config import Settings
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db, engine_options, prepare_engine


@command
def _begin(username: str) -> str:
    person = db.session.scalars(sa.select(User).where(User.username == username)).one()
    # With the second factor, as staff come in.
    return lifecycle.begin_sign_in(person, "test", second_factor=True).token


@contextlib.contextmanager
def database_of(site: Site) -> Iterator[Flask]:
    """The site's database, clock and keys for code of this process, beside the running servers."""
    settings = Settings.from_environment(site.env)
    # No more of the application than its database: a whole one takes longer than the form, and would set the keys of
    # this process anew under the tests' own application.
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url),
    )
    # The one service that the beginning of a sign-in asks.
    app.extensions[services.KEY] = SimpleNamespace(by_class={Encryption: Encryption(True)})
    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
        try:
            with clock.travel(site.now()):
                yield app
        finally:
            db.session.remove()
            db.engine.dispose()


def cookie_of(site: Site, username: str) -> dict[str, Any]:
    """A cookie for a browser, in which this person is signed in at the site."""
    with database_of(site) as app:
        return cookie_within(app, username)


def cookie_within(app: Flask, username: str) -> dict[str, Any]:
    """The same within `database_of`, for many people one after the other."""
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer is not None
    kept = signer.dumps({"_user_id": _begin(username), "_fresh": True, "_permanent": True})
    return {"name": "session", "value": str(kept), "httpOnly": True, "sameSite": "Lax"}


def site_at(url: str) -> Site | None:
    """The site of this process of tests that answers there."""
    return Site.of_port.get(urlsplit(url).port or 0)
