"""What whoever runs the site changes: each asks policy, takes a reason, and is a row of the audit chain."""

from typing import Any

from tutoring.accounts.models import User
from tutoring.accounts.queries import find_by_name_typed
from tutoring.accounts.sign_ins import lifecycle
from tutoring.community.duty.commands import check_rank
from tutoring.kernel import audit, failed_jobs, overrides
from tutoring.kernel import site_settings as kernel_site_settings
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from tutoring.kernel.text import N_, nfc
from tutoring.policy.administration import may_run_the_site
from tutoring.safety.free_text import validate_reason


def check(actor: User) -> None:
    """Raises Missing for whoever does not run the site, or has not shown the second factor."""
    if not may_run_the_site({"site_admin"} if actor.site_admin and not actor.lacks_factor else ()):
        raise NotFound


# ---- settings -------------------------------------------------------------------------------------------------


@command
def change_option(actor: User, name: str, value: Any, reason: str, version: int | None = None) -> bool:
    """Set an option; None: as shipped."""
    check(actor)
    return kernel_site_settings.put(actor, name, value, validate_reason(reason), version)


@command
def put_back_option(actor: User, change_id: int, reason: str, version: int | None = None) -> bool:
    """What stood before this change stands again, as a change of its own."""
    check(actor)
    return kernel_site_settings.put_back(actor, change_id, validate_reason(reason), version)


# ---- failed work ----------------------------------------------------------------------------------------------


@command
def try_again(actor: User, kind: str, error: str, only: int | None = None) -> int:
    """Let failed work begin anew: all of one kind and error, or one piece."""
    check(actor)
    done = failed_jobs.try_again(kind, error, only)
    if not done:
        raise Conflict
    audit.record(actor.id, "retry_work", f"work:{kind}", count=done, error=error)
    return done


@command
def put_away(actor: User, kind: str, error: str, reason: str, only: int | None = None) -> int:
    """Failed work is not tried again."""
    check(actor)
    reason = validate_reason(reason)
    done = failed_jobs.put_away(kind, error, only)
    if not done:
        raise Conflict
    audit.record(actor.id, "put_work_away", f"work:{kind}", reason, count=done, error=error)
    return done


# ---- people ---------------------------------------------------------------------------------------------------


@command
def look_up(actor: User, typed: str, reason: str) -> list[int]:
    """Whom a user name, phone number or e-mail means; looking is a row of the chain, whoever was found."""
    check(actor)
    reason = validate_reason(reason)
    typed = nfc(typed).strip()
    if not typed:
        raise InvalidInput(N_("Hãy ghi tên đăng nhập, số điện thoại hoặc e-mail."), field="handle")
    found = [person.id for person in find_by_name_typed(typed[:120]) if person.erased_at is None]
    if not found:
        audit.record(actor.id, "look_up", "user:-", reason)
    for user_id in found:
        audit.record(actor.id, "look_up", f"user:{user_id}", reason)
    return found


@command
def end_sign_ins(actor: User, user_id: int, reason: str) -> None:
    """Sign somebody out of every device, as when a phone was stolen."""
    check(actor)
    person = db.session.get(User, user_id)
    if person is None or person.erased_at is not None:
        raise NotFound
    if person.id == actor.id:
        raise Forbidden(N_("Máy của chính bạn thì đăng xuất ở trang Tài khoản."))
    check_rank(actor, person)
    reason = validate_reason(reason)
    lifecycle.end_all_sign_ins(user_id)
    audit.record(actor.id, "end_sign_ins", f"user:{user_id}", reason)


@command
def note_reading(actor: User, user_id: int) -> None:
    """Somebody's acts, or acts on somebody, were read in the log."""
    check(actor)
    audit.record(actor.id, "read_log", f"user:{user_id}")


def current_version(area: str, name: str) -> int:
    """The version of a kept value that a form is shown with."""
    return overrides.current_value(area, name)[1]
