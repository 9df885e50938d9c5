"""Follows the step numbers of a lesson in help requests when an update moves its steps."""

import sqlalchemy as sa

from tutoring.kernel.db import db
from tutoring.lessons.events import StepsRenumbered
from tutoring.pairing.models import HelpRequest


def renumber_steps(event: StepsRenumbered) -> None:
    """Renumbers the step of each request, ended ones too, in the transaction of the update.

    Ended requests are counted by step. A request whose step has gone names the lesson alone.
    """
    numbers = {one.old_number: one.number for one in event.steps}
    db.session.execute(
        sa.update(HelpRequest)
        .where(HelpRequest.lesson_slug == event.lesson_slug, HelpRequest.step_number.in_(numbers))
        .values(step_number=sa.case(numbers, value=HelpRequest.step_number, else_=HelpRequest.step_number))
        .execution_options(synchronize_session=False)
    )
