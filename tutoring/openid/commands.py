"""Commands of sign-in with school accounts: providers, links, and sign-ins that a provider ends."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import sqlalchemy as sa

from tutoring.accounts.credentials.password_resets import take_issued_code
from tutoring.accounts.models import SignIn, User
from tutoring.accounts.queries import is_guardian
from tutoring.accounts.queries import user as account
from tutoring.accounts.sign_ins.lifecycle import SUSPENDED, check_card, end
from tutoring.accounts.sign_ins.local_network import check_connection
from tutoring.community import queries as community
from tutoring.kernel import audit, clock
from tutoring.kernel.commands import command
from tutoring.kernel.database.sql import insert_if_absent
from tutoring.kernel.db import db
from tutoring.kernel.encryption import blind_index
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_
from tutoring.openid.errors import GOOGLE, ProviderFault
from tutoring.openid.events import IdentitiesRemoved, IdentityLinked
from tutoring.openid.models import ChildPermission, IdentityLink, IdentityProvider, ProviderSession
from tutoring.openid.proofs import Proof, spend
from tutoring.openid.queries import (
    child_permission,
    enabled_provider,
    identity_mark,
    is_within,
    link_of_identity,
    provider,
)
from tutoring.policy.openid import may_link, may_set_providers
from tutoring.safety.free_text import for_minor

MOST_PROVIDERS = 5  # of one unit, and of the site
LONGEST = {"label": 40, "issuer": 300, "client_id": 300, "client_secret": 500, "domains": 500}
SESSION = "openid session"
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}")

_OUTSIDE = N_("Nút đăng nhập này dành cho người của %(unit)s. Hãy đăng nhập bằng mật khẩu.")
_TAKEN = N_("Tài khoản trường này đã nối với một tài khoản Cùng Học khác. Hãy đăng nhập bằng chính tài khoản đó.")
_PARENT = N_(
    "Ba mẹ chưa đồng ý cho em đăng nhập bằng tài khoản trường. Nhờ ba mẹ mở Tài khoản, mục Con của tôi, rồi bấm Đồng ý."
)
_OTHER = N_("Tài khoản của bạn đã nối với một tài khoản khác ở đây. Hãy bỏ nối trước.")


@dataclass(frozen=True)
class ProviderInput:
    """What a form says of a provider. An empty secret leaves the stored one."""

    label: str
    issuer: str
    client_id: str
    client_secret: str
    domains: str
    enabled: bool


# ---- providers -------------------------------------------------------------------------------------------------------


def check_may_set(actor: User, unit_id: int | None) -> None:
    """Raises NotFound unless the actor sets the providers of this unit, or with None those of the site."""
    if not may_set_providers({"site_admin"} & community.roles_of(actor.id) if unit_id is None
                             else community.roles_for(actor, unit_id)):  # fmt: skip
        raise NotFound


@command
def save_provider(actor: User, unit_id: int | None, provider_id: int | None, typed: ProviderInput) -> IdentityProvider:
    """Adds a provider, or changes one: all but its issuer. Raises InvalidInput, or NotFound for other units' ones."""
    if provider_id is None:
        check_may_set(actor, unit_id)
        row = _added(actor, unit_id, typed)
    else:
        row = db.session.get(IdentityProvider, provider_id, with_for_update=True)  # type: ignore[assignment]
        if row is None:
            raise NotFound
        check_may_set(actor, row.unit_id)
        if typed.issuer != row.issuer:
            raise InvalidInput(
                N_("Địa chỉ nhà cung cấp không đổi được. Hãy thêm một nhà cung cấp mới."), field="issuer"
            )
    _check(typed)
    was_enabled = row.enabled
    row.label = for_minor(typed.label, field="label")
    row.client_id, row.domains, row.enabled = typed.client_id, " ".join(_domains(typed)), typed.enabled
    if typed.client_secret:
        row.client_secret = typed.client_secret
    db.session.flush()
    audit.record(
        actor.id, "set_identity_provider", f"identity_provider:{row.id}", unit=row.unit_id, issuer=row.issuer,
        enabled=row.enabled, secret=bool(typed.client_secret),
    )  # fmt: skip
    if was_enabled and not row.enabled:
        _close(IdentityLink.provider_id == row.id)
    return row


def _added(actor: User, unit_id: int | None, typed: ProviderInput) -> IdentityProvider:
    if unit_id is not None:
        community.active_unit(unit_id)
    of_unit = IdentityProvider.unit_id.is_not_distinct_from(unit_id)
    if (db.session.scalar(sa.select(sa.func.count()).where(of_unit)) or 0) >= MOST_PROVIDERS:
        raise InvalidInput(N_("Nhiều nhất %(most)s nhà cung cấp. Hãy bỏ bớt."), field="issuer", most=MOST_PROVIDERS)
    row = IdentityProvider(
        unit_id=unit_id,
        code=secrets.token_hex(5),
        label="",
        issuer=typed.issuer,
        client_id=typed.client_id,
        created_by_id=actor.id,
    )
    db.session.add(row)
    return row


def _check(typed: ProviderInput) -> None:
    for name, most in LONGEST.items():
        if len(getattr(typed, name)) > most:
            raise InvalidInput(N_("Dài quá. Hãy viết trong %(most)s chữ cái."), field=name, most=most)
    for name in ("label", "issuer", "client_id") if typed.enabled else ("label", "issuer"):
        if not getattr(typed, name).strip():
            raise InvalidInput(N_("Hãy điền ô này."), field=name)
    try:
        parts = urlsplit(typed.issuer)
        fits = parts.scheme == "https" and bool(parts.hostname) and not (
            parts.query or parts.fragment or parts.username or parts.password
        )  # fmt: skip
    except ValueError:
        fits = False
    if not fits or any(char.isspace() for char in typed.issuer):
        raise InvalidInput(
            N_("Ghi địa chỉ https:// đúng như nhà cung cấp ghi, như: https://accounts.google.com"), field="issuer"
        )
    domains = _domains(typed)
    for domain in domains:
        if not _DOMAIN.fullmatch(domain):
            raise InvalidInput(N_("%(name)s không phải tên miền. Hãy ghi như: truong.edu.vn"), field="domains",
                               name=domain[:60])  # fmt: skip
    if typed.issuer == GOOGLE and not domains:
        raise InvalidInput(N_("Google cho mọi người đăng nhập. Hãy ghi tên miền của trường."), field="domains")
    if "/common" in typed.issuer or "/organizations" in typed.issuer or "/consumers" in typed.issuer:
        raise InvalidInput(
            N_("Ghi địa chỉ có mã tổ chức của trường, không dùng common hay organizations."), field="issuer"
        )


def _domains(typed: ProviderInput) -> list[str]:
    return sorted({one.lower().lstrip("@") for one in typed.domains.replace(",", " ").split()})


@command
def remove_provider(actor: User, provider_id: int) -> None:
    """Removes a provider with its links; sign-ins that began there end."""
    row = provider(provider_id)
    check_may_set(actor, row.unit_id)
    _close(IdentityLink.provider_id == row.id)
    audit.record(
        actor.id, "remove_identity_provider", f"identity_provider:{row.id}", unit=row.unit_id, issuer=row.issuer
    )
    db.session.execute(sa.delete(IdentityLink).where(IdentityLink.provider_id == row.id))
    db.session.delete(row)


# ---- links -----------------------------------------------------------------------------------------------------------


@command
def link(user: User, proof: Proof) -> IdentityLink:
    """Links a proven identity to an account.

    The caller has verified the user: by a step-up in the same browser, or by a code of staff. Raises Conflict when the
    identity or the account is linked already, and Forbidden for who may not.
    """
    if proof.user_id not in (None, user.id):
        raise Conflict
    found = enabled_provider(proof.provider_id)
    check_user(user, found)
    known = link_of_identity(found.issuer, proof.subject)
    if known is not None:
        if known.user_id == user.id:
            return known
        raise Conflict(_TAKEN)
    own = sa.select(IdentityLink.id).where(IdentityLink.user_id == user.id, IdentityLink.provider_id == found.id)
    if db.session.scalar(own) is not None:
        raise Conflict(_OTHER)
    mark = identity_mark(found.issuer, proof.subject)
    row = IdentityLink(provider_id=found.id, user_id=user.id, subject=proof.subject, identity_mark=mark)
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except sa.exc.IntegrityError:  # another browser was faster
        raise Conflict(_TAKEN) from None
    audit.record(user.id, "link_identity", f"user:{user.id}", provider=found.id)
    publish(IdentityLinked(user.id, row.id, found.label))
    return row


def check_user(user: User, found: IdentityProvider) -> None:
    """Raises Forbidden unless this user may use this provider now."""
    if user.state == "suspended" or user.erased_at is not None:
        raise Forbidden(SUSPENDED)
    if not is_within(user, found):
        raise Forbidden(_OUTSIDE, unit=found.unit.name if found.unit else "")
    if not may_link(user.kind, child_permission(user.id) is not None):
        raise Forbidden(_PARENT)
    check_connection(user)
    check_card(user)


def link_by_code(typed: str, code: str, address: str, proof: Proof) -> User:
    """Links a proven identity to the account for which staff issued a one-time code; returns the user.

    The code is used up, also when the link is refused. Raises InvalidInput for a wrong one.
    """
    user = account(take_issued_code(typed, code, address))
    link(user, proof)
    return user


@command
def unlink(user: User, link_id: int) -> None:
    """Removes one of the user's own links; other sign-ins that began through it end, and the user's tokens."""
    row = db.session.get(IdentityLink, link_id)
    if row is None or row.user_id != user.id:
        raise NotFound
    _close(IdentityLink.id == row.id, but=user.sign_in.id if user.sign_in else None)
    audit.record(user.id, "unlink_identity", f"user:{user.id}", provider=row.provider_id)
    db.session.delete(row)


def user_to_sign_in(proof: Proof) -> tuple[User, IdentityLink] | None:
    """Returns the user of a proven identity and the link, or None when it is linked to no account.

    Raises Forbidden for a user who may not sign in here now.
    """
    found = enabled_provider(proof.provider_id)
    known = link_of_identity(found.issuer, proof.subject)
    if known is None:
        return None
    check_user(known.user, found)
    return known.user, known


@command
def note_sign_in(sign_in_id: int, link_id: int, session: str) -> None:
    """Notes that a sign-in began through a link, with the provider's name of its own session."""
    row = db.session.get_one(IdentityLink, link_id)
    row.used_at = clock.now()
    mark = blind_index(f"{row.provider_id} {session}", SESSION) if session else ""
    db.session.add(ProviderSession(sign_in_id=sign_in_id, link_id=link_id, session_mark=mark))


@command
def carry_over(half_id: int, sign_in_id: int) -> None:
    """Moves what is noted of a half sign-in to the whole one that replaces it."""
    noted = sa.update(ProviderSession).where(ProviderSession.sign_in_id == half_id)
    db.session.execute(noted.values(sign_in_id=sign_in_id))


# ---- logout at the provider ------------------------------------------------------------------------------------------


@command
def end_at_logout(found: IdentityProvider, token_id: str, subject: str, session: str) -> int:
    """Ends the sign-ins that a logout token names: one session, or all of a subject. Returns how many.

    Raises ProviderFault for a token that was used before.
    """
    if not spend(f"logout {found.id} {token_id}"):
        raise ProviderFault(code="replay")
    chosen: list[sa.ColumnElement[bool]] = [IdentityLink.provider_id == found.id]
    if subject:
        chosen.append(IdentityLink.identity_mark == identity_mark(found.issuer, subject))
    if session:
        chosen.append(ProviderSession.session_mark == blind_index(f"{found.id} {session}", SESSION))
    return _end_sign_ins(_sign_ins_through(*chosen))


def _sign_ins_through(*chosen: sa.ColumnElement[bool]) -> Sequence[SignIn]:
    query = sa.select(SignIn).join(ProviderSession, ProviderSession.sign_in_id == SignIn.id)
    query = query.join(IdentityLink, IdentityLink.id == ProviderSession.link_id)
    return db.session.scalars(query.where(SignIn.ended_at.is_(None), *chosen).order_by(SignIn.id)).all()


def _close(*chosen: sa.ColumnElement[bool], but: int | None = None) -> None:
    """Ends the sign-ins (but one) that began through these links, and tells whose links they are."""
    _end_sign_ins([one for one in _sign_ins_through(*chosen) if one.id != but])
    users = db.session.scalars(sa.select(IdentityLink.user_id).where(*chosen).distinct()).all()
    if users:
        publish(IdentitiesRemoved(tuple(users)))


def _end_sign_ins(found: Sequence[SignIn]) -> int:
    for sign_in in found:
        end(sign_in)
    return len(found)


# ---- children --------------------------------------------------------------------------------------------------------


@command
def allow_child(guardian: User, child_id: int) -> None:
    """Lets a child under 16 use a school account; only its confirmed guardian may. Raises NotFound."""
    _check_guardian(guardian, child_id)
    if insert_if_absent(ChildPermission, child_id=child_id, guardian_id=guardian.id, given_at=clock.now()):
        audit.record(guardian.id, "allow_child_identity", f"user:{child_id}")


@command
def disallow_child(guardian: User, child_id: int) -> None:
    """Takes the permission back: the child's links go, and the sign-ins that began through them end."""
    _check_guardian(guardian, child_id)
    forget_links(child_id)
    audit.record(guardian.id, "refuse_child_identity", f"user:{child_id}")


def _check_guardian(guardian: User, child_id: int) -> None:
    if not is_guardian(guardian.id, child_id) or account(child_id).kind != "child":
        raise NotFound


def forget_links(user_id: int) -> None:
    """Removes links and permission of a user, inside the running command; sign-ins through them end."""
    remove_links(user_id)
    db.session.execute(
        sa.delete(ChildPermission).where(
            sa.or_(ChildPermission.child_id == user_id, ChildPermission.guardian_id == user_id)
        )
    )


def remove_links(user_id: int) -> None:
    """Removes the links of a user, inside the running command; sign-ins through them end."""
    _close(IdentityLink.user_id == user_id)
    db.session.execute(sa.delete(IdentityLink).where(IdentityLink.user_id == user_id))
