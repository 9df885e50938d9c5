"""Lines of the table of permissions: devices offered, checked, wiped and kept."""

from tutoring.policy.matrix_roles import Line

STORE: tuple[Line, ...] = ()
