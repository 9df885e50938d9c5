"""Commands of the site administrator: each checks policy and writes an audit row.

Most of them require a reason.
"""

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
from tutoring.kernel.site_identity import SITE_NAME
from tutoring.kernel.text import N_, nfc
from tutoring.policy.administration import may_run_the_site
from tutoring.safety.free_text import for_minor, validate_reason


def check(actor: User) -> None:
    """Raises NotFound unless the actor is a site administrator with a second factor."""
    if not may_run_the_site({"site_admin"} if actor.site_admin and not actor.lacks_factor else ()):
        raise NotFound


# ---- settings -------------------------------------------------------------------------------------------------


@command
def change_option(actor: User, name: str, value: Any, reason: str, version: int | None = None) -> bool:
    """Sets a site setting; None restores the shipped default."""
    check(actor)
    if name == SITE_NAME.name and value:
        for_minor(value, field="value")  # children read it on every page
    return kernel_site_settings.put(actor, name, value, validate_reason(reason), version)


@command
def revert_option_change(actor: User, change_id: int, reason: str, version: int | None = None) -> bool:
    """Restores the value before this change, as a change of its own."""
    check(actor)
    return kernel_site_settings.put_back(actor, change_id, validate_reason(reason), version)


# ---- failed jobs ----------------------------------------------------------------------------------------------


@command
def try_again(actor: User, kind: str, error: str, only: int | None = None) -> int:
    """Retries failed jobs: all of one kind and error, or a single one.

    Raises Conflict when no job matches.
    """
    check(actor)
    done = failed_jobs.try_again(kind, error, only)
    if not done:
        raise Conflict
    audit.record(actor.id, "retry_work", f"work:{kind}", count=done, error=error)
    return done


@command
def dismiss_jobs(actor: User, kind: str, error: str, reason: str, only: int | None = None) -> int:
    """Dismisses failed jobs, so that they are not retried.

    Raises Conflict when no job matches.
    """
    check(actor)
    reason = validate_reason(reason)
    done = failed_jobs.put_away(kind, error, only)
    if not done:
        raise Conflict
    audit.record(actor.id, "put_work_away", f"work:{kind}", reason, count=done, error=error)
    return done


# ---- users ----------------------------------------------------------------------------------------------------


@command
def look_up(actor: User, typed: str, reason: str) -> list[int]:
    """Finds users by user name, phone number or email.

    Every look-up is recorded in the audit chain, also when it finds no user.
    """
    check(actor)
    reason = validate_reason(reason)
    typed = nfc(typed).strip()
    if not typed:
        raise InvalidInput(N_("Hãy ghi tên đăng nhập, số điện thoại hoặc email."), field="handle")
    found = [person.id for person in find_by_name_typed(typed[:120]) if person.erased_at is None]
    if not found:
        audit.record(actor.id, "look_up", "user:-", reason)
    for user_id in found:
        audit.record(actor.id, "look_up", f"user:{user_id}", reason)
    return found


@command
def end_sign_ins(actor: User, user_id: int, reason: str) -> None:
    """Ends all sign-ins of a user, for example after a phone was stolen."""
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
    """Records in the audit chain that the log of one user was read."""
    check(actor)
    audit.record(actor.id, "read_log", f"user:{user_id}")


def current_version(area: str, name: str) -> int:
    """Returns the version of a stored value; a form carries it to detect concurrent edits."""
    return overrides.current_value(area, name)[1]
