"""Access rules of help requests and of helping.

Ages come from birth years, on the side that protects more.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from tutoring.policy.accounts import HELP_PURPOSES

YOUNGEST_HELPER_GRADE = 6
WIDEST_UNOBSERVED_GAP = 3


@dataclass(frozen=True)
class PersonFacts:
    """The facts that the rules need about one user."""

    user_id: int
    minor: bool
    youngest_age: int | None  # None: an adult without a birth year
    grade: int | None
    vouched: bool = False  # policy.pairing.vetting: past all steps before the first session, or confirmed staff
    on_probation: bool = False  # the first sessions are observed, with every learner
    promised: bool = False  # accepted the code of conduct
    adults_only: bool = False  # a ward officer or neighbourhood lead


def may_ask(active: bool, minor: bool, consents: Collection[str], assents: Collection[str] | None) -> bool:
    """Adults may ask freely; a minor needs consents in force.

    Users of 16–17 consent themselves, the guardian consents for a child, and from 7 on the child assents too.
    `assents` is None where no assent is needed.
    """
    if not active:
        return False
    if not minor:
        return True
    return set(consents) >= HELP_PURPOSES and (assents is None or set(assents) >= HELP_PURPOSES)


def may_set_hours_of(is_self: bool, is_child_of: bool) -> bool:
    """Users set their own free hours; a guardian sets those of a child."""
    return is_self or is_child_of


def may_run_rounds(held: Collection[str]) -> bool:
    """The coordinator of a unit proposes its weekly pairs."""
    return "coordinator" in held


def may_answer_proposal(is_learner: bool, is_helper: bool, is_guardian: bool) -> bool:
    """Both people of a proposed pair, and a child's guardian, see and answer the proposal."""
    return is_learner or is_helper or is_guardian


def may_add_voice_note(minor: bool, is_learner: bool) -> bool:
    """Near minors only who learns speaks: the note goes to the helper, as in the room that opens later."""
    return is_learner or not minor


def may_hear_waiting_note(minor: bool, is_author: bool, own_side: bool) -> bool:
    """Before a minor's room opens only who spoke hears the note: a guardian may be what it is about."""
    return is_author if minor else own_side


def may_ask_for(is_guardian: bool, is_child: bool) -> bool:
    """A guardian asks for a child; from 16 on pupils ask for themselves."""
    return is_guardian and is_child


def may_ask_beside(open_slots: Collection[str], wanted: str, instead_of: str | None = None) -> bool:
    """A new request stands beside those that wait for a device or an hour, one of each kind.

    Slots say what a request waits for: helper, hour, device, or nothing while it rests. A request that takes the place
    of one that waits for the same (`instead_of`) changes nothing for the others.
    """
    return wanted == instead_of or (set(open_slots) <= {"hour", "device"} and wanted not in open_slots)


ASK_ON_WITHIN = timedelta(days=7)


def may_ask_on(is_learner: bool, is_guardian_of_child: bool, ended_well: bool, since: timedelta) -> bool:
    """The learner or a child's guardian may ask the same helper to continue.

    They may ask for a week after the session, unless the session was stopped.
    """
    return (is_learner or is_guardian_of_child) and ended_well and since <= ASK_ON_WITHIN


def helps_adults_only(held: Collection[str]) -> bool:
    """Ward officers and neighbourhood leads help adults only, unless they teach as well."""
    return not {"officer", "lead"}.isdisjoint(held) and {"teacher", "coordinator"}.isdisjoint(held)


def may_help(
    helper: PersonFacts,
    learner: PersonFacts,
    *,
    observed: bool,
    youth_help_adults: bool,
    holds_skill: bool,
    school_subject: bool = False,
) -> bool:
    """Whether a pair passes the hard rules about who may ask and who may help.

    With a school subject only pupils help pupils, of their own grade or of one below.
    """
    if school_subject and not (helper.minor and learner.minor):
        return False
    if helper.user_id == learner.user_id or not helper.vouched or not holds_skill:
        return False
    if learner.minor and (helper.adults_only or not observed or not helper.promised):
        return False  # no room with a minor opens while no observer is on duty
    if helper.on_probation and not observed:
        return False
    if not helper.minor:
        return True
    if helper.grade is None or helper.grade < YOUNGEST_HELPER_GRADE:
        return False
    if not learner.minor:
        old_enough = helper.youngest_age is not None and helper.youngest_age >= 16
        return old_enough and observed and youth_help_adults
    if learner.grade is None:
        return False
    gap = helper.grade - learner.grade
    return gap >= least_gap(school_subject) and (gap <= WIDEST_UNOBSERVED_GAP or observed)


def least_gap(school_subject: bool) -> int:
    """Returns by how many grades a pupil helper is above the learner: one, and none with a school subject."""
    return 0 if school_subject else 1


def needs_guardian_seat(learner: PersonFacts) -> bool:
    """A child that may be 10 or under gets help only while a guardian or a teacher holds a seat."""
    return learner.minor and (learner.youngest_age is None or learner.youngest_age <= 10)


def is_attended(seat_roles: Collection[str], helper_is_guardian: bool, helper_roles: Collection[str]) -> bool:
    """Whether a guardian or a teacher holds a seat, which every room of so young a child needs."""
    return "guardian" in seat_roles or helper_is_guardian or "teacher" in helper_roles


def may_claim(pair_allowed: bool, near: bool, avoided: bool, had_it_before: bool) -> bool:
    """A near helper whom neither side avoids may claim a request once.

    Near means the same class, school or ward.
    """
    return pair_allowed and near and not avoided and not had_it_before


def may_read_request(is_learner: bool, is_guardian: bool, is_claimant: bool) -> bool:
    """The learner, the guardian and the helper who took the request may read it."""
    return is_learner or is_guardian or is_claimant


def may_answer(is_learner: bool, is_guardian_who_asked: bool) -> bool:
    """The learner accepts or declines a helper.

    The guardian who asked, and who sits beside the child, may do so too.
    """
    return is_learner or is_guardian_who_asked


def may_keep_request(is_learner: bool, is_guardian_who_asked: bool) -> bool:
    """The learner, or the guardian who asked, pauses, resumes and adds to the request."""
    return is_learner or is_guardian_who_asked


def may_answer_as_guardian(is_guardian: bool, is_child: bool) -> bool:
    """The guardian of a child of 10 or under approves each new pair too.

    No guardian does from 16 on.
    """
    return is_guardian and is_child
