"""A program: the life of a site that is backed up. `fill` makes a room with words and pictures, and somebody with a
marker in every personal column; `erase ID` erases that person; `state` tells all that can be compared."""

import hashlib
import json
import sys
import uuid
from contextlib import suppress
from typing import Any

import sqlalchemy as sa

from tests.factories import World
from tests.privacy import marker_data
from tests.rooms.conftest import open_adults
from tests.safety.pictures import photo
from tutoring.accounts.erasure import erase_account
from tutoring.accounts.models import SignIn, User
from tutoring.accounts.registration import create_user
from tutoring.app import create_app
from tutoring.community.models import Unit
from tutoring.config import Settings
from tutoring.kernel import audit, audit_anchors, file_storage
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.privacy import tombstones
from tutoring.privacy.inventory_entries import Entry
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.models import SentPicture
from tutoring.rooms.pictures import commands as pictures_commands

CONTACT = "0977311584"
WORDS = "Chào Bảy, mình xem bài này nhé"


class Filler(marker_data.Filler):
    """The whole demonstration has rows of its own already, which a few of these would be second to; of its devices
    the marked rows would tell a history that cannot be."""

    def _row(self, held: Entry, table: sa.Table) -> None:
        if table.name.startswith(("device", "internet")):
            return
        with suppress(sa.exc.IntegrityError), db.session.begin_nested():
            super()._row(held, table)


def world() -> World:
    people = {user.username: user.id for user in db.session.scalars(sa.select(User))}
    units = {code.removeprefix("demo-"): id for code, id in db.session.execute(sa.select(Unit.code, Unit.id))}
    return World(people, units)


@command
def _people() -> tuple[int, int]:
    here = world()
    victim = create_user(f"Dấu {marker_data.MARK}", "bốn từ dễ nhớ", handle="dau-vet")
    return victim.id, open_adults(here)


@command
def _seal(user_id: int) -> None:
    db.session.get_one(User, user_id).phone = CONTACT


def fill() -> dict[str, Any]:
    victim, room = _people()
    here = world()
    for number in range(12):
        author = db.session.get_one(User, here["lan" if number % 2 else "bay"])
        messages_commands.post_message(author, room, str(uuid.uuid4()), f"{WORDS} {number}")
    sent = pictures_commands.take_picture(db.session.get_one(User, here["bay"]), room, str(uuid.uuid4()), photo())
    picture = db.session.scalars(sa.select(SentPicture).where(SentPicture.message_id == sent.id)).one()
    told = {"victim": victim, "room": room, "picture": picture.id, "name": picture.name}
    Filler(victim, here["bay"]).fill()
    _seal(victim)
    command(lambda: audit_anchors.write_today({}))()
    return told


@command
def erase(user_id: int) -> None:
    user = db.session.get_one(User, user_id)
    tombstones.raise_for(user)
    audit.record(None, "erase_account", f"user:{user_id}")
    erase_account(user_id)


def state() -> dict[str, Any]:
    names = sa.inspect(db.engine).get_table_names()
    with db.engine.connect() as connection:
        tables = {name: connection.execute(sa.text(f'SELECT count(*) FROM "{name}"')).scalar() for name in names}
    root = file_storage.path_of("0" * 32).parents[2]
    kept = {one.name: hashlib.sha256(one.read_bytes()).hexdigest() for one in root.glob("[0-9a-f]?/??/*")}
    victim = db.session.scalars(sa.select(User).order_by(User.id.desc())).first()
    open_ones = sa.select(sa.func.count()).select_from(SignIn).where(SignIn.ended_at.is_(None))
    assert victim is not None
    return {
        "tables": tables,
        "media": kept,
        "victim": [victim.called_name, victim.erased_at is not None, victim.phone],
        "open": db.session.scalar(open_ones),
        "chain": [audit.head()[0], audit.verify().broken_at],
        "newest": db.session.scalars(sa.select(audit.AuditRow.action).order_by(audit.AuditRow.id.desc())).first(),
    }


if __name__ == "__main__":
    app = create_app(Settings.from_environment())
    with app.app_context():
        doing = sys.argv[1]
        if doing == "erase":
            erase(int(sys.argv[2]))
        print(json.dumps(fill() if doing == "fill" else state()))
