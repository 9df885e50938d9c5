"""Rows of the permission matrix: the pages of neighbourhoods and wards."""

from tutoring.policy import groups
from tutoring.policy.access import SIGNED_IN, STAFF_OR_ADMIN
from tutoring.policy.matrix.rows import PEOPLE, MatrixRow, allow_own, roles_held, routes

GROUPS: tuple[MatrixRow, ...] = (
    MatrixRow("Neighbourhoods", "see one's own neighbourhoods and wards", allow_own, SIGNED_IN, ("groups.index",)),
    MatrixRow(
        "Neighbourhoods",
        "read the page of a neighbourhood or ward: duty, announcements, lessons, sessions (whoever "
        "belongs there or below, their parents, its staff)",
        lambda role, inside: (
            role in PEOPLE and groups.may_read_group(roles_held(role, inside), "neighbourhood", inside)
        ),
        SIGNED_IN,
        routes("groups", "show posts_page"),
    ),
    MatrixRow(
        "Neighbourhoods",
        "announce, pin, change, take back and put back; tell its grown-up members once a day",
        lambda role, inside: groups.may_lead_group(roles_held(role, inside), "neighbourhood"),
        groups.LEADING,
        routes("groups", "new_post edit_post pin_post take_back_post put_back_post"),
    ),
    MatrixRow(
        "Neighbourhoods",
        "choose the lessons of a month",
        lambda role, inside: groups.may_lead_group(roles_held(role, inside), "neighbourhood"),
        groups.LEADING,
        ("groups.month",),
    ),
    MatrixRow(
        "Neighbourhoods",
        "see all tasks of the unit",
        lambda role, inside: groups.may_see_tasks(roles_held(role, inside), "neighbourhood"),
    ),
    MatrixRow(
        "Neighbourhoods",
        "give and change tasks",
        lambda role, inside: groups.may_lead_group(roles_held(role, inside), "neighbourhood"),
        groups.LEADING,
        routes("groups", "new_task edit_task"),
    ),
    MatrixRow(
        "Neighbourhoods",
        "see a task given to oneself, answer it, move it on",
        lambda role, inside: (
            role in PEOPLE
            and inside
            and groups.may_see_task((), "neighbourhood", inside)
            and groups.may_answer_task(inside)
        ),
        SIGNED_IN,
        routes("groups", "tasks_page task move_task answer_task"),
    ),
    MatrixRow(
        "Neighbourhoods",
        "print the poster with which people join",
        lambda role, inside: groups.may_print_poster(roles_held(role, inside), "neighbourhood"),
        STAFF_OR_ADMIN,
        ("groups.poster",),
    ),
)
