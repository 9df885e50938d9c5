"""Talks: the room in which staff who may see a welfare case talk with its author, and the other ways to reach them.

Nobody else enters: no peer, no guardian, no staff from whom the case is kept. The board does not list it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, undefer

from tutoring.accounts.models import Guardian, User
from tutoring.community.models import Membership, Unit
from tutoring.community.queries import duty_phone, memberships
from tutoring.kernel import audit, clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_
from tutoring.moderation.cases.claims import hold
from tutoring.moderation.cases.queries import Viewer, case_for, holder_of
from tutoring.moderation.events import TalkOffered, TalkWanted
from tutoring.moderation.models import Case
from tutoring.moderation.welfare.acts import locked_welfare
from tutoring.moderation.welfare.commands import open_uneasy
from tutoring.moderation.welfare.models import Welfare
from tutoring.policy.community import CHILD_UNITS
from tutoring.policy.moderation.cases import may_see_case
from tutoring.policy.rooms.comfort import is_asked
from tutoring.policy.welfare import may_ask_to_talk, may_open_talk, may_tell_guardian
from tutoring.rooms.events import MemberRemoved
from tutoring.rooms.models import Room, Seat
from tutoring.rooms.moderation.commands import seated
from tutoring.rooms.presence.commands import end_attendance
from tutoring.rooms.queries import locked_room, readable_room, room_facts, seat, seats
from tutoring.rooms.sessions import commands as sessions_commands
from tutoring.rooms.sessions.closure import close_room_by_rule
from tutoring.welfare.queries import on_call

TITLE = "Phòng nói chuyện"
OVER = "Phòng nói chuyện đóng lại ở đây. Bạn vẫn đọc lại được. Cần người lớn thì viết lại, hoặc gọi 111."
NOT_YOU = N_("Phòng nói chuyện do thầy cô hoặc người phụ trách của đơn vị mở. Hãy gọi số trực, hoặc nhờ họ.")


@command
def open_talk(actor: User, case_id: int) -> Room:
    """Brings the actor into the author's talk, which is opened if needed, and invites the author by the actor's name.

    Whoever opens it claims the case if nobody holds it.
    """
    found, cared = locked_welfare(actor, case_id)
    known = case_for(actor, case_id)[1]
    author = cared.author
    if not may_open_talk(known.held, found.minors, found.unit_id is not None) or found.unit_id is None:
        raise Forbidden(NOT_YOU)
    if author is None or author.state != "active":
        raise Conflict(N_("Tài khoản của người viết không còn dùng nữa."))
    if holder_of(found) is None:
        hold(found, actor, known)
    there = open_talk_of(author.id, found.unit_id)
    room = there or sessions_commands.open_talk(found.unit_id, author.id, TITLE, found.minors)
    locked_room(room.id)
    if there is None:
        audit.record(actor.id, "open_talk", f"case:{found.id}", room=room.id)
    mine = seat(room.id, actor.id)
    if mine is None:
        seated(actor, room, None)
    publish(TalkOffered(found.id, author.id, room.id, actor.id))
    return room


@command
def ask_to_talk(child: User, room_id: int) -> Room:
    """Opens a talk for a child after a session, by its own wish, and calls the staff who may see its case.

    Raises NotFound for everybody who is not asked there how it felt.
    """
    place, known = readable_room(child, room_id)
    if not may_ask_to_talk(is_asked(known, child.is_minor), child.state == "active"):
        raise NotFound
    found = open_uneasy(place.id, child.id)
    if found.unit_id is None:
        raise Conflict(N_("Ở đây chưa có người nhận. Em gọi 111, hoặc nói với một người lớn em tin."))
    there = open_talk_of(child.id, found.unit_id)
    if there is None:
        there = sessions_commands.open_talk(found.unit_id, child.id, TITLE, found.minors)
        audit.record(None, "open_talk", f"case:{found.id}", room=there.id)
    publish(TalkWanted(found.id))
    return there


def open_talk_of(author_id: int, unit_id: int | None = None) -> Room | None:
    """Returns the open talk with this user, of this unit or of any."""
    query = (
        sa.select(Room)
        .join(Seat, Seat.room_id == Room.id)
        .where(Room.is_talk, Room.closed_at.is_(None), Seat.user_id == author_id, Seat.role == "learner")
        .order_by(Room.id.desc())
    )
    if unit_id is not None:
        query = query.where(Room.unit_id == unit_id)
    return db.session.scalar(query.limit(1))


def may_attend(room_id: int, user: User) -> bool:
    """Returns whether this user may be in the talk as staff: a case of its author is theirs to see, and no open case
    of the author is kept from them."""
    author = sa.select(Seat.user_id).where(Seat.room_id == room_id, Seat.role == "learner")
    query = (
        sa.select(Case)
        .options(joinedload(Case.welfare))
        .join(Welfare, Welfare.case_id == Case.id)
        .where(Welfare.author_id.in_(author))
    )
    cases = [one for one in db.session.scalars(query) if one.welfare is not None]
    if any(one.state == "open" and one.welfare is not None and user.id in one.welfare.kept_from for one in cases):
        return False
    viewer = Viewer(user)
    return any(may_see_case(viewer.facts(one)) for one in cases)


@command
def remove_barred(author_id: int) -> None:
    """Ends the seats of staff who may not be in the author's talk any more, with what they hear live."""
    talk = open_talk_of(author_id)
    for one in seats(talk.id) if talk is not None else ():
        if one.role == "observer" and not may_attend(one.room_id, one.user):
            one.removed_at = clock.now()
            end_attendance(one.room_id, one.user_id, one.removed_at)
            publish(MemberRemoved(one.room_id, one.user_id, one.user_id))


@command
def close_talks(case_id: int) -> None:
    """Closes the author's talks once no welfare case of the author is open."""
    author_id = db.session.scalar(sa.select(Welfare.author_id).where(Welfare.case_id == case_id))
    if author_id is None:
        return
    still = sa.select(Case.id).join(Welfare, Welfare.case_id == Case.id)
    if db.session.scalar(still.where(Welfare.author_id == author_id, Case.state == "open").limit(1)) is not None:
        return
    while (talk := open_talk_of(author_id)) is not None:
        close_room_by_rule(talk.id, "stopped", OVER)
        db.session.flush()


def invitations(user_id: int) -> list[tuple[str, int]]:
    """Returns who waits for this user in a talk, with the room."""
    talk = open_talk_of(user_id)
    if talk is None:
        return []
    return [(one.shown_name, talk.id) for one in staff_in(talk)]


def staff_in(talk: Room) -> list[User]:
    """Returns the staff with a seat in a talk who may still be there."""
    return [one.user for one in seats(talk.id) if one.role == "observer" and room_facts(talk, one.user).held]


@dataclass(frozen=True)
class Ways:
    """How the person in charge reaches the author."""

    may_open: bool
    talk: Room | None
    staff: Sequence[User]  # who is in the talk
    units: Sequence[Unit]
    teachers: Sequence[User]  # of the class
    on_duty: Sequence[User]
    phone: tuple[str, str] | None
    guardians: Sequence[tuple[str, str]]  # name and number, while the home is known to be safe


def ways_to(case: Case, cared: Welfare, held: frozenset[str]) -> Ways:
    """Returns the ways to the author of a case for its page.

    Staff whom the text may mean are not named.
    """
    author = cared.author
    if author is None:
        return Ways(False, None, (), (), (), (), None, ())
    talk = open_talk_of(author.id, case.unit_id) if case.unit_id is not None else None
    units = [one.unit for one in memberships(author.id)]
    return Ways(
        may_open=may_open_talk(held, case.minors, case.unit_id is not None) and author.state == "active",
        talk=talk,
        staff=staff_in(talk) if talk is not None else (),
        units=units,
        teachers=() if cared.accuses_staff else _teachers([one.id for one in units if one.kind in CHILD_UNITS]),
        on_duty=on_call(case.unit_id, minors=case.minors, but=cared.kept_from),
        phone=duty_phone(case.unit_id) if case.unit_id is not None else None,
        guardians=_numbers(author.id) if may_tell_guardian(cared.home) else (),
    )


def _teachers(unit_ids: list[int]) -> list[User]:
    query = (
        sa.select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.unit_id.in_(unit_ids), Membership.role == "teacher", Membership.state == "active")
    )
    return list(db.session.scalars(query.distinct().order_by(User.id)))


def _numbers(child_id: int) -> list[tuple[str, str]]:
    query = sa.select(Guardian).options(joinedload(Guardian.guardian).undefer(User.phone), undefer(Guardian.contact))
    rows = db.session.scalars(query.where(Guardian.child_id == child_id, Guardian.confirmed_at.is_not(None)))
    return [
        (one.guardian.shown_name, one.guardian.phone or "") if one.guardian is not None
        else (one.named, one.contact or "")
        for one in rows
    ]  # fmt: skip
