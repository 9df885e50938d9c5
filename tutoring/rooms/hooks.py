"""Hooks of rooms: panels, legal holds, danger, write restrictions, and what else higher features know about a room."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from markupsafe import Markup

from tutoring.accounts.models import User
from tutoring.kernel import clock
from tutoring.kernel.errors import Forbidden
from tutoring.kernel.hooks import Hook
from tutoring.kernel.text import N_
from tutoring.policy.rooms.participation import RoomFacts
from tutoring.rooms.models import Room


@dataclass(frozen=True)
class RoomPanel:
    """A panel on a room's page that another feature fills.

    Without `html` it is only a link to its own page. Without `script` it does not update by itself.
    """

    kind: str
    label: str
    href: str
    html: Markup | None
    going: bool  # the activity is under way, so the panel comes before the lesson
    script: str
    style: str
    words: Mapping[str, str]  # labels for its script


# The viewer, the room, what the policy knows of both, the viewer's language.
room_panels: Hook[[User, Room, RoomFacts, str], RoomPanel] = Hook("rooms.panels")

# The URL where a viewer asks the same helper again after a session.
follow_ups: Hook[[User, Room], str] = Hook("rooms.follow_ups")

# The URL where a helper writes down for others what solved the request of a room.
write_ups: Hook[[User, Room], str] = Hook("rooms.write_ups")

# ---- rooms and files that stay ---------------------------------------------------------------------------------

# Queries of room ids: nothing may be erased from these rooms.
legal_holds: Hook[[], sa.Select[Any]] = Hook("rooms.legal_holds")

# Ids of rooms whose hidden pictures are still needed.
picture_holds: Hook[[], Collection[int]] = Hook("rooms.picture_holds")

# A helper, and when this helper last met each learner: the learners whose pair with the helper has ended since.
ended_pairs: Hook[[int, Mapping[int, datetime]], Collection[int]] = Hook("rooms.ended_pairs")

# Of these stored files, those that other features use.
file_owners: Hook[[Collection[str]], Collection[str]] = Hook("rooms.file_owners")


def rooms_on_legal_hold() -> sa.Select[Any]:
    """Returns a query of the ids of all rooms on legal hold."""
    holds = list(legal_holds.collect())
    if not holds:
        return sa.select(Room.id).where(sa.false())
    found = sa.union(*holds).subquery()  # the few ids themselves, without a scan of rooms
    (one,) = found.columns
    return sa.select(one).where(one.is_not(None))


# ---- people in a room ------------------------------------------------------------------------------------------

# A talk and a member of the staff who may be in it now.
talk_checks: Hook[[int, User], bool] = Hook("rooms.talk_checks")


def may_attend_talk(room_id: int, user: User) -> bool:
    """Returns whether this user may be in a talk (`Room.is_talk`) as staff now."""
    return any(talk_checks.collect(room_id, user))


# A room and a participant in it, who may be in danger now.
danger_checks: Hook[[int, int], bool] = Hook("rooms.danger_checks")

# A user, a room and the number of a message there: whether the user decides an open case about it.
case_deciders: Hook[[User, int, int], bool] = Hook("rooms.case_deciders")

# A room and the number of a message, whose author appealed elsewhere.
appeal_checks: Hook[[int, int], bool] = Hook("rooms.appeal_checks")


def decides_case_of(user: User, room_id: int, seq: int) -> bool:
    """Returns whether this user decides an open case about this message."""
    return any(case_deciders.collect(user, room_id, seq))


def may_be_in_danger(room_id: int, user_id: int) -> bool:
    """Returns whether this user is shown the emergency numbers without asking for them."""
    return any(danger_checks.collect(room_id, user_id))


@dataclass(frozen=True)
class WriteRestriction:
    """A write restriction of a user in all rooms until a moment."""

    until: datetime
    why: str


# The restriction of a user; it also applies to rooms opened meanwhile.
write_restrictions: Hook[[int], WriteRestriction] = Hook("rooms.write_restrictions")


def find_write_restriction(user_id: int) -> WriteRestriction | None:
    """Returns the longest registered write restriction of this user, wherever people write."""
    return max(write_restrictions.collect(user_id), key=lambda stop: stop.until, default=None)


def refuse_while_restricted(user_id: int) -> None:
    """Raises Forbidden while a moderation action restricts this user to reading in rooms; it applies elsewhere too."""
    stop = find_write_restriction(user_id)
    if stop is not None:
        here = clock.local(stop.until)
        raise Forbidden(
            N_("Bạn tạm chỉ đọc đến %(until)s. Lý do: %(why)s"), code="muted", until=f"{here:%H:%M %d/%m}", why=stop.why
        )
