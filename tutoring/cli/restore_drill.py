"""The restore drill: restores the newest backup to a scratch place and checks it.

It runs the same commands as a real restore.
"""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psycopg
import sqlalchemy as sa
from flask import Flask
from psycopg import sql

from tutoring.accounts.models import User
from tutoring.accounts.sign_ins import lifecycle
from tutoring.backups import postgres
from tutoring.backups.creation import url_of
from tutoring.backups.errors import BackupError
from tutoring.config import ROOT, Settings
from tutoring.kernel import file_storage
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.rooms.models import Message, Seat, SentPicture

_SILENT = ("REDIS_URL", "SMTP_URL", "SMS_URL", "VAPID_KEY", "VAPID_KEY_FILE", "BACKUP_DATABASE_URL", "AUDIT_MAIL",
           "HEARTBEAT_URL", "HEARTBEAT_URL_FILE")  # fmt: skip


def drill(settings: Settings, file: Path, key: Path, database: str | None, programs: Path | None) -> Iterator[str]:
    """Yields the result of each step; raises BackupError with the first failure."""
    with tempfile.TemporaryDirectory(prefix="drill-") as name, _scratch(settings, database) as url:
        scratch = Path(name)
        if settings.tombstones.exists():  # users who were erased after the backup must stay erased
            shutil.copyfile(settings.tombstones, scratch / "tombstones.jsonl")
        env = _env(settings, scratch, url)
        more = ("--pg-programs", str(programs)) if programs else ()
        yield f"{file.name}:"
        yield from _flask(env, "restore", str(file.resolve()), "--key", str(key.resolve()), *more)
        yield from _flask(env, "audit", "verify", allowed=(0, 2))  # 2: the newest anchor is older than yesterday
        yield from _flask(env, "backup", "look")


def _env(settings: Settings, scratch: Path, url: str | None) -> dict[str, str]:
    known = {name: value for name, value in os.environ.items() if name not in _SILENT}
    return {
        **known,
        "SECRET_KEY": settings.secret_key,
        "AUDIT_KEY": settings.audit_key,
        "FIELD_KEY": settings.field_key,
        "INSTANCE": str(scratch),
        "DATABASE_URL": url or "",
        "MEDIA": str(scratch / "media"),
        "TOMBSTONES": str(scratch / "tombstones.jsonl"),
        "AUDIT_ANCHORS": str(scratch / "audit-anchors.jsonl"),
        "ORIGINS": ",".join(settings.origins),
        "JOBS": "0",
    }


def _flask(env: dict[str, str], *arguments: str, allowed: tuple[int, ...] = (0,)) -> list[str]:
    command = [sys.executable, "-m", "flask", "--app", "tutoring.cli", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode not in allowed:
        said = (done.stderr.strip() or done.stdout.strip() or "it said nothing").splitlines()[-1]
        raise BackupError(said.removeprefix("Error: "))
    return [f"  {line}" for line in done.stdout.splitlines() if not line.startswith("now: ")]


@contextmanager
def _scratch(settings: Settings, database: str | None) -> Iterator[str | None]:
    """Yields the URL of a scratch database. SQLite needs none."""
    url = url_of(settings)
    if url.startswith("sqlite"):
        yield None
        return
    if database:
        yield database
        return
    name = f"cunghoc_drill_{secrets.token_hex(4)}"
    with postgres.connect(url) as admin:
        try:
            admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        except psycopg.Error as error:
            raise BackupError("This user may not create databases: name an empty one in DRILL_DATABASE_URL.") from error
    try:
        known = {**postgres.libpq(url), "dbname": name}
        yield "postgresql+psycopg:///?" + _query(known)
    finally:
        with postgres.connect(url) as admin:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _query(known: dict[str, object]) -> str:
    return str(sa.engine.URL.create("x", query={key: str(value) for key, value in known.items()})).partition("?")[2]


# ---- inside the scratch place -----------------------------------------------------------------------------------


def look(app: Flask) -> list[str]:
    """Signs in as a member of a room, reads it and checks the pictures; raises BackupError."""
    found = _people()
    if not found:
        raise BackupError("Nobody in the restored site can sign in.")
    answered = ""
    for who, room_id in found:
        pages = ["/account"] + ([f"/rooms/{room_id}", f"/rooms/{room_id}/messages"] if room_id else [])
        answered = _reads(app, who, pages)
        if not answered:
            said = f"{len(pages)} pages answer" if room_id else "1 page answers; nobody sits in a room"
            return [f"signed in as user {who}", said, _pictures()]
    raise BackupError(f"The restored site answers {answered}.")


def _reads(app: Flask, who: int, pages: list[str]) -> str:
    """Returns the first page that does not answer 200 for this user, or an empty text."""
    token = _sign_in(who)
    db.session.remove()
    # A separate thread has no context yet. In the command's context Flask would reuse the user of the request
    # before.
    with ThreadPoolExecutor(1) as alone:
        return alone.submit(_asked, app, token, pages).result()


def _asked(app: Flask, token: str, pages: list[str]) -> str:
    settings: Settings = app.config["SETTINGS"]
    client, origin = app.test_client(), settings.origins[0]
    with client.session_transaction(base_url=origin) as session:
        session["_user_id"], session["_fresh"] = token, True
    for page in pages:
        how = {"Accept": "application/json"} if page.endswith("/messages") else {}
        status = client.get(page, base_url=origin, headers=how).status_code
        if status != 200:
            return f"{status} at {page}"
    return ""


def _people() -> list[tuple[int, int | None]]:
    """Returns up to 20 adult members of the 10 most recently used rooms, or any adult.

    Several are needed, because not every member may still read each room.
    """
    active = (User.state == "active", User.erased_at.is_(None), User.kind == "adult")
    last = sa.func.max(Message.id)
    rooms = sa.select(Message.room_id, last.label("last")).group_by(Message.room_id).order_by(last.desc()).limit(10)
    written = rooms.subquery()
    sat = (
        sa.select(User.id, Seat.room_id)
        .join(Seat, Seat.user_id == User.id)
        .join(written, written.c.room_id == Seat.room_id)
        .where(*active, Seat.left_at.is_(None))
        .order_by(written.c.last.desc(), User.id)
        .limit(20)
    )
    anybody = sa.select(User.id, sa.null()).where(*active).limit(1)
    rows = db.session.execute(sat).all() or db.session.execute(anybody).all()
    return [(row[0], row[1]) for row in rows]


@command
def _sign_in(user_id: int) -> str:
    return lifecycle.begin_sign_in(db.session.get_one(User, user_id), "drill", second_factor=True).token


def _pictures() -> str:
    newest = db.session.scalars(sa.select(SentPicture.name).order_by(SentPicture.id.desc()).limit(100)).all()
    whole = sum(1 for name in newest if file_storage.read(name))
    if newest and not whole:
        raise BackupError("None of the newest pictures is there.")
    return f"{whole} of the newest {len(newest)} pictures are there"
