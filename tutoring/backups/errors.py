"""Errors of backups: one sentence each, for the server operator."""

import errno


class BackupError(Exception):
    """Nothing was done, or a partial change was undone; the sentence says why."""


def sentence(error: BaseException) -> str:
    """Describes a system error in one sentence."""
    if isinstance(error, BackupError):
        return str(error)
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return "There is not enough space on the disk."
    if isinstance(error, OSError):
        return f"{error.filename or 'a file'}: {error.strerror or error}."
    return f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else 'no more is known'}"
