"""Lines of the table of permissions: the pages of neighbourhoods and wards, and of visits."""

from tutoring.policy.matrix_roles import Line

GROUPS: tuple[Line, ...] = ()
