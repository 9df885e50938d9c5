"""Rows of the permission matrix: statistics of units and of the site."""

from tutoring.policy import insights
from tutoring.policy.matrix.rows import MatrixRow, May, roles_held

_DOORS = "figures figures_file report chart"


def _of(kind: str) -> May:
    return lambda role, inside: insights.may_see_unit_figures(roles_held(role, inside), kind)


FIGURES: tuple[MatrixRow, ...] = (
    MatrixRow(
        "Figures",
        "see the month of a ward or a neighbourhood: sums of ten people and more, no names",
        _of("ward"),
        tuple(f"insights.unit_{door}" for door in _DOORS.split()),
    ),
    MatrixRow("Figures", "see the month of a school, as sums", _of("school")),
    MatrixRow("Figures", "see the month of a class, as sums", _of("class")),
    MatrixRow(
        "Figures", "see the month of the whole site", _of(""), tuple(f"insights.site_{door}" for door in _DOORS.split())
    ),
)
