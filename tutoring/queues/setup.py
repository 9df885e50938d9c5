"""Commands that set up a queue: switch it on, hours, addresses, services, desks."""

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.accounts.passphrases import new_code
from tutoring.community.queries import active_unit
from tutoring.kernel import audit, clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_, nfc
from tutoring.policy import queues as policy
from tutoring.queues import queries
from tutoring.queues.access import setter_unit
from tutoring.queues.commands import lock_queue
from tutoring.queues.events import QueueMoved
from tutoring.queues.labels import PICTURES, STANDARD_SERVICES
from tutoring.queues.models import QueueDesk, QueueDeskService, QueueService, QueueTicket, WalkInQueue
from tutoring.safety.free_text import OPEN_TO, for_minor


@dataclass(frozen=True)
class Hours:
    """When numbers are given: minutes since local midnight, weekdays from Monday as 0."""

    opens: int
    closes: int
    weekdays: frozenset[int]
    asks_code: bool = True


@command
def switch_on(actor: User, unit_id: int) -> WalkInQueue:
    """Switches the queue of a ward on. A new one begins with usual services and one desk. Idempotent."""
    setter_unit(actor, unit_id)
    place = active_unit(unit_id)
    row = db.session.get(WalkInQueue, unit_id, with_for_update=True, populate_existing=True)
    if row is None:
        row = WalkInQueue(unit_id=unit_id, **_new_codes())
        db.session.add(row)
        db.session.flush()
        known = queries.lesson_titles([lesson for _label, _picture, lesson in STANDARD_SERVICES], "vi")
        for label, picture, lesson in STANDARD_SERVICES:
            slug = lesson if lesson in known else None
            db.session.add(QueueService(unit_id=unit_id, label=label, picture=picture, lesson_slug=slug))
        db.session.add(QueueDesk(unit_id=unit_id, label="Quầy 1"))
    elif place.has_queue:
        return row
    place.has_queue = True
    db.session.flush()
    audit.record(actor.id, "switch_queue_on", f"unit:{unit_id}")
    return row


@command
def switch_off(actor: User, unit_id: int) -> None:
    """Switches the queue off: its addresses answer no more, desks close. Raises Conflict while holders wait."""
    place = setter_unit(actor, unit_id)
    lock_queue(unit_id)
    if queries.tickets_in(unit_id, *policy.OPEN):
        raise Conflict(N_("Còn người đang chờ. Gọi hết hoặc xoá các số đó rồi tắt."))
    place.has_queue = False
    desks = queries.desks_of(unit_id)
    left = tuple(desk.clerk_id for desk in desks if desk.clerk_id is not None)
    for desk in desks:
        desk.clerk_id = desk.opened_at = None
    db.session.flush()
    publish(QueueMoved(unit_id, left))
    audit.record(actor.id, "switch_queue_off", f"unit:{unit_id}")


@command
def drop_waiting(actor: User, unit_id: int) -> int:
    """Takes every number that waits or left the line for a while out of it; returns how many. For a flooded queue."""
    setter_unit(actor, unit_id)
    lock_queue(unit_id)
    dropped = queries.tickets_in(unit_id, "waiting", "aside")
    for row in dropped:
        row.state, row.aside, row.wanted_desk_id, row.ended_at = "left", "", None, clock.now()
    db.session.flush()
    if dropped:
        audit.record(actor.id, "drop_queue_numbers", f"unit:{unit_id}", count=len(dropped))
        publish(QueueMoved(unit_id))
    return len(dropped)


@command
def set_hours(actor: User, unit_id: int, hours: Hours) -> WalkInQueue:
    """Sets when numbers are given, and whether a phone needs the code of the day."""
    setter_unit(actor, unit_id)
    if not 0 <= hours.opens < hours.closes <= 24 * 60:
        raise InvalidInput(N_("Giờ đóng phải sau giờ mở."), field="closes")
    if not hours.weekdays or not hours.weekdays <= set(range(7)):
        raise InvalidInput(N_("Hãy chọn ít nhất một ngày."), field="weekdays")
    row = lock_queue(unit_id)
    row.opens, row.closes, row.asks_code = hours.opens, hours.closes, hours.asks_code
    row.weekdays = sum(1 << day for day in hours.weekdays)
    db.session.flush()
    audit.record(actor.id, "set_queue_hours", f"unit:{unit_id}", opens=row.opens, closes=row.closes)
    return row


@command
def renew_codes(actor: User, unit_id: int) -> WalkInQueue:
    """Gives the poster, the display and the screen new addresses, and today another code; the old ones end."""
    setter_unit(actor, unit_id)
    row = lock_queue(unit_id)
    for name, code in _new_codes().items():
        setattr(row, name, code)
    db.session.flush()
    audit.record(actor.id, "renew_queue_codes", f"unit:{unit_id}")
    return row


def _new_codes() -> dict[str, str]:
    lengths = {"door_code": 8, "display_code": 20, "screen_code": 20}
    return {name: new_code(length).lower() for name, length in lengths.items()}


# ---- services and desks -----------------------------------------------------------------------------------------


@command
def add_service(actor: User, unit_id: int, label: str, picture: str, lesson_slug: str = "") -> QueueService:
    """Adds a service: a short label that anyone may read, a picture, and the lesson that says what to bring."""
    setter_unit(actor, unit_id)
    text = _checked_label(label, policy.LONGEST_LABEL)
    if picture not in PICTURES:
        raise InvalidInput(N_("Hãy chọn một mục trong danh sách."), field="picture")
    if lesson_slug and lesson_slug not in queries.lesson_titles([lesson_slug], "vi"):
        raise InvalidInput(N_("Có bài không còn trong kho bài học. Hãy chọn bài khác."), field="lesson")
    lock_queue(unit_id)
    standing = queries.services_of(unit_id)
    if len(standing) >= policy.MAX_SERVICES:
        raise Conflict(N_("Đã có %(most)s việc. Hãy bỏ bớt rồi thêm."), most=policy.MAX_SERVICES)
    if any(one.label == text for one in standing):
        raise InvalidInput(N_("Việc này đã có trong danh sách."), field="label")
    row = QueueService(unit_id=unit_id, label=text, picture=picture, lesson_slug=lesson_slug or None)
    db.session.add(row)
    db.session.flush()
    return row


@command
def retire_service(actor: User, service_id: int) -> QueueService:
    """Takes a service off the tiles; numbers that wait for it stay. Raises Conflict for the last one."""
    row = find_service(actor, service_id)
    lock_queue(row.unit_id)
    if len(queries.services_of(row.unit_id)) < 2:
        raise Conflict(N_("Cần còn ít nhất một việc. Hãy thêm việc khác trước khi bỏ việc này."))
    waiting = sa.select(QueueTicket.id).where(
        *queries.of_today(row.unit_id), QueueTicket.state.in_(policy.OPEN), QueueTicket.service_id == row.id
    )
    if db.session.scalar(waiting.limit(1)) is not None:
        raise Conflict(N_("Còn người đang chờ việc này. Gọi hết các số đó rồi bỏ."))
    desks = queries.desks_of(row.unit_id)
    limits = queries.service_ids_by_desk([one.id for one in desks])
    for desk in desks:
        # Without this row the desk would serve all.
        if limits.get(desk.id) == frozenset((row.id,)):
            raise Conflict(N_("%(desk)s chỉ nhận việc này. Chọn việc khác cho quầy đó rồi bỏ."), desk=desk.label)
    row.retired_at = clock.now()
    db.session.execute(sa.delete(QueueDeskService).where(QueueDeskService.service_id == row.id))
    db.session.flush()
    return row


def find_service(actor: User, service_id: int) -> QueueService:
    """Returns a service in use that this user sets up. Raises NotFound."""
    found = db.session.get(QueueService, service_id)
    if found is None or found.retired_at is not None:
        raise NotFound
    setter_unit(actor, found.unit_id)
    return found


@command
def add_desk(actor: User, unit_id: int, label: str) -> QueueDesk:
    """Adds a desk that serves everything until it is limited."""
    setter_unit(actor, unit_id)
    text = _checked_label(label, policy.LONGEST_DESK)
    lock_queue(unit_id)
    standing = queries.desks_of(unit_id)
    if len(standing) >= policy.MAX_DESKS:
        raise Conflict(N_("Đã có %(most)s quầy. Hãy bỏ bớt rồi thêm."), most=policy.MAX_DESKS)
    if any(one.label == text for one in standing):
        raise InvalidInput(N_("Quầy này đã có trong danh sách."), field="label")
    row = QueueDesk(unit_id=unit_id, label=text)
    db.session.add(row)
    db.session.flush()
    return row


@command
def limit_desk(actor: User, desk_id: int, service_ids: Collection[int]) -> QueueDesk:
    """Limits a desk to some services; none, or all of them, means that it serves all.

    Raises Conflict when a service would be left without any desk.
    """
    row = _desk(actor, desk_id)
    known = {one.id for one in queries.services_of(row.unit_id)}
    wanted = set(service_ids)
    if not wanted <= known:
        raise InvalidInput(N_("Hãy chọn một việc trong danh sách."), field="services")
    before = queries.served_by(queries.desks_of(row.unit_id), known)
    db.session.execute(sa.delete(QueueDeskService).where(QueueDeskService.desk_id == row.id))
    if wanted != known:
        db.session.add_all(QueueDeskService(desk_id=row.id, service_id=one) for one in sorted(wanted))
    db.session.flush()
    _keep_served(row.unit_id, before)
    publish(QueueMoved(row.unit_id))
    return row


def _keep_served(unit_id: int, before: Collection[int]) -> None:
    lost = set(before) - queries.served_by(queries.desks_of(unit_id), before)
    if lost:
        label = db.session.get_one(QueueService, min(lost)).label
        raise Conflict(
            N_("Không còn quầy nào nhận việc “%(service)s”. Cho quầy khác nhận việc đó trước."), service=label
        )


@command
def retire_desk(actor: User, desk_id: int) -> QueueDesk:
    """Takes a desk away. Raises Conflict while it is open, and for the last one."""
    row = _desk(actor, desk_id)
    if row.clerk_id is not None:
        raise Conflict(N_("Quầy đang mở. Hãy đóng quầy rồi bỏ."))
    desks = queries.desks_of(row.unit_id)
    if len(desks) < 2:
        raise Conflict(N_("Cần còn ít nhất một quầy."))
    before = queries.served_by(desks, {one.id for one in queries.services_of(row.unit_id)})
    row.retired_at = clock.now()
    db.session.flush()
    _keep_served(row.unit_id, before)
    return row


def find_desk(actor: User, desk_id: int) -> QueueDesk:
    """Returns a desk in use that this user sets up. Raises NotFound."""
    found = db.session.get(QueueDesk, desk_id)
    if found is None or found.retired_at is not None:
        raise NotFound
    setter_unit(actor, found.unit_id)
    return found


def _desk(actor: User, desk_id: int) -> QueueDesk:
    lock_queue(find_desk(actor, desk_id).unit_id)
    return db.session.get_one(QueueDesk, desk_id, populate_existing=True)


def _checked_label(label: str, longest: int) -> str:
    text = " ".join(nfc(label).split())
    if not 2 <= len(text) <= longest:
        raise InvalidInput(N_("Hãy ghi tên từ 2 đến %(most)s ký tự."), field="label", most=longest)
    return for_minor(text, field="label", open_to=OPEN_TO)
