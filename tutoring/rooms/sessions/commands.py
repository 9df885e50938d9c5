"""Commands of a session: opening, ending, feedback."""

from collections.abc import Iterable
from datetime import timedelta

from tutoring.accounts.models import User
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_, nfc
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.policy.rooms.comfort import ends_as_child
from tutoring.policy.rooms.participation import RoomFacts, may_end_session, may_give_feedback, may_name_next
from tutoring.rooms.events import FeedbackGiven, RoomOpened
from tutoring.rooms.messages.screening import apply_write_restriction
from tutoring.rooms.models import NOT_ASKED, SOLVED, SOLVED_BY, Feedback, Room, Seat
from tutoring.rooms.presence.commands import leave
from tutoring.rooms.queries import learners_seated, locked_room, readable_room, room_facts, shown_name
from tutoring.rooms.risk.commands import note, score_message
from tutoring.rooms.sessions.closure import check_hours, close, look_later
from tutoring.rooms.volunteer_minutes.commands import word_at_end
from tutoring.safety.free_text import listen, reject_private_data

LONGEST_WORDS = 500
LAST_WORDS = timedelta(days=1)


@command
def open_room(
    unit_id: int,
    people: Iterable[tuple[int, str]],
    topic: str = "",
    *,
    lesson_slug: str | None = None,
    step_number: int | None = None,
    minors: bool,
    observed: bool,
    trusted: bool = False,
    kind: str = "pair",
) -> Room:
    """Opens a room with these people, given as `(user_id, role)`.

    The caller has checked who may be with whom, and says whether the pair is trusted. Raises Conflict for a room with a
    minor outside the hours of its unit.
    """
    if minors:
        check_hours(unit_id)
    lesson = catalogue_queries.find_lesson(lesson_slug) if lesson_slug else None
    number = step_number or 1
    room = Room(unit_id=unit_id, topic=topic, minors=minors, observed=observed, trusted=trusted, kind=kind)
    if lesson is not None:
        number = number if lesson.step_id(number) else 1
        room.lesson_slug, room.step_number, room.step_id = lesson.slug, number, lesson.step_id(number)
    db.session.add(room)
    db.session.flush()
    for user_id, role in dict(people).items():
        seat = Seat(room_id=room.id, user_id=user_id, role=role)
        apply_write_restriction(seat)
        db.session.add(seat)
    db.session.flush()
    if minors:
        look_later(room, 1)
    publish(RoomOpened(room.id, unit_id, minors))
    return room


def _closed() -> Conflict:
    return Conflict(N_("Buổi học này đã kết thúc."), code="closed")


# ---- the end ---------------------------------------------------------------------------------------------


@command
def end_session(
    user: User, room_id: int, solved: str, thanks: bool = False, words: str = "", helped: str = "", solved_by: str = ""
) -> Room:
    """Stores a participant's feedback and ends the session; closed rooms take feedback only.

    With several learners, a learner who ends it only leaves. `helped` is the word of the learner's side on the help:
    helped, nobody, or empty.
    """
    room = locked_room(room_id)
    give_feedback(user, room_id, solved, thanks, words, solved_by)
    _end(room, user)
    word_at_end(user, room_id, helped)
    return room


def _end(room: Room, user: User) -> None:
    """Closes the room, or lets one of several learners leave it."""
    known = room_facts(room, user)
    if may_end_session(known, learners_seated(room.id)):
        close(room, "ended", f"{shown_name(user)} đã kết thúc buổi học.", user.id)
    elif not known.closed:
        leave(user, room.id)


@command
def end_as_child(user: User, room_id: int, thanks: bool = False, words: str = "") -> Room:
    """Ends the session for a minor who learns, perhaps with thanks.

    The child is not asked what was solved. Its thanks count as the word that it was helped.
    """
    room = locked_room(room_id)
    known = readable_room(user, room_id)[1]
    if not (may_give_feedback(known) and ends_as_child(known, user.is_minor)):
        raise Forbidden
    if thanks or words:
        _store_feedback(user, room, known, NOT_ASKED, thanks, words)
    _end(room, user)
    word_at_end(user, room_id, "helped" if thanks else "")
    return room


@command
def open_talk(unit_id: int, user_id: int, title: str, minors: bool) -> Room:
    """Opens the room in which staff of a unit talk with a user who wrote of danger.

    It opens and stays open at any hour, and no restriction of the user's writing holds in it.
    """
    room = Room(unit_id=unit_id, topic="", minors=minors, observed=True, kind="desk", title=title)
    db.session.add(room)
    db.session.flush()
    db.session.add(Seat(room_id=room.id, user_id=user_id, role="learner"))
    db.session.flush()
    return room


@command
def give_feedback(
    user: User, room_id: int, solved: str, thanks: bool = False, words: str = "", solved_by: str = ""
) -> None:
    """Stores feedback: what was solved and by what, thanks, a text; a repeated call replaces it."""
    room, known = readable_room(user, room_id)
    if not may_give_feedback(known):
        raise Forbidden
    if solved not in SOLVED:
        raise InvalidInput(N_("Hãy chọn việc đã xong hay chưa."), field="solved")
    if solved_by not in SOLVED_BY:
        raise InvalidInput(N_("Hãy chọn một trong các câu trả lời."), field="solved_by")
    _store_feedback(user, room, known, solved, thanks, words, solved_by)


def _store_feedback(
    user: User, room: Room, known: RoomFacts, solved: str, thanks: bool, words: str, solved_by: str = ""
) -> None:
    words = nfc(words)
    listen(words)
    if len(words) > LONGEST_WORDS:
        raise InvalidInput(N_("Lời nhắn dài quá 500 ký tự. Hãy viết ngắn hơn."), field="words", code="too_long")
    reject_private_data(words, minor=room.minors, field="words")
    mine = db.session.get(Feedback, (room.id, user.id))
    if words and (mine is None or mine.words != words):
        _check_words(room, user, known, words, said_before=mine is not None and bool(mine.words))
    if mine is None:
        mine = Feedback(room_id=room.id, user_id=user.id, solved=solved)
        db.session.add(mine)
    mine.solved, mine.thanks, mine.words, mine.at = solved, bool(thanks), words, clock.now()
    mine.solved_by = "" if solved == "no" else solved_by
    db.session.flush()
    said = solved or ("yes" if thanks else "")  # a child is not asked; its thanks say that it was helped
    publish(FeedbackGiven(room.id, user.id, known.role or "", said))


@command
def propose_next(user: User, room_id: int, slug: str) -> None:
    """Sets the helper's proposal for the next lesson; without one the lesson's path decides."""
    room = locked_room(room_id)
    if not may_name_next(room_facts(room, user)):
        readable_room(user, room_id)
        raise Forbidden(N_("Người giúp đề nghị bài tiếp theo."))
    if slug and catalogue_queries.find_lesson(slug) is None:
        raise InvalidInput(N_("Bài này không còn nữa. Hãy chọn bài khác."), field="lesson")
    room.next_lesson = slug or None


def _check_words(room: Room, user: User, known: RoomFacts, words: str, said_before: bool) -> None:
    """Rejects a feedback text that would bypass moderation: it is delivered without review.

    It is rejected for restricted authors and for texts that would be held. After the end it is accepted once, within a
    day.
    """
    over = room.closed_at is not None and (said_before or room.closed_at < clock.now() - LAST_WORDS)
    risk = score_message(room, user, words)
    if known.muted or known.locked or room.hold_all or over or risk.hold:
        raise InvalidInput(N_("Bạn chưa viết được trong phòng này lúc này."), field="words")
    note(room, user, risk, None)
