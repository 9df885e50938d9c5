"""Lines of the table of permissions: the training of staff."""

from tutoring.policy.matrix_roles import Line

TRAINING: tuple[Line, ...] = ()
