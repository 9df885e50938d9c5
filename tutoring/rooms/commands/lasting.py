"""Lasting rooms: opened for a unit, come into by a membership, and for a while for announcements alone."""

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community import queries as community
from tutoring.community.models import Unit
from tutoring.kernel import audit
from tutoring.kernel.commands import command
from tutoring.kernel.db import db, insert_once
from tutoring.kernel.errors import Invalid, Missing, NotAllowed
from tutoring.kernel.events import announce
from tutoring.policy.community import may_see_unit
from tutoring.policy.lasting import lasting_kinds, may_announce, may_come_in, may_open_lasting
from tutoring.rooms.commands.lines import system_line
from tutoring.rooms.commands.order import acting
from tutoring.rooms.commands.weighing import keep_stopped
from tutoring.rooms.events import AnnouncingChanged, RoomOpened
from tutoring.rooms.lasting import open_in
from tutoring.rooms.models import Room, Seat
from tutoring.rooms.queries import facts, room, seat, shown_name


@command
def open_lasting(actor: User, unit_id: int, kind: str) -> Room:
    """Open the room of this kind of a unit; where it stands open already, that one. Whoever opens it sits in it."""
    held = community.held(actor, unit_id)
    if not may_see_unit(held):
        raise Missing
    place = db.session.scalars(sa.select(Unit).where(Unit.id == unit_id).with_for_update(key_share=True)).one()
    if kind not in lasting_kinds(place.kind):
        raise Invalid(field="kind")
    if not may_open_lasting(held, place.kind, kind):
        raise NotAllowed
    if (there := open_in(unit_id).get(kind)) is not None:
        return there
    made = Room(unit_id=unit_id, kind=kind, topic="", minors=kind == "class", observed=kind == "class")
    db.session.add(made)
    db.session.flush()
    db.session.add(Seat(room_id=made.id, user_id=actor.id, role="observer"))
    db.session.flush()
    audit.record(actor.id, "open_room", f"room:{made.id}", kind=kind)
    announce(RoomOpened(made.id, unit_id, made.by_teachers))
    system_line(made, f"{shown_name(actor)} đã mở phòng này.")
    return made


@command
def take_seat(user: User, room_id: int) -> None:
    """Somebody comes into a lasting room for the first time, or again by another membership; raises Missing for those
    whose membership does not let them in now. What was read, a mute and a removal stand in the seat."""
    found = room(room_id)
    known = facts(found, user)
    if not may_come_in(known):
        raise Missing
    insert_once(Seat, room_id=found.id, user_id=user.id, role=known.place)
    mine = seat(found.id, user.id)
    assert mine is not None and known.place is not None
    mine.role = known.place
    keep_stopped(mine)


@command
def set_announcing(actor: User, room_id: int, on: bool) -> None:
    """Only those who keep order write, or everybody again; saying it twice changes nothing."""
    found = acting(actor, room_id)
    if not may_announce(facts(found, actor)):
        raise NotAllowed
    if found.announcing == on:
        return
    found.announcing = on
    audit.record(actor.id, "announce_only" if on else "all_write", f"room:{room_id}")
    name = shown_name(actor)
    both = (
        f"{name} chuyển phòng sang chỉ thông báo. Mọi người đọc và bày tỏ được.",
        f"{name} mở lại cho mọi người viết.",
    )
    system_line(found, both[0] if on else both[1])
    announce(AnnouncingChanged(room_id, on, actor.id))
