"""`flask doctor` finds what is wrong, and says how to mend it: each thing is broken for real."""

import json
import os
import shutil
import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
import redis
import sqlalchemy as sa
from flask import Flask

from tests import smtp_server
from tests.backing_services import fresh_database, private_redis_server
from tests.factories import World
from tests.forked_processes import done
from tests.kernel.test_audit import raw
from tests.parametrize import some
from tests.servers import prepared_sqlite
from tests.waiting import until
from tutoring.cli.doctor import database, examine, is_doctor_command, services, settings, site
from tutoring.cli.doctor.findings import Finding
from tutoring.config import Settings
from tutoring.kernel import audit, clock, jobs
from tutoring.kernel.audit_anchors import Anchor
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.jobs import Job
from tutoring.lessons.catalogue.models import Lesson

KEYS = {
    "SECRET_KEY": "qL0v-wWc8b1Zr5Tn3Yk7Xs9Pd2Gh4Jm6",
    "AUDIT_KEY": "aL0v-wWc8b1Zr5Tn3Yk7Xs9Pd2Gh4Jm6",
    "FIELD_KEY": "fL0v-wWc8b1Zr5Tn3Yk7Xs9Pd2Gh4Jm6",
}


def look(env: dict[str, str], **more: Path) -> dict[str, Finding]:
    """What the doctor finds, by what was looked at; each fault says how to mend it."""
    found = list(examine(env, **more))
    assert all(bool(one.mend) is (one.state != "ok") for one in found), found
    order = {"ok": 0, "warning": 1, "fault": 2}
    return {one.check: one for one in sorted(found, key=lambda one: order[one.state])}


@pytest.fixture
def here(tmp_path: Path) -> dict[str, str]:
    return {"INSTANCE": str(tmp_path)}


@pytest.fixture
def production(tmp_path: Path) -> dict[str, str]:
    return {**KEYS, "INSTANCE": str(tmp_path), "APP_ENV": "production", "ORIGINS": "https://hoc.test", "PROXIES": "1"}


@pytest.fixture
def env(app: Flask) -> dict[str, str]:
    """The environment of the application of the tests."""
    of: Settings = app.config["SETTINGS"]
    return {
        "INSTANCE": str(of.media.parent), "ORIGINS": "http://localhost", "DATABASE_URL": of.database_url,
        "SECRET_KEY": of.secret_key, "AUDIT_KEY": of.audit_key, "FIELD_KEY": of.field_key,
    }  # fmt: skip


# ---- settings ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"APP_ENV": "prod"}, "APP_ENV is either production or development"),
        ({"PROXIES": "one"}, "a number"),
        ({"SLOW_QUERY_MS": "0"}, "SLOW_QUERY_MS"),
        ({"METRICS_TOKEN": "short"}, "METRICS_TOKEN"),
        ({"SECRET_KEY_FILE": "/nowhere/key"}, "/nowhere/key"),
        ({"APP_ENV": "production"}, "ORIGINS"),
    ],
)
def test_settings_that_cannot_be_read_are_a_finding(here: dict[str, str], wrong: dict[str, str], says: str) -> None:
    found = look({**here, **wrong})
    assert found["settings"].state == "fault" and says in found["settings"].says and "database" not in found


@pytest.mark.parametrize(
    ("name", "ours"),
    [("ORIGIN", "ORIGINS"), ("REDIS_ULR", "REDIS_URL"), ("Database_Url", "DATABASE_URL"), ("PROXIE", "PROXIES"),
     ("METRIC_TOKEN", "METRICS_TOKEN"), ("SECRET_KEY_FIEL", "SECRET_KEY_FILE")],
)  # fmt: skip
def test_a_misspelt_name_is_told_with_the_right_one(here: dict[str, str], name: str, ours: str) -> None:
    found = look({**here, name: "x"})["names"]
    assert found.state == "fault" and name in found.says and ours in found.says


def test_variables_of_others_are_nobodys_business(here: dict[str, str]) -> None:
    usual = dict.fromkeys(
        ("PATH", "HOME", "LANG", "HOSTNAME", "USER", "TZ", "PYTHONPATH", "VIRTUAL_ENV", "FLASK_APP"), "x"
    )
    others = dict.fromkeys(("REDIS_PORT", "POSTGRES_PORT", "CREDENTIALS_DIRECTORY", "INVOCATION_ID", "SHELL"), "x")
    assert look({**here, **usual, **others})["names"].state == "ok"


def test_names_are_asked_of_the_settings_themselves() -> None:
    assert settings.names() >= {"DATABASE_URL", "SECRET_KEY_FILE", "METRICS_TOKEN_FILE", "BACKUP_RECIPIENT", "SOCKETS"}


def test_addresses_that_do_not_fit_the_proxy_are_told(production: dict[str, str]) -> None:
    assert look(production)["addresses"].state == "ok"
    assert look({**production, "PROXIES": "0"})["addresses"].state == "fault"
    assert look({**production, "BIND": "0.0.0.0"})["addresses"].state == "warning"


def test_production_without_a_monitor_is_told(production: dict[str, str]) -> None:
    found = look(production)
    assert found["metrics"].state == found["heartbeat"].state == "warning"
    found = look({**production, "METRICS_TOKEN": "x" * 16, "HEARTBEAT_URL": "https://m.vn/p"})
    assert not {"metrics", "heartbeat"} & set(found)


def test_production_without_a_key_for_backups_is_told(env: dict[str, str], production: dict[str, str]) -> None:
    real = {**production, **env, "ORIGINS": "https://hoc.test"}
    assert look(real)["backups"].state == "warning"
    assert "backups" not in look({**real, "BACKUP_RECIPIENT": "age1x"})


def test_a_file_of_a_key_that_others_may_read_is_told(here: dict[str, str], tmp_path: Path) -> None:
    assert look(here)["keys"].state == "ok"
    (tmp_path / "field_key").chmod(0o644)
    found = look(here)["keys"]
    assert found.state == "fault" and str(tmp_path / "field_key") in found.mend
    (tmp_path / "field_key").chmod(0o600)
    token = tmp_path / "token"
    token.write_text("a token of a file")
    token.chmod(0o604)
    assert look({**here, "METRICS_TOKEN_FILE": str(token)})["keys"].state == "fault"


TURN = {"TURN_SECRET": "Jr7vX2mQ9-Lk4Tn8_Wc1Zb6Yp3Hd5Gs0F"}
PLAIN, SAFE = "turn:turn.hoc.test:3478?transport=udp", "turns:turn.hoc.test:5349?transport=tcp"


@pytest.mark.parametrize(
    ("env", "state", "says"),
    [
        ({}, "warning", "TURN_URLS is not set"),
        (TURN, "fault", "TURN_SECRET is set and TURN_URLS is not"),
        ({**TURN, "TURN_URLS": PLAIN}, "warning", "turns:"),
        ({**TURN, "TURN_URLS": f"{PLAIN},{SAFE}"}, "ok", "2 addresses of TURN, passwords for 60 minutes"),
    ],
)
def test_calls_have_a_way_through_strict_networks(
    production: dict[str, str], env: dict[str, str], state: str, says: str
) -> None:
    found = look({**production, **env})["calls"]
    assert found.state == state and says in found.says


def test_urls_of_turn_without_its_key_are_refused(production: dict[str, str]) -> None:
    found = look({**production, "TURN_URLS": PLAIN})["settings"]
    assert found.state == "fault" and "TURN_SECRET" in found.says


def test_without_a_turn_server_a_development_machine_is_well(here: dict[str, str]) -> None:
    assert look(here)["calls"].state == "ok"


# ---- places, mail, Redis -----------------------------------------------------------------------------------------


def test_a_place_that_cannot_be_written_to_is_told(here: dict[str, str], tmp_path: Path) -> None:
    assert look(here)["files"].state != "fault"
    (tmp_path / "file").write_text("no folder")
    found = look({**here, "MEDIA": str(tmp_path / "file" / "media")})["files"]
    assert found.state == "fault" and "cannot be written to" in found.says


def test_little_room_is_told_before_there_is_none(tmp_path: Path) -> None:
    states = [services.space("files", tmp_path, free).state for free in (5 * 1024**3, 1024**3, 1024**2)]
    assert states == ["ok", "warning", "fault"]


def test_a_mail_server_is_knocked_at_and_gets_no_letter(here: dict[str, str]) -> None:
    sender = {"MAIL_FROM": "hoc@example.vn"}
    with smtp_server.office() as office:
        url = office.url
        assert look({**here, **sender, "SMTP_URL": url})["mail"].state == "ok"
        with_password = url.replace("smtp://", "smtp://hoc:secret-of-mail@")
        found = look({**here, **sender, "SMTP_URL": with_password})["mail"]
        assert found.state == "fault" and "TLS" in found.says and "secret-of-mail" not in found.says
        assert office.letters == []
    found = look({**here, **sender, "SMTP_URL": url})["mail"]
    assert found.state == "fault" and "does not answer" in found.says


def test_whatever_is_wrong_with_redis_is_told(here: dict[str, str]) -> None:
    with private_redis_server() as server:
        here["REDIS_URL"] = server.url
        client = redis.Redis.from_url(server.url)
        found = look(here)
        assert {found[name].state for name in ("redis", "redis eviction", "redis disk")} == {"ok"}
        client.config_set("maxmemory-policy", "allkeys-lru")
        assert look(here)["redis eviction"].state == "warning"
        client.config_set("maxmemory-policy", "noeviction")
        client.config_set("maxmemory", int(client.info("memory")["used_memory"]))
        assert look(here)["redis memory"].state == "warning"
        client.config_set("maxmemory", 0)
        client.config_set("save", "900 1")
        assert look(here)["redis disk"].state == "warning"
        (server.folder / "dump.rdb").mkdir()
        client.set("a", 1)
        client.bgsave()
        until(lambda: client.info("persistence")["rdb_last_bgsave_status"] == "err", "Redis could not write")
        found = look(here)
        assert found["redis disk"].state == "fault" and "make room" in found["redis disk"].mend.lower()
        assert server.process is not None
        server.process.send_signal(signal.SIGSTOP)
        assert look(here)["redis"].state == "fault"
        server.process.send_signal(signal.SIGCONT)
        server.kill()
        assert look(here)["redis"].state == "fault"


# ---- the database -----------------------------------------------------------------------------------------------


def test_a_database_that_is_not_there_is_told_without_its_password(here: dict[str, str], tmp_path: Path) -> None:
    assert "flask prepare" in look(here)["database"].mend
    url = f"postgresql://somebody:secret-of-db@127.0.0.1:1/nowhere?application_name={tmp_path.name[:8]}"
    found = look({**here, "DATABASE_URL": url})["database"]
    assert found.state == "fault" and "secret-of-db" not in found.says and "somebody" in found.says
    garbage = tmp_path / "garbage.db"
    garbage.write_bytes(b"no database at all" * 100)
    assert look({**here, "DATABASE_URL": f"sqlite:///{garbage}"})["database"].state == "fault"


def test_a_database_that_is_well_is_well(app: Flask, env: dict[str, str], backend: str) -> None:
    found = look(env)
    states = {name: found[name].state for name in ("database", "migrations", "content", "workers", "demonstration")}
    assert set(states.values()) == {"ok"}, states
    expected = {"version", "encoding", "timezone", "clock"} if backend == "postgres" else {"disk"}
    assert expected <= found.keys() and all(found[name].state == "ok" for name in expected)


def test_an_empty_or_older_database_is_told(here: dict[str, str], empty_postgres_url: str, tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    for url in (empty_postgres_url, f"sqlite:///{tmp_path / 'empty.db'}"):
        found = look({**here, "DATABASE_URL": url})
        assert found["database"].state == "ok" and "flask prepare" in found["migrations"].mend
        assert "content" not in found


def test_a_postgresql_that_forgets_or_cannot_write_vietnamese_is_told(here: dict[str, str], postgres_url: str) -> None:
    with fresh_database(postgres_url) as url, psycopg.connect(url, autocommit=True) as admin:
        name = admin.info.dbname
        admin.execute(f"alter database {name} set synchronous_commit = off")
        found = look({**here, "DATABASE_URL": url})
        assert found["durability"].state == "fault" and "synchronous_commit" in found["durability"].says
        latin = f"{name}_latin"
        with psycopg.connect(postgres_url, autocommit=True) as other:
            other.execute(f"create database {latin} template template0 encoding 'LATIN1' lc_collate 'C' lc_ctype 'C'")
        try:
            found = look({**here, "DATABASE_URL": url.replace(name, latin)})
            assert found["encoding"].state == "fault" and "LATIN1" in found["encoding"].says
        finally:
            with psycopg.connect(postgres_url, autocommit=True) as other:
                other.execute(f"drop database {latin} with (force)")


def test_clocks_that_are_apart_are_told() -> None:
    states = [database.drifted(apart).state for apart in (0.1, -5, 5, -60, 60)]
    assert states == ["ok", "warning", "warning", "fault", "fault"]


def test_sqlite_on_a_network_disk_is_told() -> None:
    mounts = "/dev/sda1 / ext4 rw 0 0\nhost:/x /srv/a\\040b nfs4 rw 0 0\nx /srv/a\\040b/here tmpfs rw 0 0\n"
    where = [Path("/srv/a b/site.db"), Path("/srv/a b/here/site.db"), Path("/var/site.db")]
    assert [database.kind_of_disk(one, mounts) for one in where] == ["nfs4", "tmpfs", "ext4"]
    assert [next(iter(database.sqlite(one, mounts))).state for one in where] == ["fault", "ok", "ok"]


# ---- the site ---------------------------------------------------------------------------------------------------


def test_work_that_nobody_does_and_work_that_was_given_up_are_told(app: Flask, env: dict[str, str]) -> None:
    for minutes, state in ((1, "ok"), (5, "warning"), (60, "fault")):
        with app.app_context():
            command(lambda m=minutes: jobs.enqueue("tests.late", f"late{m}", clock.now() - timedelta(minutes=m)))()
        assert look(env)["workers"].state == state
    with app.app_context():
        now = clock.now()
        db.session.add(Job(kind="k", key="f", run_at=now, failed_at=now))
        db.session.commit()
    assert look(env)["failed work"].state == "warning"


def test_a_site_without_lessons_is_told(tmp_path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'site.db'}")
    Lesson.metadata.create_all(engine, tables=[Lesson.__table__])
    with engine.connect() as connection:
        found = list(site.content(connection, tmp_path / "nowhere"))
    engine.dispose()
    assert [one.state for one in found] == ["fault", "fault"] and "flask prepare" in found[1].mend


def test_demonstration_accounts_where_others_come_are_told(app: Flask, world: World, env: dict[str, str]) -> None:
    assert look(env)["demonstration"].state == "ok"
    reached = {**env, **KEYS, "APP_ENV": "production", "ORIGINS": "https://hoc.test", "PROXIES": "1"}
    assert look(reached)["demonstration"].state == "fault"
    assert look({**env, "ORIGINS": "http://localhost,http://192.0.2.1"})["demonstration"].state == "fault"


@pytest.fixture
def chain(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        for n in range(5):
            command(audit.record)(n, "mute", f"user:{n}", "nói tục")
    yield app


@pytest.mark.parametrize("most", some(2, 2000, rest=[4, 5]))
def test_a_changed_row_of_the_chain_is_told(
    chain: Flask, env: dict[str, str], most: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    env["AUDIT_ANCHORS"] = str(tmp_path / "anchors")  # what other tests have written down is of other chains
    monkeypatch.setattr(site, "LAST_ROWS", most)
    assert look(env)["audit chain"].state != "fault"
    assert look({**env, "AUDIT_KEY": KEYS["AUDIT_KEY"]})["audit chain"].state == "fault"
    with chain.app_context():
        raw("UPDATE audit_row SET reason = 'x' WHERE id = 5")
    found = look(env)["audit chain"]
    assert found.state == "fault" and "row 5" in found.says


def test_rows_that_are_gone_from_the_end_of_the_chain_are_told(
    chain: Flask, env: dict[str, str], tmp_path: Path
) -> None:
    env["AUDIT_ANCHORS"] = str(tmp_path / "anchors")
    assert look(env)["audit chain"].state == "warning"  # nothing is written down
    today = clock.today().isoformat()
    with chain.app_context():
        line = Anchor.of(today, *audit.head(), audit.AuditKey(env["AUDIT_KEY"])).line
    (tmp_path / "anchors").write_text(line + "\n")
    assert look(env)["audit chain"].state == "ok"
    with chain.app_context():
        raw("DELETE FROM audit_row WHERE id = 5")
    assert "it has 4 rows, and had 5" in look(env)["audit chain"].says


def test_backups_that_are_missing_old_or_not_to_be_read_are_told(here: dict[str, str], tmp_path: Path) -> None:
    def state(age: timedelta | None, text: str = "") -> str:
        file = tmp_path / "last-backup.json"
        if age is not None:
            text = json.dumps({"at": (datetime.now(UTC) - age).isoformat(timespec="seconds")})
        file.write_text(text)
        return look(here, backups=tmp_path)["backup"].state

    assert look(here, backups=tmp_path)["backup"].state == "fault"
    assert [state(timedelta(hours=hours)) for hours in (3, 48, 24 * 9)] == ["ok", "warning", "fault"]
    assert state(None, "{}") == state(None, "not json") == "fault"
    assert look(here, backups=tmp_path)["restore drill"].state == "warning"
    assert "backup" not in look(here)


# ---- the command ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "asked"),
    [("doctor", True), ("--app tutoring.cli doctor --json", True), ("-A doctor audit verify", False),
     ("--app=x doctor", True), ("admin create doctor", False), ("", False)],
)  # fmt: skip
def test_the_doctor_is_known_from_the_command_line(line: str, asked: bool) -> None:
    assert is_doctor_command(line.split()) is asked


def test_the_command_comes_when_the_site_does_not_start_and_tells_it_by_its_status(tmp_path: Path) -> None:
    env = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    env |= {"INSTANCE": str(tmp_path), "PYTHONUTF8": "1"}
    flask = ("--app", "tutoring.cli")
    status, out, _err = done("flask", *flask, "doctor", env={**env, "APP_ENV": "prod", "ORIGIN": "x"})
    assert status == 1 and "FAULT settings: APP_ENV" in out and "→ Call it ORIGINS" in out and "2 faults" in out
    shutil.copytree(prepared_sqlite(), tmp_path, dirs_exist_ok=True)
    status, out, _err = done("flask", *flask, "doctor", "--json", env=env)
    told = json.loads(out)
    assert status == 0 and told["ok"] is True, out
    assert {"check", "state", "says", "mend"} == told["findings"][0].keys()
