"""After the room has opened: the first word of each side is due, and who does not come is let go."""

from datetime import timedelta

from tutoring.kernel import clock, jobs
from tutoring.kernel.db import db
from tutoring.kernel.events import announce
from tutoring.pairing.commands.states import let_go, locked, put_back, step
from tutoring.pairing.events import LearnerMissed
from tutoring.pairing.models import HelpRequest, NoShow
from tutoring.pairing.site_settings import FIRST_WORDS
from tutoring.pairing.waiting_pictures import pictures_of
from tutoring.policy.waves import who_is_missing
from tutoring.rooms import commands as rooms
from tutoring.rooms import queries as room_queries
from tutoring.rooms.history import writers

HELPER_SILENT, LEARNER_SILENT = "helper_silent", "learner_silent"


def first_words_due(asked: HelpRequest, room_id: int, within: timedelta | None = None) -> None:
    """Look, once, whether both sides have begun to talk."""
    at = clock.now() + (within or timedelta(minutes=FIRST_WORDS()))
    jobs.due("pairing.first_words", f"first-words:{room_id}", at, request_id=asked.id, room_id=room_id)


@jobs.job("pairing.first_words")
def _look(payload: dict[str, int]) -> None:
    room_id = payload["room_id"]
    room = room_queries.locked_room(room_id)  # before its request, as at every session's end
    asked = locked(payload["request_id"])
    if room.closed_at is not None or asked.state != "helping" or asked.room_id != room_id or asked.helper_id is None:
        return
    wrote = writers(room_id, [one.client_id for one in pictures_of(asked.id)])  # brought in, not written there
    own_side = {seat.user_id for seat in room_queries.seats(room_id) if seat.role in {"learner", "guardian"}}
    missing = who_is_missing(asked.helper_id in wrote, not own_side.isdisjoint(wrote))
    if missing == "helper":
        _helper_did_not_come(asked, room_id, asked.helper_id)
    elif missing == "learner":
        _learner_did_not_come(asked, room_id, asked.helper_id)


def _helper_did_not_come(asked: HelpRequest, room_id: int, helper_id: int) -> None:
    """The learner goes to the front, with place and words; this helper is not asked for this request again."""
    db.session.add(NoShow(request_id=asked.id, room_id=room_id, user_id=helper_id, side="helper"))
    asked.room_id, asked.in_front = None, True
    put_back(asked, None, HELPER_SILENT)
    rooms.shut_room(room_id, "stopped", "Người giúp chưa vào được. Người học đã được chuyển lên đầu hàng chờ.")


def _learner_did_not_come(asked: HelpRequest, room_id: int, helper_id: int) -> None:
    """The helper is free; the request rests at its place until its own side says that it is back."""
    db.session.add(NoShow(request_id=asked.id, room_id=room_id, user_id=asked.learner_id, side="learner"))
    asked.room_id = None
    step(asked, "paused", None, LEARNER_SILENT)
    let_go(asked)
    db.session.flush()
    announce(LearnerMissed(asked.id, asked.learner_id, helper_id))
    rooms.shut_room(
        room_id, "stopped", "Người học chưa vào được. Lời nhờ vẫn giữ chỗ, người học quay lại thì chờ tiếp."
    )
