"""Database checks: reachability, version, settings, migrations, clock, file system."""

import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from tutoring.cli.doctor.findings import Finding, fault, ok, warning
from tutoring.kernel.database import schema_version
from tutoring.kernel.monitoring.health_probes import beside

MIN_POSTGRESQL_VERSION = 14  # the oldest PostgreSQL version that still receives fixes
DRIFT, MOST_DRIFT = 2.0, 30.0  # seconds
NETWORK = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "virtiofs"}
NETWORK |= {"fuse.glusterfs", "fuse.sshfs", "fuse.s3fs", "fuse.rclone"}


def reached(url: str) -> tuple[Engine | None, Finding]:
    """Connects to the database and returns its engine, or None with the finding."""
    where = sa.make_url(url)
    if where.get_backend_name() == "sqlite" and not Path(where.database or "").exists():
        return None, fault(
            "database", f"{where.database} is not there", "Run `flask prepare`, or correct DATABASE_URL."
        )
    try:
        engine = beside(sa.create_engine(url))
        begun = time.monotonic()
        with engine.connect() as connection:
            # SQLite reads the file only for a PRAGMA such as schema_version; SELECT 1 does not touch it.
            connection.execute(sa.text("PRAGMA schema_version" if engine.dialect.name == "sqlite" else "SELECT 1"))
        took = time.monotonic() - begun
    except Exception as error:
        named = where.set(password=None).render_as_string()
        kind = type(getattr(error, "orig", None) or error).__name__
        return None, fault(
            "database", f"{named} does not answer ({kind})",
            "Start the database, and correct host, user, password and name in DATABASE_URL.",
        )  # fmt: skip
    return engine, ok("database", f"{where.get_backend_name()} answers, connecting took {took * 1000:.0f} ms")


def migrated(connection: Connection) -> Iterator[Finding]:
    """Checks whether the tables match the migrations of this code."""
    standing = schema_version.standing(connection)
    if standing == "current":
        yield ok("migrations", f"at {schema_version.head()}, the newest")
    elif standing == "ahead":
        yield warning(
            "migrations", "newer code has migrated this database", "Bring this machine up to the same version."
        )
    else:
        yield fault("migrations", "the tables are older than this code, or missing", "Run `flask prepare`.")


def postgresql(connection: Connection) -> Iterator[Finding]:
    """Checks the version, encoding, time zone and durability settings of the server."""

    def show(name: str) -> str:
        return str(connection.scalar(sa.text("SELECT current_setting(:name)"), {"name": name}))

    version = int(show("server_version_num")) // 10000
    if version < MIN_POSTGRESQL_VERSION:
        yield fault(
            "version", f"PostgreSQL {version} is too old", f"Move to PostgreSQL {MIN_POSTGRESQL_VERSION} or newer."
        )
    else:
        yield ok("version", f"PostgreSQL {version}")
    if (encoding := show("server_encoding")) != "UTF8":
        yield fault(
            "encoding",
            f"the database is in {encoding}, which cannot hold Vietnamese",
            "Make the database anew with ENCODING 'UTF8' and restore into it.",
        )
    else:
        yield ok("encoding", "UTF8")
    zone = show("TimeZone")
    now = connection.scalar(sa.text("SELECT clock_timestamp()"))
    if not isinstance(now, datetime) or now.tzinfo is None:
        yield fault("timezone", f"{zone}: moments come back without a zone", "Set timezone = 'UTC' in postgresql.conf.")
    else:
        yield ok("timezone", f"{zone}; moments are kept with their zone, so any will do")
    loose = [name for name in ("fsync", "full_page_writes", "synchronous_commit") if show(name) == "off"]
    if loose:
        yield fault(
            "durability",
            f"{', '.join(loose)} is off: a power cut loses messages that were acknowledged",
            f"Set {' and '.join(f'{name} = on' for name in loose)} in postgresql.conf and for the database.",
        )
    else:
        yield ok("durability", "what is acknowledged is on the disk")


def drift(connection: Connection) -> Iterator[Finding]:
    """Measures the clock difference between the database and this machine."""
    before = time.time()
    told = connection.scalar(sa.text("SELECT clock_timestamp()"))
    assert isinstance(told, datetime)
    yield drifted(told.timestamp() - (before + time.time()) / 2)


def drifted(apart: float) -> Finding:
    """Returns the finding for a clock difference in seconds."""
    if abs(apart) < DRIFT:
        return ok("clock", f"{apart:+.1f} s from the database's")
    says = f"the database's clock is {apart:+.0f} s from this machine's"
    mend = "Let chrony or systemd-timesyncd set the clock of both machines."
    return (fault if abs(apart) >= MOST_DRIFT else warning)("clock", says, mend)


def kind_of_disk(file: Path, mounts: str) -> str:
    """Returns the file system type of a file, read from the content of /proc/mounts."""
    best, kind = "", ""
    for line in mounts.splitlines():
        parts = line.split()
        if len(parts) > 2:
            at = parts[1].replace("\\040", " ")
            if (file == Path(at) or Path(at) in file.parents) and len(at) >= len(best):
                best, kind = at, parts[2]
    return kind


def sqlite(file: Path, mounts: str) -> Iterator[Finding]:
    """Checks the disk of the SQLite file: SQLite's locks do not hold on network disks."""
    kind = kind_of_disk(file.resolve(), mounts)
    if kind in NETWORK:
        yield fault(
            "disk",
            f"{file} is on a network disk ({kind}), where SQLite's locks do not hold",
            "Put it on a disk of this machine, or move to PostgreSQL.",
        )
    else:
        yield ok("disk", f"{file} is on {kind or 'a disk of this machine'}")
