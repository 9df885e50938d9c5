"""Lines of the table of permissions: devices handed over, lent and taken back."""

from tutoring.policy.matrix_roles import Line

LOANS: tuple[Line, ...] = ()
