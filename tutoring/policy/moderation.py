"""The board of live rooms: for the staff of a unit; which rooms each sees is decided by policy.rooms."""

from tutoring.policy.access import STAFF, Access

ROUTES: dict[str, Access] = {"moderation.board": STAFF, "moderation.desk": STAFF}
