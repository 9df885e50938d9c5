"""Room settings of a unit: how long to wait before alternatives are offered, and link hosts.

A coordinator sets them for a unit and all below it.
"""

from collections.abc import Collection

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.community.queries import above, roles_for, unit
from tutoring.community.site_settings import FALLBACK_DELAY, bare_host, check_hosts
from tutoring.kernel import audit
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import InvalidInput, NotFound
from tutoring.kernel.text import N_
from tutoring.policy import community as policy
from tutoring.policy.pairing.fallbacks import LEAST_PATIENCE, MOST_PATIENCE
from tutoring.policy.pairing.school_subjects import SubjectSwitches, may_switch_subjects


def fallback_delay_of(unit_id: int) -> int:
    """Returns the minutes of the unit, of the nearest unit above, or of the site."""
    tree = above(unit_id)
    query = (
        sa.select(Unit.patience)
        .join(tree, tree.c.id == Unit.id)
        .where(Unit.patience.is_not(None))
        .order_by(tree.c.depth)
        .limit(1)
    )
    return db.session.scalar(query) or FALLBACK_DELAY()


def subject_switches(place: Unit) -> SubjectSwitches:
    """Returns where the school of a unit has switched school subjects on; nowhere without a school."""
    return (
        switches_of([place.school_id]).get(place.school_id, SubjectSwitches()) if place.school_id else SubjectSwitches()
    )


def switches_of(school_ids: Collection[int]) -> dict[int, SubjectSwitches]:
    """Returns the same for several schools."""
    if not school_ids:
        return {}
    query = sa.select(Unit.id, Unit.subjects_primary, Unit.subjects_secondary).where(Unit.id.in_(school_ids))
    return {row.id: SubjectSwitches(row.subjects_primary, row.subjects_secondary) for row in db.session.execute(query)}


@command
def set_school_subjects(actor: User, unit_id: int, switches: SubjectSwitches, read: bool) -> Unit:
    """Switches school subjects on or off for the pupils of a school.

    `read` says that the coordinator has read the legal note; without it nothing is switched on. Raises NotFound for
    other users and for a unit that is no school, InvalidInput for an unread note.
    """
    place = unit(unit_id)
    if place.kind != "school" or not may_switch_subjects(roles_for(actor, unit_id)):
        raise NotFound
    before = SubjectSwitches(place.subjects_primary, place.subjects_secondary)
    more = (switches.primary and not before.primary) or (switches.secondary and not before.secondary)
    if more and not read:
        raise InvalidInput(N_("Hãy đọc phần căn cứ rồi chọn ô đã đọc."), field="read")
    if switches != before:
        place.subjects_primary, place.subjects_secondary = switches.primary, switches.secondary
        audit.record(
            actor.id, "set_school_subjects", f"unit:{unit_id}", primary=switches.primary, secondary=switches.secondary
        )
    return place


@command
def set_fallback_delay(actor: User, unit_id: int, minutes: int | None) -> Unit:
    """Sets the minutes here and below; None inherits from the unit above."""
    place = unit(unit_id)
    if not policy.may_set_hours(roles_for(actor, unit_id)):
        raise NotFound
    if minutes is not None and not LEAST_PATIENCE <= minutes <= MOST_PATIENCE:
        raise InvalidInput(
            N_("Hãy ghi từ %(least)s đến %(most)s phút."), field="minutes", least=LEAST_PATIENCE, most=MOST_PATIENCE
        )
    place.patience = minutes
    audit.record(actor.id, "set_patience", f"unit:{unit_id}", minutes=minutes)
    return place


@command
def set_link_hosts(actor: User, unit_id: int, typed: str) -> Unit:
    """Sets the sites to which rooms here and below may send links.

    The input has one host per line; empty input removes all.
    """
    place = unit(unit_id)
    if not policy.may_set_link_hosts(roles_for(actor, unit_id)):
        raise NotFound
    hosts = sorted({bare_host(line) for line in typed.split() if line.strip()})
    check_hosts(hosts)
    place.link_hosts = "\n".join(hosts)
    audit.record(actor.id, "set_link_hosts", f"unit:{unit_id}", hosts=hosts)
    return place
