"""Training of staff: tracks of lessons, sessions with seats, who is ready and who is due.

A ward's officers and coordinators run its training, those of the city the city's. Whoever is on a track sees where they
stand; how others stand is for those who run it.
"""

from collections.abc import Collection

from tutoring.policy.access import SIGNED_IN, STAFF, Access, roles

TRAINERS = frozenset({"officer", "coordinator"})
FEWEST_SEATS, MOST_SEATS = 2, 200
MOST_WAITING = 50

ROUTES: dict[str, Access] = {
    "training.index": SIGNED_IN,
    "training.session": SIGNED_IN,
    "training.sign_up": SIGNED_IN,
    "training.withdraw": SIGNED_IN,
    "training.leave_track": SIGNED_IN,
    "training.attendance": STAFF,
    "training.unit": roles(*TRAINERS),
    "training.unit_file": roles(*TRAINERS),
    "training.new_session": roles(*TRAINERS),
    "training.edit_session": roles(*TRAINERS),
    "training.cancel_session": roles(*TRAINERS),
    "training.people": roles(*TRAINERS),
    "training.assign": roles(*TRAINERS),
    "training.unassign": roles(*TRAINERS),
}


def may_run_training(held: Collection[str]) -> bool:
    """Announce and change sessions, put people on tracks, see who is ready and who is due: by roles at the ward (or
    city) or above it."""
    return not TRAINERS.isdisjoint(held)


def may_lead_training(held: Collection[str]) -> bool:
    """Staff of the ward, down to the leads of its neighbourhoods."""
    return not (TRAINERS | {"lead"}).isdisjoint(held)


def may_see_session(belongs: bool, has_place: bool, leads: bool, held: Collection[str]) -> bool:
    """Whom a session is for, who is in it or was, who leads it, who runs the training there."""
    return belongs or has_place or leads or may_run_training(held)


def may_mark(leads: bool, held: Collection[str]) -> bool:
    """Say who came: who leads the session, and who runs the training there."""
    return leads or may_run_training(held)


def may_say_seen(marks: bool, held: Collection[str], holds_skills: bool, is_self: bool) -> bool:
    """Confirm to have seen somebody do a lesson at the session: who marks it and runs the training, or holds all that
    the lesson teaches; nobody for oneself."""
    return marks and not is_self and (may_run_training(held) or holds_skills)


def may_take_off(own: bool, held: Collection[str]) -> bool:
    """Take somebody off a track that they were put on by hand: oneself, and who runs the training."""
    return own or may_run_training(held)
