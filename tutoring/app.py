"""The table of contents: puts every feature together into one application."""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import Migrate

from tutoring.accounts import sessions
from tutoring.community import queries as community
from tutoring.config import ROOT, Settings
from tutoring.home import nav, showcase
from tutoring.kernel import audit, limits, mail
from tutoring.kernel.db import db, engine_options, prepare_engine
from tutoring.lessons.fragments import step_fragment
from tutoring.rooms import activities
from tutoring.web import assets, errors, i18n, live, pages, security, signin, worker

FEATURES = ("accounts", "community", "lessons", "rooms", "pairing", "moderation", "notifications", "home")


class _People:
    opened = staticmethod(sessions.open_socket)
    closed = staticmethod(sessions.close_socket)
    seen = staticmethod(sessions.see_sockets)
    person = staticmethod(sessions.person_of_sign_in)
    roles = staticmethod(community.roles_of)


def create_app(settings: Settings | None = None, **config: Any) -> Flask:
    """The application for these settings; raises with one plain sentence when something is not set up."""
    settings = settings or Settings.from_environment()
    app = Flask("tutoring", template_folder=str(ROOT / "templates"), static_folder=str(settings.static), root_path=str(ROOT / "tutoring"))
    app.config.update(
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url),
        SETTINGS=settings,
        **config,
    )
    db.init_app(app)
    audit.configure(settings.audit_key)
    limits.configure(settings.redis_url, settings.limits_scale)
    mail.configure(settings.smtp_url, settings.mail_from)
    assets.init(app, Path(settings.static))
    security.init(app, settings)
    i18n.init(app)
    signin.init(app, sessions.user_of_token, community.roles_of)
    errors.init(app)
    app.register_blueprint(pages.blueprint)
    for feature in FEATURES:
        for edge in ("views", "sockets", "reactions"):
            name = f"tutoring.{feature}.{edge}"
            if find_spec(f"tutoring.{feature}") and find_spec(name):
                module = import_module(name)
                if edge == "views":
                    app.register_blueprint(module.blueprint)
    activities.register("lesson", step_fragment)
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    app.jinja_env.globals.update(demo_cards=showcase.cards)
    app.context_processor(lambda: {"nav": nav.places(), "demo_mode": showcase.present()})
    with app.app_context():
        prepare_engine(db.engine)
        showcase.refuse_in_production(settings)
    live.init(app, settings, _People())
    if settings.jobs:
        worker.start(app)
    return app
