"""Every feature's pages and reactions, in their order."""

from tutoring.accounts import reactions as accounts_reactions
from tutoring.accounts import views as accounts_views
from tutoring.administration import views as administration_views
from tutoring.campaigns import reactions as campaigns_reactions
from tutoring.campaigns import unit_reactions as campaigns_unit_reactions
from tutoring.campaigns import views as campaigns_views
from tutoring.circles import reactions as circles_reactions
from tutoring.circles import unit_reactions as circles_unit_reactions
from tutoring.circles import views as circles_views
from tutoring.community import reactions as community_reactions
from tutoring.community import views as community_views
from tutoring.devices import internet_reactions as devices_internet_reactions
from tutoring.devices import loan_reactions as devices_loan_reactions
from tutoring.devices import need_reactions as devices_need_reactions
from tutoring.devices import reactions as devices_reactions
from tutoring.devices import unit_reactions as devices_unit_reactions
from tutoring.devices import views as devices_views
from tutoring.groups import reactions as groups_reactions
from tutoring.groups import unit_reactions as groups_unit_reactions
from tutoring.groups import views as groups_views
from tutoring.groups import visit_reactions
from tutoring.home import help_views
from tutoring.home import reactions as home_reactions
from tutoring.home import views as home_views
from tutoring.insights import reactions as insights_reactions
from tutoring.insights import views as insights_views
from tutoring.kernel import work_figures
from tutoring.lessons import reactions as lessons_reactions
from tutoring.lessons import views as lessons_views
from tutoring.moderation import erasing as moderation_erasing
from tutoring.moderation import reactions as moderation_reactions
from tutoring.moderation import second_reactions as moderation_second_reactions
from tutoring.moderation import site_figures as moderation_site_figures
from tutoring.moderation import unit_reactions as moderation_unit_reactions
from tutoring.moderation import views as moderation_views
from tutoring.notifications import calendar_reactions as notifications_calendar_reactions
from tutoring.notifications import deliveries as notifications_deliveries
from tutoring.notifications import of_acts, of_alarm_tests, of_cases, of_outages, of_welfare, push_reactions
from tutoring.notifications import of_campaigns as notifications_of_campaigns
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
from tutoring.notifications import planning as notifications_planning
from tutoring.notifications import reactions as notifications_reactions
from tutoring.notifications import views as notifications_views
from tutoring.pairing import devices_reactions as pairing_devices_reactions
from tutoring.pairing import erasure_reactions as pairing_erasure_reactions
from tutoring.pairing import paper_reactions as pairing_paper_reactions
from tutoring.pairing import reactions as pairing_reactions
from tutoring.pairing import session_reactions as pairing_session_reactions
from tutoring.pairing import site_figures as pairing_site_figures
from tutoring.pairing import sockets as pairing_sockets
from tutoring.pairing import unit_reactions as pairing_unit_reactions
from tutoring.pairing import views as pairing_views
from tutoring.pairing import weekly_reactions as pairing_weekly_reactions
from tutoring.practice import notebook_reactions as practice_notebook_reactions
from tutoring.practice import reactions as practice_reactions
from tutoring.practice import room_reactions as practice_room_reactions
from tutoring.practice import sockets as practice_sockets
from tutoring.practice import views as practice_views
from tutoring.privacy import reactions as privacy_reactions
from tutoring.privacy import retention
from tutoring.privacy import views as privacy_views
from tutoring.rooms import call_reactions as rooms_call_reactions
from tutoring.rooms import call_sockets as rooms_call_sockets
from tutoring.rooms import name_reactions as rooms_name_reactions
from tutoring.rooms import reactions as rooms_reactions
from tutoring.rooms import site_figures as rooms_site_figures
from tutoring.rooms import sockets as rooms_sockets
from tutoring.rooms import unit_reactions as rooms_unit_reactions
from tutoring.rooms import views as rooms_views
from tutoring.training import reactions as training_reactions
from tutoring.training import unit_reactions as training_unit_reactions
from tutoring.training import views as training_views
from tutoring.web import metrics, pages, ready
from tutoring.welfare import views as welfare_views

VIEWS = (
    pages,
    ready,
    metrics,
    home_views,
    help_views,
    accounts_views,
    community_views,
    welfare_views,
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
    administration_views,
)
# Importing these registers what they do: reactions to events, socket verbs.
EDGES = (
    accounts_reactions,
    community_reactions,
    home_reactions,
    lessons_reactions,
    rooms_reactions,
    rooms_name_reactions,
    rooms_sockets,
    rooms_call_reactions,
    rooms_call_sockets,
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
    notifications_calendar_reactions,
    notifications_of_campaigns,
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
    notifications_deliveries,
    notifications_planning,
    push_reactions,
    of_cases,
    of_welfare,
    of_alarm_tests,
    of_outages,
    notifications_of_erasure,  # last: the others still tell of somebody who leaves
    privacy_reactions,
    retention,
)
# Importing these registers what a monitor is told of the site.
FIGURES = (work_figures, rooms_site_figures, pairing_site_figures, moderation_site_figures)
