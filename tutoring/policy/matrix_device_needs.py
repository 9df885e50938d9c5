"""Lines of the table of permissions: needs of devices and of internet."""

from tutoring.policy.matrix_roles import Line

NEEDS: tuple[Line, ...] = ()
