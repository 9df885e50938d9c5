"""An application of its own with the demonstration community, and a watch over what is committed in it."""

import os
import shutil
import sqlite3
import tempfile
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from argon2 import PasswordHasher
from flask import Flask
from flask_migrate import upgrade

from tests.factories import World
from tutoring.accounts import password_hashes
from tutoring.accounts.models import User
from tutoring.app import create_app
from tutoring.cli.demo import community
from tutoring.community.models import Unit
from tutoring.config import ROOT, Settings
from tutoring.kernel.db import db
from tutoring.lessons.catalogue.loader import load_content

# What notes that somebody is there, whatever is answered.
PRESENCE = frozenset({"sign_in", "live_socket"})


class Place:
    """The application, its people, and the statements that were committed since `forget`."""

    def __init__(self) -> None:
        password_hashes._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        self.folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
        if prepared := os.environ.get("PREPARED"):
            shutil.copytree(prepared, self.folder, dirs_exist_ok=True)
        env = {"INSTANCE": str(self.folder), "ORIGINS": "http://localhost", "JOBS": "0", "LIMITS_SCALE": "1000000"}
        self.app: Flask = create_app(Settings.from_environment(env), WTF_CSRF_ENABLED=False)
        self.written: Counter[str] = Counter()
        self._doing: Counter[str] = Counter()
        with self.app.app_context():
            if not prepared:
                upgrade(directory=str(ROOT / "migrations"))
                load_content(ROOT / "content")
                community.build()
            people = {user.username: user.id for user in db.session.scalars(sa.select(User))}
            units = {code.removeprefix("demo-"): id for code, id in db.session.execute(sa.select(Unit.code, Unit.id))}
            self.world = World(people, units)
            self.engine = db.engine
            db.session.remove()
        sa.event.listen(self.engine, "connect", _unsafe_and_quick)
        self.engine.dispose()
        sa.event.listen(self.engine, "after_cursor_execute", self._executed)
        sa.event.listen(self.engine, "commit", self._committed)
        sa.event.listen(self.engine, "rollback", self._undone)

    def _executed(self, _c: Any, cursor: Any, statement: str, *_rest: Any) -> None:
        words = statement.split(None, 3)
        if words[0].upper() in ("INSERT", "UPDATE", "DELETE") and cursor.rowcount != 0:
            self._doing[words[1 if words[0].upper() == "UPDATE" else 2].strip('"')] += 1

    def _committed(self, _connection: Any) -> None:
        self.written += self._doing
        self._doing.clear()

    def _undone(self, _connection: Any) -> None:
        self._doing.clear()

    def news(self) -> set[str]:
        """Tables written to since the last call, but for presence."""
        found = set(self.written) - PRESENCE
        self.written.clear()
        return found

    def rows(self) -> dict[str, int]:
        """How many rows stand in each table, but for presence."""
        with self.engine.connect() as connection:
            return {
                table.name: int(connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0)
                for table in db.metadata.sorted_tables
                if table.name not in PRESENCE
            }

    def keep(self) -> None:
        """Keep the database as it stands."""
        self.engine.dispose()
        with closing(sqlite3.connect(self.folder / "cunghoc.db")) as raw:
            raw.execute("VACUUM INTO ?", (str(self.folder / "kept.db"),))

    def back(self) -> None:
        """Put the kept database in place again."""
        self.engine.dispose()
        for left in self.folder.glob("cunghoc.db-*"):
            left.unlink()
        shutil.copyfile(self.folder / "kept.db", self.folder / "cunghoc.db")

    def close(self) -> None:
        self.engine.dispose()
        shutil.rmtree(self.folder, ignore_errors=True)


def _unsafe_and_quick(raw: Any, _record: Any) -> None:
    raw.execute("PRAGMA synchronous=OFF")
