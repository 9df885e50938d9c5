"""Risk over time in rooms: scored before a message is stored, recorded and raised after."""

import logging
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa

from tutoring.accounts import queries as accounts
from tutoring.accounts.models import User
from tutoring.kernel import clock, jobs
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.events import publish
from tutoring.policy.rooms.participation import PARTICIPANT_ROLES
from tutoring.rooms.events import RiskRaised
from tutoring.rooms.models import Room
from tutoring.rooms.persistent_rooms.queries import readers
from tutoring.rooms.queries import seat, seats
from tutoring.rooms.risk.models import RiskPoint
from tutoring.rooms.risk.queries import histories, raised, raised_in
from tutoring.safety import risk
from tutoring.safety.findings import Hit

log = logging.getLogger(__name__)

_NIGHT = 3  # o'clock in Vietnam


def score_message(room: Room, author: User, text: str, hits: Sequence[Hit] = ()) -> risk.RiskScore:
    """Scores a text with the author's earlier messages to the participants; stores nothing.

    Most texts have no risk signal, and then no query runs. Of several people the one with the highest score decides. In
    a persistent room with minors the score also covers a child who joins later. Messages of an observing teacher, and
    of a guardian to the own child, are not scored.
    """
    try:
        found = signs_of(room.minors, author.is_minor, text, hits)
    except Exception:  # fail closed: a child must not read unchecked text
        log.error("the signs of a text of %d characters could not be told", len(text))
        return risk.RiskScore(hold=room.minors)
    if not found:
        return risk.RiskScore()
    if author.is_minor and room.minors and _helps(room, author):
        found = signs_of(room.minors, False, text, hits)
    others, with_own_child = _others(room, author)
    past = histories(author.id, (other.id for other in others))
    heaviest = risk.RiskScore()
    if room.lasts and room.minors and _takes_part(room, author):
        heaviest = risk.score_signals([], risk.toward(found, minor=True), clock.now())
    for other in others:
        one = risk.score_signals(past.get(other.id, []), risk.toward(found, minor=other.is_minor), clock.now())
        # A guardian whose own child is here may be speaking to that child: the signals are recorded, the message is not
        # held.
        one = replace(one, hold=one.hold and other.is_minor and not with_own_child)
        heaviest = max(heaviest, one, key=lambda weighing: (weighing.hold, weighing.total))
    # All signals are returned: toward another participant others of them may count.
    return replace(heaviest, signs=tuple(found))


def signs_of(minors: bool, by_minor: bool, text: str, hits: Sequence[Hit]) -> list[risk.RiskSignal]:
    """Returns the signals in a text, without history; `minors` describes the room."""
    found = risk.find_signals(text, hour=clock.local(clock.now()).hour, minor=minors, adult=not by_minor)
    return found + risk.masked((hit.kind for hit in hits), adult=not by_minor) if minors else found


def _helps(room: Room, author: User) -> bool:
    """Returns whether a minor is the helper here: older, trusted, thus scored as an adult."""
    mine = seat(room.id, author.id)
    return mine is not None and mine.removed_at is None and mine.role == "helper"


def _takes_part(room: Room, author: User) -> bool:
    mine = seat(room.id, author.id)
    return mine is not None and mine.removed_at is None and mine.role in PARTICIPANT_ROLES


def _others(room: Room, author: User) -> tuple[list[User], bool]:
    """Returns the people toward whom the author's messages are scored, without the own child.

    The second value tells whether an own child is here. A non-participant scores toward no one. In a persistent room
    the readers count, not a whole ward.
    """
    present = readers(room.id) if room.lasts else [one for one in seats(room.id) if one.role in PARTICIPANT_ROLES]
    if all(one.user_id != author.id for one in present) and not (room.lasts and _takes_part(room, author)):
        return [], False
    others = [one.user for one in present if one.user_id != author.id]
    minors = [] if author.is_minor else [one for one in others if one.is_minor]
    own = {one.id for one in minors if accounts.is_guardian(author.id, one.id)}
    # With several learners a guardian also addresses the other children; then messages are held as anyone's.
    return [one for one in others if one.id not in own], bool(own) and sum(one.role == "learner" for one in present) < 2


def note(room: Room, author: User, weighing: risk.RiskScore, seq: int | None) -> None:
    """Records the signals of a stored message, and raises the levels newly reached.

    Each level is raised once for each pair within thirty days.
    """
    if not weighing.signs:
        return
    others = {other.id: other for other in _others(room, author)[0]}
    past, known = histories(author.id, others), raised(author.id, others)
    reached: list[tuple[User, risk.RiskScore]] = []
    for other in others.values():
        new = risk.toward(weighing.signs, minor=other.is_minor)
        if not new:
            continue
        for sign in new:
            _keep(room, seq, author.id, other.id, sign.kind, sign.points)
        stands = risk.score_signals(past.get(other.id, []), new, clock.now())
        if stands.level and (other.id, stands.level) not in known:
            reached.append((other, stands))
    if room.lasts:
        reached = _one_of_many(reached, raised_in(room.id, author.id))
    for other, stands in reached:
        for level in risk.LEVELS[1 : risk.LEVELS.index(stands.level) + 1]:
            if (other.id, level) not in known:  # a case includes what a notice would tell
                _keep(room, seq, author.id, other.id, level, 0)
        publish(RiskRaised(room.id, author.id, other.id, stands.level, stands.reasons))
    _forget_later()


def _one_of_many(
    reached: list[tuple[User, risk.RiskScore]], here: Collection[str]
) -> list[tuple[User, risk.RiskScore]]:
    """Reduces what was said to a whole class to one matter to review, not one for each reader."""
    new = [one for one in reached if one[1].level not in here]
    return [max(new, key=lambda one: one[1].total)] if new else []


@command
def forgive(room_id: int, seq: int) -> None:
    """Deletes the signals of a message that was held for risk and then released."""
    db.session.execute(
        sa.delete(RiskPoint).where(RiskPoint.room_id == room_id, RiskPoint.seq == seq, RiskPoint.points > 0)
    )


def _keep(room: Room, seq: int | None, from_id: int, towards_id: int, kind: str, points: int) -> None:
    db.session.add(
        RiskPoint(room_id=room.id, seq=seq, from_id=from_id, towards_id=towards_id, kind=kind, points=points)
    )


def _forget_later() -> None:
    """Enqueues the deletion of today's points for a night one month later."""
    night = (clock.local(clock.now()) + risk.REMEMBERED + timedelta(days=1)).replace(
        hour=_NIGHT, minute=0, second=0, microsecond=0
    )
    jobs.enqueue("rooms.risk", f"rooms.risk:{night:%Y-%m-%d}", night)


@jobs.job("rooms.risk")
def _forget(_payload: dict[str, int]) -> None:
    """Deletes points older than thirty days; they no longer count."""
    db.session.execute(sa.delete(RiskPoint).where(RiskPoint.at < clock.now() - risk.REMEMBERED))
