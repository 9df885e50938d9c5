"""Rows of the permission matrix: statistics of units and of the site."""

from tutoring.policy import insights
from tutoring.policy.access import STAFF_OR_ADMIN, roles
from tutoring.policy.matrix.rows import MatrixRow, May, roles_held, routes


def _of(kind: str) -> May:
    return lambda role, inside: insights.may_see_unit_figures(roles_held(role, inside), kind)


FIGURES: tuple[MatrixRow, ...] = (
    MatrixRow(
        "Figures",
        "see the month of a ward or a neighbourhood: sums of ten people and more, no names",
        _of("ward"),
        STAFF_OR_ADMIN,
        routes("insights", "unit_figures unit_figures_file unit_report unit_chart"),
    ),
    MatrixRow("Figures", "see the month of a school, as sums", _of("school")),
    MatrixRow("Figures", "see the month of a class, as sums", _of("class")),
    MatrixRow(
        "Figures",
        "see the month of the whole site",
        _of(""),
        roles("site_admin"),
        routes("insights", "site_figures site_figures_file site_report site_chart"),
    ),
)
