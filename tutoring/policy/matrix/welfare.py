"""Rows of the permission matrix: welfare cases and the safety card."""

from tutoring.policy.matrix.rows import Line, anyone, case, own, routes
from tutoring.policy.moderation import cases

WELFARE: tuple[Line, ...] = (
    Line("Everybody", "read whom to call in danger", anyone, routes("welfare", "card")),
    Line("Oneself", "put away the safety card and what one wrote of danger", own, routes("welfare", "hide")),
    Line(
        "Reports",
        "in a welfare case of a place with children read what is sealed, write down what was done, end it",
        lambda role, inside: cases.may_see_case(case(role, inside, "S0")),
        routes("moderation", "welfare_act welfare_calm welfare_home welfare_close welfare_hold"),
    ),
)
