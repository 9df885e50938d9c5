"""A pooler in front of PostgreSQL is noticed: pg_dump would leave its settings on connections that others get."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import MagicMock

import psycopg
import pytest

from tests.backing_services import _drop_root, _short_folder
from tests.servers import free_port
from tests.waiting import until
from tutoring.backups import postgres
from tutoring.backups.errors import BackupError
from tutoring.config import Settings


@contextlib.contextmanager
def pooler(url: str) -> Iterator[str]:
    """PgBouncer in transaction mode in front of this database; its address."""
    program = shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"
    if not os.access(program, os.X_OK):
        pytest.skip("PgBouncer is not installed")
    known, port, owner = postgres.libpq(url), free_port(), _drop_root()
    with _short_folder("ch-pool-", owner) as folder:
        there = " ".join(f"{name}={known[name]}" for name in ("host", "port", "user", "password") if name in known)
        settings = folder / "pgbouncer.ini"
        settings.write_text(
            f"[databases]\nx = dbname={known['dbname']} {there}\n[pgbouncer]\nlisten_addr = 127.0.0.1\n"
            f"listen_port = {port}\nunix_socket_dir =\nauth_type = any\npool_mode = transaction\n"
        )
        os.chmod(settings, 0o644)
        log = Path(folder, "log")
        with log.open("wb") as said:
            running = subprocess.Popen([program, str(settings)], stdout=said, stderr=said, cwd=folder, **owner)
        try:
            yield _answering(f"postgresql://anybody@127.0.0.1:{port}/x", running, log)
        finally:
            running.kill()
            running.wait(60)


def _answering(url: str, running: "subprocess.Popen[bytes]", log: Path) -> str:
    def answers() -> bool:
        assert running.poll() is None, log.read_text("utf-8", "replace")
        with contextlib.suppress(psycopg.Error):
            psycopg.connect(url, connect_timeout=20).close()
            return True
        return False

    until(answers, "PgBouncer answers")
    return url


@pytest.mark.full
def test_a_pooler_is_refused(empty_postgres_url: str) -> None:
    with postgres.connect(empty_postgres_url) as connection:
        assert postgres.tables_of(connection) == []
    with pooler(empty_postgres_url) as url, pytest.raises(BackupError, match="BACKUP_DATABASE_URL"):
        postgres.connect(url)


@pytest.mark.parametrize("told", [8, None])
def test_who_tells_the_number_of_another_process_is_a_pooler(monkeypatch: pytest.MonkeyPatch, told: int | None) -> None:
    made = MagicMock(info=SimpleNamespace(backend_pid=7))
    made.execute.return_value.fetchone.return_value = None if told is None else (told,)
    monkeypatch.setattr(psycopg, "connect", lambda **_how: made)
    with pytest.raises(BackupError, match="BACKUP_DATABASE_URL"):
        postgres.connect("postgresql://somebody@127.0.0.1/x")
    made.close.assert_called_once_with()
    made.execute.return_value.fetchone.return_value = (7,)
    assert postgres.connect("postgresql://somebody@127.0.0.1/x") is made


def test_the_database_itself_may_be_named_beside_a_pooler(tmp_path: Path) -> None:
    env = {
        "INSTANCE": str(tmp_path),
        "DATABASE_URL": "postgresql://pooler/x",
        "BACKUP_DATABASE_URL": "postgres://real/x",
    }
    assert Settings.from_environment(env).backup_database_url == "postgresql+psycopg://real/x"
    assert Settings.from_environment({"INSTANCE": str(tmp_path)}).backup_database_url == ""
