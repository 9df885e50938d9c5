"""Commands of the line: draw a number, open a desk, call, and what a clerk does with a holder.

Each locks the queue of the ward, so that numbers have no gap and of clerks who call at once none gets the same ticket.
"""

import secrets
from dataclasses import dataclass
from hmac import compare_digest

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.community.queries import active_unit
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_
from tutoring.policy import queues as policy
from tutoring.queues import queries
from tutoring.queues.access import clerk_unit
from tutoring.queues.events import QueueMoved
from tutoring.queues.models import QueueDesk, QueueService, QueueTicket, WalkInQueue

WRONG_CODE = "wrong_day_code"
SPACE = 1_000  # between the places of two numbers, so that others fit in


@dataclass(frozen=True)
class Wish:
    """What a resident chooses when drawing a number."""

    service_id: int
    for_other: bool = False
    minutes: int = 0
    code: str = ""  # the code of the day


def lock_queue(unit_id: int) -> WalkInQueue:
    """Locks the queue of a ward, which serializes its commands. Raises NotFound where it is not in use."""
    found = db.session.get(WalkInQueue, unit_id, with_for_update=True, populate_existing=True)
    # Asked after the lock: a unit read before it may be outdated.
    if found is None or not db.session.scalar(sa.select(Unit.has_queue).where(Unit.id == unit_id)):
        raise NotFound
    return found


# ---- numbers ----------------------------------------------------------------------------------------------------


@command
def draw_ticket(unit_id: int, wish: Wish, source: str) -> QueueTicket:
    """Gives the next number of the day to a phone or to the screen at the door.

    A phone needs the code of the day where the ward asks for it. Raises Conflict outside opening hours and when too
    many wait, InvalidInput for a wrong code or service.
    """
    queue = lock_queue(unit_id)
    active_unit(unit_id)
    if not queries.is_open_now(queue):
        raise Conflict(N_("Giờ này quầy chưa nhận số. Bạn xem giờ nhận số ở đầu trang rồi quay lại nhé."))
    asks = source == "phone" and queue.asks_code
    if asks and not compare_digest(wish.code.encode(), queries.day_code(queue).encode()):
        raise InvalidInput(
            N_("Mã hôm nay chưa đúng. Bạn nhìn 4 chữ số trên màn hình ở quầy, hoặc hỏi người trực."),
            field="code", code=WRONG_CODE,
        )  # fmt: skip
    if _count(unit_id, QueueTicket.source == source, QueueTicket.state == "waiting") >= policy.MAX_FROM[source]:
        raise Conflict(N_("Đang có quá nhiều số chờ. Bạn đến quầy, người trực lấy số cho bạn."))
    if _count(unit_id, QueueTicket.source.in_(tuple(policy.MAX_FROM))) >= policy.MAX_DRAWN:
        raise Conflict(N_("Hôm nay đã phát hết số. Mời bạn hỏi người trực ở quầy."))
    return _draw(unit_id, wish, source)


@command
def issue_ticket(actor: User, unit_id: int, wish: Wish) -> QueueTicket:
    """Gives the next number of the day to a resident without a phone; a clerk may at any hour."""
    clerk_unit(actor, unit_id)
    lock_queue(unit_id)
    active_unit(unit_id)
    return _draw(unit_id, wish, "clerk")


def _count(unit_id: int, *conditions: sa.ColumnElement[bool]) -> int:
    return int(db.session.scalar(sa.select(sa.func.count()).where(*queries.of_today(unit_id), *conditions)) or 0)


def _draw(unit_id: int, wish: Wish, source: str) -> QueueTicket:
    if wish.minutes not in policy.MINUTES:
        raise InvalidInput(N_("Hãy chọn một mục trong danh sách."), field="minutes")
    _service(unit_id, wish.service_id)
    last = db.session.scalar(sa.select(sa.func.max(QueueTicket.number)).where(*queries.of_today(unit_id))) or 0
    row = QueueTicket(
        unit_id=unit_id, day=clock.today(), number=last + 1, token=secrets.token_hex(16), service_id=wish.service_id,
        source=source, for_other=wish.for_other, minutes=wish.minutes, place=(last + 1) * SPACE,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    publish(QueueMoved(unit_id))
    return row


def _service(unit_id: int, service_id: int) -> QueueService:
    found = db.session.get(QueueService, service_id)
    if found is None or found.unit_id != unit_id or found.retired_at is not None:
        raise InvalidInput(N_("Hãy chọn một việc trong danh sách."), field="service")
    return found


@command
def leave_queue(token: str) -> QueueTicket:
    """Gives a number back; a second time changes nothing. Raises Conflict while its holder is at a desk."""
    row = _ticket_under(token)
    if row.state == "called":
        raise Conflict(N_("Số này đang được gọi. Bạn nói với người trực ở quầy nhé."))
    if row.state in policy.OPEN:
        _end(row, "left")
    return row


@command
def return_to_queue(token: str) -> QueueTicket:
    """A holder who left the line for a lesson or for help online is back, at the same place."""
    row = _ticket_under(token)
    if row.state == "aside":
        _wait(row)
    return row


def _ticket_under(token: str) -> QueueTicket:
    lock_queue(queries.ticket_under(token).unit_id)
    return queries.ticket_under(token)


# ---- desks ------------------------------------------------------------------------------------------------------


@command
def open_desk(actor: User, desk_id: int) -> QueueDesk:
    """A clerk takes a desk, and leaves another one. Raises Conflict while a colleague holds it."""
    desk = _desk(actor, desk_id)
    if desk.clerk_id == actor.id:
        return desk
    if desk.clerk_id is not None:
        raise Conflict(N_("%(desk)s đang có người giữ. Bạn đóng quầy đó trước, hoặc chọn quầy khác."), desk=desk.label)
    own = sa.select(QueueDesk).where(QueueDesk.unit_id == desk.unit_id, QueueDesk.clerk_id == actor.id)
    for other in db.session.scalars(own):
        _close(other)
    desk.clerk_id, desk.opened_at = actor.id, clock.now()
    db.session.flush()
    publish(QueueMoved(desk.unit_id))
    return desk


@command
def close_desk(actor: User, desk_id: int) -> QueueDesk:
    """Closes a desk, also that of a colleague who has left. Its holder is again the first in line."""
    desk = _desk(actor, desk_id)
    _close(desk)
    return desk


def find_desk(actor: User, desk_id: int) -> QueueDesk:
    """Returns a desk at which this user may work. Raises NotFound."""
    found = db.session.get(QueueDesk, desk_id)
    if found is None or found.retired_at is not None:
        raise NotFound
    clerk_unit(actor, found.unit_id)
    return found


def _desk(actor: User, desk_id: int) -> QueueDesk:
    lock_queue(find_desk(actor, desk_id).unit_id)
    return db.session.get_one(QueueDesk, desk_id, populate_existing=True)


def _close(desk: QueueDesk) -> None:
    standing = queries.ticket_at(desk.id)
    if standing is not None:
        _wait(standing)
    # Who waits for this desk alone would wait for ever.
    db.session.execute(
        sa.update(QueueTicket)
        .where(QueueTicket.wanted_desk_id == desk.id)
        .values(wanted_desk_id=None)
        .execution_options(synchronize_session=False)
    )
    left = (desk.clerk_id,) if desk.clerk_id is not None else ()
    desk.clerk_id = desk.opened_at = None
    db.session.flush()
    publish(QueueMoved(desk.unit_id, left))


def release_desks_of(user_id: int) -> None:
    """Closes the desks of an erased account, inside the command that erases it."""
    for desk in db.session.scalars(sa.select(QueueDesk).where(QueueDesk.clerk_id == user_id)).all():
        _close(desk)


# ---- calls ------------------------------------------------------------------------------------------------------


@command
def call_next(actor: User, desk_id: int, current_id: int = 0) -> QueueTicket | None:
    """Ends the holder at the desk and calls the next one; returns None when none waits for this desk.

    `current_id` is the ticket that the clerk's page shows, or 0. Raises Conflict when another one stands there, so
    that a page sent twice does not call two.
    """
    desk = _own_desk(actor, desk_id)
    standing = queries.ticket_at(desk.id)
    if standing is not None and standing.day != clock.today():  # no worker ran in the night
        _end(standing, "done")
        standing = None
    if (standing.id if standing else 0) != current_id:
        raise Conflict(N_("Quầy vừa đổi số. Trang đã mới lại, bạn xem rồi bấm tiếp."))
    if standing is not None:
        _end(standing, "done")
    found = queries.next_waiting(desk)
    if found is not None:
        _call(found, desk)
    publish(QueueMoved(desk.unit_id))
    return found


def _own_desk(actor: User, desk_id: int) -> QueueDesk:
    desk = _desk(actor, desk_id)
    if desk.clerk_id != actor.id:
        raise Conflict(N_("Bạn chưa mở quầy này. Hãy mở quầy rồi gọi."))
    return desk


def _call(row: QueueTicket, desk: QueueDesk) -> None:
    now = clock.now()
    row.state, row.desk_id, row.wanted_desk_id = "called", desk.id, None
    row.first_called_at, row.called_at, row.calls = row.first_called_at or now, now, row.calls + 1
    db.session.flush()


def _wait(row: QueueTicket, desk_id: int | None = None) -> None:
    row.state, row.aside, row.desk_id, row.wanted_desk_id = "waiting", "", None, desk_id
    db.session.flush()
    publish(QueueMoved(row.unit_id))


def _end(row: QueueTicket, state: str) -> None:
    row.state, row.aside, row.desk_id, row.wanted_desk_id, row.ended_at = state, "", None, None, clock.now()
    db.session.flush()
    publish(QueueMoved(row.unit_id))


@command
def act_on_ticket(actor: User, ticket_id: int, act: str, desk_id: int | None = None) -> QueueTicket:
    """Does one of `policy.ACTS` with a ticket of today; `pass` takes the open desk to which the holder goes.

    A holder at a desk is that clerk's alone. Raises Conflict when the ticket is in another state meanwhile.
    """
    row = queries.ticket_of_today(ticket_id)
    clerk_unit(actor, row.unit_id)
    lock_queue(row.unit_id)
    row = queries.ticket_of_today(ticket_id)
    if act not in policy.ACTS:
        raise InvalidInput(N_("Hãy chọn một mục trong danh sách."), field="act")
    mine = row.desk is None or row.desk.clerk_id == actor.id
    if row.state not in policy.ACTS[act] or not mine:
        raise Conflict(N_("Số %(number)s vừa đổi. Trang đã mới lại, bạn xem rồi bấm tiếp."), number=row.number)
    if act == "again":
        row.called_at, row.calls = clock.now(), row.calls + 1
        publish(QueueMoved(row.unit_id))
    elif act == "missed":
        _miss(row)
    elif act == "pass":
        _wait(row, _open_desk(row, desk_id).id)
    elif act == "back":
        _wait(row)
    elif act in policy.ASIDE:
        row.state, row.aside, row.desk_id, row.wanted_desk_id = "aside", act, None, None
        publish(QueueMoved(row.unit_id))
    else:
        _end(row, "done" if act == "done" else "left")
    db.session.flush()
    return row


def _miss(row: QueueTicket) -> None:
    """A holder who is not there goes back once, and is out of the line the second time."""
    row.misses += 1
    if row.misses > 1:
        _end(row, "missed")
        return
    waiting = sa.select(QueueTicket.place).where(*queries.of_today(row.unit_id), QueueTicket.state == "waiting")
    places = db.session.scalars(waiting.order_by(QueueTicket.place).limit(policy.BACK_BEHIND)).all()
    row.place = max(row.place, policy.place_behind(places))
    _wait(row)


def _open_desk(row: QueueTicket, desk_id: int | None) -> QueueDesk:
    found = db.session.get(QueueDesk, desk_id) if desk_id else None
    if found is None or found.unit_id != row.unit_id or found.id == row.desk_id or found.clerk_id is None:
        raise InvalidInput(N_("Hãy chọn một quầy đang mở."), field="desk")
    return found
