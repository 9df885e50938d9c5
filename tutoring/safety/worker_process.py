"""Starts a sandboxed worker for one untrusted file: a new process without environment, ended after a time.

The worker is a script beside this one. It reads the file after its length in four bytes from stdin and answers in the
same way on stdout.
"""

import struct
import subprocess
import sys
from pathlib import Path


def command(worker: Path) -> list[str]:
    """Returns the command of a worker, isolated from the application and the environment."""
    return [sys.executable, "-I", "-B", str(worker)]


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
