"""Who acts by a token, under the rights that its maker has at the moment of the request."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.api.tokens.models import ApiToken
from tutoring.api.tokens.queries import hashed
from tutoring.community.queries import acting_roles_at
from tutoring.kernel import clock
from tutoring.kernel.commands import best_effort, command
from tutoring.kernel.db import db
from tutoring.policy.api import TokenFacts, is_valid
from tutoring.web.api.bearer_tokens import Bearer


@dataclass(frozen=True)
class TokenSignIn:
    """Stands for the sign-in of a person who acts by a token.

    Without it the person would count as one who needs no second factor. No identity check of it is ever fresh.
    """

    second_factor_at: datetime | None
    stepped_up_at: None = None
    token: str = ""


def bearer_of_token(token: str) -> Bearer | None:
    """Returns who holds a token, or None where it no longer works."""
    row = db.session.scalar(_by_hash(), {"hash": hashed(token)})
    if row is None or not is_valid(_facts(row), clock.now()):
        return None
    # The person is held from here on: a command drops what it read, and one read anew would count as signed in.
    found = Bearer(row.id, row.user, row.unit_id, frozenset(row.scope_list))
    if row.used_at is None or clock.local(row.used_at).date() != clock.today():
        best_effort(_note_use, row.id)
    return found


@cache  # read by every request with a token; building it takes longer than running it
def _by_hash() -> sa.Select[Any]:
    query = sa.select(ApiToken).options(joinedload(ApiToken.user), joinedload(ApiToken.unit))
    return query.where(ApiToken.token_hash == sa.bindparam("hash"))


def _facts(row: ApiToken) -> TokenFacts:
    user: Any = row.user
    user.sign_in = TokenSignIn(row.made_at if row.second_factor else None)
    held = acting_roles_at(user, row.unit_id) if row.unit_id is not None else frozenset[str]()
    return TokenFacts(
        ended=row.ended_at is not None,
        expires_at=row.expires_at,
        maker_state=user.state,
        maker_minor=user.is_minor,
        of_unit=row.unit_id is not None,
        held=held,
        archived=row.unit is not None and row.unit.effective_to is not None,
    )


@command
def _note_use(token_id: int) -> None:
    """Stores the day on which a token was used."""
    db.session.execute(sa.update(ApiToken).where(ApiToken.id == token_id).values(used_at=clock.now()))
