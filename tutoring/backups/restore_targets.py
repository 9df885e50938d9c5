"""The targets of a restore: databases of both kinds, users' files and the anchors.

Each step can be undone: the existing data is set aside, then the new data goes in. What was set aside is deleted when
all is done.
"""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from tutoring.backups import media_files, postgres, reader, sqlite
from tutoring.backups.creation import url_of
from tutoring.backups.errors import BackupError
from tutoring.backups.restore_marker import IN
from tutoring.config import Settings


class Target(Protocol):
    """One of the things that a restore fills."""

    def set_aside(self) -> None: ...
    def take_back(self, step: str) -> None: ...
    def throw_away(self) -> None: ...


class Database(Target, Protocol):
    """The database as a restore target."""

    kind: str
    name: str
    draft: Path

    def empty(self) -> bool: ...
    def check(self, tool: int) -> None: ...
    def fill(self, file: Path, key: Any) -> None: ...
    def counts(self) -> dict[str, int]: ...


class Sqlite:
    """An SQLite file, with a draft beside it."""

    kind = "sqlite"

    def __init__(self, file: Path) -> None:
        self.file, self.name = file, file.name
        self.draft, self._aside = (file.with_name(file.name + more) for more in (".restoring", ".before-restore"))

    def empty(self) -> bool:
        return sqlite.empty(self.file)

    def check(self, _tool: int) -> None:
        self.draft.unlink(missing_ok=True)
        if not sqlite.alone(self.file):
            raise BackupError(f"{self.name} is in use: stop every server and worker of the site first.")

    def set_aside(self) -> None:
        sqlite.move(self.file, self._aside)

    def fill(self, _file: Path, _key: Any) -> None:
        if not sqlite.whole(self.draft):
            raise BackupError("The database in the backup is damaged: SQLite's own check fails.")
        os.replace(self.draft, self.file)

    def counts(self) -> dict[str, int]:
        return sqlite.counts(self.file)

    def take_back(self, step: str) -> None:
        self.draft.unlink(missing_ok=True)
        if step == IN:
            sqlite.remove(self.file)
        sqlite.move(self._aside, self.file)

    def throw_away(self) -> None:
        self.draft.unlink(missing_ok=True)
        sqlite.remove(self._aside)


class Postgres:
    """A PostgreSQL database.

    It has no draft: the backup is read a second time, into one transaction.
    """

    kind = "postgresql"
    draft = Path(os.devnull)

    def __init__(self, url: str, programs: Path | None) -> None:
        self._url, self._programs, self._restorer = url, programs, ""
        self.name = postgres.name_of(url)

    def _with(self, act: Callable[[Any], Any]) -> Any:
        with postgres.connect(self._url) as connection:
            return act(connection)

    def empty(self) -> bool:
        return not self._with(postgres.tables_of)

    def check(self, tool: int) -> None:
        self._restorer = postgres.program("pg_restore", tool, self._programs)
        if self._with(postgres.others):
            raise BackupError(f"{self.name} is in use: stop every server and worker of the site first.")

    def set_aside(self) -> None:
        if not self.empty():
            self._with(postgres.set_aside)

    def fill(self, file: Path, key: Any) -> None:
        postgres.restore_dump(self._url, self._restorer, reader.database_pieces(file, key))

    def counts(self) -> dict[str, int]:
        found: dict[str, int] = self._with(postgres.counts)
        return found

    def take_back(self, step: str) -> None:
        def act(connection: Any) -> None:
            if postgres.has_aside(connection):
                postgres.restore_set_aside_tables(connection)
            elif step == IN:
                postgres.wipe(connection)

        self._with(act)

    def throw_away(self) -> None:
        self._with(postgres.drop_aside)


class Files:
    """The folder of users' files.

    It may be a mount point, so a restore moves the folders inside it.
    """

    def __init__(self, root: Path) -> None:
        self.root, self.draft, self._aside = root, root / media_files.DRAFT, root / media_files.ASIDE

    def empty(self) -> bool:
        return not media_files.any_file(self.root)

    def begin(self) -> None:
        shutil.rmtree(self.draft, ignore_errors=True)
        self.draft.mkdir(parents=True, mode=0o700)

    def set_aside(self) -> None:
        media_files.move_folders(self.root, self._aside)

    def fill(self) -> None:
        media_files.move_folders(self.draft, self.root)

    def take_back(self, step: str) -> None:
        if step == IN:
            for name in media_files.folders(self.root):
                shutil.rmtree(self.root / name)
        media_files.move_folders(self._aside, self.root)
        self.throw_away()

    def throw_away(self) -> None:
        for folder in (self.draft, self._aside):
            shutil.rmtree(folder, ignore_errors=True)


class Anchors:
    """The file of anchors, which a restore may shorten; a copy stays until all is done."""

    def __init__(self, file: Path) -> None:
        self._file, self._aside = file, file.with_name(file.name + ".before-restore")

    def set_aside(self) -> None:
        if self._file.exists():
            draft = self._aside.with_suffix(".part")
            shutil.copyfile(self._file, draft)
            os.replace(draft, self._aside)

    def take_back(self, step: str) -> None:
        if self._aside.exists():
            os.replace(self._aside, self._file)
        elif step == IN:
            self._file.unlink(missing_ok=True)

    def throw_away(self) -> None:
        self._aside.unlink(missing_ok=True)


def database_of(settings: Settings, programs: Path | None) -> Database:
    url = url_of(settings)
    return Sqlite(sqlite.path_of(url)) if url.startswith("sqlite") else Postgres(url, programs)
