"""A room opens for a pair: the seats, the duty, the hours, as the rules have them now."""

from tutoring.accounts.models import User
from tutoring.accounts.queries import guardians, is_guardian
from tutoring.community.queries import on_duty, roles_of
from tutoring.kernel.errors import Conflict
from tutoring.kernel.text import N_
from tutoring.pairing.eligibility import facts, pair_allowed
from tutoring.pairing.models import HelpRequest
from tutoring.pairing.vetting import trusted
from tutoring.policy.pairing import is_attended, needs_guardian_seat
from tutoring.rooms import commands as rooms
from tutoring.rooms.models import Room


def open_for(asked: HelpRequest, learner: User, helper: User) -> Room:
    """Open the room of this request for learner and helper, with the guardians of a child; raises Conflict while the
    rules do not let it open."""
    child = facts(learner)
    minors = child.minor or helper.is_minor
    seats = [(learner.id, "learner"), (helper.id, "helper")]
    if learner.kind == "child":
        seats += [(guardian.id, "guardian") for guardian in guardians(learner.id) if guardian.id != helper.id]
    if needs_guardian_seat(child) and not is_attended(
        {role for _, role in seats}, is_guardian(helper.id, learner.id), roles_of(helper.id)
    ):
        raise Conflict(N_("Em nhỏ học cùng ba mẹ hoặc thầy cô trong phòng. Hãy nhờ thầy cô xem lại hồ sơ của em."))
    if minors:
        rooms.check_hours(asked.unit_id)
    # Somebody with a seat does not look in from outside: a teacher who is the guardian here is not the one on duty.
    watchers = on_duty(asked.unit_id, minors=minors, but=[user_id for user_id, _ in seats])
    if not pair_allowed(helper, asked) or (minors and not watchers):
        raise Conflict(
            N_("Hiện chưa có thầy cô trực nên phòng chưa mở được. Yêu cầu vẫn giữ chỗ; hãy thử lại sau ít phút.")
        )
    return rooms.open_room(
        asked.unit_id, seats, topic=asked.topic, lesson_slug=asked.lesson_slug, step_number=asked.step_number,
        minors=minors, observed=bool(watchers), trusted=trusted(learner.id, helper),
    )  # fmt: skip
