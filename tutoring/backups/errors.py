"""Why something was not done, as one sentence for whoever runs the server."""

import errno


class BackupError(Exception):
    """Nothing was done, or what had been begun was taken back; the sentence says why."""


def sentence(error: BaseException) -> str:
    """What an error of the system comes to in a sentence."""
    if isinstance(error, BackupError):
        return str(error)
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return "There is not enough space on the disk."
    if isinstance(error, OSError):
        return f"{error.filename or 'a file'}: {error.strerror or error}."
    return f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else 'no more is known'}"
