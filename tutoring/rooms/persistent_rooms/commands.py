"""Commands of persistent rooms, breakout rooms and help desks of wards.

A breakout room separates some people of a persistent room for a while. It has the room's kind, so the same memberships,
hours, duty and observer roles apply. Row locks are taken from the breakout room to its persistent room, never in
reverse.

A persistent room is opened for a unit and joined by a membership; it can be announcements only. At a help desk each
asking user gets a private room while staff are on duty. When units merge, open rooms move along.
"""

from collections.abc import Collection

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community import queries as community
from tutoring.community.models import Unit
from tutoring.community.queries import unit
from tutoring.kernel import audit, clock
from tutoring.kernel.commands import command
from tutoring.kernel.database.sql import insert_if_absent
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_, nfc
from tutoring.policy.community import may_see_unit
from tutoring.policy.rooms.participation import PERSISTENT_KINDS
from tutoring.policy.rooms.persistent_rooms import (
    may_announce,
    may_ask_at_desk,
    may_come_in,
    may_open_persistent_room,
    may_split,
    persistent_room_kinds,
)
from tutoring.rooms.events import AnnouncementModeChanged, RoomOpened, RoomSplit
from tutoring.rooms.messages.screening import apply_write_restriction
from tutoring.rooms.messages.store import append_system_message
from tutoring.rooms.models import Room, Seat
from tutoring.rooms.moderation.commands import locked_room_to_moderate
from tutoring.rooms.persistent_rooms.queries import FEWEST_APART, MOST_APART, desk_of, open_in, sides_for, units_for
from tutoring.rooms.queries import room, room_facts, seat, shown_name
from tutoring.rooms.read_only import read_only_notice
from tutoring.rooms.sessions.closure import close_room_by_rule, look_later
from tutoring.rooms.sessions.commands import open_room
from tutoring.safety.free_text import for_readers

LONGEST_TITLE = 60
_NAMED = 8  # names in the system message


@command
def split(actor: User, room_id: int, user_ids: Collection[int], title: str) -> Room:
    """Opens a breakout room for these people and the actor; both rooms are told who was invited."""
    room = locked_room_to_moderate(actor, room_id)
    known = room_facts(room, actor)
    if not may_split(known):
        quiet = read_only_notice(room, known)
        raise quiet.refusal() if quiet is not None else Forbidden
    title = _title(room, title)
    chosen = _chosen(room, user_ids)
    side = Room(unit_id=room.unit_id, kind=room.kind, side_of_id=room.id, title=title, topic="", minors=room.minors,
                observed=True, hold_all=room.hold_all)  # fmt: skip
    db.session.add(side)
    db.session.flush()
    db.session.add(Seat(room_id=side.id, user_id=actor.id, role="observer", joined_at=clock.now()))
    for one in chosen:
        theirs = Seat(room_id=side.id, user_id=one.user_id, role=one.role)
        theirs.muted_until, theirs.mute_reason = one.muted_until, one.mute_reason  # a breakout room must not end a mute
        if not one.is_muted:
            apply_write_restriction(theirs)
        db.session.add(theirs)
    db.session.flush()
    look_later(side, 1)
    audit.record(actor.id, "split_room", f"room:{room.id}", side=side.id, users=sorted(one.user_id for one in chosen))
    names = ", ".join(one.user.said_name for one in chosen[:_NAMED])
    if len(chosen) > _NAMED:
        names += f" và {len(chosen) - _NAMED} người nữa"
    append_system_message(room, f"{shown_name(actor)} mời {names} sang phòng nhỏ “{title}”.")
    append_system_message(side, f"{shown_name(actor)} mở phòng nhỏ này cho {names}.")
    publish(RoomOpened(side.id, side.unit_id, side.by_teachers))
    publish(RoomSplit(room.id, side.id, actor.id, tuple(one.user_id for one in chosen)))
    return side


def _title(room: Room, typed: str) -> str:
    title = nfc(typed)
    if not title:
        raise InvalidInput(N_("Hãy ghi phòng nhỏ để làm gì."), field="title", code="empty")
    if len(title) > LONGEST_TITLE:
        raise InvalidInput(N_("Tên dài quá 60 ký tự. Hãy viết ngắn hơn."), field="title", code="too_long")
    return for_readers(title, minor=room.minors, field="title")


def _chosen(room: Room, user_ids: Collection[int]) -> list[Seat]:
    """Returns the chosen seats after a check: in the room, still members, in no breakout room."""
    wanted = sorted(set(user_ids))
    if not FEWEST_APART <= len(wanted) <= MOST_APART:
        raise InvalidInput(
            N_("Hãy chọn từ %(fewest)s đến %(most)s người."), field="users", fewest=FEWEST_APART, most=MOST_APART
        )
    found = []
    for user_id in wanted:
        one = seat(room.id, user_id)
        here = one is not None and one.role != "observer" and one.removed_at is None
        if one is None or not here or room_facts(room, one.user).role != one.role:
            raise InvalidInput(N_("Có người không còn trong phòng này. Hãy xem lại và chọn lại."), field="users")
        if sides_for(room.id, user_id):
            raise InvalidInput(N_("Có người đang ở một phòng nhỏ khác. Hãy xem lại và chọn lại."), field="users")
        found.append(one)
    return found


@command
def open_lasting(actor: User, unit_id: int, kind: str) -> Room:
    """Opens a unit's room of this kind, or returns the open one.

    The opener gets an observer seat.
    """
    held = community.roles_for(actor, unit_id)
    if not may_see_unit(held):
        raise NotFound
    place = db.session.scalars(sa.select(Unit).where(Unit.id == unit_id).with_for_update(key_share=True)).one()
    if kind not in persistent_room_kinds(place.kind):
        raise InvalidInput(field="kind")
    if not may_open_persistent_room(held, place.kind, kind):
        raise Forbidden
    if (there := open_in(unit_id).get(kind)) is not None:
        return there
    community.active_unit(unit_id)
    made = Room(unit_id=unit_id, kind=kind, topic="", minors=kind == "class", observed=kind == "class")
    db.session.add(made)
    db.session.flush()
    db.session.add(Seat(room_id=made.id, user_id=actor.id, role="observer"))
    db.session.flush()
    audit.record(actor.id, "open_room", f"room:{made.id}", kind=kind)
    publish(RoomOpened(made.id, unit_id, made.by_teachers))
    append_system_message(made, f"{shown_name(actor)} đã mở phòng này.")
    return made


@command
def take_seat(user: User, room_id: int) -> None:
    """Seats a member in a persistent room, for the first time or by another membership.

    Raises NotFound if no membership admits the user now. Read position, mute and removal stay with the seat.
    """
    found = room(room_id)
    known = room_facts(found, user)
    if not may_come_in(known):
        raise NotFound
    insert_if_absent(Seat, room_id=found.id, user_id=user.id, role=known.place)
    mine = seat(found.id, user.id)
    assert mine is not None and known.place is not None
    mine.role = known.place
    apply_write_restriction(mine)


@command
def set_announcing(actor: User, room_id: int, on: bool) -> None:
    """Sets announcements only, where only moderators write, or ends it; idempotent."""
    found = locked_room_to_moderate(actor, room_id)
    if not may_announce(room_facts(found, actor)):
        raise Forbidden
    if found.announcing == on:
        return
    found.announcing = on
    audit.record(actor.id, "announce_only" if on else "all_write", f"room:{room_id}")
    name = shown_name(actor)
    both = (
        f"{name} chuyển phòng sang chỉ thông báo. Mọi người đọc và thả cảm xúc được.",
        f"{name} mở lại cho mọi người viết.",
    )
    append_system_message(found, both[0] if on else both[1])
    publish(AnnouncementModeChanged(room_id, on, actor.id))


NOBODY_THERE = N_(
    "Quầy chưa có người trực. Bạn gửi yêu cầu giúp, sẽ có người trả lời; hoặc quay lại khi quầy có người."
)


@command
def ask_at_desk(user: User, unit_id: int) -> Room:
    """Opens a private room at the help desk of the user's ward, or returns the open one.

    Staff on duty enter it as any room, visibly to the user.
    """
    place = db.session.scalar(
        sa.select(Unit).where(Unit.id == unit_id, Unit.kind == "ward").with_for_update(key_share=True)
    )
    if place is None or not may_ask_at_desk(user.is_minor, unit_id in units_for(user, "questions")):
        raise NotFound
    if (there := desk_of(user.id, unit_id)) is not None:
        return there
    if not community.on_duty(unit_id, minors=False, but=[user.id]):
        raise Conflict(NOBODY_THERE, code="duty")
    return open_room(unit_id, [(user.id, "learner")], minors=False, observed=True, kind="desk")


@command
def follow_unit(from_id: int, into_id: int) -> None:
    """Moves the open rooms of a merged unit to the new unit.

    A persistent room that the new unit already has is closed, with a message that names the new unit. Its history stays
    readable.
    """
    there = open_in(into_id)
    for kind, opened in open_in(from_id).items():
        if kind in there:
            close_room_by_rule(
                opened.id, "stopped", f"Nơi này đã nhập vào {unit(into_id).name}. Mời mọi người vào phòng ở đó."
            )
        else:
            sides = sa.or_(Room.id == opened.id, Room.side_of_id == opened.id)
            db.session.execute(sa.update(Room).where(sides).values(unit_id=into_id))
    others = (Room.unit_id == from_id, Room.closed_at.is_(None), Room.kind.not_in(sorted(PERSISTENT_KINDS)))
    db.session.execute(sa.update(Room).where(*others).values(unit_id=into_id))
