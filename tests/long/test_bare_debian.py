"""From a bare Debian to a class list and a claimed card, by the commands of docs/board.md, with a stopwatch.

It needs root and the network, and installs mmdebstrap and poppler-utils of Debian. The root file system of the site can
then not be written, as the unit of systemd has it.
"""

import os
import re
import resource
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser

import dev
from tests.long import first_day
from tests.long.chroots import Debian
from tests.servers import free_port
from tests.waiting import until
from tutoring.config import ROOT

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not dev.may_apt(), reason="bootstrapping a Debian needs root on Debian"),
]
DATA = "/var/lib/cunghoc"


def blocks(page: str, heading: str) -> list[str]:
    """The blocks of commands below a heading of a page of the documentation."""
    text = (ROOT / "docs" / page).read_text("utf-8")
    part = text.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return [re.sub(r"^ +", "", one, flags=re.M) for one in re.findall(r"^ *```\n(.*?)^ *```$", part, re.M | re.S)]


class Spent:
    """Seconds since it was made: of the clock, and of a processor in processes that have ended."""

    def __init__(self) -> None:
        self.began, self.used = time.monotonic(), _processor()

    def __str__(self) -> str:
        return f"{time.monotonic() - self.began:.0f} s, {_processor() - self.used:.1f} s of a processor"


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _processor_of(session: int) -> float:
    """Seconds of a processor of the processes of a session that run, and of those that they have waited for."""
    ticks = 0
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = file.read_text("utf-8").rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        if int(fields[3]) == session:
            ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def install(debian: Debian) -> str:
    """Runs what docs/board.md has below "Install"; returns the folder of the checkout."""
    folder, whole = "/root", Spent()
    for line in "".join(blocks("board.md", "Install")).splitlines():
        if line.startswith("cd "):
            folder += "/" + line.removeprefix("cd ")
            continue
        one = Spent()
        debian.run(line.replace("ADDRESS", "file:///release"), folder, DEBIAN_FRONTEND="noninteractive")
        print(f"  {one}: {line}", flush=True)
    print(f"installed: {whole}; load {os.getloadavg()[0]:.0f}", flush=True)
    return folder


@contextmanager
def served(debian: Debian, folder: str, port: int) -> Iterator[str]:
    """The site as "First start" has it; gives what it prints."""
    (script,) = [one for one in blocks("board.md", "First start") if " serve " in one]
    log, began = debian.root.parent / f"serve-{port}.log", time.monotonic()
    with log.open("w", encoding="utf-8") as out:
        process = subprocess.Popen(
            debian.command(script, folder, read_only=DATA, PORT=str(port)),
            stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True,
        )  # fmt: skip
    try:
        until(lambda: first_day.LINK.search(log.read_text("utf-8")) or process.poll() is not None, "a link", 600)
        seconds = f"{time.monotonic() - began:.0f} s, {_processor_of(process.pid):.1f} s of a processor"
        print(f"the link is printed after {seconds}; load {os.getloadavg()[0]:.0f}", flush=True)
        yield log.read_text("utf-8")
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(120)


@pytest.fixture(scope="module")
def debian(tmp_path_factory: pytest.TempPathFactory) -> Debian:
    dev.apt("mmdebstrap", "poppler-utils")
    return Debian.bootstrapped(tmp_path_factory.mktemp("bare"))


def test_a_bare_debian_comes_to_a_claimed_card(debian: Debian, browser: Browser, tmp_path: Path) -> None:
    folder = install(debian)
    with served(debian, folder, free_port()) as said:
        first_day.first_day(browser, first_day.printed_link(said), tmp_path)
        assert "0 faults" in debian.run(f"runuser -u cunghoc -- cunghoc doctor --data {DATA}", folder)
