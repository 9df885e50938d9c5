"""After a withdrawn consent: open rooms stop at once; the person's texts are erased later."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.accounts.queries import purposes_in_force
from tutoring.kernel import clock, jobs
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.events import publish
from tutoring.policy.rooms.participation import PERSISTENT_KINDS
from tutoring.rooms.comfort.models import ComfortAnswer
from tutoring.rooms.erasure.retention import drop_attachments, empty_messages
from tutoring.rooms.events import MemberRemoved, PersonStopped
from tutoring.rooms.hooks import rooms_on_legal_hold
from tutoring.rooms.messages.store import append_system_message
from tutoring.rooms.models import Feedback, Message, Room, Seat, SentPicture
from tutoring.rooms.pictures.models import PictureAnnotation
from tutoring.rooms.pictures.queries import locked_message_ids
from tutoring.rooms.presence.commands import end_attendance
from tutoring.rooms.queries import locked_room, seats, shown_name
from tutoring.rooms.sessions.closure import close_room_by_rule
from tutoring.rooms.shared_lesson.models import ProgressMarker

KEPT_FOR_SAFETY = timedelta(days=14)  # so that a later report still finds the texts; the law gives fifteen days
ERASE_JOB = "rooms.erase"


def _line(user: User, why: str) -> str:
    who = f"gia đình {shown_name(user)}" if user.kind == "child" else shown_name(user)
    if why == "ended":
        return f"Đồng ý của {who} cho năm học đã hết hạn nên buổi học dừng ở đây. Đồng ý lại thì học tiếp được."
    return f"Buổi học dừng ở đây theo ý của {who}. Không ai làm gì sai."


@command
def stop_rooms_of(user_id: int, why: str) -> None:
    """Closes the open rooms in which this person learns or helps.

    Where several others go on without the person, only the person's seat ends.
    """
    mine = (
        sa.select(Room.id)
        .join(Seat, Seat.room_id == Room.id)
        .where(
            Seat.user_id == user_id,
            Seat.role.in_(("learner", "helper")),
            Seat.removed_at.is_(None),
            Room.closed_at.is_(None),
            Room.kind.not_in(sorted(PERSISTENT_KINDS)),  # a lost membership ends access there; these rooms go on
            sa.not_(Room.is_talk),  # a guardian who may be the danger does not silence the child
        )
        .order_by(Room.id)
    )
    for room_id in db.session.scalars(mine).all():
        _stop(room_id, db.session.get_one(User, user_id), why)


def _stop(room_id: int, user: User, why: str) -> None:
    room = locked_room(room_id)
    if room.closed_at is not None:
        return
    people = seats(room.id)
    others = {seat.role for seat in people if seat.user_id != user.id}
    if {"learner", "helper"} <= others:
        seat = next(seat for seat in people if seat.user_id == user.id)
        seat.removed_at, seat.mute_reason = clock.now(), _line(user, why)
        end_attendance(room.id, user.id, seat.removed_at)
        publish(MemberRemoved(room.id, user.id, user.id))
        append_system_message(room, f"{shown_name(user)} không còn trong phòng.")
    else:
        close_room_by_rule(room.id, "stopped", _line(user, why))
    publish(PersonStopped(room.id, user.id, why))


# ---- erasure ----------------------------------------------------------------------------------------------


def erase_later(user_id: int, ended: Any) -> None:
    """Erases what is old enough now, and enqueues the rest for after the time for reports."""
    erase_words(user_id)
    at = ended + KEPT_FOR_SAFETY
    if at > clock.now():
        jobs.enqueue(ERASE_JOB, f"{ERASE_JOB}:{user_id}:{int(ended.timestamp())}", at, user_id=user_id)


@jobs.job(ERASE_JOB)
def _erase_rest(payload: dict[str, Any]) -> None:
    if "chat" not in purposes_in_force(payload["user_id"]):
        erase_words(payload["user_id"])


@command
def erase_words(user_id: int) -> None:
    """Erases this person's texts, pictures, voice notes and annotations in rooms, and summaries about them.

    Recent ones, locked pictures and rooms on legal hold are kept. Annotations of others on an erased picture go with
    it.

    The messages keep their numbers as hidden ones, so a room's history has no gaps.
    """
    until = clock.now() - KEPT_FOR_SAFETY
    own = sa.select(Message.id).where(
        Message.author_id == user_id,
        Message.at <= until,
        Message.room_id.not_in(rooms_on_legal_hold()),
        Message.id.not_in(locked_message_ids()),
    )
    drop_attachments(own)
    kept = sa.select(SentPicture.id).join(Message, Message.id == SentPicture.message_id)
    drawn = sa.delete(PictureAnnotation).where(
        PictureAnnotation.author_id == user_id,
        PictureAnnotation.at <= until,
        PictureAnnotation.picture_id.not_in(
            kept.where(sa.or_(Message.room_id.in_(rooms_on_legal_hold()), SentPicture.locked_at.is_not(None)))
        ),
    )
    db.session.execute(drawn)
    taught = sa.select(Seat.room_id).where(Seat.user_id == user_id, Seat.role == "learner")
    told = sa.or_(Room.id.in_(taught), Room.closed_by_id == user_id)
    db.session.execute(
        sa.update(Room)
        .where(told, Room.closed_at <= until, Room.summary != "", Room.id.not_in(rooms_on_legal_hold()))
        .values(summary="")
    )
    shown_by = (
        ProgressMarker.user_id == user_id,
        ProgressMarker.at <= until,
        ProgressMarker.room_id.not_in(rooms_on_legal_hold()),
    )
    db.session.execute(sa.delete(ProgressMarker).where(*shown_by))
    felt = (
        ComfortAnswer.user_id == user_id,
        ComfortAnswer.at <= until,
        ComfortAnswer.room_id.not_in(rooms_on_legal_hold()),
    )
    db.session.execute(sa.delete(ComfortAnswer).where(*felt))
    empty_messages(own)
    db.session.execute(
        sa.update(Feedback)
        .where(Feedback.user_id == user_id, Feedback.at <= until, Feedback.room_id.not_in(rooms_on_legal_hold()))
        .values(words="")
    )
