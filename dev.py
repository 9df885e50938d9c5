#!/usr/bin/env python3
"""The one command for working on Cùng Học: it prepares what is missing, then does what was asked.

    python3 dev.py run [--port N]          serve the app on http://127.0.0.1:8000
    python3 dev.py test                    the checks, and the tests that every change must pass
    python3 dev.py test --all              the checks, and every test on both databases
    python3 dev.py test --changed [REV]    the checks, and the tests that changes since REV can touch
    python3 dev.py test PATH -k x ...      pytest alone, with its own options
    python3 dev.py flask ...               the app's own command line, such as: flask demo cards
    python3 dev.py bench [name]            benchmarks/bench_<name>.py, or all of them
    python3 dev.py long [name]             the suites in tests/long that take minutes
    python3 dev.py cluster [--port N]      several servers at once: PostgreSQL, Redis, nginx, three web workers

It needs Python 3.11 or newer and, the first time, the network. Progress goes to stderr, so that the
output of what was asked stands alone on stdout; the exit status is that of what was asked.
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
FLASK = (PYTHON, "-m", "flask", "--app", "tutoring.cli")
OLDEST = (3, 11)
LOCKS = ("requirements.txt", "requirements-dev.txt")  # the second holds the first, in the same versions
FONT_TOOLS = "requirements-fonts.txt"
QUICK_INSTALLER = "requirements-uv.txt"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HEADLESS = "chromium-headless-shell"
DEBIAN_PACKAGES = {"PostgreSQL": "postgresql", "Redis": "redis-server"}
SYSTEM_PATH = "/usr/local/sbin:/usr/sbin:/opt/homebrew/bin"  # where servers are, besides PATH


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
    try:
        done = subprocess.run(
            argv,
            cwd=str(ROOT),
            env=env or environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
    except OSError as error:
        why = "%s failed: %s cannot be started (%s). %s" % (doing, argv[0], error.strerror, hint)
        raise Stop(why.strip()) from None
    if done.returncode:
        sys.stderr.write(done.stdout.decode("utf-8", "replace"))
        raise Stop(("%s failed with exit status %d. %s" % (doing, done.returncode, hint)).strip())
    return done.stdout.decode("utf-8", "replace")


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
    record = STATE / step
    if record.exists():
        record.unlink()
    say(doing + " ...")
    begun = time.monotonic()
    note(step, key, make())
    say("%s: done in %.1f s" % (doing, time.monotonic() - begun))


def note(step, key, made):
    """Remember that the step is done."""
    STATE.mkdir(parents=True, exist_ok=True)
    fresh = STATE / (step + ".new")
    fresh.write_text(json.dumps({"key": key, "made": [str(path) for path in made]}), "utf-8")
    os.replace(str(fresh), str(STATE / step))


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

PROBE = """
import importlib.util, sys, sysconfig
print(*sys.version_info[:2])
print(sysconfig.get_path("purelib"))
sys.exit(importlib.util.find_spec("pip") is None)
"""


def probe():
    """(version, site-packages) of a sound virtual environment of this folder, else None."""
    try:
        # Scripts of an environment carry absolute paths: one that was moved or copied is not sound.
        if (STATE / "folder").read_text("utf-8") != str(ROOT):
            return None
        cmd = [str(PYTHON), "-I", "-c", PROBE]
        lines = subprocess.check_output(cmd, stderr=subprocess.DEVNULL).decode("utf-8").splitlines()
        version = tuple(int(part) for part in lines[0].split())
        return (version, Path(lines[1])) if version >= OLDEST else None
    except (OSError, ValueError, IndexError, subprocess.CalledProcessError):
        return None


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
    found = subprocess.run([python, "-I", "-c", look], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return found.returncode == 0


def is_debians_default(python):
    return os.path.realpath(python) == os.path.realpath("/usr/bin/python3")


def is_damaged():
    """Whether installed packages are not whole. pip would not notice: it believes their metadata."""
    records = (record_of(Path(lock).stem) for lock in LOCKS)
    return (STATE / "installing").exists() or not all(is_whole(record) for record in records if record)


def install(doing, lock):
    """Install a lock by uv, which takes seconds where pip takes more than a minute; by pip where uv cannot be had."""
    args = ("--quiet", "--no-deps", "--require-hashes", "-r")
    pip = (PYTHON, "-m", "pip", "--no-input", "--disable-pip-version-check", "install", *args)
    uv, uv_lock = BIN / ("uv.exe" if WINDOWS else "uv"), ROOT / QUICK_INSTALLER
    (STATE / "installing").touch()
    try:
        if not is_done("uv", digest([uv_lock])):
            quietly("installing uv", *pip, uv_lock)
            note("uv", digest([uv_lock]), [uv])
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


def packages(lock, venv):
    """Install a lock, unless it or the one that holds it is installed."""
    version, site = venv
    keys = {name: digest([ROOT / name], "%d.%d" % version) for name in LOCKS}
    if any(is_done(Path(name).stem, keys[name]) for name in (lock, LOCKS[-1])):
        return

    def install_all():
        install("installing " + lock, lock)
        for other in LOCKS:  # what the other lock installed may have changed its version
            with contextlib.suppress(FileNotFoundError):
                (STATE / Path(other).stem).unlink()
        skip = ("pip", "setuptools", "__pycache__")
        return [path for path in site.iterdir() if not path.name.startswith(skip)]

    once(Path(lock).stem, keys[lock], "installing " + lock, install_all)


# --- Front-end files and translations -------------------------------------------------------------


def assets():
    """Third-party front-end files: npm checks their hashes, "vendor" in package.json says which are served.

    "fonts" are served too, cut down to the "letters".
    """
    inputs = [ROOT / name for name in ("package.json", "package-lock.json", ".npmrc", FONT_TOOLS)]
    package = json.loads(inputs[0].read_text("utf-8"))
    vendor, fonts = package["vendor"], package["fonts"]
    target = ROOT / "static" / "vendor"

    def fetch():
        quietly("npm ci", find_npm(), "ci", "--loglevel=error", hint="Is the network there?")
        fresh = target.with_name("vendor.new")
        shutil.rmtree(str(fresh), ignore_errors=True)
        fresh.mkdir(parents=True)
        for source, name in vendor.items():
            shutil.copyfile(str(ROOT / "node_modules" / source), str(fresh / name))
        install("installing the font tools", FONT_TOOLS)
        for source, name in fonts.items():
            cut_font(ROOT / "node_modules" / source, fresh / name, package["letters"])
        shutil.rmtree(str(target), ignore_errors=True)
        os.replace(str(fresh), str(target))
        return [target / name for name in (*vendor.values(), *fonts.values())]

    once("assets", digest(inputs), "fetching the front-end files", fetch)


def cut_font(source, made, letters):
    """A font of these letters, with kerning and its licence. Every letter is one sign of its own, so no marks
    need placing, and screens today smooth outlines without the instructions that are half of the file."""
    keep = ("--layout-features=kern", "--no-hinting", "--name-IDs=0,13,14", "--flavor=woff2")
    which = "--unicodes=" + ",".join(letters)
    subset = (PYTHON, "-m", "fontTools.subset", source, which, "--output-file=%s" % made)
    quietly("cutting down " + source.name, *subset, *keep)


def find_npm():
    """npm from PATH, else from a Python package that carries Node.js."""
    npm = shutil.which("npm")
    with contextlib.suppress(OSError, ValueError, subprocess.CalledProcessError):
        # npm before 7 cannot read the lock's format.
        if npm and int(subprocess.check_output([npm, "--version"]).split(b".")[0]) >= 7:
            return npm
    say("npm is not installed: fetching it as a Python package ...")
    install("installing npm", "requirements-node.txt")
    return BIN / ("npm.exe" if WINDOWS else "npm")


def translations():
    sources = sorted((ROOT / "translations").glob("*/LC_MESSAGES/*.po"))
    if not sources:
        return

    def compile_all():
        pybabel = (PYTHON, "-m", "babel.messages.frontend")
        quietly("compiling the translations", *pybabel, "compile", "-d", ROOT / "translations")
        return [source.with_suffix(".mo") for source in sources]

    where = [str(source) for source in sources]
    once("translations", digest(sources, *where), "compiling the translations", compile_all)


# --- What only tests need -------------------------------------------------------------------------


def browser():
    """A Chromium that tests/browser.py finds, and where we may install it the one without windows, which costs less."""
    if os.environ.get("CHROMIUM"):
        return
    found = list(filter(None, map(shutil.which, CHROMIUM_NAMES)))
    if may_apt():
        if not (found and shutil.which(HEADLESS)):
            once("debian-browser", "", "looking for a browser", lambda: debian_browser(found))
        return
    if found:
        return

    def fetch():
        hint = "Install Chromium or Google Chrome, or set CHROMIUM to the path of one, then try again."
        quietly("fetching Chromium", PYTHON, "-m", "playwright", "install", "chromium", hint=hint)
        return [quietly("looking for Chromium", PYTHON, "-m", "tests.browser").strip()]

    once("browser", digest([ROOT / LOCKS[1]]), "fetching Chromium", fetch)


def debian_browser(found):
    try:
        apt(*([] if found else ["chromium"]), HEADLESS)
    except Stop:  # not every system with apt-get has the second package
        if not found:
            apt("chromium")
    return filter(None, map(shutil.which, CHROMIUM_NAMES))


def services():
    """PostgreSQL and Redis: running, or installed so that the tests start their own, or installed now."""
    look = (PYTHON, "-m", "tests.backing_services")
    missing = quietly("looking for PostgreSQL and Redis", *look).split()
    if missing and may_apt():
        apt(*(DEBIAN_PACKAGES[name] for name in missing))
        missing = quietly("looking for PostgreSQL and Redis", *look).split()
    if missing:
        raise Stop(
            "The tests need %s, neither running on 127.0.0.1 nor installed: install it (on Debian and Ubuntu:"
            " sudo apt-get install %s) or set TEST_DATABASE_URL and TEST_REDIS_URL."
            % (" and ".join(missing), " ".join(DEBIAN_PACKAGES[name] for name in missing))
        )


def has_server(program):
    return bool(shutil.which(program) or shutil.which(program, path=SYSTEM_PATH))


def proxy():
    """nginx for the cluster and the tests of deploy/; and PgBouncer, without which both do, where we may install."""
    absent = [program for program in ("nginx", "pgbouncer") if not has_server(program)]
    if absent and may_apt():
        apt(*absent)
    if not has_server("nginx"):
        raise Stop(
            "nginx is not installed: install it (on Debian and Ubuntu: sudo apt-get install nginx pgbouncer; on macOS:"
            " brew install nginx), then the same command again."
        )


# --- The commands ---------------------------------------------------------------------------------


def prepare(lock=LOCKS[0]):
    venv = probe()
    if not venv or is_damaged():
        make_venv()
        venv = probe()
        if not venv:
            raise Stop("The new .venv does not work: is this Python, %s, whole?" % sys.executable)
    packages(lock, venv)
    assets()
    translations()


def prepare_tests(everything=True):
    """With everything=False, what cannot be had is told but does not stop tests that may not need it."""
    prepare(LOCKS[1])
    for step in (browser, services, proxy):
        try:
            step()
        except Stop as stop:
            if everything:
                raise
            say(str(stop))


def hand_over(*cmd, **env):
    """Become the command; where a process cannot do that (Windows), wait for it and pass its status on."""
    argv = [str(part) for part in cmd]
    sys.stdout.flush()
    sys.stderr.flush()
    if WINDOWS:
        raise SystemExit(subprocess.call(argv, env=environment(**env)))
    os.execve(argv[0], argv, environment(**env))


def run(args):
    port = port_from(args)
    with alone():
        prepare()
        make_ready = [str(part) for part in (*FLASK, "prepare")]
        status = subprocess.call(make_ready, env=environment(PORT=str(port)))
    if status:
        raise Stop("'flask prepare' failed with exit status %d." % status, status)
    say("Cùng Học is at http://127.0.0.1:%d (Ctrl+C ends it)" % port)
    if WINDOWS:
        werkzeug = (PYTHON, "-m", "flask", "--app", "wsgi", "run", "--no-reload", "--no-debugger")
        serve = (*werkzeug, "--host", "127.0.0.1", "--port", port)
    else:
        gunicorn = (PYTHON, "-m", "gunicorn", "-w", "1", "--threads", "200", "--no-control-socket")
        serve = (*gunicorn, "--log-level", "warning", "-b", "127.0.0.1:%d" % port, "wsgi:app")
        os.chdir(str(ROOT))
    hand_over(*serve, PORT=str(port))


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


def test(args):
    """Without options, or with the two that choose tests: the checks beside all of them, on every processor."""
    whole = args in ([], ["--all"]) or args[:1] == ["--changed"]
    with alone():
        prepare_tests(everything=whole)
    os.chdir(str(ROOT))
    if args[:1] == ["--changed"]:
        rev, args = (args[1:2], args[2:]) if args[1:2] and not args[1].startswith("-") else ([], args[1:])
        look = subprocess.run([str(PYTHON), "-m", "tests.touched", *rev], env=environment(), stdout=subprocess.PIPE)
        chosen = look.stdout.decode("utf-8").split()
        if look.returncode or not chosen:
            raise SystemExit(look.returncode)
        args = [*chosen, *args]
    # One more than there are processors: what drives browsers and whole sites waits for half of its time.
    workers = min(4, (os.cpu_count() or 1) + 1)
    spread = ("--checks", "-n", workers, "--dist", "loadfile", "--no-loadscope-reorder")
    hand_over(PYTHON, "-m", "pytest", *(spread if whole else ()), *args)


def flask(args):
    """Relative paths among the arguments keep their meaning: the working folder is not changed."""
    with alone():
        prepare()
    hand_over(*FLASK, *args)


def bench(args):
    """Each benchmark is a script of its own; what follows its name is passed on to it."""
    known = {path.stem[len("bench_") :]: path for path in sorted((ROOT / "benchmarks").glob("bench_*.py"))}
    chosen = args[:1] or list(known)
    if not chosen:
        raise Stop("There is no benchmark yet: each is a file benchmarks/bench_<name>.py.", 2)
    if chosen[0] not in known:
        raise Stop("There is no benchmark '%s'; there are: %s." % (chosen[0], ", ".join(known) or "none"), 2)
    with alone():
        prepare_tests(everything=False)
    failed = 0
    for name in chosen:
        say("bench " + name)
        argv = [str(PYTHON), str(known[name]), *args[1:]]
        status = subprocess.call(argv, cwd=str(ROOT), env=environment())
        failed = failed or status
    raise SystemExit(failed)


def long(args):
    """The suites that take minutes; they print their figures."""
    if not (ROOT / "tests" / "long").is_dir():
        raise Stop("There is no long suite yet: they are files in tests/long.", 2)
    with alone():
        prepare_tests()
    os.chdir(str(ROOT))
    chosen = ("-k", args[0].replace("-", "_"), *args[1:]) if args and not args[0].startswith("-") else args
    hand_over(PYTHON, "-m", "pytest", "-s", "tests/long", *chosen)


def cluster(args):
    """Everything of a site with several servers, on this computer, until Ctrl+C."""
    if WINDOWS:
        raise Stop("'cluster' needs nginx, PostgreSQL and Redis as Linux and macOS have them.", 2)
    with alone():
        prepare(LOCKS[1])
        services()
        proxy()
    os.chdir(str(ROOT))
    hand_over(PYTHON, "-m", "deploy.cluster", *args)


COMMANDS = {"run": run, "test": test, "flask": flask, "bench": bench, "long": long, "cluster": cluster}


def main(argv):
    if not argv or argv[0] in ("help", "-h", "--help"):
        print(__doc__.strip())
        return 0 if argv else 2
    if argv[0] not in COMMANDS:
        raise Stop("There is no command '%s'; there are: %s." % (argv[0], ", ".join(COMMANDS)), 2)
    return COMMANDS[argv[0]](argv[1:])


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        if sys.version_info < OLDEST:
            raise Stop("Cùng Học needs Python 3.11 or newer, and this is %d.%d." % sys.version_info[:2])
        sys.exit(main(sys.argv[1:]))
    except Stop as stop:
        say(str(stop))
        sys.exit(stop.status if stop.status >= 0 else 128 - stop.status)
    except OSError as error:  # such as a folder that belongs to someone else
        say(str(error))
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
