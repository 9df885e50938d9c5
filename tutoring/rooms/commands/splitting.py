"""Side rooms: some people of a lasting room go apart for a while, with the same rules and the same ones watching.

A side room is of its room's kind, so memberships, hours, duty and the roles that look in hold there as they do in it.
Locks are taken from the side room to the room that it was split from, never the other way round.
"""

from collections.abc import Collection

from tutoring.accounts.models import User
from tutoring.kernel import audit, clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Invalid, NotAllowed
from tutoring.kernel.events import announce
from tutoring.kernel.text import N_, nfc
from tutoring.policy.lasting import may_split
from tutoring.rooms.commands.duty import look_later
from tutoring.rooms.commands.lines import system_line
from tutoring.rooms.commands.order import acting
from tutoring.rooms.commands.weighing import keep_stopped
from tutoring.rooms.events import RoomOpened, RoomSplit
from tutoring.rooms.lasting import FEWEST_APART, MOST_APART, sides_for
from tutoring.rooms.models import Room, Seat
from tutoring.rooms.queries import facts, seat, shown_name
from tutoring.rooms.resting import hush
from tutoring.safety.free_text import for_readers

LONGEST_TITLE = 60
_NAMED = 8  # in the line that everybody reads


@command
def split(actor: User, room_id: int, user_ids: Collection[int], title: str) -> Room:
    """Open a side room for these people, with whoever opens it; everybody in both rooms reads who was asked."""
    room = acting(actor, room_id)
    known = facts(room, actor)
    if not may_split(known):
        quiet = hush(room, known)
        raise quiet.refusal() if quiet is not None else NotAllowed
    title = _title(room, title)
    chosen = _chosen(room, user_ids)
    side = Room(unit_id=room.unit_id, kind=room.kind, side_of_id=room.id, title=title, topic="", minors=room.minors,
                observed=True, hold_all=room.hold_all)  # fmt: skip
    db.session.add(side)
    db.session.flush()
    db.session.add(Seat(room_id=side.id, user_id=actor.id, role="observer", joined_at=clock.now()))
    for one in chosen:
        theirs = Seat(room_id=side.id, user_id=one.user_id, role=one.role)
        theirs.muted_until, theirs.mute_reason = one.muted_until, one.mute_reason  # going apart ends no mute
        if not one.is_muted:
            keep_stopped(theirs)
        db.session.add(theirs)
    db.session.flush()
    look_later(side, 1)
    audit.record(actor.id, "split_room", f"room:{room.id}", side=side.id, users=sorted(one.user_id for one in chosen))
    names = ", ".join(shown_name(one.user) for one in chosen[:_NAMED])
    if len(chosen) > _NAMED:
        names += f" và {len(chosen) - _NAMED} người nữa"
    system_line(room, f"{shown_name(actor)} mời {names} sang phòng nhỏ “{title}”.")
    system_line(side, f"{shown_name(actor)} mở phòng nhỏ này cho {names}.")
    announce(RoomOpened(side.id, side.unit_id, side.by_teachers))
    announce(RoomSplit(room.id, side.id, actor.id, tuple(one.user_id for one in chosen)))
    return side


def _title(room: Room, typed: str) -> str:
    title = nfc(typed)
    if not title:
        raise Invalid(N_("Hãy ghi phòng nhỏ để làm gì."), field="title", code="empty")
    if len(title) > LONGEST_TITLE:
        raise Invalid(N_("Tên dài quá 60 ký tự. Hãy viết ngắn hơn."), field="title", code="too_long")
    return for_readers(title, minor=room.minors, field="title")


def _chosen(room: Room, user_ids: Collection[int]) -> list[Seat]:
    """The seats of those who were chosen, each asked anew: in the room, still of the unit, in no side room yet."""
    wanted = sorted(set(user_ids))
    if not FEWEST_APART <= len(wanted) <= MOST_APART:
        raise Invalid(
            N_("Hãy chọn từ %(fewest)s đến %(most)s người."), field="users", fewest=FEWEST_APART, most=MOST_APART
        )
    found = []
    for user_id in wanted:
        one = seat(room.id, user_id)
        here = one is not None and one.role != "observer" and one.removed_at is None
        if one is None or not here or facts(room, one.user).role != one.role:
            raise Invalid(N_("Có người không còn trong phòng này. Hãy xem lại và chọn lại."), field="users")
        if sides_for(room.id, user_id):
            raise Invalid(N_("Có người đang ở một phòng nhỏ khác. Hãy xem lại và chọn lại."), field="users")
        found.append(one)
    return found
