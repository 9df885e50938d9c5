"""Reads of identity providers and links."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import User
from tutoring.community.positions import positions_of
from tutoring.kernel.db import db
from tutoring.kernel.encryption import blind_index
from tutoring.kernel.errors import NotFound
from tutoring.openid.models import ChildPermission, IdentityLink, IdentityProvider
from tutoring.policy.openid import may_use_provider


def identity_mark(issuer: str, subject: str) -> str:
    """Returns the blind index of an identity. It is unambiguous, because an issuer has no blanks."""
    return blind_index(f"{issuer} {subject}", "openid identity")


def provider(provider_id: int) -> IdentityProvider:
    """Returns a provider; raises NotFound."""
    found = db.session.get(IdentityProvider, provider_id)
    if found is None:
        raise NotFound
    return found


def provider_of_code(code: str) -> IdentityProvider:
    """Returns the provider of a public address; raises NotFound."""
    found = db.session.scalar(sa.select(IdentityProvider).where(IdentityProvider.code == code))
    if found is None:
        raise NotFound
    return found


def enabled_provider(of: int | str) -> IdentityProvider:
    """Returns a provider that people may sign in with, by its id or its code; raises NotFound."""
    found = provider(of) if isinstance(of, int) else provider_of_code(of)
    if not _is_open(found):
        raise NotFound
    return found


def _is_open(found: IdentityProvider) -> bool:
    return found.enabled and (found.unit is None or not found.unit.archived)


def enabled_providers() -> list[IdentityProvider]:
    """Returns the providers of the sign-in page: of the whole site first, then by name."""
    query = sa.select(IdentityProvider).options(joinedload(IdentityProvider.unit)).where(IdentityProvider.enabled)
    found = [one for one in db.session.scalars(query) if _is_open(one)]
    return sorted(found, key=lambda one: (one.unit_id is not None, one.label, one.id))


def providers_of(unit_id: int | None) -> Sequence[IdentityProvider]:
    """Returns the providers of a unit, or with None those of the site, oldest first."""
    query = sa.select(IdentityProvider).where(IdentityProvider.unit_id.is_not_distinct_from(unit_id))
    return db.session.scalars(query.order_by(IdentityProvider.id)).all()


def is_within(user: User, provider: IdentityProvider) -> bool:
    """Whether a user belongs to the unit of a provider, or to one below it."""
    if provider.unit is None:
        return True
    return may_use_provider(provider.unit.path, [one.path for one in positions_of(user.id)])


def has_provider(user: User) -> bool:
    """Whether there is a provider that a user may link to."""
    return any(is_within(user, one) for one in enabled_providers())


def link_of_identity(issuer: str, subject: str) -> IdentityLink | None:
    """Returns the link of an identity. Only issuer and subject count, never an email address."""
    mark = identity_mark(issuer, subject)
    return db.session.scalar(sa.select(IdentityLink).where(IdentityLink.identity_mark == mark))


def links_and_offers(user: User) -> tuple[list[IdentityLink], list[IdentityProvider]]:
    """Returns the links of a user, oldest first, and the providers that the user may link to further."""
    own = sa.and_(IdentityLink.provider_id == IdentityProvider.id, IdentityLink.user_id == user.id)
    query = sa.select(IdentityProvider, IdentityLink).outerjoin(IdentityLink, own)
    query = query.where(sa.or_(IdentityProvider.enabled, IdentityLink.id.is_not(None))).options(
        joinedload(IdentityProvider.unit)
    )
    rows: Sequence[Any] = db.session.execute(query.order_by(IdentityLink.id, IdentityProvider.id)).all()
    links = [link for _provider, link in rows if link is not None]
    offers = [provider for provider, link in rows if link is None and _is_open(provider) and is_within(user, provider)]
    return links, offers


def link_counts(provider_ids: Sequence[int]) -> dict[int, int]:
    """Returns how many accounts are linked to each provider."""
    query = sa.select(IdentityLink.provider_id, sa.func.count()).where(IdentityLink.provider_id.in_(provider_ids))
    return {row[0]: row[1] for row in db.session.execute(query.group_by(IdentityLink.provider_id))}


def child_permission(child_id: int) -> ChildPermission | None:
    """Returns the permission of a guardian for a child, or None."""
    return db.session.get(ChildPermission, child_id)
