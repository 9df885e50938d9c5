"""Rows of the permission matrix about power: units, trust, accounts, data rights, lessons."""

from tutoring.policy import class_lists, community, insights, lessons, openid, privacy, year_ends
from tutoring.policy.access import SIGNED_IN, STAFF, STAFF_OR_ADMIN, roles
from tutoring.policy.alarm_tests import may_test_alarm
from tutoring.policy.matrix.rows import MatrixRow, allow_own, roles_held
from tutoring.policy.matrix.rows import routes as _routes
from tutoring.policy.pairing import school_subjects

OF_POWER: tuple[MatrixRow, ...] = (
    # ---- units
    MatrixRow(
        "Places",
        "see a unit, its duty, its codes",
        lambda role, inside: community.may_see_unit(roles_held(role, inside)),
        STAFF_OR_ADMIN,
        _routes("community", "units unit unit_members unit_classes unit_settings code"),
    ),
    MatrixRow(
        "Places",
        "see everything that waits for oneself as staff",
        lambda role, inside: community.may_see_unit(roles_held(role, inside)) and inside,
        STAFF_OR_ADMIN,
        ("home.waiting_work",),
    ),
    MatrixRow(
        "Places",
        "see pupils of a class by name",
        lambda role, inside: community.may_see_member(roles_held(role, inside), "class", "learner"),
        STAFF_OR_ADMIN,
        _routes("community", "member"),
    ),
    MatrixRow(
        "Places",
        "see members of a neighbourhood by name",
        lambda role, inside: community.may_see_member(roles_held(role, inside), "neighbourhood", "parent"),
    ),
    MatrixRow(
        "Places",
        "read how to reach the guardian of a waiting pupil",
        lambda role, inside: community.may_see_member(roles_held(role, inside), "class", "learner"),
        STAFF_OR_ADMIN,
        _routes("community", "guardian_contact"),
    ),
    MatrixRow(
        "Places",
        "add a class or a neighbourhood",
        lambda role, inside: community.may_create_unit(roles_held(role, inside), "class"),
        STAFF_OR_ADMIN,
        ("community.new_unit",),
    ),
    MatrixRow(
        "Places",
        "rename a class or a neighbourhood, archive it and take it up again",
        lambda role, inside: community.may_manage_unit(roles_held(role, inside), "class"),
        STAFF_OR_ADMIN,
        _routes("community", "rename_unit archive_unit restore_unit"),
    ),
    MatrixRow(
        "Places",
        "send a file of units or of mergers, below one's own unit; see and drop one's own files",
        lambda role, inside: community.may_import_units(roles_held(role, inside)),
        roles("coordinator", "site_admin"),
        _routes(
            "community", "imports import_sample unit_import write_import discard_import try_import_again faulty_lines"
        ),
    ),
    MatrixRow(
        "Places",
        "send a class list of one's class or school, while its basis is recorded; remove its lines",
        lambda role, inside: class_lists.may_import_class_list(roles_held(role, inside), "class", True),
        STAFF,
        _routes(
            "community",
            "class_list class_list_check class_list_faults accept_class_list discard_class_list remove_class_line",
        ),
    ),
    MatrixRow(
        "Places",
        "print the cards of one's class, look at its claims, confirm, refuse and undo them",
        lambda role, inside: class_lists.may_print_cards(roles_held(role, inside), "class", True),
        STAFF,
        _routes("community", "print_cards class_claims class_claim claim_guardian refuse_claim undo_claim"),
    ),
    MatrixRow(
        "Places",
        "stage adults of one's school for a role, print their cards, and confirm those whom another put on the list",
        lambda role, inside: class_lists.may_import_staff_list(roles_held(role, inside), "school", True),
        second=True,
    ),
    MatrixRow(
        "Places",
        "see one's own claims with a card, withdraw one",
        allow_own,
        SIGNED_IN,
        _routes("community", "card_claimed withdraw_claim"),
    ),
    MatrixRow(
        "Places",
        "record the legal basis of a school's class lists, and end it",
        lambda role, inside: class_lists.may_record_basis(roles_held(role, inside), "school"),
        roles("site_admin"),
        step_up=_routes("community", "class_list_basis end_class_list_basis"),
    ),
    MatrixRow(
        "Places",
        "plan the end of a school year",
        lambda role, inside: year_ends.may_end_year(roles_held(role, inside), "school"),
        roles("coordinator"),
        _routes("community", "year_end year_end_class discard_year_end"),
    ),
    MatrixRow(
        "Places",
        "move the classes of a school up, and undo it for a week",
        lambda role, inside: year_ends.may_end_year(roles_held(role, inside), "school"),
        roles("coordinator"),
        step_up=_routes("community", "year_end_review undo_year_end"),
    ),
    MatrixRow(
        "Places",
        "take back a merger of two units whose day is not there yet",
        lambda role, inside: community.may_merge_units([roles_held(role, inside)] * 2),
        roles("coordinator", "site_admin"),
        _routes("community", "cancel_merger"),
    ),
    MatrixRow(
        "Places",
        "make a code for learners and parents",
        lambda role, inside: community.may_create_code(roles_held(role, inside), "learner"),
        STAFF_OR_ADMIN,
        _routes("community", "codes new_code revoke_code"),
    ),
    MatrixRow(
        "Places",
        "make a code that gives power",
        lambda role, inside: community.may_create_code(roles_held(role, inside), "teacher"),
        STAFF_OR_ADMIN,
        step_up=("community.confirm_code",),
        second=True,
    ),
    MatrixRow(
        "Places",
        "confirm a learner or parent of a neighbourhood",
        lambda role, inside: community.may_confirm_member(roles_held(role, inside), "learner", False, False),
        STAFF_OR_ADMIN,
        _routes("community", "confirm_member confirm_members refuse_member"),
    ),
    MatrixRow(
        "Places",
        "confirm somebody with power",  # the view asks for the identity check, for roles with power only
        lambda role, inside: community.may_confirm_member(roles_held(role, inside), "teacher", False, False),
        second=True,
    ),
    MatrixRow(
        "Places",
        "end a membership",
        lambda role, inside: community.may_end_member(roles_held(role, inside), "learner"),
        STAFF_OR_ADMIN,
        _routes("community", "end_member end_members"),
        reason=True,
    ),
    MatrixRow(
        "Places",
        "set the rota",
        lambda role, inside: community.may_set_duty(roles_held(role, inside)),
        STAFF_OR_ADMIN,
        _routes("community", "duty add_slot copy_slots remove_slot"),
    ),
    MatrixRow(
        "Places",
        "go on duty and off it",
        lambda role, inside: community.may_take_duty(roles_held(role, inside)),
        STAFF_OR_ADMIN,
        _routes("community", "take_duty end_duty"),
    ),
    MatrixRow(
        "Places",
        "send a test alarm to those on duty",
        lambda role, inside: may_test_alarm(roles_held(role, inside)),
        STAFF_OR_ADMIN,
        ("community.start_alarm_test",),
    ),
    MatrixRow(
        "Places",
        "answer a test alarm by which one was called",
        lambda role, inside: inside and role in ("teacher", "coordinator"),
        STAFF_OR_ADMIN,
        _routes("community", "alarm_test answer_alarm_test"),
    ),
    MatrixRow(
        "Places",
        "set the hours of rooms with a minor",
        lambda role, inside: community.may_set_hours(roles_held(role, inside)),
        STAFF_OR_ADMIN,
        _routes("community", "hours patience"),
    ),
    MatrixRow(
        "Places",
        "pause rooms and pairing with minors of a unit",
        lambda role, inside: community.may_pause_minors(roles_held(role, inside)),
        STAFF_OR_ADMIN,
        ("community.pause_minors",),
        reason=True,
    ),
    MatrixRow(
        "Places",
        "pause rooms and pairing with minors of the site",
        lambda role, inside: community.may_pause_site(role == "site_admin"),
        roles("site_admin"),
        ("community.pause_site",),
        reason=True,
    ),
    MatrixRow(
        "Places",
        "set the unit's rules: who helps adults, duty phone, links",
        lambda role, inside: community.may_set_youth_help(roles_held(role, inside)),
        STAFF_OR_ADMIN,
        _routes("community", "youth_help duty_phone link_hosts"),
    ),
    MatrixRow(
        "Places",
        "switch school subjects on or off for the pupils of a school",
        lambda role, inside: school_subjects.may_switch_subjects(roles_held(role, inside)),
        roles("coordinator"),
        ("community.school_subjects",),
    ),
    MatrixRow(
        "Places",
        "set the servers whose school accounts sign members in (of the site: site admins alone)",
        lambda role, inside: openid.may_set_providers(roles_held(role, inside)),
        roles("coordinator", "site_admin"),
        _routes("openid", "site_providers unit_providers"),
        step_up=_routes("openid", "new_site_provider new_unit_provider edit_provider test_provider remove_provider"),
    ),
    MatrixRow(
        "Places",
        "set the letterhead of the unit's papers",
        lambda role, inside: community.may_set_letterhead(roles_held(role, inside)),
        STAFF_OR_ADMIN,
        ("community.letterhead",),
    ),
    # ---- trust
    MatrixRow(
        "Trust",
        "vouch for a helper",
        lambda role, inside: community.may_nominate(roles_held(role, inside), False),
        STAFF_OR_ADMIN,
        ("community.nominate",),
    ),
    MatrixRow(
        "Trust",
        "let a vouched pupil help, or renew the year",
        lambda role, inside: (
            community.may_confirm_nomination(roles_held(role, inside), False, False)
            and community.may_let_help(roles_held(role, inside), True, None)
        ),
        STAFF_OR_ADMIN,
        step_up=_routes("community", "nomination renew"),
        second=True,
    ),
    MatrixRow(
        "Trust",
        "let a vouched adult help",
        lambda role, inside: (
            community.may_confirm_nomination(roles_held(role, inside), False, False)
            and community.may_let_help(roles_held(role, inside), False, None)
        ),
        second=True,
    ),
    MatrixRow(
        "Trust",
        "pause or bar a helper",
        lambda role, inside: community.may_pause_nomination(roles_held(role, inside), False),
        reason=True,
    ),
    MatrixRow(
        "Trust",
        "give a skill",
        lambda role, inside: lessons.may_grant_skill(roles_held(role, inside), (), False),
        STAFF,
        _routes("lessons", "grant revoke grant_subject revoke_subject"),
    ),
    # ---- power over accounts
    MatrixRow(
        "Accounts",
        "give a code for a new passphrase",
        lambda role, inside: community.may_issue_reset_code(roles_held(role, inside), False),
        STAFF_OR_ADMIN,
        step_up=("community.reset_code",),
    ),
    MatrixRow(
        "Accounts",
        "take off somebody's second factor",
        lambda role, inside: community.may_reset_factor(roles_held(role, inside), False),
        STAFF_OR_ADMIN,
        step_up=("community.factor_reset",),
        second=True,
        reason=True,
    ),
    MatrixRow(
        "Accounts",
        "lock an account for seven days",
        lambda role, inside: community.may_suspend(roles_held(role, inside), False, False),
        STAFF_OR_ADMIN,
        step_up=_routes("community", "suspend restore"),
        reason=True,
    ),
    MatrixRow(
        "Accounts",
        "lock an account for good",
        lambda role, inside: (
            community.may_suspend(roles_held(role, inside), False, False) and community.may_keep_suspended(False)
        ),
        STAFF_OR_ADMIN,
        step_up=("community.keep_suspended",),
        second=True,
        reason=True,
    ),
    # ---- data rights
    MatrixRow(
        "Data rights",
        "answer requests about data, keep the log of breaches, print the record of processing",
        lambda role, inside: privacy.may_run_the_site(roles_held(role, inside)),
        roles("site_admin"),
        _routes("privacy", "requests breaches breach letter record assessment"),
        step_up=("privacy.answer",),
    ),
    # ---- lessons
    MatrixRow(
        "Lessons",
        "write on a lesson",
        lambda role, inside: lessons.may_propose(roles_held(role, inside)),
        lessons.EDITORS,
        _routes(
            "lessons",
            "writing screens propose new write keep_draft write_step write_lesson keep_form write_quiz keep_quiz",
        ),
    ),
    MatrixRow(
        "Lessons",
        "read rehearsals through: faults, a diagram, walks, all texts",
        lambda role, inside: lessons.may_propose(roles_held(role, inside)),
        lessons.EDITORS,
        _routes("practice", "scenarios scenario_review"),
    ),
    MatrixRow(
        "Lessons",
        "publish what another wrote (named editors)",
        lambda role, inside: lessons.may_review(roles_held(role, inside), True),
        lessons.EDITORS,
        ("lessons.review",),
        second=True,
    ),
    MatrixRow(
        "Lessons",
        "record the sentences of lessons, hear recordings; release what another recorded (named editors)",
        lambda role, inside: lessons.may_record(roles_held(role, inside)),
        lessons.EDITORS,
        _routes("lessons", "recordings lesson_recordings step_recordings"),
    ),
    MatrixRow(
        "Lessons",
        "hear and delete one's own recordings, also after the role has ended; hear those of others (as above)",
        allow_own,
        SIGNED_IN,
        _routes("lessons", "own_recordings withdraw_own_recordings sentence_sound"),
    ),
    MatrixRow(
        "Lessons",
        "hold claims of lessons against their sources (named editors)",
        lambda role, inside: lessons.may_review(roles_held(role, inside), True),
        lessons.EDITORS,
        ("lessons.claims",),
    ),
    MatrixRow(
        "Lessons",
        "name editors",
        lambda role, inside: inside and role == "coordinator",
        roles("coordinator"),
        ("lessons.editors",),
    ),
    MatrixRow(
        "Lessons",
        "see figures of ten and more (coordinators, named editors)",
        lambda role, inside: insights.may_see_figures(roles_held(role, inside), True),
        lessons.EDITORS,
        _routes("insights", "lessons table"),
    ),
)
