"""`flask keys …`: which keys sealed what, and sealing anew under the newest one."""

import click
import sqlalchemy as sa
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.orm import undefer_group

from tutoring.accounts.models import User
from tutoring.kernel import encryption
from tutoring.kernel.database import sealed_columns
from tutoring.kernel.database.sealed_columns import UNREADABLE, SealedColumn
from tutoring.kernel.db import db
from tutoring.kernel.program_name import program_name

group = AppGroup("keys", help="The keys of the site: which are needed, and a new FIELD_KEY.")
ROUNDS = 5  # while the site runs, a process with the older ring may seal under the older key


@group.command("status")
def status() -> None:
    """Say how many values each key of FIELD_KEY and FIELD_KEY_FALLBACKS opens, and how many older keys the others have.

    Exit status 1 when an older key is still needed, a value opens with none, or INDEX_KEY is missing or wrong.
    """
    settings = current_app.config["SETTINGS"]
    total, older, lost = 0, 0, 0
    for one in sealed_columns.sealed_columns():
        found = sealed_columns.count_keys(one)
        if not found:
            continue
        total, lost = total + found.total(), lost + found[UNREADABLE]
        older += sum(count for number, count in found.items() if number > 0)
        parts = [f"{found[0]} newest"] + [f"{found[n]} older key {n}" for n in sorted(found) if n > 0]
        if found[UNREADABLE]:
            parts.append(f"{found[UNREADABLE]} open with no key")
        click.echo(f"{one.name}: {', '.join(parts)}")
    click.echo(
        f"{total} sealed values; keys in FIELD_KEY and FIELD_KEY_FALLBACKS: {1 + len(settings.field_key_fallbacks)}"
    )
    for name, ring in (("SECRET_KEY", settings.secret_key_fallbacks), ("AUDIT_KEY", settings.audit_key_fallbacks)):
        click.echo(f"{name}: {len(ring)} older {'key' if len(ring) == 1 else 'keys'}")
    if not _indexes_fit():
        click.echo(
            "INDEX_KEY is missing or wrong, so phone numbers find no account: set the first FIELD_KEY.", err=True
        )
        raise SystemExit(1)
    if older:
        click.echo(f"{older} values need an older key: run `{program_name()} keys rotate`.")
    elif settings.field_key_fallbacks:
        click.echo(
            "No value needs an older key: FIELD_KEY_FALLBACKS can be emptied, once backups that need it are gone."
        )
    if lost:
        click.echo(f"{lost} values open with no key. If FIELD_KEY_FALLBACKS lacks an older key, add it.", err=True)
    if older or lost:
        raise SystemExit(1)


def _indexes_fit() -> bool:
    """Whether the blind index of the newest phone number that opens is the one that is stored."""
    query = sa.select(User).options(undefer_group("contacts")).where(User.phone_mark.is_not(None))
    for user in db.session.scalars(query.order_by(User.id.desc()).limit(20)):
        if user.phone:
            return user.phone_mark == encryption.blind_index(user.phone, "phone")
    return True


@group.command("rotate")
def rotate() -> None:
    """Seal anew, under FIELD_KEY, what a key of FIELD_KEY_FALLBACKS sealed. The site may run.

    Every process must have been restarted with the new settings before. It can be stopped and started again.
    """
    columns = sealed_columns.sealed_columns()
    for _ in range(ROUNDS):
        if not sum([_rotate(one) for one in columns]):
            click.echo(f"Done. `{program_name()} keys status` says whether an older key is still needed.")
            return
    raise click.ClickException(
        "Values are still being sealed under an older key. Restart every process of the site, then run this again."
    )


def _rotate(one: SealedColumn) -> int:
    changed = 0
    for number, done in enumerate(sealed_columns.reseal(one), 1):
        changed += done
        if done:
            click.echo(f"{one.name}: {changed} sealed anew, {number * sealed_columns.BATCH} or fewer rows read")
    return changed
