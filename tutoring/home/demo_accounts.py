"""The demonstration community: its sign-in cards, and the banner on every page.

`flask demo` creates its accounts and marks them. Production refuses to start while one exists.
"""

import hashlib
import hmac
import math
import time
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.engine import Engine

from tutoring.accounts import passphrases
from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.config import Settings
from tutoring.kernel.db import db
from tutoring.kernel.text import N_

ROLES = {
    "minh": N_("Học sinh lớp 6"),
    "an": N_("Học sinh lớp 4"),
    "lan": N_("Phụ huynh của An"),
    "khoa": N_("Bạn đồng hành, học sinh lớp 11"),
    "hang": N_("Giáo viên trực"),
    "quang": N_("Điều phối viên của trường"),
    "muoi": N_("Trưởng khu phố"),
    "mai": N_("Công chức phường"),
    "tam": N_("Công chức phường thứ hai"),
    "bay": N_("Người dân"),
    "admin1": N_("Quản trị"),
    "admin2": N_("Quản trị thứ hai"),
}


@dataclass(frozen=True)
class Card:
    """The data needed to sign in to one demonstration account."""

    name: str
    role: str
    username: str
    passphrase: str


def phrase_of(username: str, key: str) -> str:
    """Derives the passphrase of a demonstration account: stable per computer, stored nowhere."""
    digest = hmac.new(key.encode(), b"demo:" + username.encode(), hashlib.sha256).digest()
    count = len(passphrases.WORDS)
    return " ".join(passphrases.WORDS[int.from_bytes(digest[n : n + 4]) % count] for n in range(0, 16, 4))


def cards() -> list[Card]:
    """Returns the sign-in cards of all demonstration accounts, in the order of their story."""
    settings: Settings = current_app.config["SETTINGS"]
    if settings.production or not settings.loopback:
        return []
    people = {user.username: user for user in db.session.scalars(sa.select(User).where(User.demo))}
    return [
        Card(people[name].called_name, role, name, phrase_of(name, settings.secret_key))
        for name, role in ROLES.items()
        if name in people
    ]


def places() -> dict[str, int]:
    """Maps the end of a demonstration unit's code to its id, for URLs of the guided tour."""
    units = db.session.execute(sa.select(Unit.code, Unit.id).where(Unit.code.startswith("demo-")))
    return {code.removeprefix("demo-"): unit_id for code, unit_id in units}


_seen: WeakKeyDictionary[Engine, tuple[float, bool]] = WeakKeyDictionary()  # when a database was asked, its answer


def present() -> bool:
    """Returns whether demonstration accounts exist; queries at most every ten seconds."""
    checked, found = _seen.get(db.engine, (-math.inf, False))
    if time.monotonic() - checked > 10:
        found = db.session.scalar(sa.select(User.id).where(User.demo).limit(1)) is not None
        _seen[db.engine] = time.monotonic(), found
    return found


def refuse_in_production(settings: Settings) -> None:
    """Raises RuntimeError when a demonstration account exists where others could reach it."""
    if settings.production or not settings.loopback:
        if sa.inspect(db.engine).has_table("user") and db.session.scalar(sa.select(User.id).where(User.demo).limit(1)):
            raise RuntimeError("this database holds demonstration accounts; they exist on one's own computer only")
        db.session.rollback()
