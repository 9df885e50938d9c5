"""The commands of dev.py."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import dev
from development import documentation, front_end, programs

BUILDER = "requirements-build.txt"
FLASK = (dev.PYTHON, "-m", "flask", "--app", "tutoring.cli")


def run(args: list[str]) -> None:
    """Serve the app; `flask prepare` migrates and loads before."""
    port = dev.port_from(args)
    with dev.alone():
        front_end.prepare()
        make_ready = [str(part) for part in (*FLASK, "prepare")]
        status = subprocess.call(make_ready, env=dev.environment(PORT=str(port)))
    if status:
        raise dev.Stop(f"'flask prepare' failed with exit status {status}.", status)
    dev.say(f"Cùng Học is at http://127.0.0.1:{port} (Ctrl+C ends it)")
    serve: tuple[object, ...]
    if dev.WINDOWS:
        werkzeug = (dev.PYTHON, "-m", "flask", "--app", "wsgi", "run", "--no-reload", "--no-debugger")
        serve = (*werkzeug, "--host", "127.0.0.1", "--port", port)
    else:
        gunicorn = (dev.PYTHON, "-m", "gunicorn", "-w", "1", "--threads", "200", "--no-control-socket")
        serve = (*gunicorn, "--log-level", "warning", "-b", f"127.0.0.1:{port}", "wsgi:app")
        os.chdir(dev.ROOT)
    dev.hand_over(*serve, PORT=str(port))


def serve(args: list[str]) -> None:
    """A site that runs for real, in a folder of its own: `cunghoc serve` of this checkout."""
    with dev.alone():
        front_end.prepare()
    dev.hand_over(dev.PYTHON, "-m", "tutoring.cli.console", "serve", *args)


def test(args: list[str]) -> None:
    """Without options, or with those that choose tests or count coverage: the checks beside all, on every processor."""
    whole = set(args) <= {"--all", "--coverage"} or args[:1] == ["--changed"]
    prepare_tests(everything=whole)
    os.chdir(dev.ROOT)
    if args[:1] == ["--changed"]:
        rev, args = (args[1:2], args[2:]) if args[1:2] and not args[1].startswith("-") else ([], args[1:])
        command = [str(dev.PYTHON), "-m", "tests.touched", *rev]
        look = subprocess.run(command, env=dev.environment(), stdout=subprocess.PIPE)
        chosen = look.stdout.decode("utf-8").split()
        if look.returncode or not chosen:
            raise SystemExit(look.returncode)
        args = [*chosen, *args]
    # Two more than there are processors: what drives browsers and whole sites waits for half of its time.
    workers = min(6, (os.cpu_count() or 1) + 2)
    spread = ("--checks", "-n", workers, "--dist", "loadfile", "--no-loadscope-reorder")
    dev.hand_over(dev.PYTHON, "-m", "pytest", *(spread if whole else ()), *args)


def prepare_tests(everything: bool = True) -> None:
    with dev.alone():
        front_end.prepare()
        front_end.script_checker()
        if everything:
            builder()
        programs.for_tests(everything)


def flask(args: list[str]) -> None:
    """Relative paths among the arguments keep their meaning: the working folder is not changed."""
    with dev.alone():
        front_end.prepare()
    dev.hand_over(*FLASK, *args)


def bench(args: list[str]) -> NoReturn:
    """Each benchmark is a script of its own; what follows its name is passed on to it."""
    known = {path.stem.removeprefix("bench_"): path for path in sorted((dev.ROOT / "benchmarks").glob("bench_*.py"))}
    chosen = args[:1] or list(known)
    if chosen[0] not in known:
        raise dev.Stop(f"There is no benchmark '{chosen[0]}'; there are: {', '.join(known)}.", 2)
    prepare_tests(everything=False)
    failed = 0
    for name in chosen:
        dev.say(f"bench {name}")
        argv = [str(dev.PYTHON), str(known[name]), *args[1:]]
        failed = subprocess.call(argv, cwd=dev.ROOT, env=dev.environment()) or failed
    raise SystemExit(failed)


def long(args: list[str]) -> None:
    """The suites that take minutes; they print their figures."""
    prepare_tests()
    os.chdir(dev.ROOT)
    chosen = ("-k", args[0].replace("-", "_"), *args[1:]) if args and not args[0].startswith("-") else args
    dev.hand_over(dev.PYTHON, "-m", "pytest", "-s", "tests/long", *chosen)


def cluster(args: list[str]) -> None:
    """Everything of a site with several servers, on this computer, until Ctrl+C."""
    if dev.WINDOWS:
        raise dev.Stop("'cluster' needs nginx, PostgreSQL and Redis as Linux and macOS have them.", 2)
    with dev.alone():
        front_end.prepare()
        programs.services()
        programs.proxy()
    os.chdir(dev.ROOT)
    dev.hand_over(dev.PYTHON, "-m", "deploy.cluster", *args)


def wheel(args: list[str]) -> None:
    """The wheel with front-end files and compiled translations inside."""
    into = folder_from(args, "dist")
    with dev.alone():
        front_end.prepare()
        builder()
    os.chdir(dev.ROOT)
    dev.hand_over(dev.PYTHON, "-m", "hatchling", "build", "-t", "wheel", "-d", into)


def docs(args: list[str]) -> None:
    """The documentation as a site of pages."""
    documentation.build(folder_from(args, "build/docs"))


def folder_from(args: list[str], usual: str) -> Path:
    if len(args) > 1 or "".join(args).startswith("-"):
        raise dev.Stop(f"This command takes one folder only, or nothing for {usual}.", 2)
    return Path(args[0] if args else dev.ROOT / usual).resolve()


def builder() -> None:
    """What makes wheels."""

    def fetch() -> list[Path]:
        dev.install("installing the builder of wheels", BUILDER)
        return [dev.BIN / ("hatchling.exe" if dev.WINDOWS else "hatchling")]

    dev.once("builder", dev.digest([dev.ROOT / BUILDER]), "installing the builder of wheels", fetch)


COMMANDS: dict[str, Callable[[list[str]], object]] = {
    "run": run, "serve": serve, "test": test, "flask": flask, "bench": bench, "long": long, "cluster": cluster,
    "wheel": wheel, "docs": docs,
}  # fmt: skip
