"""Resolves the target of a moderation action for an actor; each failure has its own domain error."""

from dataclasses import dataclass

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from tutoring.kernel.text import N_
from tutoring.moderation.cases.queries import Viewer, case_for
from tutoring.moderation.models import Case, ModerationAction
from tutoring.policy.moderation.actions import ACTION_RULES, may_act, may_act_in_room
from tutoring.policy.moderation.cases import CaseFacts
from tutoring.policy.rooms.participation import PARTICIPANT_ROLES, may_moderate
from tutoring.rooms import queries as rooms
from tutoring.rooms.models import Room, Seat

SELF = N_("Việc này là về chính bạn, nên người khác quyết định.")
FAMILY = N_("Việc này là về người nhà của bạn, nên người khác quyết định.")
REPORTED = N_("Bạn là người báo việc này, nên người khác quyết định.")
HIGHER = N_("Việc này do điều phối viên hoặc quản trị làm.")
CLOSED = N_("Buổi học này đã kết thúc.")
LEFT = N_("Người này không còn trong phòng.")
WHICH_MESSAGE = N_("Hãy chọn tin trong cuộc trò chuyện.")
WHICH_PERSON = N_("Hãy chọn người.")
WHICH_PAIR = N_("Hãy chọn hai người không học cùng nhau nữa.")


@dataclass(frozen=True)
class ActionTarget:
    """The target of an action."""

    case_id: int | None = None
    room_id: int | None = None
    unit_id: int | None = None
    seq: int | None = None
    about_id: int | None = None
    toward_id: int | None = None


def find(actor: User, kind: str, asked: ActionTarget, case: Case | None, known: CaseFacts | None) -> ActionTarget:
    """Returns the target of an action within a locked case, or in a locked room.

    `known` are the actor's facts about the case.
    """
    room = _room(actor, kind, asked, case, known)
    about_id, seq, toward_id = asked.about_id, asked.seq, asked.toward_id
    needs = ACTION_RULES[kind].on
    if needs == "message":
        seq = seq or (case.seq if case is not None else 0) or None
        about_id = _author(room, seq)
    elif needs == "room":
        about_id = None
        _orderly(actor, room)
    else:
        about_id = about_id or (case.about_id if case is not None else None)
    if needs in ("seat", "person", "pair"):
        if about_id is None:
            raise InvalidInput(WHICH_PERSON, field="about")
        _belongs(about_id, case, room)
    _not_one_of_us(actor, about_id)
    if needs == "seat":
        assert about_id is not None
        _seated(_orderly(actor, room), about_id)
    if needs == "pair":
        assert about_id is not None
        toward_id = toward_id or _other_of(about_id, case, room)
        if toward_id is None or toward_id == about_id:
            raise InvalidInput(WHICH_PAIR, field="toward")
        _belongs(toward_id, case, room)
        _not_one_of_us(actor, toward_id)
    unit_id = case.unit_id if case is not None else room.unit_id if room is not None else None
    return ActionTarget(
        case.id if case is not None else None, room.id if room is not None else None, unit_id,
        seq if needs == "message" else None, about_id, toward_id if needs == "pair" else None,
    )  # fmt: skip


def _room(actor: User, kind: str, asked: ActionTarget, case: Case | None, known: CaseFacts | None) -> Room | None:
    """Returns the room of the action after checking that this user may act there."""
    if case is not None and known is not None:
        if not may_act(kind, known):
            raise Forbidden(REPORTED if known.reported else HIGHER)
        if asked.room_id not in (None, case.room_id):
            raise NotFound
        return rooms.room(case.room_id) if case.room_id is not None else None
    if asked.room_id is None:
        raise NotFound
    room = rooms.locked_room(asked.room_id)
    in_room = rooms.room_facts(room, actor)
    if not may_act_in_room(kind, in_room):
        raise Forbidden(HIGHER) if may_act_in_room("hide", in_room) else NotFound
    return room


def _author(room: Room | None, seq: int | None) -> int:
    if room is None or seq is None:
        raise InvalidInput(WHICH_MESSAGE, field="seq")
    author_id = rooms.message(room.id, seq).author_id
    if author_id is None:
        raise NotFound
    return author_id


def _orderly(actor: User, room: Room | None) -> Room:
    """Returns the room if it is open and the user moderates it. Raises Conflict or Forbidden."""
    if room is None:
        raise Conflict(CLOSED, code="closed")
    known = rooms.room_facts(room, actor)
    if known.closed:
        raise Conflict(CLOSED, code="closed")
    if not may_moderate(known):
        raise Forbidden(N_("Việc này do người trực của phòng làm."))
    return room


def _seated(room: Room, user_id: int) -> None:
    if not _sits(room, user_id):
        raise Conflict(LEFT, code="gone")


def _belongs(user_id: int, case: Case | None, room: Room | None) -> None:
    """Raises NotFound unless the user is connected to the case or the room.

    This prevents actions on unrelated users.
    """
    if case is not None and user_id in (case.about_id, *_pair_of(case)):
        return
    if room is None or rooms.seat(room.id, user_id) is None:
        raise NotFound


def _pair_of(case: Case) -> tuple[int, ...]:
    return tuple(int(one) for one in case.target.split(":")) if case.kind == "pair" else ()


def _other_of(about_id: int, case: Case | None, room: Room | None) -> int | None:
    """Returns the other user of the pair, if exactly one is possible."""
    if case is not None and (two := _pair_of(case)):
        return two[1] if about_id == two[0] else two[0]
    others = [] if room is None else helping_in(room.id, about_id)
    return others[0] if len(others) == 1 else None


def helping_in(room_id: int, but: int) -> list[int]:
    """Returns up to two learners or helpers of a room beside this user."""
    query = sa.select(Seat.user_id).where(
        Seat.room_id == room_id, Seat.role.in_(("learner", "helper")), Seat.user_id != but
    )
    return list(db.session.scalars(query.order_by(Seat.id).limit(2)))


def others_of(case: Case) -> list[int]:
    """Returns the other users of a case.

    It is one if the case is about two people; otherwise none or several.
    """
    if case.about_id is None:
        return []
    if two := _pair_of(case):
        return [one for one in two if one != case.about_id]
    return helping_in(case.room_id, case.about_id) if case.room_id is not None else []


def _not_one_of_us(actor: User, user_id: int | None) -> None:
    if user_id is None:
        return
    if user_id == actor.id:
        raise Forbidden(SELF)
    if user_id in Viewer(actor).family:
        raise Forbidden(FAMILY)


def offered(actor: User, case: Case, known: CaseFacts) -> list[str]:
    """Returns the actions that this user can do within this case now, in the order of the table."""
    room = rooms.room(case.room_id) if case.room_id is not None else None
    in_room = rooms.room_facts(room, actor) if room is not None else None
    ordered = in_room is not None and not in_room.closed and may_moderate(in_room)
    seq = case.seq or None
    any_message = room is not None and seq is None  # it is chosen on the page
    status = rooms.message(room.id, seq).status if room is not None and seq is not None else ""
    people = people_of(case)
    seated = ordered and room is not None and any(_sits(room, one.id) for one in people)
    possible = {
        "release": any_message or status == "held",
        "mask": any_message or status == "sent",
        "hide": any_message or status in ("sent", "masked", "held"),
        "mute": seated,
        "remove": seated,
        "lock": ordered and room is not None and room.locked_at is None,
        "unpair": len(others_of(case)) == 1,
        "legal_hold": room is not None or case.about_id is not None,
    }
    return [kind for kind in ACTION_RULES if possible.get(kind, bool(people)) and may_act(kind, known)]


def _sits(room: Room, user_id: int) -> bool:
    theirs = rooms.seat(room.id, user_id)
    return theirs is not None and theirs.removed_at is None and theirs.role in PARTICIPANT_ROLES


def people_of(case: Case) -> list[User]:
    """Returns the users whom actions within a case may be about.

    It is the case's subject or, if there is none, the participants of its room.
    """
    if case.about is not None:
        return [case.about]
    if case.room_id is None or rooms.room(case.room_id).lasts:
        return []
    return [seat.user for seat in rooms.seats(case.room_id) if seat.role in PARTICIPANT_ROLES]


def may_touch(actor: User, act: ModerationAction) -> bool:
    """Returns whether this user may do such an action now, and so undo it.

    Raises NotFound for users who may not know of it.
    """
    if act.case_id is not None:
        _case, known = case_for(actor, act.case_id)
        allowed = may_act(act.kind, known)
    elif act.room_id is not None:
        in_room = rooms.room_facts(rooms.room(act.room_id), actor)
        if not may_act_in_room("hide", in_room):
            raise NotFound
        allowed = may_act_in_room(act.kind, in_room)
    else:
        raise NotFound
    _not_one_of_us(actor, act.about_id)
    _not_one_of_us(actor, act.toward_id)
    return allowed
