"""The key to which a site encrypts its backups: from its settings, or made once in the browser."""

import hmac

import sqlalchemy as sa

from tutoring.backups import encryption
from tutoring.backups.models import BackupKey
from tutoring.config import Settings
from tutoring.kernel import clock
from tutoring.kernel import encryption as kernel_encryption
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput
from tutoring.kernel.text import N_

PART = 8  # letters at the end of the private key that are typed back
_PLACE = "backup key part"


def recipient_of(settings: Settings) -> str:
    """Returns the public key of a site's backups; empty where there is none.

    The setting has precedence. A key counts once a part of the private one was typed back.
    """
    if settings.backup_recipient:
        return settings.backup_recipient
    kept = sa.select(BackupKey.recipient).where(BackupKey.confirmed_at.is_not(None))
    return db.session.scalar(kept) or ""


def recipient_before_upgrade(settings: Settings) -> str:
    """As recipient_of, for commands: `upgrade` makes its backup while the database may not have the table yet."""
    if not settings.backup_recipient and not sa.inspect(db.engine).has_table(BackupKey.__tablename__):
        return ""
    return recipient_of(settings)


def waits_for_part() -> bool:
    """Whether a key was made whose private half has not been typed back yet."""
    return bool(db.session.scalar(sa.select(BackupKey.id).where(BackupKey.confirmed_at.is_(None))))


@command
def make_site_key(settings: Settings) -> str:
    """Makes a pair of keys and returns the private one, which is never shown again.

    A pair that was not typed back is replaced. Raises Conflict when the site has a key: another one is set at the
    server, because a browser alone must not redirect backups.
    """
    if recipient_of(settings):
        raise Conflict(N_("Trang đã có khoá sao lưu. Muốn đổi thì đặt BACKUP_RECIPIENT trên máy chủ."))
    private, public = encryption.new_keys()
    row = db.session.get(BackupKey, 1, with_for_update=True) or BackupKey(id=1)
    row.recipient, row.part_digest, row.made_at = public, _digest(private[-PART:]), clock.now()
    db.session.add(row)
    return private


@command
def confirm_site_key(typed: str) -> None:
    """Takes the key into use once the end of its private half is typed back; raises InvalidInput otherwise."""
    row = db.session.get(BackupKey, 1, with_for_update=True)
    if row is None or row.part_digest is None:
        raise Conflict(N_("Chưa có khoá nào chờ xác nhận. Hãy làm khoá mới."))
    part = "".join(typed.split()).upper()
    if not hmac.compare_digest(row.part_digest, _digest(part)):
        raise InvalidInput(
            N_("Tám ký tự này chưa khớp. Hãy nhìn bản bạn đã chép, ghi đúng tám ký tự cuối của khoá."), field="part"
        )
    row.part_digest, row.confirmed_at = None, clock.now()


def _digest(part: str) -> str:
    return kernel_encryption.blind_index(part, _PLACE)
