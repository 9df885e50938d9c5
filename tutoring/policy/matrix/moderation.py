"""Rows of the permission matrix: appeals, locked pictures, emergency access."""

from tutoring.policy.access import SIGNED_IN, STAFF_OR_ADMIN
from tutoring.policy.matrix.rows import MatrixRow, allow_own, case, roles_held, routes
from tutoring.policy.matrix.welfare import WELFARE
from tutoring.policy.moderation import appeals, cases, emergency_access


def second(role: str, inside: bool) -> appeals.AppealFacts:
    """Returns the facts about a user and an appeal against a warning in a unit with children."""
    return appeals.AppealFacts(sees=cases.may_see_case(case(role, inside, "S2")), high=True)


def reading(role: str, inside: bool) -> emergency_access.EmergencyAccessFacts:
    """Returns the facts about a user and a room they normally may not read.

    Power in another unit counts as power too.
    """
    return emergency_access.EmergencyAccessFacts(holds={role}, held=roles_held(role, inside))


SECOND_LOOKS: tuple[MatrixRow, ...] = (
    MatrixRow(
        "Oneself",
        "what the desk did to oneself or one's child; a second look at it",
        allow_own,
        SIGNED_IN,
        routes("moderation", "acts_about_me ask_second_look"),
    ),
    MatrixRow(
        "Reports",
        "take a second look at what another one did",
        lambda role, inside: appeals.may_take(second(role, inside)),
        STAFF_OR_ADMIN,
        routes("moderation", "second_looks second_look"),
        reason=True,
    ),
    MatrixRow(
        "Reports",
        "take the lock off a picture that went to the police",
        lambda role, inside: cases.may_lift_lock(case(role, inside, "S1")),
        STAFF_OR_ADMIN,
        step_up=("moderation.lift_lock",),
        reason=True,
    ),
    MatrixRow(
        "Reports",
        "ask to read a room in an emergency, for an hour (the scope of this is the whole site)",
        lambda role, inside: inside and emergency_access.may_ask_to_read(reading(role, inside)),
        emergency_access.POWER,
        routes("moderation", "readings read_room"),
        step_up=("moderation.ask_reading",),
        reason=True,
        second=True,
    ),
    MatrixRow(
        "Reports",
        "agree that another one reads a room of the unit in an emergency",
        lambda role, inside: emergency_access.may_agree_to_read(reading(role, inside)),
        emergency_access.POWER,
        routes("moderation", "reading decline_reading"),
        step_up=("moderation.agree_reading",),
    ),
    *WELFARE,
)
