"""Making backups and putting them back: refusals, days that are kept, files that come and go meanwhile, memory that
does not grow."""

import json
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from tests.backing_services import fresh_database
from tests.backups.conftest import KEYS, Lived, drafts, living, name_of, said
from tests.forked_processes import ROOT, done
from tests.servers import Site
from tutoring.backups import archive, backup_folder, encryption, media_files
from tutoring.backups.errors import BackupError
from tutoring.cli import restore_drill
from tutoring.cli.backup import group
from tutoring.config import Settings


def limited(site: Site, size: int, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A flask command in a process that can write no file longer than this, as on a disk that fills up."""
    command = [sys.executable, "-m", "flask", "--app", "tutoring.cli", *arguments]
    limit: Callable[[], None] = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))  # noqa: E731
    return subprocess.run(
        command, cwd=ROOT, env={**site.env, "JOBS": "0"}, capture_output=True, text=True, preexec_fn=limit
    )


def test_a_backup_that_cannot_be_made_is_refused_in_a_sentence_and_leaves_no_file(lived: Lived, tmp_path: Path) -> None:
    def refused(site: Site, why: str, *more: str) -> None:
        status, out, err = said(site, "backup", str(tmp_path), *more)
        assert status == 1 and out == "" and why in err and "No backup was made." in err, err
        assert len(err.strip().splitlines()) == 1 and list(tmp_path.iterdir()) == []

    env = dict(lived.site.env)
    try:
        refused(lived.site, "--keep is a number", "--keep", "many")
        if lived.server is not None:
            refused(lived.site, "pg_dump of PostgreSQL", "--pg-programs", "/nowhere")
        del lived.site.env["BACKUP_RECIPIENT"]
        refused(lived.site, "BACKUP_RECIPIENT is not set")
        lived.site.env["BACKUP_RECIPIENT"] = "age1notakey"
        refused(lived.site, "BACKUP_RECIPIENT is no age public key")
    finally:
        lived.site.env = env
    status, _out, err = said(lived.site, "backup", str(tmp_path / "nowhere"))
    assert status == 1 and "There is no folder" in err


@pytest.mark.full
def test_a_backup_onto_a_full_disk_is_refused_and_leaves_no_file(lived: Lived, tmp_path: Path) -> None:
    done = limited(lived.site, 200_000, "backup", str(tmp_path))
    assert done.returncode == 1 and "not enough space" in done.stderr and len(done.stderr.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []
    assert [path for path in lived.site.folder.iterdir() if ".backup-" in path.name] == []


@pytest.mark.parametrize("some", [True, pytest.param(False, marks=pytest.mark.full)], ids=["some", "all"])
def test_a_restore_that_cannot_end_well_is_refused_in_a_sentence_and_leaves_nothing(
    lived: Lived, tmp_path: Path, some: bool
) -> None:
    with ExitStack() as stack:
        site = lived.another(stack)
        said(site, "backup", "keys", str(tmp_path / "other.txt"))
        whole = lived.file.read_bytes()
        damaged = {
            "cut.age": whole[: len(whole) // 2],
            "short.age": whole[:-1],
            "flipped.age": whole[:90_000] + bytes([whole[90_000] ^ 1]) + whole[90_001:],
            "late.age": whole[:-40] + bytes([whole[-40] ^ 1]) + whole[-39:],
            "none.age": b"not a backup",
        }
        cases = [(lived.file, tmp_path / "other.txt", "does not open")]
        for name, data in damaged.items():
            (tmp_path / name).write_bytes(data)
            cases.append((tmp_path / name, lived.key, "no age file" if name == "none.age" else "damaged or cut short"))
        copy = tmp_path / lived.file.name  # with its manifest, which does not fit it
        copy.write_bytes(damaged["flipped.age"])
        shutil.copy(lived.file.with_suffix(".json"), copy.with_suffix(".json"))
        cases.append((copy, lived.key, "not what its manifest tells"))
        for file, key, why in cases:
            if some and file.name in ("cut.age", "short.age", "late.age"):
                continue  # damaged as well
            status, out, err = said(site, "restore", str(file), "--key", str(key))
            assert status == 1 and out == "" and why in err, (file.name, err)
            assert len(err.strip().splitlines()) == 1 and "Nothing was restored" in err
            assert drafts(site) == [] and not list(site.folder.glob("media/??"))
        (site.folder / "field_key").write_text("quite another key, and long enough for it")
        status, _out, err = said(site, "restore", str(lived.file), "--key", str(lived.key))
        assert status == 1 and "another FIELD_KEY" in err and drafts(site) == []


@pytest.mark.full
def test_what_is_there_is_replaced_only_by_name(lived: Lived) -> None:
    before = living(lived.site, "state")
    for more in ((), ("--over", "another")):
        status, _out, err = said(lived.site, "restore", str(lived.file), "--key", str(lived.key), *more)
        assert status == 1 and f"--over {name_of(lived.site, lived)}" in err, err
    assert living(lived.site, "state") == before and drafts(lived.site) == []


def test_nothing_begins_while_a_restore_is_not_done(lived: Lived) -> None:
    """A restore that is killed leaves this note: test_a_restore_that_is_stopped_is_taken_back."""
    with ExitStack() as stack:
        site = lived.another(stack)
        note = site.folder / "restoring.json"
        note.write_text(json.dumps({"step": "in", "file": lived.file.name, "at": "", "kind": "sqlite"}))
        for command in (["prepare"], ["work"], ["restore", str(lived.file), "--key", str(lived.key)]):
            status, _out, err = said(site, *command)
            assert status == 1 and "was interrupted" in err, (command, err)
        assert note.exists()


@pytest.mark.full
def test_a_restore_onto_a_full_disk_is_taken_back(lived: Lived) -> None:
    server = fresh_database(lived.server) if lived.server else None
    with server or Site() as given:
        site = given if isinstance(given, Site) else Site(given)
        with site:
            for key in KEYS:
                shutil.copy(lived.site.folder / key, site.folder / key)
            size = 250 if lived.server else 1_000_000  # of the one picture; of the database
            done = limited(site, size, "restore", str(lived.file), "--key", str(lived.key))
            assert done.returncode == 1 and "not enough space" in done.stderr, done.stderr
            assert len(done.stderr.strip().splitlines()) == 1 and "Nothing was restored" in done.stderr
            left = [path for path in site.folder.rglob("*") if path.is_file() and path.name not in KEYS]
            assert [path for path in left if path.stat().st_size and path.name != "cunghoc.db"] == []
            status, _out, err = said(site, "restore", str(lived.file), "--key", str(lived.key))
            assert status == 0, err  # with room it goes


@pytest.mark.full
def test_files_that_come_and_go_while_a_backup_runs_harm_nothing(lived: Lived, tmp_path: Path) -> None:
    root, ends = lived.site.folder / "media", threading.Event()
    before = {path.name for path in root.glob("[0-9a-f][0-9a-f]/??/*")}

    def come_and_go() -> None:
        kept: list[Path] = []
        while not ends.is_set():
            name = uuid.uuid4().hex
            place = media_files.place(root, name)
            place.parent.mkdir(parents=True, exist_ok=True)
            draft = place.with_name(f"new-{name}")
            draft.write_bytes(name.encode() * 2000)
            os.replace(draft, place)
            kept.append(place)
            if len(kept) > 50:
                kept.pop(0).unlink()
        for place in kept:
            place.unlink()

    beside = threading.Thread(target=come_and_go)
    beside.start()
    try:
        status, _out, err = said(lived.site, "backup", str(tmp_path))
    finally:
        ends.set()
        beside.join()
    assert status == 0, err
    (file,) = tmp_path.glob("*.age")
    found, key = {}, encryption.identity(lived.key)
    with file.open("rb") as opened, encryption.decrypting(opened, key) as plain:
        for entry in archive.entries(plain):
            if entry.kind == "media":
                found[entry.name] = entry.file.read()
    assert before <= found.keys()
    others = {name: data for name, data in found.items() if name not in before}
    assert all(data == name.encode() * 2000 for name, data in others.items())  # whole, or not there


def written(where: Path, site: str, days: float) -> Path:
    """A file as a backup that was made so many days ago."""
    made = datetime.now(UTC) - timedelta(days=days)
    file = where / backup_folder.new_name(made)
    file.write_bytes(b"x")
    told = {"format": 1, "file": file.name, "site": site, "made": made.isoformat(), "size": 1, "sha256": "-"}
    backup_folder.manifest_of(file).write_text(json.dumps(told), "utf-8")
    return file


def test_only_older_backups_of_this_site_go(tmp_path: Path) -> None:
    old, young = written(tmp_path, "here", 36), written(tmp_path, "here", 34)
    others = written(tmp_path, "elsewhere", 90)
    unknown = tmp_path / "cunghoc-20200101T000000Z-0000.age"  # with no manifest: nobody knows whose
    unknown.write_bytes(b"x")
    letter = tmp_path / "letter.txt"
    letter.write_text("mine")
    gone = backup_folder.delete_old_backups(tmp_path, "here", backup_folder.length("35d"), young, datetime.now(UTC))
    assert gone == [old.name] and not old.exists() and not backup_folder.manifest_of(old).exists()
    assert all(path.exists() for path in (young, others, unknown, letter, backup_folder.manifest_of(young)))
    assert (
        backup_folder.delete_old_backups(tmp_path, "here", timedelta(0), young, datetime.now(UTC)) == []
    )  # the newest never goes


def test_a_key_file_is_made_once_and_is_for_its_owner_alone(tmp_path: Path, lived: Lived) -> None:
    file = tmp_path / "key.txt"
    status, out, err = said(lived.site, "backup", "keys", str(file))
    assert status == 0 and out.startswith("BACKUP_RECIPIENT=age1") and "elsewhere" in err
    assert file.stat().st_mode & 0o077 == 0 and out.strip().split("=")[1] in file.read_text("utf-8")
    kept = file.read_text("utf-8")
    assert said(lived.site, "backup", "keys", str(file))[0] == 1 and file.read_text("utf-8") == kept
    with pytest.raises(BackupError, match="is no key file"):
        empty = tmp_path / "empty"
        empty.write_text("")
        encryption.identity(empty)


@pytest.mark.full
def test_memory_does_not_grow_with_what_is_backed_up(tmp_path: Path) -> None:
    """In a process of its own, with 16 and with 160 MB of files."""
    program = """
import resource, sys
from pathlib import Path
from tutoring.backups import archive, encryption, media_files
from tutoring.kernel import services
from tutoring.kernel.encryption import FieldKey
services.find_with(lambda: {FieldKey: FieldKey("a key of a test, long enough")})
private, public = encryption.new_keys()
root = Path(sys.argv[1])
for number in range(int(sys.argv[2])):
    place = media_files.place(root, f"{number:032x}")
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(bytes(4_000_000))
out = encryption.MeasuredFile(open(root / "out", "wb"))
with encryption.encrypting(encryption.recipient(public), out) as plain:
    writing = archive.ArchiveWriter(plain, {"format": 1}, 0)
    writing.database(bytes(1 << 20) for _ in range(int(sys.argv[2])))
    for name, size, file in media_files.walk(root):
        writing.media(name, size, file)
    writing.end()
out.flush()
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""
    peaks = []
    for count in (4, 40):
        where = tmp_path / str(count)
        where.mkdir()
        command = [sys.executable, "-c", program, str(where), str(count)]
        peaks.append(int(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout))
    assert peaks[1] - peaks[0] < 16, peaks


def test_an_encrypted_size_is_known_from_what_goes_in(tmp_path: Path) -> None:
    _private, public = encryption.new_keys()
    for size in (0, 1, 65535, 65536, 65537, 200_000):
        file = tmp_path / str(size)
        with file.open("wb") as opened:
            out = encryption.MeasuredFile(opened)
            with encryption.encrypting(encryption.recipient(public), out) as plain:
                plain.write(bytes(size))
        assert file.stat().st_size == out.bytes == encryption.encrypted_size(encryption.header_length(file), size)
        assert encryption.digest_of(file) == out.sha256


def forked(_command: list[str], env: dict[str, str], **_how: object) -> subprocess.CompletedProcess[str]:
    """What the drill starts with a new Python, which loads the program each time, forked."""
    status, out, err = done("flask", *_command[3:], env=env)
    return subprocess.CompletedProcess(_command, status, out, err)


def test_the_steps_of_the_drill_try_a_backup(lived: Lived, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(restore_drill.subprocess, "run", forked)
    settings = Settings.from_environment(lived.site.env)
    out = "\n".join(restore_drill.drill(settings, lived.file, lived.key, None, None))
    for told in ("rows as counted", "the audit chain holds", "3 pages answer", "pictures are there"):
        assert told in out
    damaged = tmp_path / "flipped.age"
    damaged.write_bytes(lived.file.read_bytes()[:-1])
    with pytest.raises(BackupError, match="damaged or cut short"):
        list(restore_drill.drill(settings, damaged, lived.key, None, None))


@pytest.mark.parametrize("passes", [True, False])
def test_a_drill_that_passed_leaves_its_day(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, passes: bool
) -> None:
    newest = written(tmp_path, "here", 1)
    written(tmp_path, "here", 2)

    def tried(_settings: Settings, file: Path, *_how: object) -> Iterator[str]:
        assert file == newest
        yield "1 page answers"
        if not passes:
            raise BackupError("It is damaged.")

    monkeypatch.setattr(restore_drill, "drill", tried)
    key = tmp_path / "key.txt"
    key.touch()
    result = app.test_cli_runner().invoke(group, ["drill", str(tmp_path), "--key", str(key)])
    assert (result.exit_code == 0) is (tmp_path / backup_folder.LAST_DRILL).exists() is passes
    assert ("the drill passed" in result.output) is passes
    assert passes or "It is damaged. The drill did not pass." in result.output


@pytest.mark.full
def test_the_drill_tries_the_newest_backup_and_leaves_nothing(lived: Lived) -> None:
    where = lived.file.parent
    began = time.time()
    status, out, err = said(lived.site, "backup", "drill", str(where), "--key", str(lived.key))
    assert status == 0, err
    for told in (
        "rows as counted",
        "the audit chain holds",
        "3 pages answer",
        "pictures are there",
        "the drill passed",
    ):
        assert told in out
    at = json.loads((where / backup_folder.LAST_DRILL).read_text("utf-8"))["at"]
    assert datetime.fromisoformat(at).timestamp() >= int(began)


@pytest.mark.full
def test_an_older_backup_is_migrated_and_one_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    with Site() as old, Site() as new, Site() as third:
        old.prepare()
        for site in (new, third):
            for key in KEYS:
                shutil.copy(old.folder / key, site.folder / key)
        key = tmp_path / "key.txt"
        _status, out, _err = said(old, "backup", "keys", str(key))
        old.env["BACKUP_RECIPIENT"] = out.strip().removeprefix("BACKUP_RECIPIENT=")
        status, _out, err = said(old, "db", "downgrade", "-d", "migrations", "0051")
        assert status == 0, err
        assert said(old, "backup", str(tmp_path))[0] == 0
        (first,) = tmp_path.glob("*.age")
        status, out, err = said(new, "restore", str(first), "--key", str(key))
        assert status == 0 and "migrated to" in out and "migration 0051" in out, err
        assert said(new, "prepare")[0] == 0
        with closing(sqlite3.connect(old.folder / "cunghoc.db")) as database, database:
            database.execute("UPDATE alembic_version SET version_num = '9999'")
        assert said(old, "backup", str(tmp_path))[0] == 0
        (second,) = set(tmp_path.glob("*.age")) - {first}
        status, _out, err = said(third, "restore", str(second), "--key", str(key))
        assert status == 1 and "migration 9999" in err and "Nothing was restored" in err
        assert not (third.folder / "restoring.json").exists()
