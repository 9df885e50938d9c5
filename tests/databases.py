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
    "kernel/database",
    "kernel/test_audit.py",
    "kernel/test_batch_queue.py",
    "kernel/test_commands.py",
    "kernel/test_jobs.py",
    "kernel/test_pool.py",
    "kernel/test_rate_limits_without_redis.py",
    "test_migrations.py",
    "test_query_plans.py",
    # races and locks: several at one row
    "devices/test_concurrency.py",
    "pairing/test_random_interleavings.py",
    "pairing/certificates/test_concurrency.py",
    # time, and what runs in the background
    "community/test_alarm_tests.py",
    "notifications/test_deliveries.py",
    "notifications/test_outages.py",
    "practice/test_starting.py",
    # counting and grouping
    "lessons/test_progress.py",
    "lessons/test_split_steps.py",
    "lessons/test_skills.py",
    "lessons/test_skill_overview.py",
    "lessons/recordings",
    # order and comparison of text, JSON
    "community/units/test_mergers.py",
    "community/year_ends/test_undo.py",
    "lessons/test_loading.py",
    "lessons/test_search.py",
    # the cheapest files and tests that reach all modules of queries and commands
    "accounts/test_account.py",
    "accounts/names/test_name_changes.py",
    "community/papers/test_letterhead.py",
    "community/pauses/test_pauses.py",
    "classes/test_class_work.py",
    "classes/test_overview_sums.py",
    "classes/test_work_states.py",
    "groups/test_demo.py",
    "groups/test_poster.py",
    "insights/transparency/test_transparency.py",
    "lessons/test_acknowledgements.py",
    "lessons/test_device.py",
    "lessons/test_claims.py",
    "moderation/test_strangers.py",
    "practice/test_device.py",
    "notebook/test_first_dossier.py",
    "rooms/presence/test_batch_entry.py",
    "test_audience_notices.py",
    "training/test_attendance.py",
)

# Of other files these tests: several at one row, counting and grouping, order and words, or the cheapest that reaches a
# module of queries or commands.
SOME = {
    "administration/test_pages.py": (
        "test_a_day_off_is_added_with_a_source_and_taken_back",
        "test_a_fact_is_changed_and_the_lesson_shows_it_at_once",
        "test_somebody_is_found_by_the_whole_name_alone_and_every_look_is_recorded",
        "test_the_log_is_read_by_person_act_and_day_and_reading_of_a_person_is_recorded",
    ),
    "campaigns/test_participants.py": ("test_acts_at_the_same_moment_count_a_person_once",),
    "circles/test_lesson_suggestions.py": ("test_a_new_lesson_begins_with_the_words_in_its_first_step",),
    "circles/test_pages.py": ("test_a_mother_asks_and_another_answers",),
    "community/class_lists/test_class_lists.py": ("test_the_same_file_twice_and_by_two_teachers_changes_nothing",),
    "community/memberships/test_member_table.py": (
        "test_members_stand_in_vietnamese_order_over_all_pages",
        "test_words_find_names_without_accents_and_user_names",
    ),
    "home/test_pending_statements.py": ("test_a_scope_of_many_units_holds_what_one_of_few_holds",),
    "home/test_pending_work.py": ("test_the_page_asks_the_same_of_the_database_for_two_of_each_as_for_five",),
    "home/test_search.py": (
        "test_a_mother_finds_her_child_without_accents_and_nobody_else_s",
        "test_own_words_are_found_and_never_another_s",
    ),
    "home/test_start.py": (
        "test_children_come_first_on_a_mother_s_page",
        "test_steps_tick_off_from_facts",
    ),
    "insights/lesson_quality/test_queries.py": (
        "test_rescues_are_counted_by_step_with_how_many_were_solved",
        "test_the_work_that_lessons_need_is_listed",
        "test_wrong_options_are_counted_among_all_answers",
    ),
    "insights/monthly_statistics/test_counter.py": (
        "test_a_rebuild_from_nothing_gives_the_same",
        "test_every_figure_equals_a_direct_count_from_the_rows",
        "test_waits_are_those_of_the_rows",
    ),
    "insights/monthly_statistics/test_queries.py": (
        "test_a_month_reads_as_it_may_be_shown",
        "test_a_trend_has_every_month_oldest_first",
        "test_wholes_are_found_through_their_own_index",
    ),
    "lessons/test_claims.py": (
        "test_of_two_editors_at_once_the_later_sees_both",
        "test_what_most_people_read_stands_first",
    ),
    "kernel/test_audit_anchors.py": (
        "test_each_day_is_one_line_with_count_and_seal",
        "test_two_workers_write_one_line",
    ),
    "kernel/test_key_rings.py": ("test_a_site_changes_its_key_while_people_write_and_nothing_is_lost",),
    "openid/test_school_sign_in.py": ("test_a_logout_at_the_provider_ends_its_sign_ins_once",),
    "moderation/actions/test_actions.py": (
        "test_a_case_is_let_go_by_hand_and_by_its_end",
        "test_of_two_who_take_a_case_in_one_moment_one_gets_it",
        "test_what_was_done_is_read_by_those_it_concerns_alone",
        "test_who_may_not_decide_a_grave_case_holds_up_nobody_who_may",
        "test_whom_one_avoids_by_oneself_one_still_avoids_when_the_desk_lets_them_meet",
    ),
    "moderation/emergency_access/test_emergency_access.py": (
        "test_one_asks_another_agrees_and_the_first_reads_for_an_hour",
        "test_two_who_agree_in_one_moment_are_one_and_the_other_is_told",
    ),
    "moderation/welfare/test_monthly_statistics.py": (
        "test_a_month_is_counted_rounded_and_timed",
        "test_it_costs_one_statement_however_much_was_found",
        "test_the_month_is_that_of_vietnam",
    ),
    "moderation/appeals/test_appeals.py": (
        "test_of_two_in_one_moment_one_wins",
        "test_two_who_decide_in_one_moment_are_one_and_the_other_is_told",
    ),
    "moderation/test_alarms.py": (
        "test_those_on_duty_are_called_at_once_and_the_next_after_five_minutes",
        "test_with_nobody_on_duty_coordinators_are_called_at_once",
    ),
    "moderation/test_queue.py": ("test_what_waits_stands_in_one_list_the_most_urgent_first",),
    "notifications/test_calendar.py": (
        "test_the_page_says_weekday_day_and_hours",
        "test_the_sequence_rises_with_each_change_and_the_number_stays",
    ),
    "pairing/awaiting_device/test_awaiting_device.py": ("test_of_twenty_who_end_it_or_send_it_on_at_once_one_does",),
    "pairing/fallbacks/test_fallbacks.py": (
        "test_of_many_who_take_a_time_at_once_one_gets_it",
        "test_of_two_who_write_at_once_one_answer_is_kept",
        "test_other_ways_are_offered_also_to_whoever_was_taken_at_once_and_left_alone",
        "test_words_of_answers_are_erased_with_the_rest",
    ),
    "pairing/group_sessions/test_request_groups.py": (
        "test_a_helper_who_proposes_two_groups_at_once_has_one",
        "test_of_five_helpers_at_once_one_gets_the_group",
    ),
    "notebook/test_notebook.py": (
        "test_a_form_sent_twice_at_once_writes_once_and_the_last_place_is_given_once",
        "test_a_reminder_that_two_processes_find_comes_once",
        "test_what_is_to_be_looked_at_soonest_comes_first",
        "test_with_the_account_the_notebook_and_its_reminders_go",
    ),
    "pairing/handoff/test_handoff.py": (
        "test_times_wished_for_are_no_more_since_the_learner_is_here_now",
        "test_without_a_choice_it_goes_before_all_others_and_whoever_is_free_is_asked",
    ),
    "pairing/offers/test_dispatch.py": (
        "test_a_worker_that_dies_between_planning_and_doing_sends_nothing_twice",
        "test_two_workers_at_once_send_each_wave_once",
    ),
    "pairing/requests/test_follow_ups.py": (
        "test_a_no_goes_on_to_others",
        "test_the_same_helper_is_asked_first_and_alone_for_a_while",
    ),
    "pairing/scheduling/test_free_days.py": (
        "test_a_waiting_request_becomes_weekly_with_the_hours_set_there",
        "test_first_hours_set_many_times_at_once_are_set_once",
    ),
    "pairing/test_rounds.py": (
        "test_a_round_is_worked_out_behind_the_page",
        "test_pins_and_exclusions_hold_and_a_pin_against_a_rule_is_refused",
        "test_published_by_four_at_once_it_is_published_once",
    ),
    "pairing/requests/test_open_requests.py": (
        "test_of_many_who_ask_beside_at_once_one_does",
        "test_the_hour_and_a_claim_of_the_other_request_at_once_open_one_room",
    ),
    "pairing/test_commands.py": (
        "test_a_helper_who_presses_on_two_requests_at_once_gets_one",
        "test_a_pair_the_guardian_knows_already_opens_at_once",
        "test_of_parallel_claims_one_wins_with_one_event_and_the_others_are_refused",
    ),
    "pairing/test_observation.py": (
        "test_every_room_with_a_minor_is_observed_from_its_opening_to_its_end",
        "test_no_route_lets_an_adult_open_a_room_with_a_minor",
    ),
    "pairing/test_sessions.py": (
        "test_a_full_session_has_a_waiting_list_and_a_freed_place_goes_to_the_first",
        "test_nobody_is_in_two_sessions_at_once_nor_in_the_own_one",
        "test_of_many_at_once_two_have_a_place_and_no_place_is_lost",
        "test_two_sessions_of_one_leader_never_overlap",
    ),
    "queues/test_line.py": (
        "test_many_calls_at_once_give_as_many_different_people",
        "test_of_many_who_draw_at_once_each_has_a_number_of_their_own",
        "test_the_night_leaves_sums_and_no_ticket",
        "test_a_limited_desk_calls_its_services_alone",
    ),
    "rooms/comfort/test_comfort.py": (
        "test_a_grown_up_is_not_asked",
        "test_people_near_a_room_are_those_in_it_with_their_families",
    ),
    "rooms/messages/test_batch_posting.py": (
        "test_a_batch_asks_as_often_for_many_as_for_one",
        "test_a_room_that_somebody_holds_is_left_and_not_waited_for",
        "test_rates_hold_together_as_they_do_alone",
    ),
    "rooms/persistent_rooms/test_persistent_rooms.py": (
        "test_of_two_pages_at_once_one_seat_is_made",
        "test_of_two_who_open_it_at_once_one_room_is_made",
    ),
    "rooms/moderation/test_moderation.py": (
        "test_a_childrens_room_closes_when_nobody_is_left_on_duty",
        "test_a_released_message_keeps_its_number_and_is_decided_once",
        "test_every_act_is_a_line_in_the_room_and_a_row_in_the_audit",
    ),
    "rooms/presence/test_subscriptions.py": ("test_of_many_the_same_is_known_as_of_each_who_comes_in",),
    "rooms/shared_lesson/test_confirmation.py": ("test_looking_confirms_nothing_and_the_press_does",),
    "rooms/risk/test_risk.py": ("test_a_watcher_is_not_weighed",),
    "rooms/test_calls.py": (
        "test_two_ask_at_once_and_there_is_one_call",
        "test_two_tabs_answer_at_once_and_one_holds_it",
        "test_two_tabs_say_yes_and_one_holds_it",
    ),
    "rooms/test_messages.py": (
        "test_parallel_messages_get_numbers_without_gaps_and_a_replay_gets_one",
        "test_the_same_client_id_is_stored_once_and_the_first_text_stands",
        "test_two_people_may_use_the_same_client_id",
        "test_what_is_undone_gives_its_number_back",
    ),
    "rooms/voice_notes/test_voice_notes.py": ("test_a_refused_note_is_kept_for_thirty_days_and_a_sent_one_longer",),
    "training/test_renewal.py": ("test_who_is_due_hears_thirty_days_before_and_on_the_day_once_each",),
    "training/test_sessions.py": (
        "test_of_many_at_once_none_comes_in_over_the_limit_and_none_is_forgotten",
        "test_who_waits_longest_gets_the_seat_that_is_given_back",
    ),
    "web/test_tables.py": (
        "test_batches_are_filtered_by_whether_something_is_left",
        "test_codes_of_a_unit_are_those_that_the_reader_may_make",
        "test_columns_sort_both_ways_and_rows_that_are_equal_stay_in_order",
        "test_decided_cases_are_filtered_and_their_file_names_nobody",
        "test_materials_are_sorted_by_what_their_cells_say",
        "test_sessions_are_filtered_by_how_they_stand",
        "test_words_find_units_without_accents_and_by_code",
    ),
}

# Files that run on SQLite alone in both runs: what they look at is no matter of the database, and they cost much.
ONE = (
    "lessons/test_hostile.py",
    "lessons/test_page_weight.py",
)


@cache
def databases(test_file: Path, test: str, everything: bool) -> tuple[str, ...]:
    """The databases on which this test of this file runs, in the quick run or in `--all`."""
    name = test_file.relative_to(HERE).as_posix()
    listed = test in SOME.get(name, ()) or any(one == name or name.startswith(f"{one}/") for one in BOTH)
    return ("sqlite", "postgres") if listed or (everything and name not in ONE) else ("sqlite",)
