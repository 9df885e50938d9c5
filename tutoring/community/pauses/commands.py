"""Commands that pause and resume all pairing and all rooms with minors.

They apply to a unit and all below it, or to the whole site.
"""

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community.events import MinorsPaused
from tutoring.community.models import Unit
from tutoring.community.queries import roles_for, unit
from tutoring.kernel import audit, clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_, nfc
from tutoring.policy import community as policy
from tutoring.safety.free_text import for_minor

LONGEST_WHY = 200


@command
def pause_minors(actor: User, unit_id: int, why: str) -> None:
    """Pauses this unit and all below it until resumed; the affected children read the reason."""
    place = unit(unit_id)
    if not policy.may_pause_minors(roles_for(actor, unit_id)):
        raise NotFound
    _pause(actor, [place], _reason(why), f"unit:{unit_id}")


@command
def resume_minors(actor: User, unit_id: int) -> None:
    """Resumes this unit; rooms open again unless a unit above is paused."""
    place = unit(unit_id)
    if not policy.may_pause_minors(roles_for(actor, unit_id)):
        raise NotFound
    if place.paused_at is not None:
        _resume(actor, [place], f"unit:{unit_id}")


@command
def pause_site(actor: User, why: str) -> None:
    """Pauses the whole site by pausing all top-level units."""
    if not policy.may_pause_site(actor.site_admin and not actor.lacks_factor):
        raise NotFound
    _pause(actor, _tops(), _reason(why), "site")


@command
def resume_site(actor: User) -> None:
    """Resumes all top-level units; pauses set on units below stay."""
    if not policy.may_pause_site(actor.site_admin and not actor.lacks_factor):
        raise NotFound
    _resume(actor, [one for one in _tops() if one.paused_at is not None], "site")


def is_site_paused() -> bool:
    """Returns whether all top-level units are paused."""
    tops = sa.select(Unit.paused_at).where(Unit.parent_id.is_(None))
    found = list(db.session.scalars(tops))
    return bool(found) and all(at is not None for at in found)


def _tops() -> list[Unit]:
    return list(db.session.scalars(sa.select(Unit).where(Unit.parent_id.is_(None)).order_by(Unit.id).with_for_update()))


def _reason(typed: str) -> str:
    why = nfc(typed).rstrip(" .")
    if not why:
        raise InvalidInput(N_("Hãy ghi lý do; các em và ba mẹ đọc được."), field="reason")
    if len(why) > LONGEST_WHY:
        raise InvalidInput(N_("Lý do dài quá 200 ký tự. Hãy viết ngắn hơn."), field="reason")
    return for_minor(why, field="reason")


def _pause(actor: User, places: list[Unit], why: str, target: str) -> None:
    new = [one for one in places if one.paused_at is None]
    if not new:
        raise Conflict(N_("Nơi này đang tạm dừng rồi. Hãy xem lại trang."))
    for one in new:
        one.paused_at, one.paused_why = clock.now(), why
    db.session.flush()
    audit.record(actor.id, "pause_minors", target, why)
    publish(MinorsPaused(tuple(one.id for one in new), True, why))


def _resume(actor: User, places: list[Unit], target: str) -> None:
    for one in places:
        one.paused_at, one.paused_why = None, ""
    db.session.flush()
    audit.record(actor.id, "resume_minors", target)
    publish(MinorsPaused(tuple(one.id for one in places), False, ""))
