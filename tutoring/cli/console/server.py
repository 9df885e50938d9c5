"""`cunghoc serve`: web pages and due work in one process, from one folder."""

import os
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import click

from tutoring import VERSION, cli
from tutoring.backups import restore_marker
from tutoring.cli import admin
from tutoring.cli.console import data_folder, database_state
from tutoring.cli.prepare import prepare_site
from tutoring.config import ROOT, Settings, database_address
from tutoring.kernel.program_name import with_program_name

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
THREADS = 200
_locks: dict[Path, int] = {}

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


@click.command()
@click.option(
    "--data", "folder", type=data_folder.FOLDER, envvar=data_folder.VARIABLE, required=True,
    help=f"The folder of the site; it is made when its parent exists (also {data_folder.VARIABLE}).",
)  # fmt: skip
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, envvar="PORT", show_default=True)
@click.option("--no-work", is_flag=True, help="Leave due work to `cunghoc work`, where several processes serve.")
def serve(folder: Path, host: str, port: int, no_work: bool) -> None:
    """Serve the site of a folder until Ctrl+C or SIGTERM.

    The first start makes the keys and the database. With DATABASE_URL the data is in PostgreSQL, with REDIS_URL several
    processes can serve. Other people reach the site through a proxy with a certificate, at the address in ORIGINS.
    """
    if fcntl is None:
        raise click.ClickException("`serve` needs Linux or macOS. On Windows `python dev.py run` is for trying.")
    check_port(host, port)
    os.umask(0o077)
    data_folder.make(folder)
    os.environ["PORT"] = str(port)
    settings = ready(folder, host, no_work)
    click.echo(f"Cùng Học {VERSION} is at {settings.origins[0]} (Ctrl+C ends it)")
    if settings.https:
        click.echo(f"It listens at {host}, port {port}, for the proxy in front.")
    if not database_state.has_admin(settings):
        click.echo("The site is not set up yet. Open this link in your browser:")
        click.echo(f"  {set_up_address()}")
        click.echo(f"One browser can open it, within {admin.LINK_HOURS} hours. Another link, in another terminal:")
        at = "" if settings.https or port == 8000 else f"PORT={port} "
        click.echo(f"  {at}cunghoc admin set-up-link --data {folder}")
    sys.stdout.flush()
    _become_server(gunicorn(host, port))


def check_port(host: str, port: int) -> None:
    """Refuses an address that cannot be listened at, before anything is written."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(
                f"Port {port} at {host} cannot be used ({error.strerror}): end what uses it, or choose another with "
                "--port."
            ) from None


def ready(folder: Path, host: str, no_work: bool) -> Settings:
    """Makes the site of a folder ready to serve, and returns its settings; refuses in one sentence."""
    data_folder.check_key_rights(folder)
    data_folder.read(folder)
    env = os.environ
    if no_work:
        env["JOBS"] = "0"
    if not data_folder.has_certificate(env) and host not in LOOPBACK:
        raise click.ClickException(
            f"At {host} other computers reach the site: set ORIGINS=https://… in {folder / data_folder.SETTINGS_FILE} "
            "and put a proxy with a certificate in front, or leave --host out."
        )
    found = database_state.standing(database_address(env.get("DATABASE_URL"), Path(env["INSTANCE"])))
    if missing := data_folder.missing_keys(env):
        if found != "none":
            raise click.ClickException(
                database_state.LOST_KEYS.format(names=" and ".join(missing), folder=folder.resolve())
            )
        data_folder.make_keys(folder, missing)
        data_folder.read(folder)
    settings = read_settings()
    if found == "ahead":
        raise click.ClickException(database_state.NEWER.format(version=VERSION))
    if found == "behind":
        raise click.ClickException(database_state.OLDER)
    on_sqlite = database_state.is_sqlite(settings.database_url)
    if not (settings.redis_url and not on_sqlite):
        hold_alone(folder)
    if found == "none" or on_sqlite:
        click.echo("preparing the site …", err=True)
        prepare_as_command()
    return settings


def read_settings() -> Settings:
    try:
        settings = Settings.from_environment()
        restore_marker.refuse(settings)
    except (ValueError, RuntimeError, OSError) as error:
        raise click.ClickException(with_program_name(str(error))) from None
    return settings


def set_up_address() -> str:
    """Makes the one-time link of the set-up."""
    with cli.create_app().app_context():
        return admin.set_up_address()


def prepare_as_command() -> None:
    """Migrates and loads the content, as `prepare` does."""
    app = cli.create_app()
    with app.app_context():
        prepare_site()


def hold_alone(folder: Path) -> None:
    """Locks the folder for as long as this process and the server it becomes live."""
    handle = os.open(folder / data_folder.LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600)
    os.set_inheritable(handle, True)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _locks[folder] = handle
    except OSError:
        os.close(handle)
        raise click.ClickException(
            f"Another process serves {folder} already: end it first. Several at once need PostgreSQL and Redis."
        ) from None


def release(folder: Path) -> None:
    """Unlocks the folder, when this process locked it."""
    if (handle := _locks.pop(folder, None)) is not None:
        os.close(handle)


def gunicorn(host: str, port: int) -> list[str]:
    at = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    how = ["-w", "1", "--threads", str(THREADS), "--no-control-socket", "--log-level", "warning", "--umask", "077"]
    return [sys.executable, "-m", "gunicorn", "-c", str(ROOT / "gunicorn.conf.py"), *how, "-b", at, "wsgi:app"]


def _become_server(command: Sequence[str]) -> NoReturn:
    os.environ["PYTHONUTF8"] = "1"
    os.chdir(ROOT)  # gunicorn imports wsgi.py from there
    os.execv(command[0], list(command))
