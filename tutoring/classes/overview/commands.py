"""Commands of the overview: ask a stuck pupil whether to call a helper, take such questions back, delete them."""

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.classes.overview import queries
from tutoring.classes.overview.access import class_of
from tutoring.classes.overview.events import NudgesWithdrawn, PupilNudged
from tutoring.classes.overview.lessons import lessons_of
from tutoring.classes.overview.models import ClassNudge
from tutoring.classes.overview.states import STUCK
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.database.sql import insert_if_absent
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_
from tutoring.lessons.catalogue.models import SOURCE
from tutoring.policy.class_overview import may_nudge


@command
def nudge(actor: User, unit_id: int, pupil_id: int, lesson_slug: str) -> None:
    """Asks a pupil who is stuck in a lesson whether to call a helper; the pupil decides. Once for each pupil and day.

    Raises NotFound for a class that the actor does not teach, and Conflict when there is nothing to ask, as when the
    family has withdrawn its consent meanwhile.
    """
    place = class_of(actor, unit_id)
    pupil = next((one for one in queries.pupils_of([place.id]) if one.id == pupil_id and one.shown), None)
    if pupil is None:
        raise Conflict(N_("Em này không còn trong danh sách. Trang vừa được đọc lại."))
    state = queries.states_of({pupil.id}, clock.now())[pupil.id].get(lesson_slug)
    lesson = lessons_of({lesson_slug}, SOURCE).get(lesson_slug)
    if state is None or lesson is None or state.state != STUCK:
        raise Conflict(N_("Em vừa đi tiếp rồi, không còn dừng ở bước đó."))
    today = pupil.nudged_today
    if not may_nudge(pupil.shown, True, state.waits, today):
        raise _asked_already() if today else Conflict(N_("Em đã bấm nhờ giúp và đang chờ. Không cần nhắn nữa."))
    values = {"by_id": actor.id, "unit_id": place.id, "lesson_slug": lesson_slug}
    if not insert_if_absent(ClassNudge, pupil_id=pupil.id, day=clock.today(), **values):
        raise _asked_already()
    made = db.session.scalars(
        sa.select(ClassNudge.id).where(ClassNudge.pupil_id == pupil.id, ClassNudge.day == clock.today())
    ).one()
    publish(PupilNudged(made, pupil.id, actor.id, lesson_slug, lesson.number_of(state.step_id)))


def _asked_already() -> Conflict:
    return Conflict(N_("Hôm nay đã có thầy cô nhắn hỏi em. Mỗi ngày chỉ nhắn một lần."))


@command
def withdraw_nudges(pupil_id: int) -> None:
    """Takes back the questions to a pupil whose progress is no longer shown."""
    ids = tuple(db.session.scalars(sa.select(ClassNudge.id).where(ClassNudge.pupil_id == pupil_id)))
    if ids:
        publish(NudgesWithdrawn(pupil_id, ids))


@command
def delete_nudges(user_id: int) -> None:
    """Deletes the questions to a pupil, and those of a teacher."""
    own = sa.or_(ClassNudge.pupil_id == user_id, ClassNudge.by_id == user_id)
    db.session.execute(sa.delete(ClassNudge).where(own))


@command
def move_nudges(from_id: int, into_id: int) -> None:
    """Moves the questions of a class that was merged into another."""
    db.session.execute(sa.update(ClassNudge).where(ClassNudge.unit_id == from_id).values(unit_id=into_id))
