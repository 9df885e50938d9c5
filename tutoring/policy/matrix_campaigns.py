"""Lines of the table of permissions: campaigns."""

from tutoring.policy.matrix_roles import Line

CAMPAIGNS: tuple[Line, ...] = ()
