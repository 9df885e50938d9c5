"""Checks of Redis, the mail server and the folders for files."""

import os
import shutil
import smtplib
import ssl
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from redis import Redis
from redis.exceptions import RedisError, ResponseError

from tutoring.cli.doctor.findings import Finding, fault, ok, warning
from tutoring.kernel import mail

TIMEOUT_SECONDS = 2.0
SLOW = 0.02  # seconds for a ping
ROOM, LEAST = 2 * 1024**3, 256 * 1024**2  # free bytes: below ROOM is a warning, below LEAST a fault
NEARLY = 0.9
_FULL = "the last time it wrote to its disk failed, after which it may take nothing more"
_MAKE_ROOM = 'Make room on its disk, or set save "" and appendonly no: nothing of record is in it.'


def redis(url: str) -> Iterator[Finding]:
    """Checks Redis: reachability, response time, memory, persistence and password."""
    client = Redis.from_url(url, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS)
    try:
        client.ping()
        begun = time.monotonic()
        for _ in range(5):
            client.ping()
        took = (time.monotonic() - begun) / 5
    except (RedisError, OSError) as error:
        if str(error).startswith("MISCONF"):  # Redis answers, but rejects every write
            yield fault("redis disk", _FULL, _MAKE_ROOM)
            return
        mend = "Start Redis, and correct host and password in REDIS_URL."
        yield fault("redis", f"does not answer ({type(error).__name__})", mend)
        return
    if took > SLOW:
        yield warning(
            "redis",
            f"a question takes {took * 1000:.0f} ms",
            "Put Redis near the servers, and look at what else uses it.",
        )
    else:
        yield ok("redis", f"answers within {took * 1000:.1f} ms")
    yield from _redis_memory(client)
    yield from _redis_keeping(client)
    host = urlsplit(url).hostname or "127.0.0.1"
    if host not in {"127.0.0.1", "localhost", "::1"} and not urlsplit(url).password:
        yield warning(
            "redis password",
            "whoever reaches its port can read pushes and make some",
            "Set requirepass in redis.conf and the password in REDIS_URL.",
        )


def _redis_memory(client: Redis) -> Iterator[Finding]:
    memory: Any = client.info("memory")
    policy, most = memory.get("maxmemory_policy", "noeviction"), int(memory.get("maxmemory", 0))
    if policy.startswith("allkeys"):
        yield warning(
            "redis eviction",
            f"maxmemory-policy {policy} may throw away the counts that hold floods off",
            "Set maxmemory-policy noeviction or volatile-ttl in redis.conf.",
        )
    elif most and int(memory["used_memory"]) > NEARLY * most:
        yield warning(
            "redis memory",
            "more than nine tenths of maxmemory are used",
            "Raise maxmemory in redis.conf, or give this site a Redis of its own.",
        )
    else:
        yield ok("redis eviction", policy)


def _redis_keeping(client: Redis) -> Iterator[Finding]:
    told: Any = client.info("persistence")
    if "err" in (told.get("rdb_last_bgsave_status"), told.get("aof_last_write_status")):
        yield fault("redis disk", _FULL, _MAKE_ROOM)
        return
    try:
        saves: Any = client.config_get("save", "appendonly")
        keeps = bool(saves.get("save")) or saves.get("appendonly") == "yes"
    except ResponseError:  # some managed Redis services reject CONFIG GET
        keeps = False
    if keeps:
        yield warning(
            "redis disk",
            "it writes to its disk, which costs time and can fill it; nothing of record is in it",
            'Set save "" and appendonly no in redis.conf.',
        )
    else:
        yield ok("redis disk", "keeps nothing, as nothing of record is in it")


def smtp(outgoing: mail.OutgoingMail) -> Iterator[Finding]:
    """Checks whether the mail server accepts the credentials. No mail is sent."""
    try:
        outgoing.knock(timeout=5)
    except smtplib.SMTPAuthenticationError:
        yield fault(
            "mail",
            "the mail server refuses user or password",
            "Correct both in SMTP_URL; signs such as @ and / are written %40 and %2F there.",
        )
    except ssl.SSLError as error:
        yield fault(
            "mail",
            f"the mail server's TLS is refused ({type(error).__name__})",
            "Use the name that its certificate has, with smtps:// and port 465 or smtp:// and port 587.",
        )
    except smtplib.SMTPNotSupportedError:
        yield fault(
            "mail",
            "the mail server takes no password without TLS, or no password at all",
            "Use smtps:// with port 465, or leave user and password out of SMTP_URL.",
        )
    except (smtplib.SMTPException, OSError) as error:
        yield fault(
            "mail",
            f"the mail server does not answer ({type(error).__name__})",
            "Correct host and port in SMTP_URL, and let the firewall through.",
        )
    else:
        yield ok("mail", "the mail server lets us in")


def place(name: str, folder: Path) -> Iterator[Finding]:
    """Checks whether a folder is writable and how much space is free."""
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    try:
        if not there.is_dir():
            raise NotADirectoryError
        with tempfile.NamedTemporaryFile(dir=there) as file:
            file.write(b"1")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        yield fault(
            name,
            f"{folder} cannot be written to ({type(error).__name__})",
            f"Let the user of the site own {there}, on a disk that is not read-only or full.",
        )
        return
    free = shutil.disk_usage(there).free
    yield space(name, folder, free)


def space(name: str, folder: Path, free: int) -> Finding:
    """Returns the finding for an amount of free space in bytes."""
    told = f"{free / 1024**3:.1f} GiB free at {folder}"
    if free < LEAST:
        return fault(name, told, "Make room now: below that the database stops, too.")
    if free < ROOM:
        return warning(name, told, "Make room, or move to a larger disk.")
    return ok(name, told)
