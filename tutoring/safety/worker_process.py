"""Sandboxed workers for untrusted files: a queue, a new process for each file, and a plain sentence for each refusal.

The worker is a script of its own, run by worker_loop.py: without environment, and ended after a time.
"""

import platform
import struct
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tutoring.kernel.errors import InvalidInput, RateLimited

LOOP = Path(__file__).with_name("worker_loop.py")
UNREADABLE = "unreadable"


def command(worker: Path) -> list[str]:
    """Returns the command of a worker, isolated from the application and the environment."""
    return [sys.executable, "-I", "-B", str(LOOP), str(worker)]


def ask(worker: Path, data: bytes, seconds: float) -> bytes:
    """Returns a new worker's answer for one file; empty when the worker dies or takes longer than `seconds`."""
    try:
        done = subprocess.run(
            command(worker),
            input=struct.pack(">I", len(data)) + data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
            start_new_session=True,
            timeout=seconds,
        )
    except subprocess.TimeoutExpired:
        return b""
    length, said = done.stdout[:4], done.stdout[4:]
    whole = len(length) == 4 and struct.unpack(">I", length)[0] == len(said)
    return said if done.returncode == 0 and whole else b""


@dataclass
class SandboxedWorker:
    """A worker for one kind of file, of which a few run at once in a server process."""

    script: Path
    code: str  # of the errors
    says: Mapping[str, str]  # sentences by the worker's word for a refusal; "unreadable" is for every other answer
    empty: str
    busy: str
    unsupported: str
    largest: int  # bytes of a file
    too_large: str  # the word for a larger one
    seconds: float  # of wall clock for one file, on a busy machine too
    patience: float  # seconds in the queue before it
    places: threading.Semaphore

    def refused(self, why: str) -> InvalidInput:
        """Returns the domain error for a rejected file, in plain words."""
        return InvalidInput(self.says.get(why, self.says[UNREADABLE]), code=self.code, field="file")

    def sanitize(self, data: bytes, word: bytes = b"") -> bytes:
        """Returns what the worker made of a file, still to be checked; raises InvalidInput or, when busy, RateLimited.

        `word` stands before the file where the worker does several things. Never call it while a transaction is open.
        """
        if platform.system() != "Linux":  # other systems cannot reliably limit a process's memory
            raise InvalidInput(self.unsupported, code=self.code, field="file")
        if not data:
            raise InvalidInput(self.empty, code="empty", field="file")
        if len(data) > self.largest:
            raise self.refused(self.too_large)
        if not self.places.acquire(timeout=self.patience):
            raise RateLimited(self.busy, retry_after=10)
        try:
            return self.made_of(word + data)
        finally:
            self.places.release()

    def made_of(self, request: bytes) -> bytes:
        """Returns what the worker made of a request, whose turn the caller has taken; raises InvalidInput."""
        said = self.ask(request)
        if said[:1] != b"+":
            raise self.refused(said[:20].decode("ascii", "replace"))
        return said[1:]

    def ask(self, request: bytes) -> bytes:
        """Returns the raw answer of a new process; empty when it died."""
        return ask(self.script, request, self.seconds)
