"""Which tests run on both databases in the quick run (`dev.py test`); `dev.py test --all` runs all on both.

The rule: a test runs on PostgreSQL in the quick run when what it checks can differ there. That is SQL text, locks and
races, order and comparison of text, time, migrations and background jobs. Pages and pure rules run on SQLite alone.
Besides, every module of queries and commands runs a statement on each database: `tests/reach.py` fails the run else.
"""

from functools import cache
from pathlib import Path

HERE = Path(__file__).parent

# Folders, files and single tests (`file.py::test_name`) below tests/.
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
    "lessons/test_split_steps.py",
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
    # the cheapest files and tests that reach all modules of queries and commands
    "accounts/test_account.py",
    "accounts/names/test_name_changes.py",
    "administration/test_pages.py",
    "circles/test_pages.py::test_ways_lead_there_from_the_unit_the_room_and_the_start_page",
    "circles/test_pages.py::test_a_mother_asks_and_another_answers",
    "circles/test_lesson_suggestions.py::test_a_new_lesson_begins_with_the_words_in_its_first_step",
    "community/class_lists/test_class_lists.py::test_the_same_file_twice_and_by_two_teachers_changes_nothing",
    "community/papers/test_letterhead.py",
    "community/pauses/test_pauses.py",
    "groups/test_demo.py",
    "groups/test_poster.py",
    "home/test_start.py::test_children_come_first_on_a_mother_s_page",
    "home/test_start.py::test_no_page_is_a_dead_end_for_somebody_new",
    "home/test_start.py::test_once_all_is_done_they_are_gone_and_an_erased_account_keeps_no_row",
    "home/test_start.py::test_steps_tick_off_from_facts",
    "home/test_start.py::test_what_a_role_does_most_stands_open",
    "insights/transparency/test_transparency.py",
    "lessons/test_acknowledgements.py",
    "lessons/test_device.py",
    "moderation/actions/test_actions.py::test_a_case_is_let_go_by_hand_and_by_its_end",
    "moderation/actions/test_actions.py::test_nothing_is_erased_from_the_rooms_of_a_person_on_hold",
    "moderation/actions/test_actions.py::test_of_two_who_take_a_case_in_one_moment_one_gets_it",
    "moderation/actions/test_actions.py::test_what_was_done_is_read_by_those_it_concerns_alone",
    "moderation/actions/test_actions.py::test_who_may_not_decide_a_grave_case_holds_up_nobody_who_may",
    "moderation/actions/test_actions.py::test_whom_one_avoids_by_oneself_one_still_avoids_when_the_desk_lets_them_meet",
    "moderation/emergency_access/test_emergency_access.py",
    "moderation/test_strangers.py",
    "pairing/requests/test_follow_ups.py",
    "pairing/handoff/test_handoff.py::test_nobody_is_blamed_and_the_minutes_stand",
    "pairing/handoff/test_handoff.py::test_times_wished_for_are_no_more_since_the_learner_is_here_now",
    "pairing/handoff/test_handoff.py::test_without_a_choice_it_goes_before_all_others_and_whoever_is_free_is_asked",
    "pairing/test_observation.py::test_every_room_with_a_minor_is_observed_from_its_opening_to_its_end",
    "pairing/test_observation.py::test_no_route_lets_an_adult_open_a_room_with_a_minor",
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

# Journeys on PostgreSQL alone in the quick run: another one does the same by keys on SQLite.
SERVER_ALONE = ("journeys/test_instant_help.py",)


@cache
def databases(test_file: Path, test: str, everything: bool) -> tuple[str, ...]:
    """The databases on which this test of this file runs, in the quick run or in `--all`."""
    name = test_file.relative_to(HERE).as_posix()
    if name in SERVER_ALONE and not everything:
        return ("postgres",)
    listed = any(one in (name, f"{name}::{test}") or name.startswith(f"{one}/") for one in BOTH)
    return ("sqlite", "postgres") if listed or (everything and name not in ONE) else ("sqlite",)
