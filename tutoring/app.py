"""The table of contents: puts every feature together into one application."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import Migrate

from tutoring import features
from tutoring.accounts import arriving, people, sessions, speaking
from tutoring.circles import room_part as circles_room_part
from tutoring.community import queries as community
from tutoring.config import ROOT, Settings
from tutoring.groups import visit_room_part
from tutoring.home import nav, showcase
from tutoring.home.help import bank as help_bank
from tutoring.insights import report_parts
from tutoring.kernel import anchors, audit, clock, files, heartbeat, limits, logs, mail, slow_queries, vault
from tutoring.kernel.db import db, engine_options, prepare_engine
from tutoring.lessons.fragments import step_fragment
from tutoring.moderation import welfare_month
from tutoring.notifications import channels, push, push_views, sms
from tutoring.notifications.mail_channel import MailChannel
from tutoring.practice import bank as practice_bank
from tutoring.practice import room_pane as practice_room_pane
from tutoring.privacy import tombstones
from tutoring.rooms import activities
from tutoring.safety import judge
from tutoring.training import bank as training_bank
from tutoring.training import month_part as training_month_part
from tutoring.web import (
    assets,
    compression,
    errors,
    i18n,
    live,
    metrics,
    numbers,
    parts,
    ready,
    release,
    security,
    signin,
    site_settings,
    watching,
    worker,
)


class _People:
    signed = staticmethod(arriving.sign_ins_of_tokens)
    opened = staticmethod(arriving.open_sockets)
    closed = staticmethod(arriving.close_sockets)
    seen = staticmethod(arriving.see_sockets)
    person = staticmethod(sessions.person_of_sign_in)
    people = staticmethod(speaking.people_of_sign_ins)
    used = staticmethod(arriving.note_use)
    roles = staticmethod(community.roles_of)


def ways_out(settings: Settings) -> None:
    """Set what tells people outside the site, for the whole process."""
    mail.configure(settings.smtp_url, settings.mail_from)
    push.configure(settings.vapid_key, settings.vapid_subject, settings.push_loopback)
    heartbeat.configure(settings.heartbeat_url)
    for channel in (MailChannel(), push.Push(), sms.Sms()):
        channels.add(channel)


def _stores(settings: Settings) -> None:
    """What stands outside the database: keys, files, counters, content."""
    audit.configure(settings.audit_key)
    anchors.configure(settings.audit_anchors, settings.audit_mail)
    vault.configure(settings.field_key)
    files.configure(settings.media)
    practice_bank.configure(Path(settings.content))
    training_bank.configure(Path(settings.content))
    help_bank.configure(Path(settings.content))
    tombstones.configure(settings.tombstones)
    limits.configure(settings.redis_url, settings.limits_scale, settings.redis_prefix)
    judge.configure(settings.hosts)


def create_app(settings: Settings | None = None, **config: Any) -> Flask:
    """The application for these settings; raises with one plain sentence when something is not set up."""
    settings = settings or Settings.from_environment()
    settings.check()
    logs.configure(settings.secret_key)
    if settings.clock_shift:
        clock.move(timedelta(seconds=settings.clock_shift))
    app = Flask(
        "tutoring",
        root_path=str(ROOT / "tutoring"),
        template_folder=str(ROOT / "templates"),
        static_folder=str(settings.static),
    )
    app.config.update(
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url, settings.prepared),
        SETTINGS=settings,
        **config,
    )
    db.init_app(app)
    _stores(settings)
    ways_out(settings)
    compression.init(app)
    parts.init(app)
    assets.init(app, Path(settings.static))
    release.init(app)
    numbers.init(app)
    security.init(app, settings)
    i18n.init(app)
    site_settings.init(app)
    signin.init(app, sessions.user_of_token, community.roles_of)
    people.configure(community.roles_of)
    errors.init(app)
    ready.init(app, settings)
    metrics.init(app, settings)
    for blueprint in features.blueprints():
        app.register_blueprint(blueprint)
    activities.register("lesson", step_fragment)
    for pane in (practice_room_pane, visit_room_part, circles_room_part):
        activities.add_part(pane.part)
    for told in (welfare_month.told, training_month_part.told):
        report_parts.add(told)
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    app.jinja_env.globals.update(demo_cards=showcase.cards, push_part=push_views.part, sms_part=push_views.sms_part)
    app.jinja_env.globals.update(rehearsal=practice_bank.find_scenario, rehearsals_of=practice_bank.of_lesson)
    app.context_processor(lambda: {"nav": nav.places(), "demo_mode": showcase.present()})
    with app.app_context():
        prepare_engine(db.engine)
        slow_queries.watch(db.engine, settings.slow_query_ms)
        showcase.refuse_in_production(settings)
    live.init(app, settings, _People())
    security.behind_proxies(app, settings)
    if settings.jobs:
        worker.start(app)
    watching.init(app, settings)
    logs.serving(settings.production)
    return app
