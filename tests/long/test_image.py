"""The image: built by buildah on a Debian that is bootstrapped here, started, set up in a browser to a claimed card,
and looked at for what it wrote.

It needs root and the network, and installs buildah, netavark, mmdebstrap and poppler-utils of Debian. Registries of
images are not needed. The program of a container runs in a chroot: that proves files, user and start, not the limits of
compose.yaml.
"""

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

import dev
from tests.long import first_day
from tests.rooms.people import http
from tests.servers import free_port
from tests.waiting import until
from tutoring import VERSION
from tutoring.config import ROOT

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not dev.may_apt(), reason="building an image here needs root on Debian"),
]
TOOLS = ("buildah", "netavark", "mmdebstrap")
LIMITS = ("--ulimit", "nofile=4096:4096", "--ulimit", "nproc=4096:4096")  # a container may not raise those of its host
CERTIFICATES = Path("/etc/ssl/certs")
BASE = "localhost/debian:trixie-slim"


class Buildah:
    def __init__(self, folder: Path) -> None:
        self.command = ["buildah", "--root", str(folder / "images"), "--runroot", str(folder / "run")]
        self.env = {**os.environ, "BUILDAH_ISOLATION": "chroot"}

    def __call__(self, *words: object) -> str:
        command = [*self.command, *map(str, words)]
        done = subprocess.run(command, env=self.env, cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
        return done.stdout.strip()


def mounts(folder: Path) -> list[str]:
    """What this machine tells pip and npm of certificates and mirrors, for the steps of the build alone."""
    (folder / "npmrc").write_text(f"cafile={CERTIFICATES / 'ca-certificates.crt'}\n", "utf-8")
    shared = {
        str(CERTIFICATES): str(CERTIFICATES),
        str(folder / "npmrc"): "/root/.npmrc",
        "/etc/pip.conf": "/etc/pip.conf",
    }
    return [word for here, there in shared.items() if Path(here).exists() for word in ("-v", f"{here}:{there}:ro")]


@pytest.fixture(scope="module")
def buildah(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Buildah]:
    """With the image `cunghoc` built."""
    if missing := [one for one in TOOLS if not shutil.which(one) and not Path("/usr/lib/podman", one).exists()]:
        dev.apt(*missing, "poppler-utils")
    folder = tmp_path_factory.mktemp("image")
    run = Buildah(folder)
    base = folder / "debian.tar"
    subprocess.run(
        ["mmdebstrap", "--quiet", "--variant=minbase", "--include=ca-certificates", "trixie", base], check=True
    )
    run("from", "--name", "base", "scratch")
    run("add", "base", base, "/")
    run("commit", "--quiet", "base", BASE)
    run("rm", "base")
    try:
        run(
            "build",
            "--quiet",
            *LIMITS,
            *mounts(folder),
            "--format",
            "docker",
            "--build-arg",
            f"BASE={BASE}",
            "-t",
            "cunghoc",
            ".",
        )
        run("from", "--name", "site", *LIMITS, "localhost/cunghoc")
        yield run
    finally:
        subprocess.run([*run.command, "rm", "--all"], env=run.env, capture_output=True)
        subprocess.run([*run.command, "rmi", "--all", "--force"], env=run.env, capture_output=True)


def files_of(root: Path) -> dict[str, tuple[int, int]]:
    """Every file outside of the volume and of what is in memory, with the moment of its last change."""
    found = {}
    for folder, folders, names in os.walk(root):
        inside = "/" + str(Path(folder).relative_to(root))
        if inside == "/.":
            folders[:] = [one for one in folders if one not in {"data", "dev", "proc", "run", "sys", "tmp"}]
        for name in names:
            state = os.lstat(Path(folder, name))
            found[f"{inside}/{name}"] = (state.st_mtime_ns, state.st_size)
    return found


def test_the_image_serves_as_a_user_without_rights_and_writes_into_its_volume_alone(
    buildah: Buildah, browser: Browser, tmp_path: Path
) -> None:
    assert VERSION in buildah("run", "site", "--", "cunghoc", "--version")
    assert "uid=10001(cunghoc)" in buildah("run", "site", "--", "id")
    root = Path(buildah("mount", "site"))
    bill = json.loads((root / "opt" / "cunghoc" / "bill.json").read_text("utf-8"))
    names = {one["name"].lower() for one in bill["components"]}
    assert bill["bomFormat"] == "CycloneDX" and {"flask", "sqlalchemy", "cung-hoc"} <= names
    assert not (root / "src").exists(), "the checkout stays in the stage that builds"
    print(f"image: {sum(size for _, size in files_of(root).values()) / 1e6:.0f} MB, {len(names)} packages in its bill")

    before, port = files_of(root), str(free_port())
    command = [*buildah.command, "run", "site", "--", "cunghoc", "serve", "--host", "127.0.0.1", "--port", port]
    process = subprocess.Popen(command, env=buildah.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def answers() -> bool:
        assert process.poll() is None, process.communicate()[0]
        try:
            return http(f"http://127.0.0.1:{port}/readyz")[0] == 200
        except OSError:
            return False

    try:
        until(answers, "the image answers", 600)
        assert http(f"http://127.0.0.1:{port}/")[0] == 200
        told = buildah(
            "run",
            "site",
            "--",
            "python",
            "-c",
            f"""if True:
            import urllib.request as r
            print(r.urlopen('http://127.0.0.1:{port}/readyz', timeout=60).status)""",
        )
        assert told.endswith("200"), "as the health check asks"
        link = buildah("run", "--env", f"PORT={port}", "site", "--", "cunghoc", "admin", "set-up-link")
        first_day.first_day(browser, first_day.printed_link(link), tmp_path)
        (server,) = (pid for pid in ended_by(port) if parent_of(pid) not in ended_by(port))
        os.kill(server, signal.SIGTERM)
        assert process.wait(120) == 0
    finally:
        process.kill()
    assert {name for name, state in files_of(root).items() if before.get(name) != state} == set()
    assert {one.stat().st_uid for one in (root / "data").iterdir()} == {10001}


def ended_by(port: str) -> set[int]:
    """The processes of the server at this port."""
    found = set()
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = file.read_bytes().split(b"\0")
        except OSError:
            continue
        if f"127.0.0.1:{port}".encode() in words and b"gunicorn" in words and b"python" in words[0]:
            found.add(int(file.parent.name))
    return found


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
