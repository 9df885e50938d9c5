"""dev.py and development/: what is prepared once, when it is prepared again, and what is said when it cannot go on."""

import ast
import importlib.util
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from development import commands, front_end, programs

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 600  # seconds for dev.py, which may have to install everything first


@pytest.fixture
def dev(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """dev.py as a module, working in an empty folder."""
    spec = importlib.util.spec_from_file_location("dev", ROOT / "dev.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.ROOT = tmp_path
    module.VENV = tmp_path / ".venv"
    module.STATE = module.VENV / ".prepared"
    module.BIN = module.VENV / "bin"
    module.PYTHON = module.BIN / "python"
    for user in (commands, front_end, programs):
        monkeypatch.setattr(user, "dev", module)
    return module


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()
        yield door.getsockname()[1]


def run_dev(*args: str, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "dev.py"), *args]
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, **env}, timeout=PATIENCE)


def test_an_old_python_can_read_it() -> None:
    ast.parse((ROOT / "dev.py").read_text("utf-8"), feature_version=(3, 7))


def test_it_uses_the_standard_library_alone() -> None:
    tree = ast.parse((ROOT / "dev.py").read_text("utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names


def test_a_step_is_done_once_and_again_when_its_inputs_change(dev: ModuleType, tmp_path: Path) -> None:
    lock, made, done = tmp_path / "lock", tmp_path / "made", []

    def step() -> None:
        dev.once("step", dev.digest([lock]), "doing it", make)

    def make() -> list[Path]:
        done.append(lock.read_text())
        made.touch()
        return [made]

    lock.write_text("a")
    step()
    step()
    assert done == ["a"]
    lock.write_text("b")
    step()
    assert done == ["a", "b"]
    made.unlink()
    step()
    assert done == ["a", "b", "b"]


def test_the_lock_for_tests_holds_that_of_the_server_and_a_changed_one_is_installed_again(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = list[str]()
    monkeypatch.setattr(dev, "install", lambda doing, lock: installed.append(lock))
    for lock in (dev.SERVER, dev.TESTS):
        (dev.ROOT / lock).write_text("a", "utf-8")
    for lock in (dev.SERVER, dev.SERVER, dev.TESTS, dev.TESTS, dev.SERVER):
        dev.packages(lock)
    assert installed == [dev.SERVER, dev.TESTS]
    for lock in (dev.SERVER, dev.TESTS):
        (dev.ROOT / lock).write_text("b", "utf-8")
    for lock in (dev.SERVER, dev.TESTS):
        dev.packages(lock)
    assert installed == [dev.SERVER, dev.TESTS] * 2


def test_every_command_has_its_lock(dev: ModuleType) -> None:
    assert dev.COMMANDS.keys() == commands.COMMANDS.keys()
    assert {dev.COMMANDS[name] for name in ("run", "flask")} == {dev.SERVER}


def test_a_step_that_failed_is_not_done(dev: ModuleType) -> None:
    def fail() -> list[Path]:
        raise dev.Stop("no network")

    dev.once("step", "key", "doing it", lambda: [])
    assert dev.is_done("step", "key")
    with pytest.raises(dev.Stop):
        dev.once("step", "another key", "doing it", fail)
    assert not dev.is_done("step", "key")
    assert not dev.is_done("step", "another key")


def test_a_damaged_record_counts_as_not_done(dev: ModuleType) -> None:
    dev.once("step", "key", "doing it", lambda: [])
    for damage in (b"", b"{", b"[]", b'"key"', b"\xff", b'{"key": "key"}'):
        (dev.STATE / "step").write_bytes(damage)
        assert not dev.is_done("step", "key")


def test_an_environment_with_a_package_missing_or_an_unfinished_installation_is_damaged(
    dev: ModuleType, tmp_path: Path
) -> None:
    package = tmp_path / "flask"
    package.mkdir()
    dev.once(dev.TESTS, "key", "installing", lambda: [package])
    assert not dev.is_damaged()
    package.rmdir()
    assert dev.is_damaged()
    package.mkdir()
    (dev.STATE / "installing").touch()
    assert dev.is_damaged()


def test_a_failed_installation_leaves_a_damaged_environment(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_network(*args: object, **more: object) -> None:
        raise dev.Stop("no network")

    dev.STATE.mkdir(parents=True)
    (dev.ROOT / dev.UV).touch()
    monkeypatch.setattr(dev, "quietly", no_network)
    with pytest.raises(dev.Stop):
        dev.install("installing", dev.UV)
    assert dev.is_damaged()


@pytest.mark.parametrize("fails", ["", "installing uv", "installing the lock"])
def test_uv_installs_and_pip_does_where_uv_cannot(
    dev: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    """What uv cannot do, pip does; and only pip's failure is one."""
    done = list[tuple[str, str]]()

    def quietly(doing: str, program: Path, *args: object, **more: object) -> str:
        done.append((doing, program.name))
        if doing == fails and (program.name == "uv" or doing == "installing uv"):
            raise dev.Stop("no network")
        return ""

    dev.STATE.mkdir(parents=True)
    (tmp_path / dev.UV).touch()
    monkeypatch.setattr(dev, "quietly", quietly)
    dev.install("installing the lock", "requirements.txt")
    whole = [("installing uv", "python"), ("reading pip's settings", "python"), ("installing the lock", "uv")]
    by_pip = [("installing the lock", "python")]
    assert done == {"": whole, "installing uv": whole[:1] + by_pip, "installing the lock": whole + by_pip}[fails]
    assert not dev.is_damaged()


def test_uv_is_told_of_the_mirror_and_the_certificate_that_pip_has(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = (":env:.cert='/mine.pem'", "global.cert='/theirs.pem'", "global.index-url='https://mirror.example/simple'")
    monkeypatch.setattr(dev, "quietly", lambda *args: "\n".join((*lines, "global.timeout='9'")))
    assert dev.uv_settings() == {"SSL_CERT_FILE": "/mine.pem", "UV_DEFAULT_INDEX": "https://mirror.example/simple"}


def test_the_browser_without_windows_is_installed_once_where_there_is_one(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not every Debian has it: then the whole one does for all, and nobody looks again in this folder."""
    asked = list[tuple[str, ...]]()

    def apt(*packages: str) -> None:
        asked.append(packages)
        raise dev.Stop("no such package")

    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(dev, "may_apt", lambda: True)
    monkeypatch.setattr(dev, "apt", apt)
    monkeypatch.setattr(programs.shutil, "which", lambda name: sys.executable if name == "chromium" else None)
    programs.browser()
    programs.browser()
    assert asked == [("chromium-headless-shell",)]


SPREAD = ["--checks", "-n", "4", "--dist", "loadfile", "--no-loadscope-reorder"]


@pytest.mark.parametrize(
    ("args", "given", "everything"),
    [
        ([], SPREAD, True),
        (["--all"], [*SPREAD, "--all"], True),
        (["--changed"], [*SPREAD, "tests/near.py", "tests/far.py"], True),
        (["--changed", "main", "-x"], [*SPREAD, "tests/near.py", "tests/far.py", "-x"], True),
        (["--changed", "--all"], [*SPREAD, "tests/near.py", "tests/far.py", "--all"], True),
        (["tests/rooms", "-k", "mute"], ["tests/rooms", "-k", "mute"], False),
        (["--all", "tests/rooms"], ["--all", "tests/rooms"], False),
    ],
)
def test_whole_runs_have_the_checks_beside_them_and_what_is_named_runs_alone(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, args: list[str], given: list[str], everything: bool
) -> None:
    became, prepared, looked = list[str](), list[bool](), list[str]()

    def look(cmd: list[str], **more: object) -> subprocess.CompletedProcess[bytes]:
        looked.extend(cmd[1:])
        return subprocess.CompletedProcess(cmd, 0, b"tests/near.py\ntests/far.py\n")

    monkeypatch.setattr(commands, "prepare_tests", lambda everything: prepared.append(everything))
    monkeypatch.setattr(dev, "hand_over", lambda *cmd: became.extend(map(str, cmd[1:])))
    monkeypatch.setattr(commands.subprocess, "run", look)
    monkeypatch.setattr(commands.os, "cpu_count", lambda: 2)
    monkeypatch.setattr(commands.os, "chdir", lambda folder: None)
    commands.test(args)
    assert became == ["-m", "pytest", *given]
    assert prepared == [everything]
    rev = ["main"] if "main" in args else []
    assert looked == (["-m", "tests.touched", *rev] if "--changed" in args else [])


def test_an_environment_that_does_not_start_or_was_moved_is_not_sound(dev: ModuleType) -> None:
    assert not dev.is_sound()
    dev.STATE.mkdir(parents=True)
    (dev.STATE / "folder").write_text(str(dev.ROOT), "utf-8")
    assert not dev.is_sound()
    dev.PYTHON = Path(sys.executable)
    assert dev.is_sound()
    dev.OLDEST = (4, 0)
    assert not dev.is_sound()
    dev.OLDEST = (3, 11)
    (dev.STATE / "folder").write_text("/another/folder", "utf-8")
    assert not dev.is_sound()


def test_a_python_without_ensurepip_is_told_of_in_one_sentence(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev, "has_ensurepip", lambda python: False)
    monkeypatch.setattr(dev, "may_apt", lambda: False)
    monkeypatch.setattr(dev, "is_debians_default", lambda python: True)
    with pytest.raises(dev.Stop, match="apt-get install python3-venv"):
        dev.make_venv()


def test_root_gets_the_missing_debian_package(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr(dev, "has_ensurepip", lambda python: False)
    monkeypatch.setattr(dev, "may_apt", lambda: True)
    monkeypatch.setattr(dev, "is_debians_default", lambda python: True)
    monkeypatch.setattr(dev, "apt", lambda *packages: asked.append(packages))
    monkeypatch.setattr(dev, "quietly", lambda *args, **more: "")
    dev.make_venv()
    assert asked == [("python3-venv",)]


@pytest.mark.skipif(os.name == "nt", reason="the lock is the system's, and differs there")
def test_two_at_once_take_turns(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    order, said = list[str](), list[str]()
    inside, waits = threading.Event(), threading.Event()

    def say(text: str) -> None:
        said.append(text)
        waits.set()

    def first() -> None:
        with dev.alone():
            inside.set()
            assert waits.wait(PATIENCE)
            order.append("first")

    def second() -> None:
        assert inside.wait(PATIENCE)
        with dev.alone():
            order.append("second")

    monkeypatch.setattr(dev, "say", say)
    threads = [threading.Thread(target=first), threading.Thread(target=second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert order == ["first", "second"]
    assert [text for text in said if "waiting for another dev.py" in text] == said[:1]


def test_a_taken_port_is_one_sentence(taken_port: int) -> None:
    done = run_dev("run", "--port", str(taken_port))
    assert done.returncode == 1
    assert f"Port {taken_port} cannot be used" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("args", [["--port"], ["--port", "x"], ["--port=0"], ["--port", "65536"], ["9000"]])
def test_a_wrong_port_is_one_sentence(args: list[str]) -> None:
    done = run_dev("run", *args)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1 and done.stdout == ""


def test_an_unknown_command_names_the_known_ones() -> None:
    done = run_dev("rum")
    assert done.returncode == 2
    assert "run, test, flask, bench, long, serve, cluster, wheel, docs" in done.stderr


@pytest.mark.parametrize("root", [True, False])
def test_nginx_is_installed_by_root_and_asked_for_by_others(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, root: bool
) -> None:
    there, asked = set[str](), list[tuple[str, ...]]()
    monkeypatch.setattr(dev, "may_apt", lambda: root)
    monkeypatch.setattr(programs, "has_server", lambda program: program in there)
    monkeypatch.setattr(dev, "apt", lambda *packages: (asked.append(packages), there.update(packages)))
    if root:
        programs.proxy()
    else:
        with pytest.raises(dev.Stop, match="apt-get install nginx"):
            programs.proxy()
    assert asked == ([("nginx", "pgbouncer")] if root else [])


def test_flask_keeps_stdout_and_the_exit_status_of_the_command_from_any_folder(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "dev.py"), "flask"]
    version = subprocess.run([*command, "--version"], cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE)
    assert version.returncode == 0 and version.stdout.startswith("Python 3.")
    unknown = subprocess.run([*command, "nonsense"], cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE)
    assert unknown.returncode == 2 and unknown.stdout == ""
    assert "nonsense" in unknown.stderr and "No module named" not in unknown.stderr


def test_without_a_command_it_explains_itself() -> None:
    done = run_dev("--help")
    assert done.returncode == 0
    assert "dev.py run" in done.stdout and done.stderr == ""
