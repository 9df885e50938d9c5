"""The application factory: wires every feature into one Flask application."""

from datetime import timedelta
from typing import Any

from flask import Flask

from tutoring import features, services
from tutoring.accounts.sign_ins import lifecycle, open_sockets
from tutoring.api.tokens import bearers
from tutoring.community import queries as community
from tutoring.config import PACKAGE, ROOT, Settings
from tutoring.home import demo_accounts, navigation, staff_rail
from tutoring.kernel import clock, logs
from tutoring.kernel.database import migrations
from tutoring.kernel.db import db, engine_options, prepare_engine
from tutoring.kernel.monitoring import slow_queries
from tutoring.lessons.embeds import cookieless
from tutoring.notifications.channels import preferences_parts, registry
from tutoring.notifications.channels.mail import MailChannel
from tutoring.notifications.channels.push.channel import Push
from tutoring.notifications.channels.sms.channel import Sms
from tutoring.notifications.channels.sms.templates import check_ids
from tutoring.practice import scenarios as practice_bank
from tutoring.site_setup import rail
from tutoring.web import (
    assets,
    auth,
    bundles,
    compression,
    error_handlers,
    i18n,
    import_maps,
    job_worker,
    metrics_endpoint,
    page_fragments,
    readiness,
    request_metrics,
    security,
    site_identity,
    site_settings,
    urls,
)
from tutoring.web.api import problems
from tutoring.web.application import Application
from tutoring.web.socket_io import realtime


class _People:
    signed = staticmethod(open_sockets.sign_ins_of_tokens)
    opened = staticmethod(open_sockets.open_sockets)
    closed = staticmethod(open_sockets.close_sockets)
    seen = staticmethod(open_sockets.see_sockets)
    person = staticmethod(lifecycle.person_of_sign_in)
    people = staticmethod(open_sockets.people_of_sign_ins)
    used = staticmethod(open_sockets.note_use)
    roles = staticmethod(community.roles_of)


def _add_features(app: Flask) -> None:
    """Registers the pages of every feature, and what features show on pages of others."""
    for blueprint in (*features.blueprints(), readiness.blueprint, metrics_endpoint.blueprint):
        app.register_blueprint(blueprint)
    for channel in (MailChannel(), Push(), Sms()):
        registry.add(channel)
    migrations.init(app, ROOT / "migrations")
    app.jinja_env.globals.update(
        demo_cards=demo_accounts.cards, push_part=preferences_parts.push_part, sms_part=preferences_parts.sms_part
    )
    app.jinja_env.globals.update(is_staff=staff_rail.is_staff, staff_rail=staff_rail.staff_rail)
    app.jinja_env.globals.update(set_up_goes_on=rail.way_back)
    app.jinja_env.globals.update(rehearsal=practice_bank.find_scenario, rehearsals_of=practice_bank.of_lesson)
    app.context_processor(lambda: {"nav": navigation.places(), "demo_mode": demo_accounts.present()})


def create_app(settings: Settings | None = None, **config: Any) -> Flask:
    """Returns the application for these settings.

    Raises an error with one plain sentence when a setting is missing or unsafe.
    """
    settings = settings or Settings.from_environment()
    settings.check()
    check_ids(settings.sms_templates)
    logs.write_json()
    if settings.clock_shift:
        clock.move(timedelta(seconds=settings.clock_shift))
    app = Application(
        "tutoring",
        root_path=str(PACKAGE),
        template_folder=str(ROOT / "templates"),
        static_folder=str(settings.static),
    )
    app.config.update(
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url, settings.prepared),
        SETTINGS=settings,
        **config,
    )
    app.extensions[services.KEY] = services.build(settings)
    db.init_app(app)
    compression.init(app)
    bundles.init(app)
    page_fragments.init(app)
    assets.init(app)
    assets.init_release(app)
    import_maps.init(app)
    urls.init(app)
    problems.init(app, i18n.LANGUAGES)
    security.init(app, settings)
    i18n.init(app)
    site_settings.init(app)
    site_identity.init(app)
    auth.init(app, lifecycle.user_of_token, bearers.bearer_of_token)
    error_handlers.init(app)
    readiness.init(app, settings)
    metrics_endpoint.init(app, settings)
    _add_features(app)
    with app.app_context():
        prepare_engine(db.engine)
        slow_queries.watch(db.engine, settings.slow_query_ms)
        demo_accounts.refuse_in_production(settings)
    realtime.init(app, settings, _People())
    cookieless.init(app)
    security.behind_proxies(app, settings)
    if settings.jobs:
        job_worker.start(app)
    request_metrics.init(app, settings)
    logs.serving(settings.production)
    return app
