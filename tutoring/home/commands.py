"""Commands for the first steps on the start page."""

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.home.models import FirstSteps
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db


def _mine(person: User) -> FirstSteps:
    """Returns the user's row and creates it if needed; a lock prevents a second one."""
    db.session.scalar(sa.select(User.id).where(User.id == person.id).with_for_update())
    found = db.session.get(FirstSteps, person.id)
    if found is None:
        found = FirstSteps(user_id=person.id)
        db.session.add(found)
    return found


@command
def dismiss_steps(person: User) -> None:
    """Dismisses the first steps; they can be shown again at any time."""
    mine = _mine(person)
    mine.put_away_at = mine.put_away_at or clock.now()


@command
def restore_steps(person: User) -> None:
    """Shows the first steps again."""
    _mine(person).put_away_at = None


@command
def save_calls(person: User, saved: bool = True) -> None:
    """Stores whether the user has saved the emergency numbers in their phone."""
    _mine(person).calls_saved_at = clock.now() if saved else None


@command
def forget_steps(user_id: int) -> None:
    """Deletes the first-steps row of an erased user."""
    db.session.execute(sa.delete(FirstSteps).where(FirstSteps.user_id == user_id))
