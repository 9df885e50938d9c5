"""From the last release to this code and back, with the demonstration as data, on both databases.

The last release is the newest tag `v…` before this commit, or the commit that LAST_RELEASE names. Where there is no
tag it is the newest commit before the last migration whose migrations are one chain. Its code runs with the libraries
of today.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.backing_services import fresh_database
from tests.rooms.people import http
from tests.servers import free_port
from tests.waiting import until
from tutoring.config import ROOT
from tutoring.kernel.database import schema_version

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not (ROOT / ".git").exists(), reason="the last release is read from git"),
]
PAGES = ("/", "/account", "/lessons", "/help")
# What running servers of either version change, and rightly remove.
MOVING = {"alembic_version", "due_work", "heartbeat", "sign_in"}


def git(*words: str) -> str:
    command = ["git", "-c", f"safe.directory={ROOT}", *words]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def last_release() -> str:
    if named := os.environ.get("LAST_RELEASE"):
        return named
    for tag in git("tag", "--list", "v*", "--merged", "HEAD", "--sort=-version:refname").split():
        if git("rev-list", "-n1", tag) != git("rev-parse", "HEAD"):
            return tag
    (newest,) = (ROOT / "migrations" / "versions").glob(f"{schema_version.head()}*.py")
    added = git("log", "--diff-filter=A", "--format=%H", "--", str(newest.relative_to(ROOT))).split()[-1]
    return next(one for one in git("rev-list", f"{added}^").split() if is_one_chain(one))


def is_one_chain(revision: str) -> bool:
    """Whether no two migrations of a commit have the same number, as they have before one of them is renumbered."""
    names = git("ls-tree", "--name-only", revision, "migrations/versions/").split()
    numbers = [Path(name).name[:4] for name in names if name.endswith(".py")]
    return len(numbers) == len(set(numbers))


class Code:
    """One version of the code at the data of one site."""

    def __init__(self, folder: Path, env: dict[str, str]) -> None:
        self.folder = folder
        self.env = {**os.environ, **env, "PYTHONPATH": str(folder), "PYTHONUTF8": "1"}
        self.env.pop("TEST_RUN_FOLDER", None)

    def flask(self, *words: str, fine: tuple[int, ...] = (0,)) -> str:
        command = [sys.executable, "-m", "flask", "--app", "tutoring.cli", *words]
        done = subprocess.run(command, cwd=self.folder, env={**self.env, "JOBS": "0"}, capture_output=True, text=True)
        assert done.returncode in fine, f"flask {' '.join(words)}: {done.stderr[-3000:]}"
        return done.stdout

    @contextmanager
    def serving(self) -> Iterator[str]:
        """A server process of this code; ended by SIGTERM."""
        port = self.env["PORT"]
        how = ("-w", "1", "--threads", "50", "--no-control-socket", "--log-level", "warning", "-b", f"127.0.0.1:{port}")
        log = Path(self.env["INSTANCE"], f"server-{port}.log")
        with log.open("a") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", *how, "wsgi:app"],
                cwd=self.folder,
                env=self.env,
                stdout=out,
                stderr=out,
            )
        url = f"http://127.0.0.1:{port}"

        def answers() -> bool:
            assert process.poll() is None, log.read_text("utf-8")[-3000:]
            try:
                return http(f"{url}/readyz")[0] == 200
            except OSError:
                return False

        try:
            until(answers, "the server answers", 300)
            yield url
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(120)
            finally:
                process.kill()


def can_be_used(url: str, card: dict[str, str]) -> None:
    """A person signs in, which writes, and opens pages."""
    _, page, headers = http(f"{url}/sign-in")
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    cookie = str(headers["Set-Cookie"]).partition(";")[0]
    form = {"csrf_token": token[1], "handle": card["username"], "password": card["passphrase"]}
    status, _, headers = http(f"{url}/sign-in", cookie, form)
    assert status == 302
    cookie = next(one.partition(";")[0] for one in headers.get_all("Set-Cookie") or [] if one.startswith("session="))
    found = {place: http(url + place, cookie)[0] for place in PAGES}
    assert set(found.values()) <= {200, 302}, found


def rows(database: str, of: dict[str, list[str]] | None = None) -> dict[str, list[str]]:
    """Every row of every table, by the columns of `of`, as sorted text."""
    engine = sa.create_engine(database)
    try:
        with engine.connect() as connection:
            names = sa.inspect(connection)
            tables = {
                name: sorted(column["name"] for column in names.get_columns(name))
                for name in names.get_table_names()
                if name not in MOVING and not name.startswith("lesson_words")
            }
            columns = {name: tables[name] if of is None else of[name] for name in tables if of is None or name in of}
            quote = engine.dialect.identifier_preparer.quote
            return {
                name: sorted(
                    json.dumps([str(value) for value in row])
                    for row in connection.execute(sa.text(f"SELECT {', '.join(map(quote, wanted))} FROM {quote(name)}"))
                )
                for name, wanted in columns.items()
            }
    finally:
        engine.dispose()


def columns_of(database: str) -> dict[str, list[str]]:
    engine = sa.create_engine(database)
    try:
        with engine.connect() as connection:
            names = sa.inspect(connection)
            return {
                name: sorted(column["name"] for column in names.get_columns(name))
                for name in names.get_table_names()
                if name not in MOVING and not name.startswith("lesson_words")
            }
    finally:
        engine.dispose()


@pytest.fixture(params=["file", "server"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[dict[str, str], str]]:
    """The environment of a site, and how its database is reached."""
    port = str(free_port())
    env = {
        "INSTANCE": str(tmp_path / "data"),
        "PORT": port,
        "LIMITS_SCALE": "100",
        "ORIGINS": f"http://127.0.0.1:{port}",
    }
    for name in ("DATABASE_URL", "REDIS_URL", "APP_ENV"):
        env[name] = ""
    if request.param == "file":
        yield env, f"sqlite:///{tmp_path / 'data' / 'cunghoc.db'}"
        return
    with fresh_database(request.getfixturevalue("postgres_url")) as url:
        yield {**env, "DATABASE_URL": url}, url.replace("postgresql:", "postgresql+psycopg:")


def checkout(revision: str, folder: Path) -> Path:
    """The code of a revision, with the files that are fetched and compiled today."""
    folder.mkdir()
    archive = subprocess.Popen(
        ["git", "-c", f"safe.directory={ROOT}", "archive", revision], cwd=ROOT, stdout=subprocess.PIPE
    )
    subprocess.run(["tar", "-x", "-C", str(folder)], stdin=archive.stdout, check=True)
    assert archive.wait() == 0
    (folder / "static" / "vendor").symlink_to(ROOT / "static" / "vendor")
    for made in (ROOT / "translations").glob("*/LC_MESSAGES/*.mo"):
        shutil.copyfile(made, folder / made.relative_to(ROOT))
    return folder


def lost(before: dict[str, list[str]], after: dict[str, list[str]]) -> dict[str, int]:
    """Rows that are gone or changed, by table."""
    found = {name: len(set(texts) - set(after.get(name, []))) for name, texts in before.items()}
    return {name: count for name, count in found.items() if count}


def test_a_site_is_upgraded_and_goes_back(place: tuple[dict[str, str], str], tmp_path: Path) -> None:
    env, database = place
    revision = last_release()
    old, new = Code(checkout(revision, tmp_path / "old"), env), Code(ROOT, env)
    old_head = schema_version.head(old.folder / "migrations" / "versions")
    print(f"{database.partition(':')[0]}: {revision} ({old_head}) to this code ({schema_version.head()})")

    old.flask("prepare")
    cards = {card["username"]: card for card in map(json.loads, old.flask("demo", "cards").splitlines())}
    with old.serving() as url:
        can_be_used(url, cards["minh"])
        before, columns = rows(database), columns_of(database)
        if database.startswith("postgresql"):  # the servers of before serve on, as docs/upgrade.md has it
            new.flask("prepare")
            can_be_used(url, cards["lan"])
    new.flask("prepare")
    texts = {name for name in columns if name.startswith(("lesson", "step", "quiz", "content"))}  # loaded anew
    data = {name: found for name, found in before.items() if name not in texts}
    print(f"{sum(map(len, data.values())):,} rows of {len(data)} tables")
    assert lost(data, rows(database, columns)) == {}

    with new.serving() as url:
        can_be_used(url, cards["minh"])
    new.flask("audit", "verify", fine=(0, 2))  # 2: it holds, and no day has ended yet

    with old.serving() as url:  # back without a change of the database
        can_be_used(url, cards["minh"])

    new.flask("db", "downgrade", "-d", str(ROOT / "migrations"), old_head)
    assert {name: columns_of(database).get(name) for name in columns} == columns
    assert lost(data, rows(database)) == {}
    with old.serving() as url:
        can_be_used(url, cards["minh"])
    new.flask("prepare")
    with new.serving() as url:
        can_be_used(url, cards["khoa"])
