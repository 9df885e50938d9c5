"""The table of contents: puts every feature together into one application."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import Migrate

from tutoring.accounts import people, sessions, speaking
from tutoring.accounts import reactions as accounts_reactions
from tutoring.accounts import views as accounts_views
from tutoring.campaigns import reactions as campaigns_reactions
from tutoring.campaigns import unit_reactions as campaigns_unit_reactions
from tutoring.campaigns import views as campaigns_views
from tutoring.circles import reactions as circles_reactions
from tutoring.circles import room_part as circles_room_part
from tutoring.circles import unit_reactions as circles_unit_reactions
from tutoring.circles import views as circles_views
from tutoring.community import queries as community
from tutoring.community import reactions as community_reactions
from tutoring.community import views as community_views
from tutoring.config import ROOT, Settings
from tutoring.devices import internet_reactions as devices_internet_reactions
from tutoring.devices import loan_reactions as devices_loan_reactions
from tutoring.devices import need_reactions as devices_need_reactions
from tutoring.devices import reactions as devices_reactions
from tutoring.devices import unit_reactions as devices_unit_reactions
from tutoring.devices import views as devices_views
from tutoring.groups import reactions as groups_reactions
from tutoring.groups import unit_reactions as groups_unit_reactions
from tutoring.groups import views as groups_views
from tutoring.groups import visit_reactions, visit_room_part
from tutoring.home import nav, showcase
from tutoring.home import views as home_views
from tutoring.insights import reactions as insights_reactions
from tutoring.insights import report_parts
from tutoring.insights import views as insights_views
from tutoring.kernel import anchors, audit, clock, files, limits, logs, mail, vault
from tutoring.kernel.db import db, engine_options, prepare_engine
from tutoring.lessons import reactions as lessons_reactions
from tutoring.lessons import views as lessons_views
from tutoring.lessons.fragments import step_fragment
from tutoring.moderation import erasing as moderation_erasing
from tutoring.moderation import reactions as moderation_reactions
from tutoring.moderation import second_reactions as moderation_second_reactions
from tutoring.moderation import unit_reactions as moderation_unit_reactions
from tutoring.moderation import views as moderation_views
from tutoring.notifications import of_acts, of_cases
from tutoring.notifications import of_circles as notifications_of_circles
from tutoring.notifications import of_consent as notifications_of_consent
from tutoring.notifications import of_devices as notifications_of_devices
from tutoring.notifications import of_erasure as notifications_of_erasure
from tutoring.notifications import of_groups as notifications_of_groups
from tutoring.notifications import of_loans as notifications_of_loans
from tutoring.notifications import of_minutes as notifications_of_minutes
from tutoring.notifications import of_needs as notifications_of_needs
from tutoring.notifications import of_pairing as notifications_of_pairing
from tutoring.notifications import of_parked as notifications_of_parked
from tutoring.notifications import of_practice as notifications_of_practice
from tutoring.notifications import of_readings as notifications_of_readings
from tutoring.notifications import of_rooms as notifications_of_rooms
from tutoring.notifications import of_second_looks as notifications_of_second_looks
from tutoring.notifications import of_sessions as notifications_of_sessions
from tutoring.notifications import of_tracks as notifications_of_tracks
from tutoring.notifications import of_training as notifications_of_training
from tutoring.notifications import of_visits as notifications_of_visits
from tutoring.notifications import of_vouchers as notifications_of_vouchers
from tutoring.notifications import of_weekly as notifications_of_weekly
from tutoring.notifications import reactions as notifications_reactions
from tutoring.notifications import views as notifications_views
from tutoring.notifications import week_mail as notifications_week_mail
from tutoring.pairing import devices_reactions as pairing_devices_reactions
from tutoring.pairing import erasure_reactions as pairing_erasure_reactions
from tutoring.pairing import paper_reactions as pairing_paper_reactions
from tutoring.pairing import reactions as pairing_reactions
from tutoring.pairing import session_reactions as pairing_session_reactions
from tutoring.pairing import sockets as pairing_sockets
from tutoring.pairing import unit_reactions as pairing_unit_reactions
from tutoring.pairing import views as pairing_views
from tutoring.pairing import weekly_reactions as pairing_weekly_reactions
from tutoring.practice import bank as practice_bank
from tutoring.practice import notebook_reactions as practice_notebook_reactions
from tutoring.practice import reactions as practice_reactions
from tutoring.practice import room_pane as practice_room_pane
from tutoring.practice import room_reactions as practice_room_reactions
from tutoring.practice import sockets as practice_sockets
from tutoring.practice import views as practice_views
from tutoring.privacy import reactions as privacy_reactions
from tutoring.privacy import retention, tombstones
from tutoring.privacy import views as privacy_views
from tutoring.rooms import activities
from tutoring.rooms import reactions as rooms_reactions
from tutoring.rooms import sockets as rooms_sockets
from tutoring.rooms import unit_reactions as rooms_unit_reactions
from tutoring.rooms import views as rooms_views
from tutoring.safety import judge
from tutoring.training import bank as training_bank
from tutoring.training import month_part as training_month_part
from tutoring.training import reactions as training_reactions
from tutoring.training import unit_reactions as training_unit_reactions
from tutoring.training import views as training_views
from tutoring.web import assets, errors, i18n, live, numbers, pages, security, signin, worker

VIEWS = (
    pages,
    home_views,
    accounts_views,
    community_views,
    lessons_views,
    rooms_views,
    practice_views,
    devices_views,
    pairing_views,
    groups_views,
    circles_views,
    campaigns_views,
    training_views,
    moderation_views,
    notifications_views,
    insights_views,
    privacy_views,
)
# Importing these registers what they do: reactions to events, socket verbs.
EDGES = (
    accounts_reactions,
    community_reactions,
    lessons_reactions,
    rooms_reactions,
    rooms_sockets,
    rooms_unit_reactions,
    practice_reactions,
    practice_room_reactions,
    practice_sockets,
    practice_notebook_reactions,
    devices_reactions,
    devices_need_reactions,
    devices_loan_reactions,
    devices_internet_reactions,
    devices_unit_reactions,
    pairing_reactions,
    pairing_devices_reactions,
    pairing_paper_reactions,
    pairing_erasure_reactions,
    pairing_sockets,
    pairing_session_reactions,
    pairing_weekly_reactions,
    pairing_unit_reactions,
    groups_reactions,
    groups_unit_reactions,
    visit_reactions,
    circles_reactions,
    circles_unit_reactions,
    campaigns_reactions,
    campaigns_unit_reactions,
    training_reactions,
    training_unit_reactions,
    moderation_reactions,
    moderation_erasing,
    moderation_second_reactions,
    moderation_unit_reactions,
    insights_reactions,
    notifications_reactions,
    notifications_of_circles,
    notifications_of_consent,
    notifications_of_devices,
    notifications_of_needs,
    notifications_of_loans,
    notifications_of_vouchers,
    notifications_of_groups,
    notifications_of_minutes,
    notifications_of_practice,
    notifications_of_readings,
    notifications_of_pairing,
    notifications_of_parked,
    notifications_of_rooms,
    notifications_of_second_looks,
    notifications_of_tracks,
    notifications_of_training,
    notifications_of_sessions,
    notifications_of_weekly,
    notifications_of_visits,
    of_acts,
    notifications_week_mail,
    of_cases,
    notifications_of_erasure,  # last: the others still tell of somebody who leaves
    privacy_reactions,
    retention,
)


class _People:
    opened = staticmethod(sessions.open_socket)
    closed = staticmethod(sessions.close_socket)
    seen = staticmethod(sessions.see_sockets)
    person = staticmethod(sessions.person_of_sign_in)
    people = staticmethod(speaking.people_of_sign_ins)
    roles = staticmethod(community.roles_of)


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
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url),
        SETTINGS=settings,
        **config,
    )
    db.init_app(app)
    audit.configure(settings.audit_key)
    anchors.configure(settings.audit_anchors, settings.audit_mail)
    vault.configure(settings.field_key)
    files.configure(settings.media)
    practice_bank.configure(Path(settings.content))
    training_bank.configure(Path(settings.content))
    tombstones.configure(settings.tombstones)
    limits.configure(settings.redis_url, settings.limits_scale, settings.redis_prefix)
    judge.configure(settings.hosts)
    mail.configure(settings.smtp_url, settings.mail_from)
    assets.init(app, Path(settings.static))
    numbers.init(app)
    security.init(app, settings)
    i18n.init(app)
    signin.init(app, sessions.user_of_token, community.roles_of)
    people.configure(community.roles_of)
    errors.init(app)
    for views in VIEWS:
        app.register_blueprint(views.blueprint)
    activities.register("lesson", step_fragment)
    activities.add_part(practice_room_pane.part)
    activities.add_part(visit_room_part.part)
    activities.add_part(circles_room_part.part)
    report_parts.add(training_month_part.told)
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    app.jinja_env.globals.update(demo_cards=showcase.cards)
    app.jinja_env.globals.update(rehearsal=practice_bank.find_scenario, rehearsals_of=practice_bank.of_lesson)
    app.context_processor(lambda: {"nav": nav.places(), "demo_mode": showcase.present()})
    with app.app_context():
        prepare_engine(db.engine)
        showcase.refuse_in_production(settings)
    live.init(app, settings, _People())
    security.behind_proxies(app, settings)
    if settings.jobs:
        worker.start(app)
    logs.serving(settings.production)
    return app
