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
    "practice/test_starting.py",
    # counting and grouping
    # order and comparison of text, JSON
    "lessons/test_loading.py",
    # the cheapest files and tests that reach all modules of queries and commands
    "groups/test_demo.py",
    "groups/test_poster.py",
    "moderation/test_strangers.py",
    "notebook/test_first_dossier.py",
    "rooms/presence/test_batch_entry.py",
    "test_audience_notices.py",
)

# Of other files these tests: several at one row, counting and grouping, order and words, or the cheapest that reaches a
# module of queries or commands.
SOME = {
    "privacy/test_rights.py": ("test_a_guardian_whom_nobody_has_confirmed_uses_none",),
    "devices/donations/test_views.py": ("test_a_machine_that_was_here_before_says_so",),
    "devices/test_needs.py": ("test_who_knows_the_family_confirms_with_a_day_and_the_family_is_told",),
    "accounts/names/test_name_changes.py": (
        "test_a_name_changes_twice_a_month_and_back_again_is_a_change_too",
        "test_an_open_room_says_who_is_called_otherwise_now",
        "test_former_names_go_with_the_account",
        "test_nobody_takes_the_name_of_a_teacher_of_the_place",
        "test_the_evidence_keeps_the_name_under_which_each_line_was_read",
        "test_who_is_muted_paused_or_under_a_case_keeps_the_name",
    ),
    "accounts/test_account.py": (
        "test_all_other_sign_ins_end_at_once",
        "test_sign_ins_are_listed_and_can_be_ended",
        "test_the_page_shows_children_places_and_consent",
        "test_the_profile_changes_and_keeps_what_was_typed",
    ),
    "administration/test_pages.py": (
        "test_a_day_off_is_added_with_a_source_and_taken_back",
        "test_a_fact_is_changed_and_the_lesson_shows_it_at_once",
        "test_somebody_is_found_by_the_whole_name_alone_and_every_look_is_recorded",
        "test_the_log_is_read_by_person_act_and_day_and_reading_of_a_person_is_recorded",
    ),
    "campaigns/test_participants.py": ("test_acts_at_the_same_moment_count_a_person_once",),
    "circles/test_lesson_suggestions.py": ("test_a_new_lesson_begins_with_the_words_in_its_first_step",),
    "circles/test_pages.py": ("test_a_mother_asks_and_another_answers",),
    "classes/test_class_work.py": (
        "test_a_pupil_who_comes_gets_the_work_of_the_class_and_who_leaves_gets_none",
        "test_a_sum_counts_those_alone_whose_families_agreed",
        "test_a_work_is_archived_two_weeks_after_its_day",
        "test_of_two_editors_the_later_is_told",
        "test_the_same_form_twice_sets_one_work_and_another_teacher_is_told",
        "test_two_teachers_at_once_stay_within_the_limit",
        "test_work_of_an_erased_teacher_stays_without_name_and_note",
    ),
    "classes/test_overview_sums.py": (
        "test_a_class_without_pupils_and_no_class_have_sums_too",
        "test_a_refusal_of_another_guardian_counts_in_the_sums",
        "test_the_sums_of_a_class_are_those_of_its_table",
    ),
    "classes/test_work_states.py": (
        "test_a_path_is_done_with_its_last_lesson",
        "test_a_quiz_is_done_when_it_was_passed",
        "test_help_is_done_once_a_session_was_held_since",
        "test_who_gets_a_work",
    ),
    "community/class_lists/test_class_lists.py": ("test_the_same_file_twice_and_by_two_teachers_changes_nothing",),
    "community/memberships/test_member_table.py": (
        "test_members_stand_in_vietnamese_order_over_all_pages",
        "test_words_find_names_without_accents_and_user_names",
    ),
    "community/papers/test_letterhead.py": (
        "test_the_later_of_two_sees_both",
        "test_two_officers_who_save_for_the_first_time_at_once_both_save",
    ),
    "community/pauses/test_pauses.py": (
        "test_a_pause_closes_sessions_with_minors_kindly_and_leaves_those_of_grown_ups",
        "test_hours_asked_of_many_units_say_the_same_as_of_one",
        "test_the_way_back_opens_everything_again",
    ),
    "community/test_alarm_tests.py": (
        "test_a_month_after_one_that_nobody_answered_the_next_goes_out",
        "test_it_calls_those_on_duty_and_where_they_are_few_all_who_may_watch",
        "test_one_goes_out_by_itself_a_week_and_three_days_before_readiness_ends",
        "test_one_person_who_answers_twice_is_one",
        "test_pupils_of_a_unit_that_becomes_part_of_another_are_in_already",
        "test_readiness_ends_after_thirty_one_days",
        "test_three_a_day_leave_short_messages_for_real_alarms",
        "test_whoever_has_left_counts_no_more_and_coordinators_and_those_above_hear",
    ),
    "community/units/test_mergers.py": (
        "test_a_whole_ward_goes_with_schools_classes_and_what_is_open",
        "test_it_happens_on_its_day_and_once",
        "test_members_codes_and_duty_go_along_and_the_past_stays",
        "test_topics_of_a_class_are_found_in_the_class_it_became_part_of",
        "test_what_stands_on_its_pages_goes_along",
        "test_whoever_was_in_both_is_once_in_the_new_one",
    ),
    "community/year_ends/test_undo.py": (
        "test_a_beginners_class_with_members_stays",
        "test_all_is_as_it_was",
        "test_it_ends_after_a_week",
        "test_who_left_stays_out_and_who_came_goes_along",
    ),
    "home/test_pending_statements.py": ("test_a_scope_of_many_units_holds_what_one_of_few_holds",),
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
    "insights/transparency/test_transparency.py": (
        "test_a_half_year_is_counted_once_after_its_end_and_the_next_one_follows",
        "test_a_message_that_is_hidden_twice_is_one_hidden_message",
        "test_what_enough_people_stand_behind_is_counted_and_rounded",
    ),
    "kernel/test_audit_anchors.py": (
        "test_each_day_is_one_line_with_count_and_seal",
        "test_two_workers_write_one_line",
    ),
    "kernel/test_key_rings.py": ("test_a_site_changes_its_key_while_people_write_and_nothing_is_lost",),
    "lessons/recordings/test_recordings.py": (
        "test_a_recording_is_kept_for_thirty_days_from_the_night_that_missed_its_sentence",
        "test_a_second_press_on_delete_finds_nothing",
        "test_a_step_plays_once_every_sentence_is_released_by_another_person",
        "test_a_withdrawal_that_meets_a_release_leaves_no_sound",
        "test_an_erasure_that_meets_a_release_leaves_no_sound",
    ),
    "lessons/test_acknowledgements.py": (
        "test_the_holder_keeps_the_say_when_the_path_has_gone",
        "test_the_public_page_says_what_the_holder_chose_until_they_choose_otherwise",
    ),
    "lessons/test_claims.py": (
        "test_of_two_editors_at_once_the_later_sees_both",
        "test_what_most_people_read_stands_first",
    ),
    "lessons/test_device.py": (
        "test_a_lost_reply_and_a_second_sending_count_once",
        "test_progress_takes_the_furthest_and_nothing_is_taken_back",
        "test_two_tabs_at_once_count_once",
    ),
    "lessons/test_progress.py": (
        "test_a_new_version_goes_on_at_the_same_step_wherever_it_stands_now",
        "test_a_row_inserted_once_says_whether_it_was_new",
        "test_an_answer_sent_twice_counts_once",
        "test_finishing_twice_is_told_once",
        "test_nobody_can_take_another_ones_answer_over",
        "test_two_devices_at_once_make_one_progress",
    ),
    "lessons/test_search.py": (
        "test_a_search_in_vain_is_counted_without_who",
        "test_a_step_is_found_however_it_is_typed",
        "test_all_words_count_before_any_of_them",
        "test_an_alias_of_a_lesson_finds_it",
        "test_at_most_six_titles_are_offered_lessons_first",
        "test_english_pages_search_english_and_then_vietnamese",
        "test_signs_alone_find_nothing_and_break_nothing",
        "test_the_title_of_a_lesson_leads_to_the_lesson_itself",
        "test_what_people_call_it_finds_what_it_is_called",
        "test_wildcards_are_only_letters",
    ),
    "lessons/test_skill_overview.py": (
        "test_a_confirmed_guardian_reads_the_page_of_the_child_and_nobody_else",
        "test_a_quiz_counts_on_the_day_on_which_it_was_passed",
        "test_the_next_thing_is_the_begun_lesson_then_the_next_one_of_the_path_touched_last",
        "test_the_strongest_evidence_is_shown",
    ),
    "lessons/test_skills.py": (
        "test_a_new_level_takes_the_place_of_the_old_one",
        "test_holders_hold_at_least_the_level_asked_for",
        "test_two_teachers_at_once_grant_one_skill",
    ),
    "lessons/test_split_steps.py": (
        "test_a_step_that_comes_back_is_carried_over_without_a_clash",
        "test_rooms_cards_and_requests_follow_the_new_numbers",
        "test_the_furthest_step_has_its_new_number",
        "test_to_move_to_the_step_of_the_old_number_moves_the_room",
        "test_who_had_done_the_old_step_has_done_the_new_one",
    ),
    "moderation/actions/test_actions.py": (
        "test_a_case_is_let_go_by_hand_and_by_its_end",
        "test_of_two_who_take_a_case_in_one_moment_one_gets_it",
        "test_what_was_done_is_read_by_those_it_concerns_alone",
        "test_who_may_not_decide_a_grave_case_holds_up_nobody_who_may",
        "test_whom_one_avoids_by_oneself_one_still_avoids_when_the_desk_lets_them_meet",
    ),
    "moderation/appeals/test_appeals.py": (
        "test_of_two_in_one_moment_one_wins",
        "test_two_who_decide_in_one_moment_are_one_and_the_other_is_told",
    ),
    "moderation/emergency_access/test_emergency_access.py": (
        "test_one_asks_another_agrees_and_the_first_reads_for_an_hour",
        "test_two_who_agree_in_one_moment_are_one_and_the_other_is_told",
    ),
    "moderation/test_alarms.py": (
        "test_those_on_duty_are_called_at_once_and_the_next_after_five_minutes",
        "test_with_nobody_on_duty_coordinators_are_called_at_once",
    ),
    "moderation/test_queue.py": ("test_what_waits_stands_in_one_list_the_most_urgent_first",),
    "moderation/welfare/test_monthly_statistics.py": (
        "test_a_month_is_counted_rounded_and_timed",
        "test_it_costs_one_statement_however_much_was_found",
        "test_the_month_is_that_of_vietnam",
    ),
    "notebook/test_notebook.py": (
        "test_a_form_sent_twice_at_once_writes_once_and_the_last_place_is_given_once",
        "test_a_reminder_that_two_processes_find_comes_once",
        "test_what_is_to_be_looked_at_soonest_comes_first",
        "test_with_the_account_the_notebook_and_its_reminders_go",
    ),
    "notifications/test_calendar.py": (
        "test_the_page_says_weekday_day_and_hours",
        "test_the_sequence_rises_with_each_change_and_the_number_stays",
    ),
    "notifications/test_deliveries.py": (
        "test_a_worker_that_dies_after_sending_sends_the_same_letter_once_more",
        "test_an_urgent_notice_goes_at_once_and_says_nothing_of_whom_or_what",
        "test_nothing_goes_out_in_quiet_hours_and_all_of_it_in_one_letter_when_they_end",
        "test_one_letter_a_day_takes_all_but_what_is_urgent",
        "test_telling_many_costs_one_statement_more_and_is_planned_in_pages",
        "test_what_came_after_something_that_was_taken_away_goes_out_all_the_same",
        "test_what_lost_its_work_is_found_by_the_sweep",
    ),
    "notifications/test_outages.py": (
        "test_one_address_that_is_gone_is_no_outage_and_a_server_that_refuses_everybody_is",
        "test_the_board_shows_it",
        "test_what_failed_hours_ago_says_nothing_of_now",
    ),
    "openid/test_school_sign_in.py": ("test_a_logout_at_the_provider_ends_its_sign_ins_once",),
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
    "pairing/requests/test_open_requests.py": (
        "test_of_many_who_ask_beside_at_once_one_does",
        "test_the_hour_and_a_claim_of_the_other_request_at_once_open_one_room",
    ),
    "pairing/scheduling/test_free_days.py": (
        "test_a_waiting_request_becomes_weekly_with_the_hours_set_there",
        "test_first_hours_set_many_times_at_once_are_set_once",
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
    "pairing/test_rounds.py": (
        "test_a_round_is_worked_out_behind_the_page",
        "test_pins_and_exclusions_hold_and_a_pin_against_a_rule_is_refused",
        "test_published_by_four_at_once_it_is_published_once",
    ),
    "pairing/test_sessions.py": (
        "test_a_full_session_has_a_waiting_list_and_a_freed_place_goes_to_the_first",
        "test_nobody_is_in_two_sessions_at_once_nor_in_the_own_one",
        "test_of_many_at_once_two_have_a_place_and_no_place_is_lost",
        "test_two_sessions_of_one_leader_never_overlap",
    ),
    "practice/test_device.py": (
        "test_a_lost_reply_and_a_second_sending_count_once",
        "test_two_tabs_at_once_count_once",
    ),
    "published_answers/test_answers.py": (
        "test_an_answer_is_public_once_both_sides_agree_and_a_teacher_has_read_it",
        "test_a_changed_step_hides_it_until_a_teacher_confirms_it_and_time_does_so_too",
        "test_the_search_finds_words_without_accents_and_synonyms",
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
        "test_an_unknown_answer_and_a_late_one_are_rejected",
    ),
    "rooms/messages/test_batch_posting.py": (
        "test_a_batch_asks_as_often_for_many_as_for_one",
        "test_a_room_that_somebody_holds_is_left_and_not_waited_for",
        "test_rates_hold_together_as_they_do_alone",
    ),
    "rooms/moderation/test_moderation.py": (
        "test_a_childrens_room_closes_when_nobody_is_left_on_duty",
        "test_a_released_message_keeps_its_number_and_is_decided_once",
        "test_every_act_is_a_line_in_the_room_and_a_row_in_the_audit",
    ),
    "rooms/persistent_rooms/test_persistent_rooms.py": (
        "test_of_two_pages_at_once_one_seat_is_made",
        "test_of_two_who_open_it_at_once_one_room_is_made",
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
    "training/test_attendance.py": (
        "test_a_later_session_counts_from_its_own_day_and_an_older_one_takes_nothing_away",
        "test_from_nothing_to_ready",
        "test_it_is_marked_from_its_beginning_until_a_week_after_its_end",
        "test_on_the_same_day_it_is_put_right_and_not_after_it",
    ),
    "training/test_renewal.py": ("test_who_is_due_hears_thirty_days_before_and_on_the_day_once_each",),
    "training/test_sessions.py": (
        "test_of_many_at_once_none_comes_in_over_the_limit_and_none_is_forgotten",
        "test_who_waits_longest_gets_the_seat_that_is_given_back",
    ),
    "test_written_tables.py": ("test_what_was_written_is_put_back",),
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

# Files that run on SQLite alone in both runs: what they look at is no matter of the database, and they cost much. How a
# page looks in a browser follows from its HTML; that each is made on both databases is held by every_page/test_ends.py.
ONE = (
    "every_page/test_accessibility.py",
    "every_page/test_narrow_and_large.py",
    "every_page/test_own_code.py",
    "every_page/test_steady.py",
    "every_page/test_third_language.py",
    "every_page/test_translations.py",
    "lessons/test_hostile.py",
    "lessons/test_page_weight.py",
)

# Of these files `--all` runs every case on both databases. Of all others a case that the quick run leaves out runs on
# SQLite alone, unless the quick run has its test on PostgreSQL: cases of one rule differ in who asks or in which field.
# Where SQL finds, orders or counts, each case is another question to the database.
CASES_ON_BOTH = (
    "every_page/test_ends.py",
    "home/test_search.py",
    "insights/test_named_counts.py",
    "lessons/test_search_pages.py",
    "moderation/appeals/test_appeals.py",
    "moderation/test_protections.py",
    "operations/test_doctor.py",
    "pairing/requests/test_open_requests.py",
    "rooms/messages/test_batch_posting.py",
    "rooms/test_policy.py",
    "rooms/test_search.py",
    "training/test_renewal.py",
)


def cases_on_both(test_file: Path, test: str) -> bool:
    """Whether the cases that only `--all` has run on PostgreSQL too."""
    name = test_file.relative_to(HERE).as_posix()
    return name in CASES_ON_BOTH or "postgres" in databases(test_file, test, everything=False)


@cache
def databases(test_file: Path, test: str, everything: bool) -> tuple[str, ...]:
    """The databases on which this test of this file runs, in the quick run or in `--all`."""
    name = test_file.relative_to(HERE).as_posix()
    listed = test in SOME.get(name, ()) or any(one == name or name.startswith(f"{one}/") for one in BOTH)
    return ("sqlite", "postgres") if listed or (everything and name not in ONE) else ("sqlite",)
