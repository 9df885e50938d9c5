"""Commands of tokens: make and end them, and write once under a key."""

import hashlib
import secrets
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.api.tokens import queries as token_queries
from tutoring.api.tokens.models import ApiToken, ApiWrite
from tutoring.community.queries import acting_roles_at, unit
from tutoring.kernel import audit, clock, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.database.sql import insert_if_absent
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from tutoring.kernel.text import N_, nfc
from tutoring.policy import api as policy
from tutoring.safety.free_text import reject_private_data

PREFIX = "cunghoc_"  # by which scanners of published files find a token that leaked


@dataclass(frozen=True)
class TokenInput:
    """What a person chooses for a token: what it is called, what it reaches, and for how many days."""

    label: str
    scopes: Collection[str]
    days: int


@command
def make_token(actor: User, written: TokenInput, unit_id: int | None = None) -> str:
    """Makes a token and returns it, once. Raises Forbidden, NotFound, InvalidInput, or Conflict at the limit."""
    if not policy.may_make_token(actor.is_minor):
        raise Forbidden(N_("Chỉ người lớn tạo được khoá truy cập."))
    if unit_id is not None:
        place = unit(unit_id)
        if not policy.may_make_unit_token(acting_roles_at(actor, unit_id), place.effective_to is not None):
            raise NotFound
    label, scopes = _checked(written, unit_id is not None)
    # Serializes the commands of one person: two pages must not exceed the limit.
    db.session.get_one(User, actor.id, with_for_update={"key_share": True})
    mine = token_queries.tokens_of(actor.id) if unit_id is None else token_queries.tokens_of_unit(unit_id)
    if len(mine) >= policy.MOST_TOKENS:
        raise Conflict(N_("Đã có %(num)s khoá đang dùng. Hãy dừng bớt một khoá rồi tạo khoá mới."), num=len(mine))
    rate_limits.hit("token_make", actor.id)
    token, now = PREFIX + secrets.token_urlsafe(32), clock.now()
    row = ApiToken(
        user_id=actor.id, unit_id=unit_id, label=label, token_hash=token_queries.hashed(token),
        scopes=" ".join(scopes), second_factor=not actor.lacks_factor, expires_at=now + timedelta(days=written.days),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    audit.record(actor.id, "make_api_token", _target(row), scopes=scopes, days=written.days)
    return token


def _target(row: ApiToken) -> str:
    return f"unit:{row.unit_id}" if row.unit_id is not None else f"user:{row.user_id}"


def _checked(written: TokenInput, of_unit: bool) -> tuple[str, list[str]]:
    label = nfc(written.label).strip()
    if not label:
        raise InvalidInput(N_("Hãy ghi chương trình nào dùng khoá này."), field="label")
    if len(label) > policy.LONGEST_LABEL:
        raise InvalidInput(N_("Tên này dài quá. Hãy ghi ngắn hơn."), field="label")
    reject_private_data(label, minor=False, field="label")
    scopes = [one for one in policy.offered_scopes(of_unit) if one in written.scopes]
    if not scopes or len(scopes) != len(set(written.scopes)):
        raise InvalidInput(N_("Hãy chọn ít nhất một phần mà khoá được đọc."), field="scopes")
    if written.days not in policy.LIVES:
        raise InvalidInput(N_("Hãy chọn thời hạn trong danh sách."), field="days")
    return label, scopes


@command
def end_token(actor: User, token_id: int) -> None:
    """Ends one of the actor's own tokens; raises NotFound. Ending it twice changes nothing."""
    row = _locked(token_id)
    if row.unit_id is not None or row.user_id != actor.id:
        raise NotFound
    _end(actor, row)


@command
def end_unit_token(actor: User, unit_id: int, token_id: int) -> None:
    """Ends a token of a unit, whose staff the actor is; raises NotFound."""
    token_queries.unit_with_tokens(actor, unit_id)
    row = _locked(token_id)
    if row.unit_id != unit_id:
        raise NotFound
    _end(actor, row)


def _locked(token_id: int) -> ApiToken:
    row = db.session.scalar(sa.select(ApiToken).where(ApiToken.id == token_id).with_for_update())
    if row is None:
        raise NotFound
    return row


def _end(actor: User, row: ApiToken) -> None:
    if row.ended_at is None:
        row.ended_at = clock.now()
        audit.record(actor.id, "end_api_token", _target(row))


@command
def end_tokens_of(user_ids: Collection[int]) -> None:
    """Ends all tokens that these people made: after a new passphrase, a ban, the end of a school account."""
    _end_open(ApiToken.user_id.in_(user_ids))


@command
def end_all_tokens() -> None:
    """Ends every token: after a restore, which would bring back those that were ended since the backup."""
    _end_open()


def _end_open(*chosen: sa.ColumnElement[bool]) -> None:
    db.session.execute(sa.update(ApiToken).where(ApiToken.ended_at.is_(None), *chosen).values(ended_at=clock.now()))


@command
def delete_tokens_of(user_id: int) -> None:
    """Deletes all tokens that an erased person made."""
    db.session.execute(sa.delete(ApiToken).where(ApiToken.user_id == user_id))


@command
def write_once(token_id: int, key: str, request_body: bytes, write: Callable[[], int]) -> tuple[int, bool]:
    """Writes under an idempotency key, in one transaction; returns the id of what was made and whether it was before.

    Raises Conflict when the key was used for another request. What `write` refuses leaves the key unused.
    """
    key_hash, digest = hashlib.sha256(key.encode()).hexdigest(), hashlib.sha256(request_body).hexdigest()
    of_key = ApiWrite.token_id == token_id, ApiWrite.key_hash == key_hash
    db.session.execute(sa.delete(ApiWrite).where(*of_key, ApiWrite.at < clock.now() - policy.WRITES_KEPT))
    insert_if_absent(ApiWrite, token_id=token_id, key_hash=key_hash, request_hash=digest, at=clock.now())
    row = db.session.scalars(sa.select(ApiWrite).where(*of_key).with_for_update()).one()
    if row.request_hash != digest:
        raise Conflict(N_("Mã Idempotency-Key này đã dùng cho một yêu cầu khác. Hãy đặt mã mới."), code="key_reused")
    if row.made_id is not None:
        return row.made_id, True
    row.made_id = made_id = write()
    return made_id, False


@command
def forget_writes() -> None:
    """Deletes what was made under keys that are over."""
    db.session.execute(sa.delete(ApiWrite).where(ApiWrite.at < clock.now() - policy.WRITES_KEPT))
