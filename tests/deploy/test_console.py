"""`cunghoc …`: its arguments, its folder, and what it refuses in one sentence before it changes anything."""

import os
import signal
import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import ScriptInfo

from tutoring import cli
from tutoring.cli import console
from tutoring.cli.console import data_folder, server, upgrade
from tutoring.config import KEYS
from tutoring.kernel.database import schema_version

PORT = "8000"


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """What commands put into the environment leaves it again; the port is always free."""
    before, umask = dict(os.environ), os.umask(0o022)
    os.umask(umask)
    for name in ("DATABASE_URL", "REDIS_URL", "ORIGINS", "PORT", "INSTANCE", data_folder.VARIABLE):
        os.environ.pop(name, None)
    os.environ["APP_ENV"] = "production"
    monkeypatch.setattr(server, "check_port", lambda _host, _port: None)
    yield
    os.environ.clear()
    os.environ.update(before)
    os.umask(umask)


def run(*arguments: str) -> Result:
    info = ScriptInfo(create_app=cli.create_app)
    return CliRunner().invoke(console._group, arguments, prog_name="cunghoc", obj=info)


def refused(*arguments: str) -> str:
    """The one sentence of a command that does nothing."""
    result = run(*arguments)
    assert result.exit_code == 1, result.output
    (line,) = result.stderr.strip().splitlines()
    return line.removeprefix("Error: ")


def site_at(folder: Path, revision: str, keys: tuple[str, ...] = KEYS) -> Path:
    """The folder of a site with an empty database that says it is at this migration."""
    data_folder.make(folder)
    data_folder.make_keys(folder, list(keys))
    with closing(sqlite3.connect(folder / "cunghoc.db")) as made, made:
        made.execute("create table alembic_version (version_num text)")
        made.execute("insert into alembic_version values (?)", (revision,))
    return folder


def commands(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    if isinstance(command, click.Group):
        for name, each in command.commands.items():
            yield from commands(each, (*path, name))


@pytest.mark.parametrize("path", list(commands(console._group)), ids=" ".join)
def test_every_command_has_help_that_names_its_folder(path: tuple[str, ...]) -> None:
    result = run(*path, "--help")
    assert result.exit_code == 0
    assert not path or "--data" in result.output
    assert "flask" not in result.output, "the wheel has no other program"


def test_the_option_of_the_folder_stands_before_or_after_a_subcommand(tmp_path: Path) -> None:
    absent = tmp_path / "absent"
    for words in (("backup", "--data", str(absent), "list", "."), ("backup", "list", ".", "--data", str(absent))):
        assert f"There is no folder {absent}" in refused(*words)


def test_a_folder_is_made_closed_and_its_keys_only_once(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    data_folder.make(folder)
    data_folder.make_keys(folder, list(KEYS))
    assert folder.stat().st_mode & 0o777 == 0o700
    texts = {name: (folder / name.lower()).read_text() for name in KEYS}
    assert len(set(texts.values())) == 3
    assert all((folder / name.lower()).stat().st_mode & 0o777 == 0o600 for name in KEYS)
    data_folder.make_keys(folder, list(KEYS))
    assert texts == {name: (folder / name.lower()).read_text() for name in KEYS}


def test_the_settings_of_the_folder_give_way_to_the_environment(tmp_path: Path) -> None:
    folder = site_at(tmp_path / "site", "1")
    (folder / "env").write_text("# ours\n\nORIGINS='https://hoc.example.vn'\nSLOW_QUERY_MS = 300\n", "utf-8")
    env = {"SLOW_QUERY_MS": "100"}
    data_folder.read(folder, env)
    assert env["ORIGINS"] == "https://hoc.example.vn" and env["SLOW_QUERY_MS"] == "100"
    assert env["INSTANCE"] == str(folder) and env["FIELD_KEY_FILE"] == str(folder / "field_key")


def test_a_site_with_a_certificate_stands_behind_one_proxy_for_every_command(tmp_path: Path) -> None:
    folder = site_at(tmp_path / "site", "1")
    for origins, more, proxies in (
        ("https://hoc.example.vn", {}, "1"),
        ("https://hoc.example.vn", {"PROXIES": "2"}, "2"),
        ("http://127.0.0.1:8000", {}, None),
    ):
        env = {"ORIGINS": origins, **more}
        data_folder.read(folder, env)  # what `doctor` and `work` see, as `serve` does
        assert env.get("PROXIES") == proxies


def test_without_an_address_the_site_is_for_this_computer(tmp_path: Path) -> None:
    env = {"PORT": "8123"}
    data_folder.read(site_at(tmp_path / "site", "1"), env)
    assert env["ORIGINS"] == "http://127.0.0.1:8123,http://localhost:8123"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("options", "history", "nosuch"), "There is no option nosuch: `"),
        (("keys", "status"), "The database does not answer as it should (OperationalError): run `cunghoc doctor`"),
        (("admin", "set-up-link"), "The database does not answer as it should"),
        (("evidence", "verify", "7"), "The database does not answer as it should"),
        (("devices", "check"), "The database does not answer as it should"),
    ],
)
def test_a_command_that_finds_no_tables_or_no_such_thing_says_one_sentence(
    tmp_path: Path, words: tuple[str, ...], sentence: str
) -> None:
    site_at(tmp_path / "site", schema_version.head())
    assert sentence in refused(*words, "--data", str(tmp_path / "site"))


@pytest.mark.parametrize(
    ("prepare", "sentence"),
    [
        (lambda folder: folder.parent.rmdir(), "There is no folder"),
        (lambda folder: folder.write_text(""), "is a file"),
        (lambda folder: folder.mkdir(0o755), "Every user of this computer may enter"),
        (lambda folder: (data_folder.make(folder), (folder / "env").write_text("ORIGINS")), "is not NAME=value"),
        (lambda folder: site_at(folder, "1", ("SECRET_KEY", "AUDIT_KEY")), "FIELD_KEY of it is missing"),
        (lambda folder: site_at(folder, "1").joinpath("audit_key").chmod(0o640), "Other users may read"),
        (lambda folder: site_at(folder, "9999"), "of a newer version than this program"),
        (lambda folder: site_at(folder, sorted(schema_version.known())[0]), "run `cunghoc upgrade`"),
    ],
)
def test_serve_refuses_in_one_sentence(tmp_path: Path, prepare: object, sentence: str) -> None:
    folder = tmp_path / "parent" / "site"
    folder.parent.mkdir()
    prepare(folder)  # type: ignore[operator]
    there = sorted(folder.iterdir()) if folder.is_dir() else []
    assert sentence in refused("serve", "--data", str(folder))
    assert not there or there == [one for one in sorted(folder.iterdir()) if one.name != "env" or one in there]


def test_serve_lets_other_computers_in_only_at_an_address_with_a_certificate(tmp_path: Path) -> None:
    assert "set ORIGINS=https://" in refused("serve", "--data", str(tmp_path / "site"), "--host", "0.0.0.0")
    assert not (tmp_path / "site" / "field_key").exists()


def test_a_port_in_use_is_refused_before_anything_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        said = refused("serve", "--data", str(tmp_path / "site"), "--port", port)
    assert f"Port {port} at 127.0.0.1 cannot be used" in said and not (tmp_path / "site").exists()


def test_one_process_serves_a_folder(tmp_path: Path) -> None:
    folder = site_at(tmp_path / "site", schema_version.head())
    server.hold_alone(folder)
    try:
        assert "Another process serves" in refused("serve", "--data", str(folder))
        assert "Another process serves" in refused("upgrade", "--data", str(folder))
    finally:
        server.release(folder)


@pytest.mark.parametrize(
    ("revision", "sentence"),
    [("9999", "of a newer version"), (None, "There is no database yet"), ("1", "BACKUP_RECIPIENT")],
)
def test_upgrade_refuses_in_one_sentence(tmp_path: Path, revision: str | None, sentence: str) -> None:
    known = sorted(schema_version.known())[0] if revision == "1" else revision
    folder = site_at(tmp_path / "site", known or "")
    if revision is None:
        (folder / "cunghoc.db").unlink()
    assert sentence in refused("upgrade", "--data", str(folder))
    server.release(folder)


def test_an_upgrade_that_fails_puts_the_database_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = site_at(tmp_path / "site", sorted(schema_version.known())[0])

    def half_of_it() -> None:
        with closing(sqlite3.connect(folder / "cunghoc.db")) as database, database:
            database.execute("update alembic_version set version_num = 'half'")
        raise RuntimeError

    monkeypatch.setattr(server, "prepare_as_command", half_of_it)
    assert "the database is as it was" in refused("upgrade", "--data", str(folder), "--without-backup")
    with closing(sqlite3.connect(folder / "cunghoc.db")) as database:
        (revision,) = database.execute("select version_num from alembic_version").fetchone()
    assert revision == sorted(schema_version.known())[0] and not (folder / upgrade.ASIDE).exists()
    server.release(folder)


def revision_of(file: Path) -> str:
    with closing(sqlite3.connect(file)) as database:
        (revision,) = database.execute("select version_num from alembic_version").fetchone()
    return str(revision)


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_an_upgrade_whose_terminal_is_closed_puts_the_database_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    assert threading.current_thread() is threading.main_thread()  # else the signal would end this process
    first = sorted(schema_version.known())[0]
    folder = site_at(tmp_path / "site", first)
    came = list[int]()
    before = signal.signal(number, lambda came_as, _frame: came.append(came_as))  # instead of the end of this process

    def half_of_it() -> None:
        with closing(sqlite3.connect(folder / "cunghoc.db")) as database, database:
            database.execute("update alembic_version set version_num = 'half'")
        os.kill(os.getpid(), number)

    monkeypatch.setattr(server, "prepare_as_command", half_of_it)
    try:
        assert "the database is as it was" in refused("upgrade", "--data", str(folder), "--without-backup")
    finally:
        signal.signal(number, before)
    assert came == [] and revision_of(folder / "cunghoc.db") == first and not (folder / upgrade.ASIDE).exists()
    server.release(folder)


def test_an_upgrade_after_one_that_was_cut_off_keeps_the_good_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The power went: the database is half upgraded, and the copy beside it is the only good one."""
    first = sorted(schema_version.known())[0]
    folder = site_at(tmp_path / "site", first)
    good = folder / upgrade.ASIDE
    good.write_bytes((folder / "cunghoc.db").read_bytes())
    monkeypatch.setattr(server, "prepare_as_command", lambda: pytest.fail("it was upgraded over the copy"))
    said = refused("upgrade", "--data", str(folder), "--without-backup")
    assert str(good) in said and revision_of(good) == first
    server.release(folder)


def test_half_a_copy_is_never_taken_for_a_whole_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = site_at(tmp_path / "site", sorted(schema_version.known())[0])
    (folder / upgrade.ASIDE).with_suffix(".part").write_bytes(b"half")

    def look() -> None:
        assert revision_of(folder / upgrade.ASIDE) == sorted(schema_version.known())[0]
        raise RuntimeError

    monkeypatch.setattr(server, "prepare_as_command", look)
    assert "RuntimeError" in refused("upgrade", "--data", str(folder), "--without-backup")
    server.release(folder)


@pytest.mark.parametrize("given", ["", "100"])
def test_what_a_compose_file_sets_to_nothing_is_taken_from_the_folder(tmp_path: Path, given: str) -> None:
    folder = site_at(tmp_path / "site", "1")
    (folder / "env").write_text("SLOW_QUERY_MS=300\n", "utf-8")
    env = {"SLOW_QUERY_MS": given}
    data_folder.read(folder, env)
    assert env["SLOW_QUERY_MS"] == (given or "300")


def test_a_checkout_has_the_command_that_takes_migrations_back() -> None:
    app = Flask("commands")
    cli.init(app)
    assert "downgrade" in app.cli.commands["db"].commands  # type: ignore[attr-defined]
