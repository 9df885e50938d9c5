"""The wheel, installed outside of the checkout: it serves a site from one folder, and ends when it is asked to."""

import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.rooms.people import http
from tests.servers import free_port
from tests.waiting import until
from tutoring.config import KEYS, ROOT

pytestmark = pytest.mark.full
PASSPHRASE = "muoi con voi di bo qua cau"


def environment() -> dict[str, str]:
    """Without what tests of the checkout have, such as its path."""
    ours = ("PYTHON", "APP_ENV", "INSTANCE", "DATABASE_URL", "REDIS_URL", "ORIGINS", "PORT", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def done(*command: object, cwd: Path) -> str:
    argv = [str(one) for one in command]
    made = subprocess.run(argv, cwd=cwd, env=environment(), capture_output=True, text=True, timeout=600)
    assert made.returncode == 0, made.stdout + made.stderr
    return made.stdout + made.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    done(sys.executable, ROOT / "dev.py", "wheel", folder, cwd=folder)
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def program(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`cunghoc` in an environment of its own; the libraries are those that the tests have."""
    folder = tmp_path_factory.mktemp("installed") / "venv"
    done(sys.executable, "-m", "venv", "--without-pip", folder, cwd=folder.parent)
    (packages,) = folder.glob("lib/*/site-packages")
    (packages / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    done(sys.executable, "-m", "pip", "--python", folder / "bin" / "python", "install", "-q", "--no-deps", "--no-index",
         wheel, cwd=folder.parent)  # fmt: skip
    return folder / "bin" / "cunghoc"


def test_the_wheel_holds_what_a_site_needs_and_nothing_of_a_developer(wheel: Path) -> None:
    with ZipFile(wheel) as opened:
        names = set(opened.namelist())
    inside = "tutoring/site_files/"
    for name in (
        "migrations/env.py", "static/vendor/socket.io.esm.min.js", "static/vendor/bvp-400.woff2", "templates/base.html",
        "translations/en/LC_MESSAGES/messages.mo", "content/holidays.yml", "wsgi.py", "gunicorn.conf.py",
    ):  # fmt: skip
        assert inside + name in names
    lessons = len(list((ROOT / "content" / "lessons").rglob("*.yml")))
    assert sum(name.startswith(inside + "content/lessons/") and name.endswith(".yml") for name in names) == lessons
    foreign = re.compile(r"\.pyc$|(^|/)(tests|benchmarks|development|node_modules|instance)/")
    assert not [name for name in names if foreign.search(name)]


@pytest.fixture(scope="module")
def served(
    program: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Path, subprocess.Popen[str]]]:
    data = tmp_path_factory.mktemp("data") / "site"
    log = data.with_name("log")
    port = str(free_port())
    command = [str(program), "serve", "--data", str(data), "--port", port]
    with log.open("w", encoding="utf-8") as out:
        process = subprocess.Popen(command, cwd="/", env=environment(), stdout=out, stderr=out, text=True)
    url = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        assert process.poll() is None, log.read_text("utf-8")
        try:
            return http(f"{url}/healthz")[0] == 200
        except OSError:
            return False

    try:
        until(answers, "the installed site answers", 300)
        yield url, data, process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(60)


def test_an_installed_site_serves_signs_in_and_ends(
    program: Path, served: tuple[str, Path, subprocess.Popen[str]]
) -> None:
    url, data, process = served
    status, page, _ = http(f"{url}/")
    assert status == 200 and 'lang="vi"' in page
    file = re.search(r'"(/static/[^"]+\.css[^"]*)"', page)
    assert file and http(url + file[1])[0] == 200
    assert http(f"{url}/static/vendor/socket.io.esm.min.js")[0] == 200
    assert "The site is not set up yet" in data.with_name("log").read_text("utf-8")

    words = ("admin", "create", "Nguyễn Thị Hoa", "--handle", "hoa", "--password", PASSPHRASE)
    assert "hoa" in done(program, *words, "--data", data, cwd=data)
    _, page, headers = http(f"{url}/sign-in")
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    cookie = str(headers["Set-Cookie"]).partition(";")[0]
    form = {"csrf_token": token[1], "handle": "hoa", "password": PASSPHRASE}
    status, page, headers = http(f"{url}/sign-in", cookie, form)
    assert status == 302, page
    status, page, _ = http(url + headers["Location"], str(headers["Set-Cookie"]).partition(";")[0])
    assert status in {200, 302}

    assert "0 faults" in done(program, "doctor", "--data", data, cwd=data)
    assert {one.stat().st_mode & 0o077 for one in data.iterdir()} == {0}
    process.send_signal(signal.SIGTERM)
    assert process.wait(90) == 0

    # A backup, an upgrade that makes one itself, and the same site on a new machine, to which the keys were brought.
    key, backups, other = (data.with_name(name) for name in ("key", "backups", "other"))
    told = done(program, "backup", "keys", key, "--data", data, cwd=data)
    (data / "env").write_text(next(line for line in told.splitlines() if line.startswith("BACKUP_RECIPIENT=")), "utf-8")
    said = done(program, "upgrade", "--backups", backups, "--data", data, cwd=data)
    assert "backup: " in said and "the site is at version" in said
    (made,) = backups.glob("*.age")
    other.mkdir(0o700)
    for name in KEYS:
        shutil.copy(data / name.lower(), other)
    assert "the audit chain holds" in done(program, "restore", made, "--key", key, "--data", other, cwd=data)
    assert "the site is at version" in done(program, "upgrade", "--without-backup", "--data", other, cwd=data)
