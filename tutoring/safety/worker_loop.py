"""The process of a sandboxed worker: loads the worker, drops what decoding does not need, answers file after file.

It runs by itself (never imported): `python -I worker_loop.py WORKER`. A worker is a script beside this one with
`load_all()`, `answer(data)`, MEMORY in bytes, PROCESSOR_SECONDS and LARGEST_REQUEST in bytes. Files arrive on stdin
and answers leave on stdout, each after its length in four bytes. Run it only through worker_process.py.
"""

import os
import runpy
import struct
import sys
from collections.abc import Mapping
from typing import Any

try:
    import resource
except ImportError:  # Windows, which cannot limit a process's resources
    resource = None  # type: ignore[assignment]


def bound(worker: Mapping[str, Any]) -> None:
    """Drops everything that decoding does not need: memory, time, files, sockets, children."""
    if resource is None:
        raise SystemExit("this system cannot hold a process within bounds")
    for what, most in (
        (resource.RLIMIT_AS, worker["MEMORY"]),
        (resource.RLIMIT_CPU, worker["PROCESSOR_SECONDS"]),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 3),  # stdin, stdout, stderr: no file or socket can be opened any more
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(what, (most, most))
    os.nice(5)  # conversations come first


def main(script: str) -> None:
    """Answers files until there are no more."""
    worker = runpy.run_path(script)
    worker["load_all"]()  # once limits apply, no file can be opened, not even a module
    bound(worker)
    read, write = sys.stdin.buffer.read, sys.stdout.buffer.write
    while len(head := read(4)) == 4:
        (length,) = struct.unpack(">I", head)
        if length > worker["LARGEST_REQUEST"]:
            raise SystemExit("more than a file of this kind")
        said = worker["answer"](read(length))
        write(struct.pack(">I", len(said)) + said)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(sys.argv[1])
