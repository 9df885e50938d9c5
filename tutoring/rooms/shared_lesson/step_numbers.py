"""Follows the step numbers of a lesson when an update moves its steps: the shared step of rooms, and lesson cards."""

import sqlalchemy as sa

from tutoring.kernel.db import db
from tutoring.lessons.events import StepsRenumbered
from tutoring.rooms.models import Message, Room


def renumber_steps(event: StepsRenumbered) -> None:
    """Renumbers the shared steps by id and the cards by number, in the transaction of the update.

    A room whose step has gone stays as it is, and shows the step that has its number now. A card whose step has gone
    becomes a card of the lesson.
    """
    numbers = {one.old_id: one.number for one in event.steps if one.number is not None}
    ids = {one.old_id: one.id for one in event.steps if one.id is not None}
    if numbers:
        db.session.execute(
            sa.update(Room)
            .where(Room.lesson_slug == event.lesson_slug, Room.step_id.in_(numbers))
            .values(
                step_number=sa.case(numbers, value=Room.step_id, else_=Room.step_number),
                step_id=sa.case(ids, value=Room.step_id, else_=Room.step_id),
            )
            .execution_options(synchronize_session=False)
        )
    cards = {one.old_number: one.number for one in event.steps}
    db.session.execute(
        sa.update(Message)
        .where(Message.lesson_slug == event.lesson_slug, Message.step_number.in_(cards))
        .values(step_number=sa.case(cards, value=Message.step_number, else_=Message.step_number))
        .execution_options(synchronize_session=False)
    )
