"""A program: `flask restore` that gets a signal when the database is in and files are about to go in.
Arguments: the signal's number, then those of flask."""

import os
import sys

from flask.cli import main

from tutoring.backups.restore_targets import Files

number = int(sys.argv.pop(1))
_fill = Files.fill


def fill(files: Files) -> None:
    os.kill(os.getpid(), number)
    _fill(files)


Files.fill = fill  # type: ignore[method-assign]

if __name__ == "__main__":
    main()
