"""Rows of the permission matrix: how far the pupils of a class are."""

from tutoring.policy import accounts
from tutoring.policy import class_overview as policy
from tutoring.policy.access import SIGNED_IN
from tutoring.policy.matrix.rows import MatrixRow, allow_own, roles_held, routes

CLASS_OVERVIEW: tuple[MatrixRow, ...] = (
    MatrixRow(
        "Classes",
        "see how far each pupil of a class is in lessons, as a page and as a file; ask a stuck one whether to call a "
        "helper (only of pupils whose families let it be seen)",
        lambda role, inside: policy.may_see_progress(roles_held(role, inside), "class"),
        policy.TEACHING,
        routes("classes", "overview nudge"),
    ),
    MatrixRow(
        "Classes",
        "see the classes of a school side by side as sums (small numbers hidden from who does not teach there)",
        lambda role, inside: policy.may_see_class_sums(roles_held(role, inside), "school"),
        policy.SUMS,
        routes("classes", "classes_overview"),
    ),
    MatrixRow(
        "Classes",
        "see what the teacher of the class may see of one's own progress",
        allow_own,
        SIGNED_IN,
        routes("classes", "own_progress"),
    ),
    MatrixRow(
        "Classes",
        "see the same of a child (a confirmed guardian)",
        lambda role, inside: accounts.may_act_for_child(role == "parent" and inside),
        SIGNED_IN,
        routes("classes", "child_progress"),
    ),
)
