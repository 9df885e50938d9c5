"""A unit became part of another: its open rooms go along."""

import sqlalchemy as sa

from tutoring.community.queries import unit
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.policy.rooms import LASTING
from tutoring.rooms.commands.closing import shut_room
from tutoring.rooms.lasting import open_in
from tutoring.rooms.models import Room


@command
def follow_unit(from_id: int, into_id: int) -> None:
    """Open rooms belong to the new unit from now on. A lasting room that the new one has already closes, with a line
    that says where everybody meets; its history stays readable."""
    there = open_in(into_id)
    for kind, room in open_in(from_id).items():
        if kind in there:
            shut_room(room.id, "stopped", f"Nơi này đã nhập vào {unit(into_id).name}. Mời mọi người vào phòng ở đó.")
        else:
            sides = sa.or_(Room.id == room.id, Room.side_of_id == room.id)
            db.session.execute(sa.update(Room).where(sides).values(unit_id=into_id))
    others = (Room.unit_id == from_id, Room.closed_at.is_(None), Room.kind.not_in(sorted(LASTING)))
    db.session.execute(sa.update(Room).where(*others).values(unit_id=into_id))
