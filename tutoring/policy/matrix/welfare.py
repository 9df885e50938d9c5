"""Rows of the permission matrix: welfare cases and the safety card."""

from tutoring.policy.access import ANYONE, SIGNED_IN, STAFF_OR_ADMIN
from tutoring.policy.matrix.rows import MatrixRow, allow_anyone, allow_own, case, routes
from tutoring.policy.moderation import cases
from tutoring.policy.welfare import may_open_talk


def _may_talk(known: cases.CaseFacts) -> bool:
    return cases.may_see_case(known) and may_open_talk(known.held, known.minors, known.of_unit)


WELFARE: tuple[MatrixRow, ...] = (
    MatrixRow("Everybody", "read whom to call in danger", allow_anyone, ANYONE, routes("welfare", "card")),
    MatrixRow(
        "Oneself",
        "put away the safety card and what one wrote of danger",
        allow_own,
        SIGNED_IN,
        routes("welfare", "hide"),
    ),
    MatrixRow(
        "Reports",
        "in a welfare case of a place with children read what is sealed, write down what was done, end it",
        lambda role, inside: cases.may_see_case(case(role, inside, "S0")),
        STAFF_OR_ADMIN,
        routes("moderation", "welfare_act welfare_calm welfare_home welfare_close welfare_hold"),
    ),
    MatrixRow(
        "Reports",
        "talk with the author of such a case in a room of their own",
        lambda role, inside: _may_talk(case(role, inside, "S0")),
        STAFF_OR_ADMIN,
        routes("moderation", "welfare_talk"),
    ),
)
