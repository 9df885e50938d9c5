"""Which PostgreSQL and Redis are installed here.

dev.py asks it at every start, so it imports nothing but the standard library.
"""

import shutil
from pathlib import Path


def postgres_programs() -> Path | None:
    """The folder that holds initdb and pg_ctl; of Debian's several versions, the newest."""
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    folders = sorted(debian, key=lambda folder: [int(n) for n in folder.parent.name.split(".")], reverse=True)
    if on_path := shutil.which("pg_ctl"):
        folders.append(Path(on_path).resolve().parent)
    both = (folder for folder in folders if (folder / "initdb").exists() and (folder / "pg_ctl").exists())
    return next(both, None)


def redis_program() -> str | None:
    return shutil.which("redis-server") or shutil.which("valkey-server")


def missing() -> list[str]:
    """What is not installed. A server found running is not enough: tests that kill servers start their own."""
    absent = []
    if not postgres_programs():
        absent.append("PostgreSQL")
    if not redis_program():
        absent.append("Redis")
    return absent
