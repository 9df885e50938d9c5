"""A site that has lived, its backup, and what it was like when that was made; on both databases."""

import json
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.backing_services import fresh_database
from tests.forked_processes import done
from tests.servers import Site

KEYS = ("secret_key", "audit_key", "field_key")


def said(site: Site, *arguments: str) -> tuple[int, str, str]:
    """A flask command in this site: exit status, what it said, what it complained of."""
    return done("flask", "--app", "tutoring.cli", *arguments, env={**site.env, "JOBS": "0"})


def living(site: Site, *arguments: str) -> dict[str, Any]:
    status, out, err = done("tests.backups.sample_site", *arguments, env={**site.env, "JOBS": "0"})
    assert status == 0, err[-3000:]
    return dict(json.loads(out.splitlines()[-1]))


@dataclass
class Lived:
    """The site; its backup; what it told when the backup was made and what there is to look for in it."""

    site: Site
    file: Path
    key: Path
    facts: dict[str, Any]
    state: dict[str, Any]
    server: str | None  # of PostgreSQL

    def another(self, stack: ExitStack) -> Site:
        """An empty place with the same keys, as a new machine gets them."""
        url = stack.enter_context(fresh_database(self.server)) if self.server else None
        site = stack.enter_context(Site(url))
        for key in KEYS:
            shutil.copy(self.site.folder / key, site.folder / key)
        return site


def drafts(site: Site) -> list[str]:
    """Whatever a restore makes on its way."""
    names = (".restoring", ".before-restore", "restoring.json", ".part", ".backup-")
    return [str(path) for path in site.folder.rglob("*") if any(one in path.name for one in names)]


def name_of(site: Site, lived: Lived) -> str:
    return "cunghoc.db" if lived.server is None else site.env["DATABASE_URL"].partition("?")[0].rpartition("/")[2]


@pytest.fixture(scope="package", params=["sqlite", "postgres"])
def lived(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    folder = tmp_path_factory.mktemp("backups")
    with ExitStack() as stack:
        server = None
        if request.param == "postgres":
            server = request.getfixturevalue("postgres_url")
            name, prepared = request.getfixturevalue("prepared_postgres")
            site = stack.enter_context(Site(stack.enter_context(fresh_database(server, like=name))))
            site.begin_like(prepared)
        else:
            site = stack.enter_context(Site()).prepare()
        facts = living(site, "fill")
        key = folder / "key.txt"
        status, out, _err = said(site, "backup", "keys", str(key))
        assert status == 0
        site.env["BACKUP_RECIPIENT"] = out.strip().removeprefix("BACKUP_RECIPIENT=")
        state = living(site, "state")
        status, out, err = said(site, "backup", str(folder), "--keep", "35d")
        assert status == 0, err
        (file,) = folder.glob("*.age")
        yield Lived(site, file, key, facts, state, server)
