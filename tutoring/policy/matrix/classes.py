"""Rows of the permission matrix: class work and the letters to a class."""

from tutoring.policy import classes
from tutoring.policy.access import SIGNED_IN
from tutoring.policy.matrix.rows import PEOPLE, MatrixRow, allow_own, roles_held, routes
from tutoring.policy.rooms.participation import TEACHING


def _runs(role: str, inside: bool) -> bool:
    return classes.may_run_class(roles_held(role, inside), "class")


CLASSES: tuple[MatrixRow, ...] = (
    MatrixRow("Classes", "see what is set for oneself and one's children", allow_own, SIGNED_IN, ("classes.mine",)),
    MatrixRow(
        "Classes",
        "set work for a class, change, extend, withdraw and restore it",
        _runs,
        TEACHING,
        routes("classes", "works choose_class new_work edit_work extend_work withdraw_work restore_work"),
    ),
    MatrixRow(
        "Classes",
        "write the weekly letter to a class, publish it and take it back",
        _runs,
        TEACHING,
        routes("classes", "letters write_letter withdraw_letter"),
    ),
    MatrixRow(
        "Classes",
        "grant a school subject to several pupils of a class",
        _runs,
        TEACHING,
        ("classes.subjects",),
    ),
    MatrixRow(
        "Classes",
        "read a published letter (pupils of the class, their guardians, who teaches there)",
        lambda role, inside: (
            role in PEOPLE
            and classes.may_read_letter(
                runs=_runs(role, inside),
                pupil=role == "newcomer" and inside,
                guards=role == "parent" and inside,
                published=True,
            )
        ),
        SIGNED_IN,
        ("classes.letter",),
    ),
)
