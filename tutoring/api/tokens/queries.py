"""Reads of tokens: those of a person, those of a unit."""

import hashlib

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import User
from tutoring.api.tokens.models import ApiToken
from tutoring.community.models import Unit
from tutoring.community.queries import roles_for, unit
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.policy.api import may_see_unit_tokens


def hashed(token: str) -> str:
    """Returns the hash of a token, which is all that the database stores."""
    return hashlib.sha256(token.encode()).hexdigest()


def _open() -> tuple[sa.ColumnElement[bool], ...]:
    return ApiToken.ended_at.is_(None), ApiToken.expires_at > clock.now()


def token_by_id(token_id: int) -> ApiToken:
    """Returns a token of a request under way."""
    return db.session.get_one(ApiToken, token_id)


def tokens_of(user_id: int) -> list[ApiToken]:
    """Returns a person's own tokens that are not over, the newest first."""
    query = sa.select(ApiToken).where(ApiToken.user_id == user_id, ApiToken.unit_id.is_(None), *_open())
    return list(db.session.scalars(query.order_by(ApiToken.id.desc())))


def tokens_of_unit(unit_id: int) -> list[ApiToken]:
    """Returns the tokens of a unit that are not over, with their makers, the newest first."""
    query = sa.select(ApiToken).options(joinedload(ApiToken.user)).where(ApiToken.unit_id == unit_id, *_open())
    return list(db.session.scalars(query.order_by(ApiToken.id.desc())))


def unit_with_tokens(viewer: User, unit_id: int) -> Unit:
    """Returns a unit whose tokens the viewer sees; raises NotFound for all others."""
    place = unit(unit_id)
    if not may_see_unit_tokens(roles_for(viewer, unit_id)):
        raise NotFound
    return place
