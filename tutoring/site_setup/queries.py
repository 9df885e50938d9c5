"""Reads of the set-up: its row, the browser that goes on, and which steps are done."""

import hashlib
import hmac

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from tutoring.accounts.models import SecondFactor, User
from tutoring.backups import site_key
from tutoring.community.models import Unit
from tutoring.config import Settings
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.policy.site_setup import LEAST_ADMINS, may_set_up
from tutoring.site_setup.models import SiteSetup

# The steps in their order. `duty` needs places, and the second administrator the first one.
STEPS = ("language", "identity", "first_admin", "second_admin", "places", "duty", "mail", "backup_key")


def digest(secret: str) -> str:
    """Returns what is stored of a link, a browser or a code, each of which is random."""
    return hashlib.sha256(secret.encode()).hexdigest()


def matches(stored: str | None, secret: str) -> bool:
    """Whether a secret is the one whose digest is stored."""
    return stored is not None and bool(secret) and hmac.compare_digest(stored, digest(secret))


def setup_row() -> SiteSetup | None:
    """Returns the set-up of this site, or None where it had administrators before."""
    return db.session.get(SiteSetup, 1)


def goes_on() -> bool:
    """Whether this site is being set up: begun, and not ended."""
    row = setup_row()
    return row is not None and row.finished_at is None


def admin_count() -> int:
    """Returns how many site administrators there are."""
    query = sa.select(sa.func.count()).select_from(User).where(User.site_admin, User.erased_at.is_(None))
    return db.session.scalar(query) or 0


def is_demonstration() -> bool:
    """Whether this database holds accounts of the demonstration."""
    return db.session.scalar(sa.select(User.id).where(User.demo).limit(1)) is not None


def holds_link(secret: str) -> bool:
    """Whether a browser with this secret has opened the link and may go on, which ends with the first administrator."""
    row = setup_row()
    if row is None or row.browser_until is None or row.browser_until < clock.now():
        return False
    return may_set_up(matches(row.browser_digest, secret), admin_count())


def done_steps(settings: Settings) -> frozenset[str]:
    """Returns which steps are done, as the tables say it, whichever way it was done."""
    row = setup_row()
    with_factor = sa.select(SecondFactor.user_id).where(SecondFactor.confirmed_at.is_not(None))
    guarded = db.session.scalar(
        sa.select(sa.func.count())
        .select_from(User)
        .where(User.site_admin, User.erased_at.is_(None), User.id.in_(with_factor))
    )
    kinds = set(db.session.scalars(sa.select(Unit.kind).where(Unit.effective_to.is_(None)).distinct()))
    phone = db.session.scalar(sa.select(Unit.id).where(Unit.duty_phone != "").limit(1))
    held = {
        "language": row is None or bool(row.language) or bool(guarded),
        "identity": row is None or row.named_at is not None,
        "first_admin": bool(guarded),
        "second_admin": (guarded or 0) >= LEAST_ADMINS,
        "places": {"ward", "school", "class"} <= kinds,
        "duty": phone is not None,
        "mail": row is not None and (row.mail_works_at or row.no_mail_at) is not None,
        "backup_key": bool(site_key.recipient_of(settings)),
    }
    return frozenset(step for step in STEPS if held[step])


def wards() -> list[Unit]:
    """Returns the wards that there are, at most ten."""
    query = sa.select(Unit).where(Unit.kind == "ward", Unit.effective_to.is_(None), Unit.merged_into_id.is_(None))
    return list(db.session.scalars(query.order_by(Unit.sort, Unit.id).limit(10)))


def schools(ward_id: int) -> list[tuple[Unit, int]]:
    """Returns the schools of a ward with the number of their classes."""
    classes = aliased(Unit)
    counted = sa.select(sa.func.count()).where(classes.parent_id == Unit.id, classes.kind == "class").scalar_subquery()
    query = sa.select(Unit, counted).where(Unit.parent_id == ward_id, Unit.kind == "school")
    return [(unit, number) for unit, number in db.session.execute(query.order_by(Unit.sort, Unit.id).limit(50))]


def duty_rows() -> list[Unit]:
    """Returns the wards and schools, each school below its ward, at most fifty."""
    query = sa.select(Unit).where(Unit.kind.in_(("ward", "school")), Unit.effective_to.is_(None))
    return list(db.session.scalars(query.order_by(Unit.path, Unit.id).limit(50)))


def unfinished() -> sa.ColumnElement[bool]:
    """SQL condition: this site is being set up."""
    return SiteSetup.finished_at.is_(None)
