"""The kit's TURN server with the passwords that the site gives: a real coturn, and a real client that allocates.

Skipped where coturn is not installed; ports, TLS and the loopback network are all that differs from the kit's file.
"""

import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.rooms.conftest import open_adults, open_pair
from tests.servers import free_port
from tests.waiting import until
from tutoring.config import ROOT, Settings
from tutoring.kernel import clock
from tutoring.rooms.moderation import commands as moderation_commands

KIT = ROOT / "deploy" / "turnserver.conf"
SECRET = "Jr7vX2mQ9-Lk4Tn8_Wc1Zb6Yp3Hd5Gs0F"
needs_coturn = pytest.mark.skipif(
    not (shutil.which("turnserver") and shutil.which("turnutils_uclient")), reason="coturn is not installed"
)


def config(folder: Path, port: int, *, loopback: bool) -> Path:
    """The kit's file for this machine; `loopback`: the network of the machine itself counts as the world."""
    away = ("cert=", "pkey=", "tls-", "log-file=", "listening-port=", "static-auth-secret=", "min-port=", "max-port=")
    lines = [one for one in KIT.read_text("utf-8").splitlines() if not one.startswith(away)]
    if loopback:
        lines = [one for one in lines if not one.startswith("denied-peer-ip=127.")] + ["allow-loopback-peers"]
    lines += [
        f"listening-port={port}", "listening-ip=127.0.0.1", "relay-ip=127.0.0.1", f"static-auth-secret={SECRET}",
        "no-tls", "no-dtls", f"pidfile={folder / 'pid'}", f"userdb={folder / 'db'}", "log-file=stdout", "simple-log",
    ]  # fmt: skip
    made = folder / "turnserver.conf"
    made.write_text("\n".join(lines), "utf-8")
    return made


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[[bool], int]]:
    """Starts a server of the kit, and returns its port."""
    running: list[subprocess.Popen[bytes]] = []

    def start(loopback: bool) -> int:
        port, log = free_port(), tmp_path / "log"
        told = ["turnserver", "-c", str(config(tmp_path, port, loopback=loopback))]
        with log.open("wb") as file:
            running.append(subprocess.Popen(told, stdout=file, stderr=subprocess.STDOUT))

        def opens() -> bool:
            assert running[-1].poll() is None, log.read_text("utf-8", "replace")[-2000:]
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", port)) == 0

        until(opens, "coturn opens")
        return port

    yield start
    for one in running:
        one.terminate()
        one.wait(60)


def allocates(port: int, username: str, password: str) -> tuple[bool, str]:
    """Whether a client gets a relay there and hears its own messages through it, and the last that it says."""
    told = ["turnutils_uclient", "-y", "-c", "-n", "3", "-m", "1", "-z", "20", "-p", str(port)]
    done = subprocess.run(
        [*told, "-u", username, "-w", password, "127.0.0.1"], capture_output=True, text=True, timeout=120
    )
    said = done.stdout + done.stderr
    return done.returncode == 0 and "Total lost packets 0 " in said, said[-500:]


@pytest.fixture
def minted(app: Flask, world: World, as_: Callable[[str], FlaskClient], monkeypatch: pytest.MonkeyPatch) -> Any:
    """`minted(port)`: what the page of a room gets as `ice`, for that TURN server."""
    with app.app_context():
        room = open_adults(world)
    asking = as_("lan")

    def ask(port: int) -> list[dict[str, Any]]:
        of: Settings = app.config["SETTINGS"]
        told = replace(
            of, stun_urls=(f"stun:127.0.0.1:{port}",), turn_urls=(f"turn:127.0.0.1:{port}",), turn_secret=SECRET
        )
        monkeypatch.setitem(app.config, "SETTINGS", told)
        answer = asking.get(f"/rooms/{room}/call", headers={"Accept": "application/json"})
        found: list[dict[str, Any]] = answer.json["ice"] if answer.json else []
        return found

    return ask


@needs_coturn
def test_the_kits_server_takes_what_a_page_is_given_and_nothing_that_is_old_or_forged(
    serve: Callable[[bool], int], minted: Any
) -> None:
    port = serve(True)
    stun, turn = minted(port)
    assert stun == {"urls": [f"stun:127.0.0.1:{port}"]} and turn["urls"] == [f"turn:127.0.0.1:{port}"]
    name, password = turn["username"], turn["credential"]
    well, said = allocates(port, name, password)
    assert well, said
    ends, person = name.split(":")
    later = f"{int(ends) + 60}:{person}"
    for wrong_name, wrong in ((name, password[::-1]), (later, password), (person, password), (name, "")):
        assert not allocates(port, wrong_name, wrong or "x")[0], (wrong_name, wrong)
    with clock.travel(clock.now() - timedelta(minutes=61)):  # given an hour and a minute ago
        _stun, old = minted(port)
    well, said = allocates(port, old["username"], old["credential"])
    assert not well and "Cannot complete Allocation" in said


PRIVATE = ("10.1.2.3", "100.64.0.1", "169.254.1.1", "172.20.0.5", "192.168.1.1")


@needs_coturn
def test_the_kits_server_relays_nothing_into_private_networks(serve: Callable[[bool], int], minted: Any) -> None:
    port = serve(True)
    _stun, turn = minted(port)
    client = ["turnutils_uclient", "-c", "-n", "1", "-m", "1", "-u", turn["username"], "-w", turn["credential"]]
    for peer in PRIVATE:
        told = [*client, "-p", str(port), "-e", peer, "127.0.0.1"]
        done = subprocess.run(told, capture_output=True, text=True, timeout=120)
        assert done.returncode != 0 and "403 (Forbidden IP)" in done.stdout + done.stderr, peer
    port = serve(False)  # and with every line of the kit not into the machine it runs on
    _stun, turn = minted(port)
    well, said = allocates(port, turn["username"], turn["credential"])
    assert not well, said


def test_a_password_says_nothing_of_who_somebody_is_and_holds_for_an_hour(
    minted: Any, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    noon = clock.local(clock.now()).replace(hour=12, minute=0, second=0, microsecond=0)
    monkeypatch.setattr(clock, "now", lambda: noon)
    _stun, turn = minted(3478)
    ends, person = turn["username"].split(":")
    assert int(ends) - noon.timestamp() == 3600
    assert len(person) == 16 and str(world["lan"]) != person and "lan" not in turn["username"]
    monkeypatch.setattr(clock, "now", lambda: noon + timedelta(hours=5))
    assert minted(3478)[1]["username"].endswith(person), "the same all day, so that a relay can count"
    monkeypatch.setattr(clock, "now", lambda: noon + timedelta(days=1))
    assert not minted(3478)[1]["username"].endswith(person)


def test_who_may_not_call_is_given_nothing(
    app: Flask, world: World, minted: Any, as_: Callable[[str], FlaskClient]
) -> None:
    assert minted(3478)
    with app.app_context():
        rooms = [open_pair(world), open_adults(world)]
        moderation_commands.enter_as_observer(person(world["muoi"]), rooms[1])
    for name, room in (("lan", rooms[0]), ("khoa", rooms[0]), ("muoi", rooms[1])):
        answer = as_(name).get(f"/rooms/{room}/call", headers={"Accept": "application/json"})
        assert answer.status_code == 200 and answer.json is not None
        assert answer.json["may"] is False and answer.json["ice"] == [], name
    assert as_("an").get(f"/rooms/{rooms[1]}/call", headers={"Accept": "application/json"}).status_code == 404


def test_nobody_elses_server_is_there_by_default() -> None:
    of = Settings("", "", "", "")
    assert of.stun_urls == () and of.turn_urls == ()
