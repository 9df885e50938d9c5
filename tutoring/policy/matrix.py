"""Who may do what, as one table: each line asks the very functions that pages, sockets, files and lists ask.

`docs/permissions.md` is written from it (`flask permissions`). A line says for each role whether it may *inside* its
scope (its own things, child, class, room, ward) and *outside* of it. Every route and every socket verb stands in one.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tutoring.policy import accounts, community, insights, lessons, moderation, pairing, rooms, tables, tracks, waves
from tutoring.policy.access import STAFF, admits

ROLES = ("guest", "newcomer", "parent", "helper", "teacher", "lead", "officer", "coordinator", "site_admin")
PEOPLE = frozenset(ROLES) - {"guest"}
_SEATS = {"newcomer": "learner", "parent": "guardian", "helper": "helper"}

May = Callable[[str, bool], bool]


@dataclass(frozen=True)
class Line:
    """One action. `doors` are the endpoints (`rooms.show`) and verbs (`verb:post`) that lead to it."""

    area: str
    action: str
    may: May
    doors: tuple[str, ...] = ()
    second: bool = False  # takes a second person
    reason: bool = False  # takes a reason, which is kept

    @property
    def steps_up(self) -> bool:
        """Whether one shows again who one is, within ten minutes before it."""
        return any(door in tables.STEP_UP for door in self.doors)


def held(role: str, inside: bool) -> frozenset[str]:
    """What a role holds at a unit inside or outside of its scope; whoever runs the site does so everywhere."""
    if role == "site_admin":
        return frozenset({role})
    return frozenset({role} & STAFF) if inside else frozenset()


def seat(role: str, inside: bool, minors: bool = True, seated: bool = True) -> rooms.Facts:
    """Somebody in a room: those who take part inside their scope have a seat, watchers hold their role above it."""
    mine = _SEATS.get(role) if inside else None
    watching = held(role, inside) if mine is None else frozenset()
    if seated and mine is None and watching & rooms.watching_roles(minors):
        mine = "observer"
    return rooms.Facts(role=mine, minors=minors, held=watching)


def _watcher(role: str, inside: bool, minors: bool = True) -> rooms.Facts:
    return seat(role, inside, minors, seated=False)


def _person(minor: bool, number: int = 1, grade: int | None = None) -> pairing.Facts:
    return pairing.Facts(number, minor, 15 if minor else None, grade, vouched=True, promised=True)


def _helps(role: str, learner_minor: bool, observed: bool) -> bool:
    """Whether somebody of this role, vouched for and skilled, may be paired with a stranger."""
    if role in {"guest", "newcomer"}:
        return False
    pupil = role == "helper"
    helper = pairing.Facts(
        1, pupil, 17 if pupil else None, 11 if pupil else None, vouched=True, promised=True,
        adults_only=pairing.helps_adults_only({role}),
    )  # fmt: skip
    learner = _person(learner_minor, 2, 9 if learner_minor else None)
    return pairing.may_help(helper, learner, observed=observed, youth_help_adults=True, holds_skill=True)


def _case(role: str, inside: bool, grade: str, minors: bool = True) -> moderation.Facts:
    return moderation.Facts(grade, minors, held(role, inside), alarmed=False)


def anyone(_role: str, _inside: bool) -> bool:
    """For people without an account too."""
    return True


def signed_in(role: str, _inside: bool) -> bool:
    """For everybody with an account."""
    return role in PEOPLE


def own(role: str, inside: bool) -> bool:
    """One's own, whoever one is."""
    return role in PEOPLE and inside


def nobody(_role: str, _inside: bool) -> bool:
    """There is no door to this at all."""
    return False


def _routes(prefix: str, names: str) -> tuple[str, ...]:
    return tuple(f"{prefix}.{name}" for name in names.split())


def _by_access(endpoint: str) -> May:
    """What the table of routes says by itself, where no further fact counts."""
    return lambda role, _inside: admits(tables.ROUTES[endpoint], role in PEOPLE, {role})


LINES: tuple[Line, ...] = (
    # ---- public
    Line("Public", "read lessons, search, handouts, help, 111 · 113 · 115", anyone, (
        "static", *_routes("home", "start help"), *_routes("web", "language health"),
        *_routes("lessons", "index path search suggest lesson step media done handout offline keep worker useful "
                 "thanks acknowledged"))),
    Line("Public", "sign in, ask for a new passphrase, join by a code", anyone, (
        *_routes("accounts", "sign_in sign_in_code recovery_code forgot_mail forgot reset"),
        *_routes("community", "join join_code"))),
    Line("Public", "report by the public form", anyone, _routes("moderation", "report report_lesson reported")),
    # ---- one's own
    Line("Oneself", "own account, name, passphrase, sign-ins, second factor", own, _routes(
        "accounts", "sign_out confirm_it_is_you second_factor set_up_second_factor recovery_codes account profile "
        "password end_sign_in end_others")),
    Line("Oneself", "own places, own inbox, own lessons, quizzes, papers", own, (
        "verb:here", *_routes("community", "welcome leave"), *_routes("notifications", "inbox open_notice read_all"),
        *_routes("lessons", "taught merge start here answer onward quiz quiz_try acknowledgement"))),
    Line("Oneself", "own reports and what became of them", own, _routes("moderation", "my_reports")),
    # ---- families
    Line("Family", "add a child, give and withdraw consent, print the card",
         lambda role, inside: accounts.may_act_for_child(role == "parent" and inside),
         (*_routes("accounts", "child consent assent renewal card"), "community.add_child")),
    # ---- help
    Line("Help", "ask for help for oneself (a minor with consents in force)",
         lambda role, inside: role in PEOPLE and inside and pairing.may_ask(True, False, (), None),
         _routes("pairing", "ask request requests cancel pause resume add_words wish_times look_now wait_weekly "
                 "judge_answer")),
    Line("Help", "ask for help for a child",
         lambda role, inside: pairing.may_ask_for(role == "parent" and inside, True)),
    Line("Help", "say when oneself, or one's child, is free for weekly meetings",
         lambda role, inside: role in PEOPLE and pairing.may_set_hours_of(inside, False),
         _routes("pairing", "hours add_away remove_away")),
    Line("Help", "run a round of weekly pairing, publish it",
         lambda role, inside: pairing.may_run_rounds(held(role, inside)),
         _routes("pairing", "rounds new_round weekly_round run_round round_weights round_pair publish_round "
                 "discard_round")),
    Line("Help", "say yes to a weekly pair, move it, end it", lambda role, inside: role in PEOPLE
         and pairing.may_answer_proposal(inside, False, False),
         _routes("pairing", "weekly answer_proposal move_booking answer_move end_booking met")),
    Line("Help", "say yes to a helper, for oneself or one's child",
         lambda role, inside: role in PEOPLE and pairing.may_answer(inside, False),
         _routes("pairing", "answer guardian_answer")),
    Line("Help", "help a child, vouched for, in an observed room",
         lambda role, inside: inside and _helps(role, True, True),
         _routes("pairing", "helping conduct claim claim_time give_back decline_offer presence mute")),
    Line("Help", "answer a child in writing when nobody came at once (a helper past the first sessions)",
         lambda role, inside: tracks.may_write_answer(held(role, inside), inside and _helps(role, True, True), False),
         ("pairing.write_answer",)),
    Line("Help", "see who waits in the unit and who was asked, take over an alarm",
         lambda role, inside: waves.may_see_waiting(held(role, inside)), _routes("pairing", "waiting see_alarm")),
    Line("Help", "help a child while nobody is on duty", lambda role, _inside: _helps(role, True, False)),
    Line("Help", "help an adult in an observed room", lambda role, inside: inside and _helps(role, False, True)),
    Line("Help", "open a room with one child by oneself", nobody),
    # ---- rooms
    Line("Rooms with a minor", "enter visibly, without taking part",
         lambda role, inside: rooms.may_enter_as_observer(_watcher(role, inside)), ("rooms.enter",)),
    Line("Rooms with a minor", "enter unseen", nobody),
    Line("Rooms with a minor", "read live and afterwards",
         lambda role, inside: rooms.may_read_room(seat(role, inside)), (
             *_routes("rooms", "index show messages lesson leave"), "verb:enter", "verb:catch_up", "verb:seen",
             "verb:leave")),
    Line("Rooms with a minor", "write", lambda role, inside: rooms.may_post_message(seat(role, inside)),
         ("rooms.post", "verb:post", "verb:typing")),
    Line("Rooms with a minor", "send a picture (it waits for the teacher)",
         lambda role, inside: rooms.may_send_picture(seat(role, inside), role in {"newcomer", "helper"},
                                                     role == "newcomer"), ("rooms.send_picture",)),
    Line("Rooms with a minor", "see a picture that others may see",
         lambda role, inside: rooms.may_read_room(seat(role, inside)), ("rooms.picture",)),
    Line("Rooms with a minor", "move the shared step", lambda role, inside: rooms.may_follow(seat(role, inside)),
         ("rooms.follow", "verb:follow")),
    Line("Rooms with a minor", "confirm what was learned (a helper with the skill, a teacher)",
         lambda role, inside: rooms.may_witness(seat(role, inside), True), ("rooms.witness",)),
    Line("Rooms with a minor", "end the session, say what was solved",
         lambda role, inside: rooms.may_end_session(seat(role, inside)), ("rooms.end",)),
    Line("Rooms with a minor", "mute, remove, hide, watch line by line, close",
         lambda role, inside: rooms.may_keep_order(_watcher(role, inside)),
         _routes("rooms", "mute unmute remove hide hold close"), reason=True),
    Line("Rooms with a minor", "release or refuse a held message",
         lambda role, inside: rooms.may_judge_held(_watcher(role, inside), False),
         (*_routes("rooms", "release refuse"), *_routes("moderation", "board desk"))),
    Line("Rooms with a minor", "read what was masked",
         lambda role, inside: rooms.may_judge_held(_watcher(role, inside), False), ("rooms.original",), reason=True),
    Line("Rooms with a minor", "ask for a second look at one's own message",
         lambda role, inside: rooms.may_appeal(seat(role, inside), role in PEOPLE and inside),
         _routes("rooms", "message appeal")),
    Line("Rooms with a minor", "decide a second look",
         lambda role, inside: rooms.may_decide_appeal(_watcher(role, inside), False, False),
         ("rooms.decide_appeal",), second=True, reason=True),
    Line("Rooms of adults", "enter visibly, keep order",
         lambda role, inside: rooms.may_keep_order(_watcher(role, inside, minors=False))),
    Line("Rooms of adults", "read live and afterwards",
         lambda role, inside: role != "newcomer" and rooms.may_read_room(seat(role, inside, minors=False))),
    # ---- reports
    Line("Reports", "report a message, a person, a room that one can see",
         lambda role, inside: role in PEOPLE and moderation.may_report_in_room(inside, False),
         _routes("moderation", "report_message report_room report_person")),
    Line("Reports", "see a case of a place with children",
         lambda role, inside: moderation.may_see_case(_case(role, inside, "S2")),
         _routes("moderation", "cases case")),
    Line("Reports", "see a case among adults",
         lambda role, inside: moderation.may_see_case(_case(role, inside, "S2", minors=False))),
    Line("Reports", "decide a case of S2 or S3 with children",
         lambda role, inside: moderation.may_decide_case(_case(role, inside, "S3")),
         _routes("moderation", "decide regrade"), reason=True),
    Line("Reports", "decide a case of S0 or S1",
         lambda role, inside: moderation.may_decide_case(_case(role, inside, "S1")), reason=True),
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
    # ---- lessons
    Line("Lessons", "write on a lesson", lambda role, inside: lessons.may_propose(held(role, inside)),
         _routes("lessons", "writing propose new write keep_draft")),
    Line("Lessons", "publish what another wrote (named editors)",
         lambda role, inside: lessons.may_review(held(role, inside), True), ("lessons.review",), second=True),
    Line("Lessons", "name editors", lambda role, inside: inside and _by_access("lessons.editors")(role, inside),
         ("lessons.editors",)),
    Line("Lessons", "see figures of ten and more (coordinators, named editors)",
         lambda role, inside: insights.may_see_figures(held(role, inside), True), _routes("insights", "lessons table")),
)  # fmt: skip


def unlisted() -> set[str]:
    """Routes and verbs that stand in no line."""
    doors = {door for line in LINES for door in line.doors}
    return (set(tables.ROUTES) | {f"verb:{verb}" for verb in tables.SOCKET_EVENTS}) ^ doors
