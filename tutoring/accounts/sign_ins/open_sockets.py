"""Enters many sockets in one transaction, for example when all clients reconnect.

It also loads the users of many sign-ins in one query, for batched socket events.
"""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa

from tutoring.accounts.events import Closed, SocketsClosed
from tutoring.accounts.models import LiveSocket, SignIn, User
from tutoring.accounts.person_names import PersonSummary
from tutoring.accounts.sign_ins.lifecycle import MOST_SOCKETS, SHARED_ABSOLUTE, SHARED_IDLE, TOUCH, end, hashed, holds
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.database.precompiled_sql import PrecompiledStatement
from tutoring.kernel.database.sql import built_once, ids_parameter, in_ids, unnest_parameters, unnest_values
from tutoring.kernel.db import db, is_sqlite
from tutoring.kernel.events import publish

Line = tuple[str, int, int]  # a socket id, the sign-in and the user that it belongs to


def sign_ins_of_tokens(tokens: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Returns the sign-in and the user of each token; invalid ones are left out."""
    by_hash = {hashed(token): token for token in tokens}
    moment, found = clock.now(), {}
    for row in db.session.execute(_by_hash(), {"hashes": list(by_hash)}):
        if holds(row, row.state, moment):
            found[by_hash[row.token_hash]] = (row.id, row.user_id)
    return found


@cache
def _by_hash() -> Any:
    signs = SignIn.id, SignIn.user_id, SignIn.token_hash, SignIn.ended_at, SignIn.half, SignIn.expires_at, User.state
    query = sa.select(*signs).join(User, User.id == SignIn.user_id)
    return query.where(SignIn.token_hash.in_(sa.bindparam("hashes", expanding=True)))


@command
def open_sockets(lines: Sequence[Line]) -> dict[str, list[str]]:
    """Records open sockets, one for each sign-in, and the use of the sign-ins.

    Returns for each socket the oldest ones of its sign-in beyond the limit, which must be closed. The newest stays: it
    is the page that the user looks at, and an old one may be dead without the server knowing.
    """
    moment, ids = clock.now(), ids_parameter({sign_in_id for _sid, sign_in_id, _user_id in lines})
    ask = db.session.connection().execute
    held = ask(_held(), {"ids": ids}).all()  # locked, so that two pages that open together count each other
    for row in held:
        if moment - row.seen_at > TOUCH:
            _use(row, moment)
    rows = [
        {
            "sid": sid,
            "sign_in_id": sign_in_id,
            "user_id": user_id,
            "opened_at": moment,
            "seen_at": moment,
            "visible": True,
        }
        for sid, sign_in_id, user_id in lines
    ]
    ask(sa.insert(LiveSocket.__table__), rows)  # type: ignore[arg-type]
    others: dict[int, list[str]] = {}
    mine = {line[0] for line in lines}
    for row in ask(_newest_first(), {"ids": ids}):
        if row.sid not in mine:
            others.setdefault(row.sign_in_id, []).append(row.sid)
    spare = {sid: others.get(sign_in_id, [])[MOST_SOCKETS - 1 :] for sid, sign_in_id, _user_id in lines}
    _close([sid for some in spare.values() for sid in some], moment)
    return spare


@command
def note_use(sign_in_ids: Sequence[int]) -> None:
    """Records that these sign-ins are in use, also by users who only write in a room.

    A sign-in that another transaction has locked is recorded the next time.
    """
    moment, held = clock.now(), _held(waits=False)
    for row in db.session.connection().execute(held, {"ids": ids_parameter(sign_in_ids)}).all():
        _use(row, moment)


def _use(row: Any, moment: datetime) -> None:
    """Records the use of a sign-in; on a shared device this extends it for a while."""
    values: dict[str, Any] = {"seen_at": moment}
    if row.shared_device:
        values["expires_at"] = min(moment + SHARED_IDLE, row.created_at + SHARED_ABSOLUTE)
    db.session.connection().execute(sa.update(SignIn.__table__).where(SignIn.id == row.id).values(values))  # type: ignore[arg-type]


@built_once
def _held(waits: bool = True) -> Any:
    query = sa.select(SignIn.id, SignIn.seen_at, SignIn.shared_device, SignIn.created_at)
    query = query.where(in_ids(SignIn.id, sa.bindparam("ids"))).order_by(SignIn.id)
    return query if is_sqlite() else query.with_for_update(skip_locked=not waits)


@built_once
def _newest_first() -> Any:
    query = sa.select(LiveSocket.sid, LiveSocket.sign_in_id)
    return query.where(in_ids(LiveSocket.sign_in_id, sa.bindparam("ids"))).order_by(LiveSocket.opened_at.desc())


@command
def close_sockets(sids: Sequence[str]) -> None:
    """Removes closed sockets; safe to repeat."""
    _close(sids, clock.now())


def _close(sids: Sequence[str], at: datetime | None = None) -> None:
    """Removes sockets as of a moment, or as of when each was last seen."""
    for start in range(0, len(sids), 500):
        part = sids[start : start + 500]
        gone = sa.delete(LiveSocket).where(LiveSocket.sid.in_(part)).returning(
            LiveSocket.sid, LiveSocket.user_id, LiveSocket.seen_at
        )  # fmt: skip
        rows = db.session.execute(gone.execution_options(synchronize_session=False)).all()
        if rows:
            publish(SocketsClosed(tuple(Closed(row.sid, row.user_id, at or row.seen_at) for row in rows)))


class Look(NamedTuple):
    """A page's report whether its user looks at it."""

    sid: str
    user_id: int
    visible: bool


def look_at(looks: Sequence[Look]) -> None:
    """Stores whether users look at the pages of these sockets; unchanged values are not written."""
    told = {(one.sid, one.user_id): one.visible for one in looks}
    known = sa.select(LiveSocket.sid, LiveSocket.user_id, LiveSocket.visible)
    rows = db.session.execute(known.where(LiveSocket.sid.in_([one.sid for one in looks]))).all()
    new = [(sid, told[sid, whose]) for sid, whose, visible in rows if told.get((sid, whose), visible) != visible]
    if new:
        _note_looks(new)


@command
def _note_looks(told: Sequence[tuple[str, bool]]) -> None:
    for visible in (True, False):
        if these := [sid for sid, one in told if one == visible]:
            db.session.execute(sa.update(LiveSocket).where(LiveSocket.sid.in_(these)).values(visible=visible))


@command
def see_sockets(sids: list[str], stale_after: float) -> list[str]:
    """Records that these sockets live; closes stale sockets and expired sign-ins with sockets.

    Stale sockets are those that no process has seen for a while. Returns the given sockets that have no row any more.
    When the clock was set or this process stood still, other processes took them for dead, and they could not be
    closed.
    """
    moment, known = clock.now(), set[str]()
    for start in range(0, len(sids), 500):
        mine = sa.update(LiveSocket).where(LiveSocket.sid.in_(sids[start : start + 500])).values(seen_at=moment)
        known |= set(db.session.scalars(mine.returning(LiveSocket.sid)))
    stale = sa.select(LiveSocket.sid).where(LiveSocket.seen_at < moment - timedelta(seconds=stale_after))
    _close(list(db.session.scalars(stale)))
    over = sa.select(SignIn).where(
        SignIn.id.in_(sa.select(LiveSocket.sign_in_id)), SignIn.ended_at.is_(None), SignIn.expires_at <= moment
    )
    for sign_in in db.session.scalars(over).all():
        end(sign_in)
    return [sid for sid in sids if sid not in known]


_FACTS = tuple(field.name for field in fields(PersonSummary))


class Speaking(NamedTuple):
    """Users of valid sign-ins; the use of those in `unnoted` must be recorded with `note_use`."""

    people: dict[int, PersonSummary]
    unnoted: list[int]


def people_of_sign_ins(ids: Iterable[int]) -> Speaking:
    """Returns the users of these sign-ins in one query; invalid sign-ins are left out."""
    moment, found = clock.now(), Speaking({}, [])
    for row in _people(db.session.connection(), **unnest_parameters([(one,) for one in ids], "id")):
        if holds(row, row.state, moment):
            found.people[row.sign_in] = PersonSummary(*row[: len(_FACTS)])
            if moment - row.seen_at > TOUCH:  # a user who only writes in a room uses the device as well
                found.unnoted.append(row.sign_in)
    return found


@PrecompiledStatement
def _people(_for_sqlite: bool) -> Any:
    facts = (getattr(User, name) for name in _FACTS)
    signs = SignIn.id.label("sign_in"), SignIn.ended_at, SignIn.half, SignIn.expires_at, SignIn.seen_at, User.state
    asked = unnest_values(
        id=sa.Integer
    )  # joined, because PostgreSQL would plan a query with a list anew each time, which takes longer
    found = sa.join(asked, SignIn, SignIn.id == asked.c.id).join(User, User.id == SignIn.user_id)
    return sa.select(*facts, *signs).select_from(found)
