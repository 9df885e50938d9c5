#!/usr/bin/env python3
"""The one command for working on Cùng Học: it prepares what is missing, then does what was asked.

    python3 dev.py run [--port N]          serve the app on http://127.0.0.1:8000
    python3 dev.py serve --data DIR        a real site of a folder, set up in the browser (docs/first-run.md)
    python3 dev.py test                    the checks, and the tests that every change must pass
    python3 dev.py test --all              the checks, and every test on both databases
    python3 dev.py test --all --coverage   the same, and which lines and branches ran (Python 3.12 or newer)
    python3 dev.py test --changed [REV]    the checks, and the tests that changes since REV can touch
    python3 dev.py test PATH -k x ...      pytest alone, with its own options
    python3 dev.py flask ...               the app's own command line, such as: flask demo cards
    python3 dev.py bench [name]            benchmarks/bench_<name>.py, or all of them
    python3 dev.py long [name]             the suites in tests/long that take minutes
    python3 dev.py cluster [--port N]      several servers at once: PostgreSQL, Redis, nginx, three web workers
    python3 dev.py wheel [FOLDER]          the package that sites install, into dist/ or FOLDER
    python3 dev.py docs [FOLDER]           the documentation as a site of pages, into build/docs or FOLDER

It needs Python 3.11 or newer and, the first time, the network. Progress goes to stderr, so that the
output of what was asked stands alone on stdout; the exit status is that of what was asked.

This file makes the virtual environment and installs the packages; development/ does the rest there.
"""

# Only the standard library, and no syntax newer than Python 3.7: an old Python must still be able to
# read this file far enough to say that it is too old.
from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None
    import msvcrt

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STATE = VENV / ".prepared"
WINDOWS = os.name == "nt"
BIN = VENV / ("Scripts" if WINDOWS else "bin")
PYTHON = BIN / ("python.exe" if WINDOWS else "python")
OLDEST = (3, 11)
SERVER, TESTS = "requirements.txt", "requirements-dev.txt"  # the second holds the first, in the same versions
UV = "requirements-uv.txt"
COMMANDS = {
    "run": SERVER,
    "test": TESTS,
    "flask": SERVER,
    "bench": TESTS,
    "long": TESTS,
    "serve": SERVER,
    "cluster": TESTS,
    "wheel": SERVER,
    "docs": SERVER,
}


class Stop(Exception):
    """Nothing more can be done; the message is one sentence that says what to do about it."""

    def __init__(self, sentence, status=1):
        super().__init__(sentence)
        self.status = status


def say(text):
    print("dev.py: " + text, file=sys.stderr, flush=True)


def environment(**more):
    """The environment of everything that is started from here; the project is importable from any folder."""
    # What is compiled once is kept: each of many processes would compile it again, which is 13 s for the tests alone.
    unwanted = ("PYTHONHOME", "__PYVENV_LAUNCHER__", "PYTHONDONTWRITEBYTECODE")
    env = {k: v for k, v in os.environ.items() if k not in unwanted}
    path = str(BIN) + os.pathsep + env.get("PATH", os.defpath)
    ours = {"PATH": path, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "VIRTUAL_ENV": str(VENV)}
    return {**env, **ours, **more}


def quietly(doing, *cmd, hint="", env=None):
    """Run one step of the preparation; its output is shown only when it fails."""
    argv = [str(part) for part in cmd]
    how = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    try:
        done = subprocess.run(argv, cwd=str(ROOT), env=env or environment(), **how)
    except OSError as error:
        why = "%s failed: %s cannot be started (%s). %s" % (doing, argv[0], error.strerror, hint)
        raise Stop(why.strip()) from None
    if done.returncode:
        sys.stderr.write(done.stdout.decode("utf-8", "replace"))
        raise Stop(("%s failed with exit status %d. %s" % (doing, done.returncode, hint)).strip())
    return done.stdout.decode("utf-8", "replace")


def hand_over(*cmd, **env):
    """Become the command; where a process cannot do that (Windows), wait for it and pass its status on."""
    argv = [str(part) for part in cmd]
    sys.stdout.flush()
    sys.stderr.flush()
    if WINDOWS:
        raise SystemExit(subprocess.call(argv, env=environment(**env)))
    os.execve(argv[0], argv, environment(**env))


# --- What has been prepared already ---------------------------------------------------------------


def digest(paths, *words):
    whole = hashlib.sha256()
    for path in paths:
        whole.update(b"\0" + path.name.encode() + b"\0" + path.read_bytes())
    for word in words:
        whole.update(b"\0" + word.encode())
    return whole.hexdigest()


def record_of(step):
    """What is noted of a finished step, {"key": ..., "made": [paths]}, or None."""
    try:
        record = json.loads((STATE / step).read_text("utf-8"))
        return {"key": str(record["key"]), "made": [str(path) for path in record["made"]]}
    except (OSError, ValueError, KeyError, TypeError):
        return None


def is_whole(record):
    return all(os.path.exists(path) for path in record["made"])


def is_done(step, key):
    """Whether the step was finished for this very key and everything it made is still there."""
    record = record_of(step)
    return bool(record) and record["key"] == key and is_whole(record)


def once(step, key, doing, make):
    """Do the step unless it is done. make() returns what it made; an interrupted step leaves no record."""
    if is_done(step, key):
        return
    forget(step)
    say(doing + " ...")
    begun = time.monotonic()
    made = [str(path) for path in make()]
    fresh = STATE / (step + ".new")
    STATE.mkdir(parents=True, exist_ok=True)
    fresh.write_text(json.dumps({"key": key, "made": made}), "utf-8")
    os.replace(str(fresh), str(STATE / step))
    say("%s: done in %.1f s" % (doing, time.monotonic() - begun))


def forget(step):
    with contextlib.suppress(FileNotFoundError):
        (STATE / step).unlink()


@contextlib.contextmanager
def alone():
    """Hold off every other dev.py of this folder. The system frees the lock even when we are killed."""
    with open(str(ROOT / ".dev.lock"), "a+") as file:
        if not take(file):
            say("waiting for another dev.py that is preparing this folder ...")
            while not take(file):
                time.sleep(0.1)
        yield


def take(file):
    """Lock the file for as long as it stays open, if nobody else has."""
    try:
        if fcntl:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    except OSError:
        return False
    return True


# --- Debian packages ------------------------------------------------------------------------------


def may_apt():
    """Whether Debian packages can be installed from here: by root only, we never ask for passwords."""
    return hasattr(os, "geteuid") and os.geteuid() == 0 and bool(shutil.which("apt-get"))


def apt(*packages):
    names = " ".join(packages)
    say("installing the Debian packages %s ..." % names)
    env = environment(DEBIAN_FRONTEND="noninteractive")
    apt_get = ("apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300")
    quietly("reading the list of Debian packages", *apt_get, "update", env=env)
    install = ("install", "-y", "--no-install-recommends")
    quietly("installing %s" % names, *apt_get, *install, *packages, env=env)


# --- The virtual environment ----------------------------------------------------------------------


def is_sound():
    """Whether there is a virtual environment of this folder that starts, is new enough and has pip."""
    look = "import sys, importlib.util as u; sys.exit(sys.version_info < %r or not u.find_spec('pip'))" % (OLDEST,)
    try:
        # Scripts of an environment carry absolute paths: one that was moved or copied is not sound.
        if (STATE / "folder").read_text("utf-8") != str(ROOT):
            return False
        return subprocess.call([str(PYTHON), "-I", "-c", look], stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def is_damaged():
    """Whether installed packages are not whole. Neither pip nor uv would notice: they believe their metadata."""
    records = map(record_of, (SERVER, TESTS))
    return (STATE / "installing").exists() or not all(is_whole(record) for record in records if record)


def make_venv():
    say("making the virtual environment .venv ...")
    if VENV.is_symlink() or VENV.is_file():
        VENV.unlink()
    elif VENV.exists():
        shutil.rmtree(str(VENV))
    inside = Path(sys.prefix) == VENV
    python = getattr(sys, "_base_executable", sys.executable) if inside else sys.executable
    if not has_ensurepip(python):
        package = "python3-venv" if is_debians_default(python) else "python%d.%d-venv" % sys.version_info[:2]
        if not may_apt():
            raise Stop(
                "This Python cannot make virtual environments because ensurepip is missing: on Debian and"
                " Ubuntu run 'sudo apt-get install %s', then the same command again." % package
            )
        apt(package)
    quietly("making .venv", python, "-m", "venv", VENV)
    STATE.mkdir(parents=True)
    (STATE / "folder").write_text(str(ROOT), "utf-8")


def has_ensurepip(python):
    look = "import ensurepip, venv; ensurepip.version()"
    return subprocess.call([python, "-I", "-c", look], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0


def is_debians_default(python):
    return os.path.realpath(python) == os.path.realpath("/usr/bin/python3")


def install(doing, lock):
    """Install a lock by uv, which takes seconds where pip takes more than a minute; by pip where uv cannot be had."""
    args = ("--quiet", "--no-deps", "--require-hashes", "-r")
    pip = (PYTHON, "-m", "pip", "--no-input", "--disable-pip-version-check", "install", *args)
    uv = BIN / ("uv.exe" if WINDOWS else "uv")
    (STATE / "installing").touch()

    def fetch_uv():
        quietly("installing uv", *pip, ROOT / UV)
        return [uv]

    try:
        once("uv", digest([ROOT / UV]), "installing uv", fetch_uv)
        quietly(doing, uv, "pip", "install", "--python", PYTHON, *args, ROOT / lock, env=environment(**uv_settings()))
    except Stop as stop:
        say("%s pip does it instead ..." % stop)
        quietly(doing, *pip, ROOT / lock, hint="Is the network there?")
    (STATE / "installing").unlink()


def uv_settings():
    """What pip is told of mirrors, proxies and certificates on this machine, in the words of uv."""
    words = {
        "index-url": "UV_DEFAULT_INDEX",
        "extra-index-url": "UV_INDEX",
        "find-links": "UV_FIND_LINKS",
        "no-index": "UV_NO_INDEX",
        "cert": "SSL_CERT_FILE",
        "proxy": "ALL_PROXY",
    }
    lines = quietly("reading pip's settings", PYTHON, "-m", "pip", "config", "list").splitlines()
    pairs = (line.partition("=") for line in sorted(lines, key=lambda line: line.startswith(":env:")))
    told = {key.split(".", 1)[-1]: value.strip("'\"") for key, _, value in pairs}
    return {words[key]: value for key, value in told.items() if key in words}


def packages(lock):
    """Install a lock, unless it or the one that holds it is installed."""
    if any(is_done(name, digest([ROOT / name])) for name in (lock, TESTS)):
        return

    def install_all():
        install("installing " + lock, lock)
        forget(SERVER if lock == TESTS else TESTS)  # what the other lock installed may have changed its version
        skip = ("pip", "setuptools", "__pycache__")
        installed = (*VENV.glob("lib/*/site-packages/*"), *VENV.glob("Lib/site-packages/*"))  # the second on Windows
        return [path for path in installed if not path.name.startswith(skip)]

    once(lock, digest([ROOT / lock]), "installing " + lock, install_all)


def prepare(lock):
    if not is_sound() or is_damaged():
        make_venv()
        if not is_sound():
            raise Stop("The new .venv does not work: is this Python, %s, whole?" % sys.executable)
    packages(lock)


# --- The commands ---------------------------------------------------------------------------------


def port_from(args):
    """The port asked for, known to be free: better one sentence now than a server's retries later."""
    if args[:1] == ["--port"] and len(args) == 2:
        text = args[1]
    elif len(args) == 1 and args[0].startswith("--port="):
        text = args[0][len("--port=") :]
    elif args:
        raise Stop("run takes one option only: --port N", 2)
    else:
        text = os.environ.get("PORT") or "8000"
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise Stop("The port must be a number from 1 to 65535, not '%s'." % text, 2)
    port = int(text)
    with socket.socket() as door:
        if not WINDOWS:
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind(("127.0.0.1", port))
        except OSError as error:
            raise Stop(
                "Port %d cannot be used (%s): end what uses it, or choose another with --port N."
                % (port, error.strerror)
            ) from None
    return port


def main(argv):
    if not argv or argv[0] in ("help", "-h", "--help"):
        print(__doc__.strip())
        return 0 if argv else 2
    if argv[0] not in COMMANDS:
        raise Stop("There is no command '%s'; there are: %s." % (argv[0], ", ".join(COMMANDS)), 2)
    if argv[0] == "run":
        port_from(argv[1:])  # what is wrong with it is told before minutes of preparation
    with alone():
        prepare(COMMANDS[argv[0]])
    return hand_over(PYTHON, "-m", "development", *argv)


def ended(doing):
    """The exit status of what is done; what cannot go on is one sentence on stderr."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        if sys.version_info < OLDEST:
            raise Stop("Cùng Học needs Python 3.11 or newer, and this is %d.%d." % sys.version_info[:2])
        return doing()
    except Stop as stop:
        say(str(stop))
        return stop.status if stop.status >= 0 else 128 - stop.status
    except OSError as error:  # such as a folder that belongs to someone else
        say(str(error))
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(ended(lambda: main(sys.argv[1:])))
