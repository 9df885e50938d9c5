"""Rows of the permission matrix: requests for help, offers, group sessions, helpers' settings and hours."""

from tutoring.policy import year_ends
from tutoring.policy.access import ANYONE, SIGNED_IN, STAFF, roles
from tutoring.policy.matrix.rows import (
    PEOPLE,
    MatrixRow,
    allow_anyone,
    allow_nobody,
    allow_own,
    helps,
    roles_held,
    routes,
)
from tutoring.policy.pairing import awaiting_device, fallbacks, offers, requests
from tutoring.policy.pairing.group_sessions import may_announce, may_cancel_session
from tutoring.policy.rooms import volunteer_minutes

HELP: tuple[MatrixRow, ...] = (
    MatrixRow(
        "Help",
        "ask for help for oneself (a minor with consents in force)",
        lambda role, inside: role in PEOPLE and inside and requests.may_ask(True, False, (), None),
        SIGNED_IN,
        routes(
            "pairing",
            "request requests cancel pause resume unpark add_words add_picture waiting_picture "
            "remove_picture add_voice_note waiting_voice_note remove_voice_note "
            "wish_times look_now wait_weekly judge_answer spoken_answer",
        ),
    ),
    MatrixRow(
        "Help", "ask for help for a child", lambda role, inside: requests.may_ask_for(role == "parent" and inside, True)
    ),
    MatrixRow(
        "Help",
        "say when oneself, or one's child, is free for weekly meetings",
        lambda role, inside: role in PEOPLE and requests.may_set_hours_of(inside, False),
        SIGNED_IN,
        routes("pairing", "hours add_away remove_away"),
    ),
    MatrixRow(
        "Help",
        "run a round of weekly pairing, publish it",
        lambda role, inside: requests.may_run_rounds(roles_held(role, inside)),
        roles("coordinator"),
        routes("pairing", "rounds new_round weekly_round run_round round_weights round_pair discard_round"),
        step_up=("pairing.publish_round",),
    ),
    MatrixRow(
        "Help",
        "say yes to a weekly pair, move it, end it",
        lambda role, inside: role in PEOPLE and requests.may_answer_proposal(inside, False, False),
        SIGNED_IN,
        routes("pairing", "weekly answer_proposal move_booking answer_move end_booking met"),
    ),
    MatrixRow(
        "Help",
        "announce a group session for pupils of the unit",
        lambda role, inside: may_announce(roles_held(role, inside), role == "helper" and inside, "active", pupils=True),
        SIGNED_IN,
        routes("pairing", "new_session"),
    ),
    MatrixRow(
        "Help",
        "announce a group session for adults of the unit",
        lambda role, inside: may_announce(
            roles_held(role, inside), role == "helper" and inside, "active", pupils=False
        ),
    ),
    MatrixRow(
        "Help",
        "take a place in a group session of one's unit, give it back",
        allow_own,
        SIGNED_IN,
        routes("pairing", "sessions sign_up withdraw"),
    ),
    MatrixRow(
        "Help",
        "cancel a group session (who leads it, the coordinator)",
        lambda role, inside: may_cancel_session(role == "helper" and inside, roles_held(role, inside)),
        SIGNED_IN,
        ("pairing.cancel_session",),
        reason=True,
    ),
    MatrixRow(
        "Help",
        "say yes to a helper, for oneself or one's child",
        lambda role, inside: role in PEOPLE and requests.may_answer(inside, False),
        SIGNED_IN,
        routes("pairing", "answer guardian_answer answer_group"),
    ),
    MatrixRow(
        "Help",
        "help a child, vouched for, in an observed room",
        lambda role, inside: inside and helps(role, True, True),
        SIGNED_IN,
        routes("pairing", "helping conduct claim propose_group claim_time give_back decline_offer presence mute"),
    ),
    MatrixRow(
        "Help",
        "answer a child in writing when nobody came at once (a helper past the first sessions)",
        lambda role, inside: fallbacks.may_write_answer(
            roles_held(role, inside), inside and helps(role, True, True), False
        ),
        SIGNED_IN,
        routes("pairing", "write_answer speak_answer"),
    ),
    MatrixRow(
        "Help",
        "see who waits in the unit and who was asked, take over an alarm",
        lambda role, inside: offers.may_see_waiting(roles_held(role, inside)),
        roles("coordinator"),
        routes("pairing", "waiting see_alarm"),
    ),
    MatrixRow(
        "Help",
        "see requests kept at the unit's desk for want of a device or the internet; say one was helped",
        lambda role, inside: awaiting_device.may_see_awaiting_device(roles_held(role, inside)),
        awaiting_device.DESK,
        routes("pairing", "parked helped_there"),
    ),
    MatrixRow(
        "Help",
        "read there what a child wrote",
        lambda role, inside: awaiting_device.may_read_parked_words(roles_held(role, inside), True),
    ),
    MatrixRow("Help", "help a child while nobody is on duty", lambda role, _inside: helps(role, True, False)),
    MatrixRow("Help", "help an adult in an observed room", lambda role, inside: inside and helps(role, False, True)),
    MatrixRow("Help", "open a room with one child by oneself", allow_nobody),
    MatrixRow(
        "Hours",
        "see one's own minutes of help, issue a paper",
        allow_own,
        SIGNED_IN,
        routes("pairing", "minutes issue_paper"),
    ),
    MatrixRow(
        "Hours",
        "say that one, or one's young child, was helped",
        lambda role, inside: role in PEOPLE and volunteer_minutes.may_say_helped(inside, False, "11_15"),
        SIGNED_IN,
        ("pairing.say_helped",),
    ),
    MatrixRow(
        "Hours",
        "see who helped in rooms with a minor, and for how long",
        lambda role, inside: volunteer_minutes.may_see_minutes(roles_held(role, inside), True),
    ),
    MatrixRow(
        "Hours",
        "see who helped in rooms of adults, and for how long",
        lambda role, inside: volunteer_minutes.may_see_minutes(roles_held(role, inside), False),
        STAFF,
        ("pairing.unit_minutes",),
    ),
    MatrixRow(
        "Hours",
        "print the papers of pupils who leave the school",
        lambda role, inside: year_ends.may_end_year(roles_held(role, inside), "school"),
        roles("coordinator"),
        ("pairing.leaver_papers",),
    ),
    MatrixRow(
        "Hours",
        "take a session out of what counts (nobody who was in it)",
        lambda role, inside: volunteer_minutes.may_strike(roles_held(role, inside), False, False),
        STAFF,
        ("pairing.strike",),
        reason=True,
    ),
    MatrixRow(
        "Hours",
        "read and revoke a paper of one's own, of one's child of under 18, of one's unit (coordinators)",
        lambda role, inside: (
            role in PEOPLE and volunteer_minutes.may_read_certificate(inside, False, roles_held(role, inside))
        ),
        SIGNED_IN,
        routes("pairing", "paper revoke_paper"),
    ),
    MatrixRow("Hours", "check a paper by the code on it", allow_anyone, ANYONE, ("pairing.verify",)),
)
