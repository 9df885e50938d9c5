"""The permission matrix as one table: each row calls the same functions as the features.

Pages, sockets, files and lists call these functions. `flask permissions` writes `docs/permissions.md` from the table.
A row states for each role whether it may act *inside* its scope (its own things, child, class, room, ward) and
*outside* of it. Every route and every socket event is in a row. `BY_TOKEN` holds what a secret address or header opens
without a sign-in.
"""

from datetime import timedelta

from tutoring.policy import access_tables, accounts, notifications, privacy
from tutoring.policy.matrix.accounts_and_units import OF_POWER
from tutoring.policy.matrix.administration import ADMINISTRATION
from tutoring.policy.matrix.campaigns import CAMPAIGNS
from tutoring.policy.matrix.circles import CIRCLES
from tutoring.policy.matrix.devices import LOANS, NEEDS, SPONSORED, STORE
from tutoring.policy.matrix.groups import GROUPS
from tutoring.policy.matrix.insights import FIGURES
from tutoring.policy.matrix.moderation import SECOND_LOOKS
from tutoring.policy.matrix.rooms import CALLS
from tutoring.policy.matrix.rows import PEOPLE, ROLES, Line, anyone, held, nobody, own, seat
from tutoring.policy.matrix.rows import case as _case
from tutoring.policy.matrix.rows import helps as _helps
from tutoring.policy.matrix.rows import routes as _routes
from tutoring.policy.matrix.rows import watcher as _watcher
from tutoring.policy.matrix.training import TRAINING
from tutoring.policy.matrix.visits import VISITS
from tutoring.policy.moderation import actions, cases
from tutoring.policy.pairing import awaiting_device, fallbacks, offers, requests
from tutoring.policy.pairing.group_sessions import may_announce, may_cancel_session
from tutoring.policy.practice import portal, shared_runs
from tutoring.policy.rooms import participation, persistent_rooms, volunteer_minutes

BY_TOKEN: tuple[Line, ...] = (
    Line("Public", "read somebody's times, without names, under the address of their private calendar", anyone,
         ("notifications.feed",)),
    Line("Public", "read the figures of the running site, with the monitor's own token", anyone, ("metrics.figures",)),
)  # fmt: skip


__all__ = ["LINES", "ROLES", "Line", "unlisted"]

LINES: tuple[Line, ...] = (
    # ---- public
    Line("Public", "read lessons, search, handouts, help, 111 · 113 · 115", anyone, (
        "static", *_routes("home", "start help search"), *_routes("help", "page picture in_vietnamese tour status"),
        *_routes("web", "language health"), "ready.look",
        *_routes("lessons", "index path search suggest lesson step media done handout offline keep worker useful "
                 "thanks acknowledged"))),
    *BY_TOKEN,
    Line("Public", "sign in, ask for a new passphrase, join by a code", anyone, (
        *_routes("accounts", "sign_in sign_in_code recovery_code forgot_mail forgot reset"),
        *_routes("community", "join join_code"))),
    Line("Public", "report by the public form", anyone, _routes("moderation", "report report_lesson reported")),
    Line("Public", "read the counts of a half-year: reports, times, what came of them; small numbers hidden", anyone,
         _routes("insights", "transparency transparency_file")),
    Line("Public", "keep a copy of a rehearsal on a device and play it there without a network", anyone,
         _routes("practice", "offline keep")),
    Line("Public", "print persona cards and class sheets of a rehearsal", anyone, _routes("practice", "cards handout")),
    Line("Public", "rehearse a public service without an account: watch it, try it; nothing is kept", anyone,
         _routes("practice", "index scenario watch try_out")),
    Line("Public", "switch off the letters that a signed address in one of them stands for", anyone,
         _routes("notifications", "off switch_it_off")),
    # ---- the user's own
    Line("Oneself", "own account, name, passphrase, sign-ins, second factor", own, _routes(
        "accounts", "sign_out confirm_it_is_you second_factor set_up_second_factor recovery_codes account profile "
        "password end_sign_in end_others")),
    Line("Oneself", "the e-mail address of one's account: give, confirm by a letter, change, take away (from 16 on)",
         own, _routes("accounts", "email confirm_email drop_email")),
    Line("Oneself", "own places, own inbox, own lessons, quizzes, papers", own, (
        "verb:here", *_routes("community", "welcome leave"), *_routes(
            "notifications", "inbox open_notice read_all unread_all choices save_choices try_again"),
        *_routes("notifications", "push_on push_off push_try"),
        *_routes("notifications", "times time_file make_feed end_feed"),
        *_routes("lessons", "taught merge start here answer onward quiz quiz_try acknowledgement"))),
    Line("Oneself", "own first steps: put them away, bring them back, say that the numbers to call are saved", own,
         _routes("home", "put_steps_away bring_steps_back calls_saved")),
    Line("Oneself", "short messages to the number of one's account, once it is shown to be one's own (grown-ups)",
         lambda role, inside: role in PEOPLE and inside and notifications.may_get_texts(False),
         _routes("notifications", "text_code text_number text_off")),
    Line("Oneself", "own reports and what became of them; what the desk did and why", own,
         _routes("moderation", "my_reports done")),
    Line("Oneself", "see what is held of oneself, take it along, have it erased (from 16 on)", own,
         _routes("privacy", "mine take_back download")),
    Line("Oneself", "send the runs of rehearsals that one's device kept, once", own, ("practice.merge",)),
    Line("Oneself", "own runs of rehearsals: begin, play, give up, see what they showed", own,
         _routes("practice", "start run play give_up")),
    Line("Oneself", "keep a notebook of one's own dossiers (adults; nobody else reads it)",
         lambda role, inside: role in PEOPLE and portal.may_keep_notebook("adult", is_owner=inside),
         _routes("notebook", "notebook new_entry edit_entry finish_entry reopen_entry delete_entry first_dossier")),
    # ---- families
    Line("Family", "add a child, give and withdraw consent, print the card",
         lambda role, inside: accounts.may_act_for_child(role == "parent" and inside),
         (*_routes("accounts", "child consent assent renewal card"), "community.add_child")),
    Line("Family", "read a child's week: times, partners' called-by names, counts; never a word",
         lambda role, inside: accounts.may_act_for_child(role == "parent" and inside),
         _routes("notifications", "week")),
    Line("Family", "see, take along and have erased what is held of a child (a confirmed guardian)",
         lambda role, inside: privacy.may_use_rights(False, True, role == "parent" and inside),
         _routes("privacy", "person export delete ask")),
    # ---- help
    Line("Help", "ask for help for oneself (a minor with consents in force)",
         lambda role, inside: role in PEOPLE and inside and requests.may_ask(True, False, (), None),
         _routes("pairing", "ask request requests cancel pause resume unpark add_words add_picture waiting_picture "
                 "remove_picture wish_times look_now wait_weekly judge_answer")),
    Line("Help", "ask for help for a child",
         lambda role, inside: requests.may_ask_for(role == "parent" and inside, True)),
    Line("Help", "say when oneself, or one's child, is free for weekly meetings",
         lambda role, inside: role in PEOPLE and requests.may_set_hours_of(inside, False),
         _routes("pairing", "hours add_away remove_away")),
    Line("Help", "run a round of weekly pairing, publish it",
         lambda role, inside: requests.may_run_rounds(held(role, inside)),
         _routes("pairing", "rounds new_round weekly_round run_round round_weights round_pair publish_round "
                 "discard_round")),
    Line("Help", "say yes to a weekly pair, move it, end it", lambda role, inside: role in PEOPLE
         and requests.may_answer_proposal(inside, False, False),
         _routes("pairing", "weekly answer_proposal move_booking answer_move end_booking met")),
    Line("Help", "announce a group session for pupils of the unit", lambda role, inside: may_announce(
         held(role, inside), role == "helper" and inside, "active", pupils=True), _routes("pairing", "new_session")),
    Line("Help", "announce a group session for adults of the unit", lambda role, inside: may_announce(
         held(role, inside), role == "helper" and inside, "active", pupils=False)),
    Line("Help", "take a place in a group session of one's unit, give it back", own,
         _routes("pairing", "sessions sign_up withdraw")),
    Line("Help", "cancel a group session (who leads it, the coordinator)",
         lambda role, inside: may_cancel_session(role == "helper" and inside, held(role, inside)),
         ("pairing.cancel_session",), reason=True),
    Line("Help", "say yes to a helper, for oneself or one's child",
         lambda role, inside: role in PEOPLE and requests.may_answer(inside, False),
         _routes("pairing", "answer guardian_answer answer_group")),
    Line("Help", "help a child, vouched for, in an observed room",
         lambda role, inside: inside and _helps(role, True, True),
         _routes("pairing", "helping conduct claim propose_group claim_time give_back decline_offer presence mute")),
    Line("Help", "answer a child in writing when nobody came at once (a helper past the first sessions)",
         lambda role, inside: fallbacks.may_write_answer(held(role, inside),
         inside and _helps(role, True, True), False),
         ("pairing.write_answer",)),
    Line("Help", "see who waits in the unit and who was asked, take over an alarm",
         lambda role, inside: offers.may_see_waiting(held(role, inside)), _routes("pairing", "waiting see_alarm")),
    Line("Help", "see requests kept at the unit's desk for want of a device or the internet; say one was helped",
         lambda role, inside: awaiting_device.may_see_parked(held(role, inside)),
         _routes("pairing", "parked helped_there")),
    Line("Help", "read there what a child wrote",
         lambda role, inside: awaiting_device.may_read_parked_words(held(role, inside), True)),
    Line("Help", "help a child while nobody is on duty", lambda role, _inside: _helps(role, True, False)),
    Line("Help", "help an adult in an observed room", lambda role, inside: inside and _helps(role, False, True)),
    Line("Help", "open a room with one child by oneself", nobody),
    Line("Hours", "see one's own minutes of help, issue a paper", own, _routes("pairing", "minutes issue_paper")),
    Line("Hours", "say that one, or one's young child, was helped", lambda role, inside: role in PEOPLE
         and volunteer_minutes.may_say_helped(inside, False, "11_15"), ("pairing.say_helped",)),
    Line("Hours", "see who helped in rooms with a minor, and for how long",
         lambda role, inside: volunteer_minutes.may_see_minutes(held(role, inside), True)),
    Line("Hours", "see who helped in rooms of adults, and for how long",
         lambda role, inside: volunteer_minutes.may_see_minutes(held(role, inside), False), ("pairing.unit_minutes",)),
    Line("Hours", "take a session out of what counts (nobody who was in it)",
         lambda role, inside: volunteer_minutes.may_strike(held(role, inside), False, False),
         ("pairing.strike",), reason=True),
    Line("Hours", "read and revoke a paper of one's own, of one's child of under 18, of one's unit (coordinators)",
         lambda role, inside: (
             role in PEOPLE and volunteer_minutes.may_read_certificate(inside, False, held(role, inside))
         ),
         _routes("pairing", "paper revoke_paper")),
    Line("Hours", "check a paper by the code on it", anyone, ("pairing.verify",)),
    # ---- rooms
    Line("Rooms with a minor", "enter visibly, without taking part",
         lambda role, inside: participation.may_enter_as_observer(_watcher(role, inside)), ("rooms.enter",)),
    Line("Rooms with a minor", "enter unseen", nobody),
    Line("Rooms with a minor", "read live and afterwards",
         lambda role, inside: participation.may_read_room(seat(role, inside)), (
             *_routes("rooms", "index show messages search lesson leave"), "verb:enter", "verb:catch_up", "verb:seen",
             "verb:leave")),
    Line("Rooms with a minor", "write", lambda role, inside: participation.may_post_message(seat(role, inside)),
         ("rooms.post", "verb:post", "verb:typing")),
    Line("Rooms with a minor", "change one's own message, for five minutes",
         lambda role, inside: participation.may_edit_message(seat(role, inside), inside, timedelta(0)),
         ("rooms.edit",)),
    Line("Rooms with a minor", "take one's own message back",
         lambda role, inside: participation.may_withdraw_message(seat(role, inside), inside), ("rooms.withdraw",)),
    Line("Rooms with a minor", "say in a word what one makes of another's message",
         lambda role, inside: participation.may_react(seat(role, inside), False), ("rooms.react",)),
    Line("Rooms with a minor", "send a picture (it waits for the teacher)",
         lambda role, inside: participation.may_send_picture(seat(role, inside), role in {"newcomer", "helper"},
                                                     role == "newcomer"), ("rooms.send_picture",)),
    Line("Rooms with a minor", "see a picture that others may see",
         lambda role, inside: participation.may_read_room(seat(role, inside)), ("rooms.picture",)),
    Line("Rooms with a minor", "see what is drawn over a picture; take one's own drawing back",
         lambda role, inside: participation.may_take_back_marks(seat(role, inside), is_author=True),
         _routes("rooms", "marks take_back_marks")),
    Line("Rooms with a minor", "draw over a picture that one sees (but where every message waits)",
         lambda role, inside: participation.may_mark_picture(seat(role, inside), hold_all=False), ("rooms.mark",)),
    Line("Rooms with a minor", "move the shared step, open a lesson of the talk for the whole room",
         lambda role, inside: participation.may_follow(seat(role, inside)),
         ("rooms.follow", "rooms.open_lesson", "verb:follow")),
    Line("Rooms with a minor", "put a lesson into the talk",
         lambda role, inside: participation.may_send_card(seat(role, inside)), _routes("rooms", "cards send_card")),
    Line("Rooms with a minor", "show how far one is in the lesson: done, answered, stuck at this sentence",
         lambda role, inside: participation.may_sign(seat(role, inside)), _routes("rooms", "tick answer stuck")),
    Line("Rooms with a minor", "see a learner's ticks and whether answers were right; clear where one is stuck",
         lambda role, inside: participation.may_see_signs(seat(role, inside), role == "newcomer", role == "parent"),
         ("rooms.unstuck",)),
    Line("Rooms with a minor", "show one's own rehearsal to the room", lambda role, inside:
         shared_runs.may_show_run(seat(role, inside)), _routes("practice", "begin_in_room stop_in_room")),
    Line("Rooms with a minor", "see at which screen of a rehearsal a learner is; never what was typed or chosen",
         lambda role, inside: shared_runs.may_see_run(seat(role, inside), role == "newcomer", role == "parent"),
         ("practice.in_room",)),
    Line("Rooms with a minor", "point at a control of a learner's rehearsal, take that back",
         lambda role, inside: shared_runs.may_point(seat(role, inside), role == "parent"),
         (*_routes("practice", "point unpoint"), "verb:point", "verb:unpoint")),
    Line("Rooms with a minor", "propose a rehearsal", lambda role, inside:
         shared_runs.may_suggest(seat(role, inside)), ("practice.suggest",)),
    Line("Rooms with a minor", "confirm what was learned (a helper with the skill, a teacher)",
         lambda role, inside: participation.may_witness(seat(role, inside), True), ("rooms.witness",)),
    Line("Rooms with a minor", "end the session, say what was solved",
         lambda role, inside: participation.may_end_session(seat(role, inside)), ("rooms.end",)),
    Line("Rooms with a minor", "keep what was done (times, lesson, outcome; never the talk), as a child's guardian too",
         lambda role, inside: participation.may_read_summary(seat(role, inside), role == "parent" and inside),
         ("rooms.summary",)),
    Line("Rooms with a minor", "ask the same helper on within a week (a child's guardian too)",
         lambda role, inside: requests.may_ask_on(role == "newcomer" and inside, role == "parent" and inside, True,
                                                 timedelta(0)), ("pairing.ask_on",)),
    Line("Rooms with a minor", "propose what to learn next",
         lambda role, inside: participation.may_name_next(seat(role, inside)), ("rooms.next_lesson",)),
    Line("Rooms with a minor", "mute, remove, hide, watch line by line, lock, close, ask somebody else to help on",
         lambda role, inside: participation.may_keep_order(_watcher(role, inside)),
         (*_routes("rooms", "mute unmute remove hide hide_marks hold lock unlock close"), "pairing.hand_over"),
         reason=True),
    Line("Rooms with a minor", "release or refuse a held message",
         lambda role, inside: participation.may_judge_held(_watcher(role, inside), False),
         (*_routes("rooms", "release refuse undo_refuse"), *_routes("moderation", "board desk"))),
    Line("Rooms with a minor", "read what was masked",
         lambda role, inside: participation.may_judge_held(_watcher(role, inside), False),
         ("rooms.original",), reason=True),
    Line("Rooms with a minor", "ask for a second look at one's own message",
         lambda role, inside: participation.may_appeal(seat(role, inside), role in PEOPLE and inside),
         _routes("rooms", "message appeal")),
    Line("Rooms with a minor", "decide a second look",
         lambda role, inside: participation.may_decide_appeal(_watcher(role, inside), False, False),
         ("rooms.decide_appeal",), second=True, reason=True),
    Line("Rooms of adults", "enter visibly, keep order",
         lambda role, inside: participation.may_keep_order(_watcher(role, inside, minors=False))),
    Line("Rooms of adults", "read live and afterwards",
         lambda role, inside: role != "newcomer" and participation.may_read_room(seat(role, inside, minors=False))),
    Line("Rooms of adults", "take a copy of what was said along",
         lambda role, inside: role != "newcomer" and participation.may_export_room(seat(role, inside, minors=False)),
         ("rooms.export",)),
    # ---- persistent rooms
    Line("Lasting rooms", "open the room of a class, the circle of its parents", lambda role, inside:
         persistent_rooms.may_open_lasting(held(role, inside), "class", "class"), ("rooms.open_lasting",)),
    Line("Lasting rooms", "open the questions of a neighbourhood or a ward", lambda role, inside:
         persistent_rooms.may_open_lasting(held(role, inside), "ward", "questions")),
    Line("Lasting rooms", "say whether all write in a class room or only who keeps order", lambda role, inside:
         persistent_rooms.may_announce(_watcher(role, inside, kind="class")), ("rooms.announce",)),
    Line("Lasting rooms", "ask some people of a class room into a side room", lambda role, inside:
         persistent_rooms.may_split(_watcher(role, inside, kind="class")), ("rooms.split",)),
    Line("Lasting rooms", "enter a circle of parents without taking part, keep order in it", lambda role, inside:
         participation.may_keep_order(_watcher(role, inside, minors=False, kind="circle"))),
    Line("Lasting rooms", "ask at the desk of one's ward (grown-ups)", lambda role, inside:
         role in PEOPLE and persistent_rooms.may_ask_at_desk(False, inside), ("rooms.desk",)),
    Line("Places", "see at which screen of a rehearsal the learners of a class are, and since when; no values",
         lambda role, inside: shared_runs.may_see_group(held(role, inside)), ("practice.group_page",)),
    # ---- reports
    Line("Reports", "report a message, a person, a room that one can see",
         lambda role, inside: role in PEOPLE and cases.may_report_in_room(inside, False),
         _routes("moderation", "report_message report_room report_person")),
    Line("Reports", "see a case of a place with children",
         lambda role, inside: cases.may_see_case(_case(role, inside, "S2")),
         _routes("moderation", "cases case")),
    Line("Reports", "see a case among adults",
         lambda role, inside: cases.may_see_case(_case(role, inside, "S2", minors=False))),
    Line("Reports", "decide a case of S2 or S3 with children",
         lambda role, inside: cases.may_decide_case(_case(role, inside, "S3")),
         _routes("moderation", "decide regrade"), reason=True),
    Line("Reports", "decide a case of S0 or S1",
         lambda role, inside: cases.may_decide_case(_case(role, inside, "S1")), reason=True),
    Line("Reports", "take a case in hand; within it hide, mask, warn, mute, lock, quarantine, and undo that",
         lambda role, inside: actions.may_act("hide", _case(role, inside, "S1")),
         _routes("moderation", "claim let_go act reverse"), reason=True),
    Line("Reports", "within a case of S0 or S1 release, remove, unpair",
         lambda role, inside: actions.may_act("remove", _case(role, inside, "S1")), reason=True),
    Line("Reports", "within a case suspend, hold on to what would be erased (asked again who it is)",
         lambda role, inside: actions.may_act("suspend", _case(role, inside, "S2")), reason=True),
    *CALLS, *SECOND_LOOKS,
    *GROUPS,
    *VISITS,
    *STORE,
    *NEEDS,
    *LOANS,
    *SPONSORED,
    *CIRCLES,
    *CAMPAIGNS,
    *TRAINING,
    *ADMINISTRATION,
    *FIGURES,
    *OF_POWER,
)  # fmt: skip


def unlisted() -> set[str]:
    """Returns routes and socket events without a row, and doors of rows that do not exist."""
    doors = {door for line in LINES for door in line.doors}
    return (set(access_tables.ROUTES) | {f"verb:{verb}" for verb in access_tables.SOCKET_EVENTS}) ^ doors
