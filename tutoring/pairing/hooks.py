"""Hooks of pairing: who else hears an answer to a request."""

from tutoring.accounts.models import User
from tutoring.kernel.hooks import Hook

# A user and the id of an answer: whether the user decides an open case about it.
answer_deciders: Hook[[User, int], bool] = Hook("pairing.answer_deciders")


def decides_case_of(user: User, answer_id: int) -> bool:
    """Returns whether this user decides an open case about this answer."""
    return any(answer_deciders.collect(user, answer_id))
