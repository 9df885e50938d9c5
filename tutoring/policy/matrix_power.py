"""The lines of the table that are about places, trust, accounts, data and lessons: who has power over others."""

from tutoring.policy import (
    community,
    insights,
    lessons,
    privacy,
)
from tutoring.policy.matrix_roles import Line, held
from tutoring.policy.matrix_roles import by_access as _by_access
from tutoring.policy.matrix_roles import routes as _routes

OF_POWER: tuple[Line, ...] = (
    # ---- places
    Line("Places", "see a unit, its duty, its codes",
         lambda role, inside: community.may_see_unit(held(role, inside)), _routes("community", "units unit code")),
    Line("Places", "see pupils of a class by name",
         lambda role, inside: community.may_see_member(held(role, inside), "class", "learner"),
         _routes("community", "member")),
    Line("Places", "see members of a neighbourhood by name",
         lambda role, inside: community.may_see_member(held(role, inside), "neighbourhood", "parent")),
    Line("Places", "read how to reach the guardian of a waiting pupil",
         lambda role, inside: community.may_see_member(held(role, inside), "class", "learner"),
         _routes("community", "guardian_contact")),
    Line("Places", "add a class or a neighbourhood",
         lambda role, inside: community.may_create_unit(held(role, inside), "class"), ("community.new_unit",)),
    Line("Places", "send a file of units or of mergers, below one's own unit; see and drop one's own files",
         lambda role, inside: community.may_import_units(held(role, inside)),
         _routes("community", "imports import_sample unit_import write_import discard_import try_import_again "
                 "faulty_lines")),
    Line("Places", "take back a merger of two units whose day is not there yet",
         lambda role, inside: community.may_merge_units([held(role, inside)] * 2),
         _routes("community", "cancel_merger")),
    Line("Places", "make a code for learners and parents",
         lambda role, inside: community.may_create_code(held(role, inside), "learner"),
         _routes("community", "new_code revoke_code")),
    Line("Places", "make a code that gives power",
         lambda role, inside: community.may_create_code(held(role, inside), "teacher"),
         _routes("community", "confirm_code"), second=True),
    Line("Places", "confirm a learner or parent of a neighbourhood",
         lambda role, inside: community.may_confirm_member(held(role, inside), "learner", False, False),
         _routes("community", "confirm_member refuse_member")),
    Line("Places", "confirm somebody with power",
         lambda role, inside: community.may_confirm_member(held(role, inside), "teacher", False, False), second=True),
    Line("Places", "end a membership",
         lambda role, inside: community.may_end_member(held(role, inside), "learner"), ("community.end_member",),
         reason=True),
    Line("Places", "set the rota", lambda role, inside: community.may_set_duty(held(role, inside)),
         _routes("community", "duty add_slot remove_slot")),
    Line("Places", "go on duty and off it", lambda role, inside: community.may_take_duty(held(role, inside)),
         _routes("community", "take_duty end_duty")),
    Line("Places", "set the hours of rooms with a minor",
         lambda role, inside: community.may_set_hours(held(role, inside)), _routes("community", "hours patience")),
    Line("Places", "set the unit's rules: who helps adults, duty phone, links",
         lambda role, inside: community.may_set_youth_help(held(role, inside)),
         _routes("community", "youth_help duty_phone link_hosts")),
    # ---- trust
    Line("Trust", "vouch for a helper", lambda role, inside: community.may_nominate(held(role, inside), False),
         ("community.nominate",)),
    Line("Trust", "let a vouched pupil help, or renew the year",
         lambda role, inside: community.may_confirm_nomination(held(role, inside), False, False)
         and community.may_let_help(held(role, inside), True, None),
         _routes("community", "nomination renew"), second=True),
    Line("Trust", "let a vouched adult help",
         lambda role, inside: community.may_confirm_nomination(held(role, inside), False, False)
         and community.may_let_help(held(role, inside), False, None), second=True),
    Line("Trust", "pause or bar a helper",
         lambda role, inside: community.may_pause_nomination(held(role, inside), False), reason=True),
    Line("Trust", "give a skill", lambda role, inside: lessons.may_grant_skill(held(role, inside), (), False),
         _routes("lessons", "grant revoke")),
    # ---- power over accounts
    Line("Accounts", "give a code for a new passphrase",
         lambda role, inside: community.may_issue_reset_code(held(role, inside), False), ("community.reset_code",)),
    Line("Accounts", "take off somebody's second factor",
         lambda role, inside: community.may_reset_factor(held(role, inside), False), ("community.factor_reset",),
         second=True, reason=True),
    Line("Accounts", "lock an account for seven days",
         lambda role, inside: community.may_suspend(held(role, inside), False, False),
         _routes("community", "suspend restore"), reason=True),
    Line("Accounts", "lock an account for good",
         lambda role, inside: community.may_suspend(held(role, inside), False, False)
         and community.may_keep_suspended(False), ("community.keep_suspended",), second=True, reason=True),
    # ---- data rights
    Line("Data rights", "answer requests about data, keep the log of breaches, print the record of processing",
         lambda role, inside: privacy.may_run_the_site(held(role, inside)),
         _routes("privacy", "requests answer breaches breach letter record assessment")),
    # ---- lessons
    Line("Lessons", "write on a lesson", lambda role, inside: lessons.may_propose(held(role, inside)),
         _routes("lessons", "writing propose new write keep_draft")),
    Line("Lessons", "read rehearsals through: faults, a diagram, walks, all texts",
         lambda role, inside: lessons.may_propose(held(role, inside)),
         _routes("practice", "scenarios scenario_review")),
    Line("Lessons", "publish what another wrote (named editors)",
         lambda role, inside: lessons.may_review(held(role, inside), True), ("lessons.review",), second=True),
    Line("Lessons", "name editors", lambda role, inside: inside and _by_access("lessons.editors")(role, inside),
         ("lessons.editors",)),
    Line("Lessons", "see figures of ten and more (coordinators, named editors)",
         lambda role, inside: insights.may_see_figures(held(role, inside), True), _routes("insights", "lessons table")),
)  # fmt: skip
