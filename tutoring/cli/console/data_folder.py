"""The folder of a site: database, files of people, keys and settings in one place."""

import os
import secrets
from collections.abc import Mapping, MutableMapping
from pathlib import Path

import click

from tutoring.config import KEYS

FOLDER = click.Path(path_type=Path)
VARIABLE = "CUNGHOC_DATA"
SETTINGS_FILE = "env"
LOCK_FILE = "serve.lock"
_TEMPLATE = """\
# The settings of this site, a NAME=value on each line. docs/settings.md lists all names.
# A variable of the environment has precedence. Restart the site after a change.

# The address of the site for others. A proxy with a certificate stands in front of it.
#ORIGINS=https://hoc.example.vn

# The public key of backups: `cunghoc backup keys FILE` makes a pair.
#BACKUP_RECIPIENT=age1…

# Whom letters come from.
#SMTP_URL=smtp://USER:PASSWORD@mail.example.vn:587
#MAIL_FROM=hoc@hoc.example.vn
"""


def read(folder: Path, env: MutableMapping[str, str] = os.environ) -> None:
    """Puts the settings of the folder into the environment; what is set there already stays."""
    if not folder.is_dir():
        raise click.ClickException(
            f"There is no folder {folder}: correct --data, or make it with `cunghoc serve --data {folder}`."
        )
    folder = folder.resolve()
    for name, value in _settings_of(folder / SETTINGS_FILE).items():
        if not env.get(name):  # compose files set what is not given to nothing
            env[name] = value
    env.setdefault("INSTANCE", str(folder))
    for name in KEYS:
        file = folder / name.lower()
        if name not in env and f"{name}_FILE" not in env and file.exists():
            env[f"{name}_FILE"] = str(file)
    port = env.get("PORT", "8000")
    env.setdefault("ORIGINS", f"http://127.0.0.1:{port},http://localhost:{port}")
    if has_certificate(env):
        env.setdefault("PROXIES", "1")  # only a proxy can have answered with a certificate


def has_certificate(env: Mapping[str, str]) -> bool:
    """Whether every address of the site begins with https."""
    return all(one.strip().startswith("https://") for one in env["ORIGINS"].split(","))


def _settings_of(file: Path) -> dict[str, str]:
    try:
        lines = file.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise click.ClickException(f"{file} cannot be read ({error.strerror}).") from None
    found = {}
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        name, sign, value = text.partition("=")
        if not sign or not name.strip().isidentifier():
            raise click.ClickException(f"Line {number} of {file} is not NAME=value.")
        value = value.strip()
        if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
            value = value[1:-1]
        found[name.strip()] = value
    return found


def make(folder: Path) -> None:
    """Makes the folder and its file of settings where they are missing, closed to all other users."""
    if not folder.exists():
        try:
            folder.mkdir(mode=0o700)
        except FileNotFoundError:
            raise click.ClickException(f"There is no folder {folder.parent}: make it, or correct --data.") from None
        except OSError as error:
            raise click.ClickException(f"{folder} cannot be made ({error.strerror}).") from None
    if not folder.is_dir():
        raise click.ClickException(f"{folder} is a file: name a folder with --data.")
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise click.ClickException(f"This user may not write in {folder}: run `chown -R {_user()} {folder}` as root.")
    if folder.stat().st_mode & 0o007:
        raise click.ClickException(f"Every user of this computer may enter {folder}: run `chmod o= {folder}`.")
    _write_once(folder / SETTINGS_FILE, _TEMPLATE)


def _user() -> str:
    return str(os.getuid()) if hasattr(os, "getuid") else "USER"


def missing_keys(env: MutableMapping[str, str]) -> list[str]:
    return [name for name in KEYS if not env.get(name) and not env.get(f"{name}_FILE")]


def make_keys(folder: Path, names: list[str]) -> None:
    """Makes the keys of a new site; a key that is there stays."""
    for name in names:
        _write_once(folder / name.lower(), secrets.token_urlsafe(48))


def check_key_rights(folder: Path) -> None:
    """Refuses keys in the folder that other users can read."""
    for name in KEYS:
        file = folder / name.lower()
        if file.exists() and file.stat().st_mode & 0o077:
            raise click.ClickException(f"Other users may read {file}: run `chmod 600 {file}`.")


def _write_once(file: Path, text: str) -> None:
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as opened:
            opened.write(text)
            opened.flush()
            os.fsync(opened.fileno())
    except FileExistsError:
        pass
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written ({error.strerror}).") from None
