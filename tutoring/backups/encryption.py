"""Streaming encryption to a public key, and decryption.

Memory use is a few hundred kilobytes for any file size. The format is age's (age-encryption.org/v1), so that the tool
`age` opens a backup without this code.
"""

import hashlib
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

from tutoring.backups.errors import BackupError

CHUNK, TAG, NONCE = 65536, 16, 16  # sizes of age's STREAM format
_FIRST = b"age-encryption.org/v1\n"
DAMAGED = "The backup cannot be opened: it is damaged or cut short."


def _age() -> Any:
    return import_module("pyrage")  # loaded on demand: some megabytes, needed for backups alone


def new_keys() -> tuple[str, str]:
    """Generates a private key and its public key."""
    made = _age().x25519.Identity.generate()
    return str(made), str(made.to_public())


def recipient(text: str) -> Any:
    """Parses the public key to encrypt to."""
    if not text:
        raise BackupError("BACKUP_RECIPIENT is not set: make a pair of keys with `flask backup keys FILE`.")
    try:
        return _age().x25519.Recipient.from_str(text)
    except Exception as error:
        raise BackupError("BACKUP_RECIPIENT is no age public key; it begins with age1.") from error


def identity(file: Path) -> Any:
    """Reads the private key from a file that `flask backup keys` or `age-keygen` wrote."""
    try:
        lines = file.read_text("utf-8").split()
    except (OSError, UnicodeDecodeError) as error:
        raise BackupError(f"The key file {file} cannot be read.") from error
    found = [word for word in lines if word.startswith("AGE-SECRET-KEY-1")]
    if len(found) != 1:
        raise BackupError(f"{file} is no key file: it holds no line AGE-SECRET-KEY-1…, or more than one.")
    try:
        return _age().x25519.Identity.from_str(found[0])
    except Exception as error:
        raise BackupError(f"The key in {file} is not whole.") from error


class MeasuredFile:
    """A file that counts and hashes the data passing through, and keeps its first write error."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.bytes, self.error = 0, None  # type: int, OSError | None
        self._digest = hashlib.sha256()

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def write(self, data: bytes) -> int:
        if self._file.closed:  # abandoned: a discarded tar still writes its end
            return len(data)
        try:
            self._file.write(data)
        except OSError as error:
            self.error = self.error or error
            raise
        self.bytes += len(data)
        self._digest.update(data)
        return len(data)

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.bytes += len(data)
        self._digest.update(data)
        return data

    def flush(self) -> None:
        self._file.flush()


class _Beside(threading.Thread):
    """The thread that runs the library's side of a pipe."""

    def __init__(self, work: Callable[[], object], done: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self._work, self._done = work, done
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            self._work()
        except BaseException as error:
            self.error = error
        finally:
            self._done()


def _pipe() -> tuple[BinaryIO, BinaryIO]:
    reading, writing = os.pipe()
    return os.fdopen(reading, "rb"), os.fdopen(writing, "wb")


@contextmanager
def encrypting(to: Any, out: MeasuredFile) -> Iterator[MeasuredFile]:
    """Encrypts into `out` what is written to the yielded file; complete after the block ends."""
    reading, writing = _pipe()
    beside = _Beside(lambda: _age().encrypt_io(reading, out, [to]), reading.close)
    beside.start()
    plain = MeasuredFile(writing)
    try:
        yield plain
    except BrokenPipeError:
        pass  # raised below: the other side could not go on
    finally:
        _closed(writing)
        beside.join()
    if out.error is not None:
        raise out.error
    if beside.error is not None:
        raise beside.error


@contextmanager
def decrypting(file: BinaryIO, key: Any) -> Iterator[BinaryIO]:
    """Yields the plain text of `file`, which has to be read to its end.

    Only the end proves that the file is complete. Leaving the block earlier is allowed, and proves nothing.
    """
    reading, writing = _pipe()
    beside = _Beside(lambda: _age().decrypt_io(file, writing, [key]), lambda: _closed(writing))
    beside.start()
    ended = False
    try:
        yield reading
        ended = not reading.read(1)
    except Exception as error:
        reading.close()
        beside.join()
        raise _why(beside.error) or error from error
    finally:
        reading.close()
        beside.join()
    if ended and (why := _why(beside.error)):
        raise why


def _why(error: BaseException | None) -> BackupError | None:
    if error is None or isinstance(error, BrokenPipeError) or "roken pipe" in str(error):
        return None
    if "No matching keys" in str(error):
        return BackupError("This key does not open the backup: it was encrypted to another one.")
    return BackupError(DAMAGED)


def _closed(file: BinaryIO) -> None:
    try:
        file.close()
    except OSError:  # the reader is gone, so the buffered rest is dropped
        pass


def encrypted_size(header: int, plain: int) -> int:
    """Returns the size of an encrypted file with this many plain bytes."""
    return header + NONCE + plain + TAG * max(1, -(-plain // CHUNK))


def header_length(file: Path) -> int:
    """Returns where the encrypted part of an age file begins.

    Raises BackupError for other files.
    """
    with file.open("rb") as opened:
        start = opened.read(CHUNK)
    end = start.find(b"\n--- ")
    if not start.startswith(_FIRST) or end < 0 or (line := start.find(b"\n", end + 1)) < 0:
        raise BackupError(f"{file.name} is no age file.")
    return line + 1


def digest_of(file: Path) -> str:
    """Returns the SHA-256 of a file as it is on the disk."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
