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
    "test_plans.py",
    "rooms/test_listeners.py",
    # races and locks: several at one row
    "devices/test_at_once.py",
    "moderation/test_second_looks.py",
    "pairing/test_any_order.py",
    "pairing/test_commands.py",
    "pairing/test_merging.py",
    "pairing/test_parked.py",
    "rooms/test_calls.py",
    "rooms/test_messages.py",
    "rooms/test_order.py",
    "rooms/test_together.py",
    # time, and what runs in the background
    "community/test_alarm_tests.py",
    "moderation/test_alarms.py",
    "moderation/test_queue.py",
    "notifications/test_deliveries.py",
    "notifications/test_outages.py",
    "pairing/test_sessions.py",
    "pairing/test_waves.py",
    "practice/test_starting.py",
    "rooms/test_lasting.py",
    "training/test_renewal.py",
    "training/test_sessions.py",
    # counting and grouping
    "campaigns/test_counting.py",
    "insights/test_figures_counting.py",
    "insights/test_figures_reading.py",
    "moderation/test_welfare_month.py",
    "lessons/test_progress.py",
    "lessons/test_skills.py",
    "pairing/test_tracks.py",
    # order and comparison of text, JSON
    "community/test_merging.py",
    "home/test_search.py",
    "lessons/test_loading.py",
    "lessons/test_search.py",
    "practice/test_notebook.py",
    "privacy/test_canaries.py",
    # the main journey, on several processes
    "journeys/test_main_job.py",
    # the cheapest files that reach all modules of queries and commands
    "accounts/test_account.py",
    "accounts/test_naming.py",
    "administration/test_pages.py",
    "circles/test_pages.py",
    "circles/test_to_lessons.py",
    "community/test_pausing.py",
    "groups/test_demo.py",
    "groups/test_poster.py",
    "home/test_start.py",
    "insights/test_public.py",
    "lessons/test_acknowledgements.py",
    "lessons/test_device.py",
    "moderation/test_acts.py",
    "moderation/test_readings.py",
    "moderation/test_strangers.py",
    "pairing/test_asking_on.py",
    "pairing/test_handing_over.py",
    "pairing/test_observation.py",
    "pairing/test_rounds.py",
    "practice/test_device.py",
    "practice/test_filing.py",
    "rooms/test_coming_back.py",
    "rooms/test_signs.py",
    "rooms/test_witnessing.py",
    "test_who_reads.py",
    "training/test_attendance.py",
)

# Files that run on SQLite alone in both runs: what they look at is no matter of the database, and they cost much.
ONE = (
    "lessons/test_hostile.py",
    "lessons/test_weight.py",
)


@cache
def databases(test_file: Path, everything: bool) -> tuple[str, ...]:
    """The databases on which the tests of this file run, in the quick run or in `--all`."""
    name = test_file.relative_to(HERE).as_posix()
    both = (everything and name not in ONE) or any(name == listed or name.startswith(f"{listed}/") for listed in BOTH)
    return ("sqlite", "postgres") if both else ("sqlite",)
