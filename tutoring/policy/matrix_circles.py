"""Lines of the table of permissions: circles of parents."""

from tutoring.policy.matrix_roles import Line

CIRCLES: tuple[Line, ...] = ()
