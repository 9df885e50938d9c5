"""Rows of the permission matrix: the API, by whose rights a token acts, and who makes tokens."""

from tutoring.policy import api, class_overview, classes
from tutoring.policy.access import ANYONE, SIGNED_IN, STAFF_OR_ADMIN, token
from tutoring.policy.community import may_see_unit
from tutoring.policy.devices.inventory import may_run_store
from tutoring.policy.matrix.rows import PEOPLE, MatrixRow, allow_anyone, roles_held, routes

_MINORS = frozenset({"newcomer", "helper"})


def _adult(role: str, inside: bool) -> bool:
    return role in PEOPLE and inside and api.may_make_token(role in _MINORS)


def _sums(role: str, inside: bool) -> bool:
    return class_overview.may_see_class_sums(roles_held(role, inside), "school")


API: tuple[MatrixRow, ...] = (
    MatrixRow(
        "API",
        "read lessons, paths, search results and published counts by program, without a token; read how",
        allow_anyone,
        ANYONE,
        routes("api", "guide description lessons lesson paths path search figures"),
    ),
    MatrixRow("API", "read what one's own token reaches", _adult, token(), routes("api", "own_token")),
    MatrixRow("API", "see and end one's own tokens", _adult, SIGNED_IN, routes("api", "tokens end_token")),
    MatrixRow(
        "API",
        "make a token of one's own and read it once (adults)",
        _adult,
        SIGNED_IN,
        step_up=routes("api", "make_token made_token"),
    ),
    MatrixRow(
        "API",
        "see and end the tokens of a unit (its staff)",
        lambda role, inside: api.may_see_unit_tokens(roles_held(role, inside)),
        STAFF_OR_ADMIN,
        routes("api", "unit_tokens end_unit_token"),
    ),
    MatrixRow(
        "API",
        "make a token of a unit and read it once (its staff); it names no minor and ends with the role of its maker",
        lambda role, inside: api.may_make_unit_token(roles_held(role, inside), archived=False),
        STAFF_OR_ADMIN,
        step_up=routes("api", "make_unit_token made_unit_token"),
    ),
    MatrixRow("API", "read one's own times by token", _adult, token(api.CALENDAR), routes("api", "calendar")),
    MatrixRow("API", "read one's own progress by token", _adult, token(api.PROGRESS), routes("api", "progress")),
    MatrixRow(
        "API",
        "read one's units and the units below them by token",
        lambda role, inside: may_see_unit(roles_held(role, inside)),
        token(api.UNITS),
        routes("api", "units unit units_below"),
    ),
    MatrixRow(
        "API",
        "read the times of a unit by token, without names: those of the pages that its staff open",
        lambda role, inside: bool(api.shown_in_unit_calendar(roles_held(role, inside), "ward")),
        token(api.UNIT_CALENDAR),
        routes("api", "unit_calendar"),
    ),
    MatrixRow(
        "API",
        "read the overview of a class by token: by name for its teacher, as sums for a unit",
        lambda role, inside: class_overview.may_see_progress(roles_held(role, inside), "class"),
        token(api.CLASSES),
        routes("api", "class_overview"),
    ),
    MatrixRow(
        "API",
        "read the classes of a school side by side as sums by token",
        _sums,
        token(api.CLASSES),
        routes("api", "class_sums"),
    ),
    MatrixRow(
        "API",
        "read the work of a class by token",
        lambda role, inside: classes.may_run_class(roles_held(role, inside), "class"),
        token(api.CLASSES),
        routes("api", "works"),
    ),
    MatrixRow(
        "API",
        "set work for a class by token (one's own)",
        lambda role, inside: classes.may_run_class(roles_held(role, inside), "class"),
        token(api.CLASS_WORK),
        routes("api", "set_work"),
    ),
    MatrixRow(
        "API",
        "read how many devices of a store are in which state by token",
        lambda role, inside: may_run_store(roles_held(role, inside)),
        token(api.DEVICES),
        routes("api", "device_stock"),
    ),
)
