"""The log of breaches: noted at once, reported within 72 hours, notified to those concerned."""

from datetime import datetime, timedelta
from typing import Any

from tutoring.accounts.models import User
from tutoring.kernel import audit, clock, jobs
from tutoring.kernel.commands import command
from tutoring.kernel.db import db, lock
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound
from tutoring.kernel.text import N_, nfc
from tutoring.notifications.inbox.commands import mark_handled, notify
from tutoring.policy.privacy import may_run_the_site
from tutoring.privacy.models import Breach
from tutoring.privacy.queries import admin_ids, breach
from tutoring.safety.free_text import validate_reason

ALARM_JOB = "privacy.breach"
ALARMS = (48, 24, 6)  # hours before the deadline of 72 hours
STEPS = ("reported", "told", "closed")
LONGEST = 2000


def _may(actor: User) -> None:
    if not may_run_the_site({"site_admin"} if actor.site_admin and not actor.lacks_factor else ()):
        raise NotFound


def _plain(typed: str, field: str) -> str:
    text = nfc(typed)
    if not text or len(text) > LONGEST:
        raise InvalidInput(N_("Hãy ghi vài câu, không quá 2000 ký tự."), field=field)
    return validate_reason(text)


@command
def note(actor: User, discovered_at: datetime, what: str, categories: str, people: int, measures: str) -> Breach:
    """Records a breach and notifies all other site admins; its deadline runs from the discovery."""
    _may(actor)
    if discovered_at > clock.now():
        raise InvalidInput(N_("Lúc phát hiện không thể ở sau bây giờ."), field="discovered_at")
    made = Breach(
        by_id=actor.id, discovered_at=discovered_at, people=people, what=_plain(what, "what"),
        categories=_plain(categories, "categories"), measures=validate_reason(measures, needed=False),
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    for hours in ALARMS:
        key = f"{ALARM_JOB}:{made.id}:{hours}"
        jobs.enqueue(ALARM_JOB, key, made.notify_by - timedelta(hours=hours), breach_id=made.id, hours=hours)
    audit.record(actor.id, "note_breach", f"breach:{made.id}", people=people)
    for admin_id in admin_ids():
        if admin_id != actor.id:
            notify(
                admin_id, f"breach:{made.id}", N_("Có một vụ lộ, mất dữ liệu được ghi lại."),
                f"/privacy/breaches/{made.id}",
            )  # fmt: skip
    return made


@command
def take_step(actor: User, breach_id: int, step: str, words: str) -> Breach:
    """Records a step: reported, people told, or closed, each with what was done.

    Closing a breach that was not reported needs a reason.
    """
    _may(actor)
    found = breach(breach_id)
    lock(found)
    if step not in STEPS or found.closed_at is not None:
        raise Conflict
    said = validate_reason(words, needed=step == "closed" and found.reported_at is None)
    if said and step == "closed":
        found.reason = said
    elif said:
        found.measures = f"{found.measures}\n{said}".strip()
    setattr(found, f"{step}_at", clock.now())
    if step == "closed":
        mark_handled(path=f"/privacy/breaches/{found.id}")
    elif step == "reported":
        mark_handled(*(f"breach:{found.id}:{hours}" for hours in ALARMS))
    audit.record(actor.id, f"breach_{step}", f"breach:{found.id}")
    return found


@jobs.job(ALARM_JOB)
def _alarm(payload: dict[str, Any]) -> None:
    found = breach(payload["breach_id"])
    if found.reported_at is not None or found.closed_at is not None:
        return
    for admin_id in admin_ids():
        notify(
            admin_id, f"breach:{found.id}:{payload['hours']}",
            N_("Vụ lộ dữ liệu phải báo cơ quan có thẩm quyền trước khi hết 72 giờ. Hãy xem ngay."),
            f"/privacy/breaches/{found.id}",
        )  # fmt: skip
