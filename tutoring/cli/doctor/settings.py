"""Checks of the environment: settings, misspelt names, addresses, proxies, key files."""

import difflib
import os
import stat
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from tutoring.cli.doctor.findings import Finding, fault, ok, warning
from tutoring.config import ROOT, Settings

OTHERS = frozenset({"PORT", "BIND", "INSTANCE", "APP_ENV"})
NEAR = 0.82  # the similarity from which an unknown name counts as a misspelt setting


class _Noting(dict[str, str]):
    """An environment that records which names were read from it."""

    def __init__(self, env: Mapping[str, str]) -> None:
        super().__init__(env)
        self.asked: set[str] = set()

    def get(self, name: str, *default: str) -> str | None:  # type: ignore[override]
        self.asked.add(name)
        return super().get(name, *default)


def names() -> frozenset[str]:
    """Returns the names of all settings.

    They are recorded while the settings are read, so no list can get out of date.
    """
    with tempfile.TemporaryDirectory() as folder:
        noting = _Noting({"INSTANCE": folder})
        Settings.from_environment(noting)
    return frozenset(noting.asked | OTHERS)


def settings_of(env: Mapping[str, str]) -> tuple[Settings | None, Finding]:
    """Returns the settings, or None with the finding if they cannot be read."""
    try:
        found = Settings.from_environment(env)
    except ValueError as error:
        said = str(error)
        if "invalid literal" in said:
            said = "a setting that is a number (PROXIES, LIMITS_SCALE, CLOCK_SHIFT, SLOW_QUERY_MS, SMS_…) is none"
        return None, fault("settings", said, "Set it so, in the environment or its file, and start again.")
    except OSError as error:
        return None, fault(
            "settings", f"a file that a setting names cannot be read: {error.filename}",
            "Make it readable for the user of the site, or name another one.",
        )  # fmt: skip
    kind = "production" if found.production else "development"
    return found, ok("settings", f"can be read, for {kind}")


def find_misspelt_variables(env: Mapping[str, str]) -> Iterator[Finding]:
    """Finds variables whose names look like misspelt settings."""
    ours = names()
    found = False
    for name in sorted(set(env) - ours):
        near = difflib.get_close_matches(name.upper(), ours, 1, NEAR)
        if near:
            found = True
            yield fault("names", f"{name} is no setting, {near[0]} is", f"Call it {near[0]}, or take it away.")
    if not found:
        yield ok("names", "no variable looks like a misspelt one of ours")


def addresses(settings: Settings, env: Mapping[str, str]) -> Iterator[Finding]:
    """Checks the public addresses, the proxies and the settings for monitoring and backups."""
    mixed = {origin.split(":")[0] for origin in settings.origins}
    if len(mixed) > 1:
        yield fault(
            "addresses", "ORIGINS has http:// and https:// addresses, so cookies go over both",
            "Leave only the https:// addresses in ORIGINS.",
        )  # fmt: skip
    elif settings.https and not settings.proxies:
        yield fault(
            "addresses", "ORIGINS are https:// and PROXIES is 0: every visitor looks like the proxy",
            "Set PROXIES=1 when one proxy that speaks TLS stands in front of the site.",
        )  # fmt: skip
    elif settings.proxies and env.get("BIND", "127.0.0.1") not in {"127.0.0.1", "::1", "localhost"}:
        yield warning(
            "addresses", "PROXIES is set and the site listens beyond this machine: any address can be claimed",
            "Listen on 127.0.0.1, or let only the proxy through to the port.",
        )  # fmt: skip
    else:
        yield ok("addresses", f"{', '.join(settings.origins)}, {settings.proxies} proxies in front")
    if settings.local_network and not settings.https:
        yield warning(
            "encryption", "LOCAL_NETWORK=1 without https://: others in the network can read passwords and messages",
            "Get a certificate by DNS-01 or from the school (docs/school-network.md); then take LOCAL_NETWORK away.",
        )  # fmt: skip
    if settings.production and not settings.metrics_token:
        yield warning(
            "metrics",
            "METRICS_TOKEN is not set, so nobody is alarmed when something breaks",
            "Set it to a random text of 16 characters or more and let a monitor read /metrics.",
        )
    if settings.production and not settings.heartbeat_url:
        yield warning(
            "heartbeat",
            "HEARTBEAT_URL is not set: when the whole site is dead, nobody hears that alarms do not go out",
            "Set it to the address of a check at a monitor outside, which alarms when no call comes for ten minutes.",
        )


def calls(settings: Settings) -> Iterator[Finding]:
    """Checks the TURN settings, which browsers need to connect a call."""
    if settings.turn_secret and not settings.turn_urls:
        yield fault(
            "calls", "TURN_SECRET is set and TURN_URLS is not, so no browser is told of the TURN server",
            "Set TURN_URLS, such as turn:turn.hoc.example.vn:3478?transport=udp (docs/calls.md), or take the key away.",
        )  # fmt: skip
    elif not settings.turn_urls and settings.production:
        yield warning(
            "calls", "TURN_URLS is not set: calls come about only where two networks let browsers meet",
            "Set up coturn and TURN_URLS as docs/calls.md says.",
        )  # fmt: skip
    elif settings.production and not any(one.startswith("turns:") for one in settings.turn_urls):
        yield warning(
            "calls", "no address in TURN_URLS begins with turns:, so networks that pass only TLS have no calls",
            "Add turns:…:5349?transport=tcp, or port 443 on an address of its own.",
        )  # fmt: skip
    else:
        yield ok("calls", f"{len(settings.turn_urls)} addresses of TURN, passwords for {settings.turn_minutes} minutes")


def key_files(env: Mapping[str, str]) -> Iterator[Finding]:
    """Checks whether other users of the machine may read the key files."""
    instance = Path(env.get("INSTANCE") or ROOT / "instance")
    named = [Path(path) for name, path in env.items() if name.endswith("_FILE") and name in names() and path]
    own = [instance / name for name in ("secret_key", "audit_key", "field_key")]
    open_to_others = [
        file for file in (*named, *own)
        if file.is_file() and os.name == "posix" and file.stat().st_mode & (stat.S_IRWXO | stat.S_IWGRP)
    ]  # fmt: skip
    for file in open_to_others:
        yield fault("keys", f"{file} can be read by others, or changed by its group", f"chmod 600 {file}")
    if not open_to_others:
        yield ok("keys", "files of keys are closed to others")
