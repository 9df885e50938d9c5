"""Lines of the table of permissions: sponsored internet."""

from tutoring.policy.matrix_roles import Line

SPONSORED: tuple[Line, ...] = ()
