"""Hooks of welfare: who waits for the author of a disclosure."""

from tutoring.kernel.hooks import Hook

# Of a user, the names of staff who wait in a talk, with its room.
talk_invitations: Hook[[int], list[tuple[str, int]]] = Hook("welfare.talk_invitations")
