"""Opens the room of a pair by the rules as they apply now: seats, duty, opening hours.

It then checks once that both sides write a first message. A side that does not come is released.
"""

from datetime import timedelta

from tutoring.accounts.models import User
from tutoring.accounts.queries import guardians, is_guardian
from tutoring.community.queries import on_duty, roles_of
from tutoring.kernel import clock, jobs
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_
from tutoring.pairing.eligibility import pair_allowed, person_facts
from tutoring.pairing.events import LearnerMissed
from tutoring.pairing.lifecycle.state_machine import lock_request, release_helper, return_to_queue, transition
from tutoring.pairing.models import HelpRequest, NoShow
from tutoring.pairing.requests.models import first_message_id, pictures_of, voice_note_of
from tutoring.pairing.site_settings import FIRST_WORDS
from tutoring.pairing.vetting.queries import trusted
from tutoring.policy.pairing.offers import who_is_missing
from tutoring.policy.pairing.requests import is_attended, needs_guardian_seat
from tutoring.rooms import queries as room_queries
from tutoring.rooms.models import Room
from tutoring.rooms.sessions import closure
from tutoring.rooms.sessions import commands as sessions_commands
from tutoring.rooms.sessions.history import writers

HELPER_SILENT, LEARNER_SILENT = "helper_silent", "learner_silent"


def first_words_due(asked: HelpRequest, room_id: int, within: timedelta | None = None) -> None:
    """Enqueues one check of whether both sides have written."""
    at = clock.now() + (within or timedelta(minutes=FIRST_WORDS()))
    jobs.enqueue("pairing.first_words", f"first-words:{room_id}", at, request_id=asked.id, room_id=room_id)


@jobs.job("pairing.first_words")
def _look(payload: dict[str, int]) -> None:
    room_id = payload["room_id"]
    room = room_queries.locked_room(room_id)  # locked before its request, as at every session's end
    asked = lock_request(payload["request_id"])
    if room.closed_at is not None or asked.state != "helping" or asked.room_id != room_id or asked.helper_id is None:
        return
    copied = [first_message_id(asked.id), *(one.client_id for one in pictures_of(asked.id))]  # not written there
    if (note := voice_note_of(asked.id)) is not None:
        copied.append(note.client_id)
    wrote = writers(room_id, copied)
    own_side = {seat.user_id for seat in room_queries.seats(room_id) if seat.role in {"learner", "guardian"}}
    missing = who_is_missing(asked.helper_id in wrote, not own_side.isdisjoint(wrote))
    if missing == "helper":
        _requeue_after_helper_no_show(asked, room_id, asked.helper_id)
    elif missing == "learner":
        _pause_after_learner_no_show(asked, room_id, asked.helper_id)


def _requeue_after_helper_no_show(asked: HelpRequest, room_id: int, helper_id: int) -> None:
    """Puts the learner at the front of the queue, with position and texts.

    This helper is not asked for this request again.
    """
    db.session.add(NoShow(request_id=asked.id, room_id=room_id, user_id=helper_id, side="helper"))
    asked.room_id, asked.in_front = None, True
    return_to_queue(asked, None, HELPER_SILENT)
    closure.close_room_by_rule(
        room_id, "stopped", "Người giúp chưa vào được. Người học đã được chuyển lên đầu hàng chờ."
    )


def _pause_after_learner_no_show(asked: HelpRequest, room_id: int, helper_id: int) -> None:
    """Releases the helper; the request is paused until its own side reports that it is back."""
    db.session.add(NoShow(request_id=asked.id, room_id=room_id, user_id=asked.learner_id, side="learner"))
    asked.room_id = None
    transition(asked, "paused", None, LEARNER_SILENT)
    release_helper(asked)
    db.session.flush()
    publish(LearnerMissed(asked.id, asked.learner_id, helper_id))
    closure.close_room_by_rule(
        room_id, "stopped", "Người học chưa vào được. Yêu cầu vẫn giữ chỗ, người học quay lại thì chờ tiếp."
    )


def open_for(asked: HelpRequest, learner: User, helper: User) -> Room:
    """Opens the room of a request for learner and helper, with the guardians of a child.

    Raises Conflict while the rules do not let it open.
    """
    child = person_facts(learner)
    minors = child.minor or helper.is_minor
    seats = [(learner.id, "learner"), (helper.id, "helper")]
    if learner.kind == "child":
        seats += [(guardian.id, "guardian") for guardian in guardians(learner.id) if guardian.id != helper.id]
    if needs_guardian_seat(child) and not is_attended(
        {role for _, role in seats}, is_guardian(helper.id, learner.id), roles_of(helper.id)
    ):
        raise Conflict(N_("Em nhỏ học cùng ba mẹ hoặc thầy cô trong phòng. Hãy nhờ thầy cô xem lại hồ sơ của em."))
    if minors:
        closure.check_hours(asked.unit_id)
    # A participant does not observe: a teacher who is here as a guardian does not count as on duty.
    watchers = on_duty(asked.unit_id, minors=minors, but=[user_id for user_id, _ in seats])
    if not pair_allowed(helper, asked) or (minors and not watchers):
        raise Conflict(
            N_("Hiện chưa có thầy cô trực nên phòng chưa mở được. Yêu cầu vẫn giữ chỗ; hãy thử lại sau ít phút.")
        )
    return sessions_commands.open_room(
        asked.unit_id, seats, topic=asked.topic, lesson_slug=asked.lesson_slug, step_number=asked.step_number,
        minors=minors, observed=bool(watchers), trusted=trusted(learner.id, helper),
    )  # fmt: skip
