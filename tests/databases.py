"""Which tests run on both databases in the quick run (`dev.py test`); `dev.py test --all` runs all on both.

The rule: a test runs on PostgreSQL in the quick run when what it checks can differ there. That is SQL text, locks and
races, order and comparison of text, time, migrations and background jobs. Pages and pure rules run on SQLite alone.
Besides, every module of queries and commands runs a statement on each database: `tests/reach.py` fails the run else.
"""

from functools import cache
from pathlib import Path

HERE = Path(__file__).parent

# Folders and files below tests/.
BOTH = (
    # SQL, migrations, plans
    "kernel",
    "test_migrations.py",
    "test_query_plans.py",
    "rooms/presence/test_subscriptions.py",
    "web/test_tables.py",
    "community/memberships/test_member_table.py",
    # races and locks: several at one row
    "devices/test_concurrency.py",
    "moderation/appeals/test_appeals.py",
    "pairing/test_random_interleavings.py",
    "pairing/test_commands.py",
    "pairing/certificates/test_concurrency.py",
    "pairing/group_sessions/test_request_groups.py",
    "pairing/awaiting_device/test_awaiting_device.py",
    "pairing/requests/test_open_requests.py",
    "pairing/scheduling/test_free_days.py",
    "rooms/comfort",
    "rooms/test_calls.py",
    "rooms/test_messages.py",
    "rooms/moderation/test_moderation.py",
    "rooms/messages/test_batch_posting.py",
    # time, and what runs in the background
    "community/test_alarm_tests.py",
    "moderation/test_alarms.py",
    "moderation/test_queue.py",
    "notifications/test_deliveries.py",
    "notifications/test_outages.py",
    "pairing/test_sessions.py",
    "pairing/offers/test_dispatch.py",
    "practice/test_starting.py",
    "rooms/persistent_rooms/test_persistent_rooms.py",
    "training/test_renewal.py",
    "training/test_sessions.py",
    # counting and grouping
    "home/test_pending_work.py",
    "campaigns/test_participants.py",
    "insights/monthly_statistics/test_counter.py",
    "insights/monthly_statistics/test_queries.py",
    "moderation/welfare/test_monthly_statistics.py",
    "lessons/test_progress.py",
    "lessons/test_skills.py",
    "lessons/test_skill_overview.py",
    "pairing/fallbacks/test_fallbacks.py",
    # order and comparison of text, JSON
    "community/units/test_mergers.py",
    "home/test_search.py",
    "lessons/test_loading.py",
    "lessons/test_search.py",
    "notebook/test_notebook.py",
    "privacy/test_erasure_is_complete.py",
    # the main journey, on several processes
    "journeys/test_instant_help.py",
    # the cheapest files that reach all modules of queries and commands
    "accounts/test_account.py",
    "accounts/names/test_name_changes.py",
    "administration/test_pages.py",
    "circles/test_pages.py",
    "circles/test_lesson_suggestions.py",
    "community/papers/test_letterhead.py",
    "community/pauses/test_pauses.py",
    "groups/test_demo.py",
    "groups/test_poster.py",
    "home/test_start.py",
    "insights/transparency/test_transparency.py",
    "lessons/test_acknowledgements.py",
    "lessons/test_device.py",
    "moderation/actions/test_actions.py",
    "moderation/emergency_access/test_emergency_access.py",
    "moderation/test_strangers.py",
    "pairing/requests/test_follow_ups.py",
    "pairing/handoff/test_handoff.py",
    "pairing/test_observation.py",
    "pairing/test_rounds.py",
    "practice/test_device.py",
    "notebook/test_first_dossier.py",
    "rooms/presence/test_batch_entry.py",
    "rooms/shared_lesson/test_progress_markers.py",
    "rooms/shared_lesson/test_confirmation.py",
    "test_audience_notices.py",
    "training/test_attendance.py",
)

# Files that run on SQLite alone in both runs: what they look at is no matter of the database, and they cost much.
ONE = (
    "lessons/test_hostile.py",
    "lessons/test_page_weight.py",
)


@cache
def databases(test_file: Path, everything: bool) -> tuple[str, ...]:
    """The databases on which the tests of this file run, in the quick run or in `--all`."""
    name = test_file.relative_to(HERE).as_posix()
    both = (everything and name not in ONE) or any(name == listed or name.startswith(f"{listed}/") for listed in BOTH)
    return ("sqlite", "postgres") if both else ("sqlite",)
