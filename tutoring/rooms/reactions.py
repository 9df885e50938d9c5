"""Reactions of rooms to events: pushes to open pages after the commit, and consequences.

Consequences follow from closed sockets, ended rights, withdrawn consents, erased accounts, and changed units.
"""

import contextlib
from typing import Any

import sqlalchemy as sa

from tutoring.accounts.events import AccountErased, ConsentWithdrawn, DataErasureDue, SocketsClosed
from tutoring.accounts.queries import guardian_ids, user
from tutoring.accounts.sign_ins.lifecycle import sids_of_user
from tutoring.community.events import ClassesMoved, HelperStopped, MembershipEnded, MinorsPaused, UnitsMerged
from tutoring.community.year_ends.moved_rows import follow
from tutoring.kernel.commands import after_commit
from tutoring.kernel.db import db
from tutoring.kernel.events import on
from tutoring.lessons.events import StepsRenumbered
from tutoring.policy.accounts import HELP_PURPOSES
from tutoring.policy.rooms.participation import PERSISTENT_KINDS, may_read_room
from tutoring.policy.rooms.persistent_rooms import CLASS_PURPOSES
from tutoring.rooms import queries
from tutoring.rooms import serializers as rooms_serializers
from tutoring.rooms.erasure import account_erasure, consent_withdrawal
from tutoring.rooms.events import (
    AnnotationsChanged,
    AnnouncementModeChanged,
    HoldChanged,
    LockChanged,
    MemberMuted,
    MemberRemoved,
    MemberReturned,
    MemberUnmuted,
    MessageChanged,
    MessagePosted,
    MessageRepeated,
    MessagesStored,
    ObserverEntered,
    PersonStopped,
    PresenceChanged,
    ProgressMarkersChanged,
    RoomClosed,
    RoomSeen,
    RoomSplit,
    SocketsEntered,
    StepMoved,
)
from tutoring.rooms.helper_notes import commands as helper_notes_commands
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.messages.queries import MessageContext, load_message_context, without_sealed_places
from tutoring.rooms.models import Message, Room, Seat
from tutoring.rooms.persistent_rooms.commands import follow_unit
from tutoring.rooms.pictures import commands as pictures_commands
from tutoring.rooms.pictures import queries as pictures_queries
from tutoring.rooms.presence import commands as presence_commands
from tutoring.rooms.presence import queries as presence_queries
from tutoring.rooms.ready_phrases import commands as ready_phrases_commands
from tutoring.rooms.risk import commands as risk_commands
from tutoring.rooms.sessions.pauses import pause_rooms, resume_rooms
from tutoring.rooms.shared_lesson.step_numbers import renumber_steps
from tutoring.rooms.voice_notes import commands as voice_notes_commands
from tutoring.web.socket_io import realtime

TOLD = 30  # presence is pushed only to rooms of at most this many people


def _push_change(room_id: int, what: str, **more: Any) -> None:
    after_commit(
        realtime.push, "changed", rooms_serializers.serialize_room_change(room_id, what, **more), f"room:{room_id}"
    )


@on(MessagePosted)
def push_message(event: MessagePosted) -> None:
    message = queries.message(event.room_id, event.seq)
    beside = load_message_context(event.room_id, [message]) if message.reply_to is not None else MessageContext()
    shape = rooms_serializers.serialize_message(message, beside)
    if message.disclosed:
        after_commit(realtime.push_each, "posted", shape, _readers_of_sealed_place(message))
    else:
        after_commit(realtime.push, "posted", shape, f"room:{event.room_id}")


def _readers_of_sealed_place(message: Message) -> list[int]:
    """Returns who is in the room now and may know of this message: pushes to the room would reach guardians."""
    found = queries.room(message.room_id)
    return [
        seat.user_id
        for seat in presence_queries.present(found.id)
        if may_read_room(known := queries.room_facts(found, seat.user))
        and without_sealed_places(seat.user, known.role, found.id, [message])
    ]


@on(MessagesStored)
def push_messages(event: MessagesStored) -> None:
    for message in event.messages:
        after_commit(realtime.push, "posted", rooms_serializers.stored(message), f"room:{message.room_id}")


@on(MessageRepeated)
def push_head(event: MessageRepeated) -> None:
    """Pushes the newest number of the room after a repeated message.

    The push of the stored message may have been lost with its process; the number shows clients that they missed it.
    """
    after_commit(realtime.push, "head", {"room": str(event.room_id), "seq": event.seq}, f"room:{event.room_id}")


@on(MessageChanged)
def push_message_change(event: MessageChanged) -> None:
    message = messages_commands.number_change(event.room_id, event.seq)
    shape = rooms_serializers.serialize_message(message, load_message_context(event.room_id, [message]))
    told = rooms_serializers.serialize_room_change(
        event.room_id, event.what, seq=event.seq, rev=message.rev, message=shape
    )
    if message.disclosed:
        after_commit(realtime.push_each, "changed", told, _readers_of_sealed_place(message))
    else:
        after_commit(realtime.push, "changed", told, f"room:{event.room_id}")


@on(MessageChanged)
def follow_picture(event: MessageChanged) -> None:
    pictures_commands.follow_picture(event.room_id, event.seq)


@on(MessageChanged)
def follow_voice_note(event: MessageChanged) -> None:
    message = queries.message(event.room_id, event.seq)
    if message.voice is not None:
        voice_notes_commands.follow_voice_note(message.id, message.status)


@on(MessageChanged)
def clear_risk_of_released_message(event: MessageChanged) -> None:
    if event.what == "released" and queries.message(event.room_id, event.seq).held_for == "risk":
        risk_commands.forgive(event.room_id, event.seq)


@on(AnnotationsChanged)
def push_marks(event: AnnotationsChanged) -> None:
    """Pushes that annotations changed; pages then reload the layer.

    For a held picture only users who may see it are notified.
    """
    message = queries.message(event.room_id, event.seq)
    if message.status != "held":
        _push_change(event.room_id, "marks", seq=event.seq)
        return
    told = rooms_serializers.serialize_room_change(event.room_id, "marks", seq=event.seq)
    after_commit(realtime.push_each, "changed", told, pictures_queries.may_hear(event.room_id, message.author_id))


@on(HoldChanged)
def push_hold(event: HoldChanged) -> None:
    _push_change(event.room_id, "hold", on=event.on)


@on(LockChanged)
def push_lock(event: LockChanged) -> None:
    _push_change(event.room_id, "locked" if event.on else "unlocked", by=str(event.by_id))


@on(AnnouncementModeChanged)
def push_announcing(event: AnnouncementModeChanged) -> None:
    _push_change(event.room_id, "announcing" if event.on else "all_write", by=str(event.by_id))


@on(RoomSplit)
def push_split(event: RoomSplit) -> None:
    _push_change(event.room_id, "split", side=str(event.side_id))


@on(ObserverEntered)
def push_observer(event: ObserverEntered) -> None:
    _push_change(event.room_id, "observer", user=str(event.user_id))


@on(MemberMuted)
def push_mute(event: MemberMuted) -> None:
    _push_change(event.room_id, "muted", user=str(event.user_id), until=rooms_serializers.moment(event.until))


@on(MemberUnmuted)
def push_unmute(event: MemberUnmuted) -> None:
    _push_change(event.room_id, "unmuted", user=str(event.user_id))


@on(MemberRemoved)
def push_removal(event: MemberRemoved) -> None:
    after_commit(_part, event.room_id, event.user_id)
    _push_change(event.room_id, "removed", user=str(event.user_id))


@on(MemberReturned)
def push_return(event: MemberReturned) -> None:
    _push_change(event.room_id, "returned", user=str(event.user_id))


def _part(room_id: int, user_id: int) -> None:
    """Pushes the removal to one user, then unsubscribes that user's sockets on all processes."""
    realtime.push(
        "changed", rooms_serializers.serialize_room_change(room_id, "removed", user=str(user_id)), f"user:{user_id}"
    )
    realtime.leave(sids_of_user(user_id), f"room:{room_id}")


@on(RoomClosed)
def push_close(event: RoomClosed) -> None:
    _push_change(event.room_id, "closed", reason=event.reason)
    closed = queries.room(event.room_id)
    if closed.side_of_id is not None:
        _push_change(closed.side_of_id, "split", side=str(closed.id))
    if closed.handed_over:  # decisions about held messages here no longer concern the former helper
        for seat in queries.seats(event.room_id):
            if seat.role == "helper":
                after_commit(_silence, event.room_id, seat.user_id)


@on(ConsentWithdrawn)
def stop_after_withdrawal(event: ConsentWithdrawn) -> None:
    if event.purpose in HELP_PURPOSES:
        consent_withdrawal.stop_rooms_of(event.subject_id, event.why)


@on(PersonStopped)
def unsubscribe_stopped_user(event: PersonStopped) -> None:
    """Unsubscribes the person's sockets on all processes, after the close was pushed."""
    after_commit(_silence, event.room_id, event.user_id)


def _silence(room_id: int, user_id: int) -> None:
    realtime.leave(sids_of_user(user_id), f"room:{room_id}")


@on(DataErasureDue)
def erase_after_withdrawal(event: DataErasureDue) -> None:
    if event.purpose == "chat":
        consent_withdrawal.erase_later(event.subject_id, event.at)
        helper_notes_commands.forget_notes_of(event.subject_id)


@on(AccountErased)
def erase_with_the_account(event: AccountErased) -> None:
    account_erasure.forget_person(event.user_id, event.at, event.names)
    helper_notes_commands.forget_notes_of(event.user_id)
    ready_phrases_commands.forget_phrases_of(event.user_id)


@on(HelperStopped)
def forget_notes_of_stopped_helper(event: HelperStopped) -> None:
    helper_notes_commands.forget_notes_by(event.user_id)


@on(StepsRenumbered)
def follow_step_numbers(event: StepsRenumbered) -> None:
    renumber_steps(event)


@on(StepMoved)
def push_step(event: StepMoved) -> None:
    _push_change(event.room_id, "step", lesson=event.lesson_slug, step=event.step_number, by=str(event.by_id))


@on(RoomSeen)
def push_seen(event: RoomSeen) -> None:
    """Pushes a read receipt in a session of one learner and one helper."""
    if queries.room(event.room_id).lasts:
        return
    if queries.other_read_position(queries.seats(event.room_id), event.user_id) is not None:
        _push_change(event.room_id, "seen", user=str(event.user_id), seq=event.seq)


@on(ProgressMarkersChanged)
def push_signs(event: ProgressMarkersChanged) -> None:
    """Pushes that progress markers changed; pages reload what they may see.

    The push names neither learners nor answers.
    """
    _push_change(event.room_id, "signs")


@on(SocketsEntered)
def subscribe_entered_sockets(event: SocketsEntered) -> None:
    after_commit(_let_hear, event.entries)


def _let_hear(entries: tuple[tuple[str, int], ...]) -> None:
    for sid, room_id in entries:
        with contextlib.suppress(KeyError, ValueError):  # the socket has been closed meanwhile
            realtime.join(sid, f"room:{room_id}")


@on(PresenceChanged)
def push_presence(event: PresenceChanged) -> None:
    after_commit(_push_presence, event.room_ids)


def _push_presence(room_ids: tuple[int, ...]) -> None:
    for room_id, here in _present(room_ids).items():
        if len(here) <= TOLD:  # in a busy room every page would refetch on each change
            present = rooms_serializers.people(here)
            realtime.push(
                "changed",
                rooms_serializers.serialize_room_change(room_id, "presence", present=present),
                f"room:{room_id}",
            )


def _present(room_ids: tuple[int, ...]) -> dict[int, Any]:
    """Returns the presence by room; of a single, possibly large, room only what can be pushed."""
    if len(room_ids) == 1:
        return {room_ids[0]: presence_queries.present(room_ids[0], TOLD + 1)}
    return presence_queries.present_in(room_ids)


@on(SocketsClosed)
def end_attendance(event: SocketsClosed) -> None:
    presence_commands.sockets_gone({one.sid: one.at for one in event.closed})


@on(MembershipEnded)
def unsubscribe_after_membership_end(event: MembershipEnded) -> None:
    """Unsubscribes users from rooms that an ended membership no longer lets them read.

    This concerns observers whose role ended, and in persistent rooms members and guardians of the child.
    """
    _part_where_lost(event.user_id)
    for guardian_id in guardian_ids(event.user_id):
        _part_where_lost(guardian_id)


@on(ConsentWithdrawn)
def unsubscribe_from_class_after_withdrawal(event: ConsentWithdrawn) -> None:
    if event.purpose in CLASS_PURPOSES:
        _part_where_lost(event.subject_id)


def _part_where_lost(user_id: int) -> None:
    watches = sa.and_(Seat.role == "observer", Room.closed_at.is_(None))
    query = (
        sa.select(Room.id)
        .join(Seat, Seat.room_id == Room.id)
        .where(
            Seat.user_id == user_id, Seat.removed_at.is_(None), sa.or_(watches, Room.kind.in_(sorted(PERSISTENT_KINDS)))
        )
        .order_by(Room.id)
    )
    for room_id in db.session.scalars(query):
        after_commit(_part_if_lost, room_id, user_id)


def _part_if_lost(room_id: int, user_id: int) -> None:
    if not may_read_room(queries.room_facts(queries.room(room_id), user(user_id))):
        _part(room_id, user_id)


@on(UnitsMerged)
def move_rooms_of_merged_unit(event: UnitsMerged) -> None:
    follow_unit(event.from_id, event.into_id)


@on(ClassesMoved)
def move_rooms_of_classes(event: ClassesMoved) -> None:
    """Moves the open rooms of classes, and unsubscribes those who went elsewhere from the rooms of their old class."""
    follow(event, Room.unit_id, None, Room.closed_at.is_(None))
    for user_id in sorted({user_id for user_id, _from, _into in event.people}):
        _part_where_lost(user_id)
        for guardian_id in guardian_ids(user_id):
            _part_where_lost(guardian_id)


@on(MinorsPaused)
def pause_rooms_of_units(event: MinorsPaused) -> None:
    if event.on:
        pause_rooms(event.unit_ids, event.why)
    else:
        resume_rooms(event.unit_ids)
