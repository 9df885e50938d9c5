"""`flask classes …`: class lists from the command line."""

import json
import sys
from pathlib import Path
from typing import NoReturn

import click
from flask.cli import AppGroup

from tutoring.community.class_files import pupils
from tutoring.community.class_files.sheets import MOST_BYTES, UnreadableFile
from tutoring.kernel import clock

group = AppGroup("classes", help="Class lists; needs no database.")


@group.command("read", with_appcontext=False)
@click.argument("file", metavar="FILE")
def read(file: str) -> None:
    """Read a class list (XLSX or CSV) and print each row below the heading as JSON: docs/class-lists.md."""
    try:
        with Path(file).open("rb") as opened:
            data = opened.read(MOST_BYTES + 1)  # one more than allowed, so that a larger file is noticed
        sheet, columns = pupils.read_file(data)
        rows = pupils.pupil_rows(sheet, columns, clock.today().year)
    except OSError as error:
        _refuse(f"{file}: cannot be read ({error.strerror})")
    except UnreadableFile as fault:
        _refuse(str(fault))
    for one in rows:
        line = {"row": one.row, "full": one.full, "called": one.called, "year": one.year, "fault": one.fault}
        sys.stdout.buffer.write((json.dumps(line, ensure_ascii=False) + "\n").encode())


def _refuse(sentence: str) -> NoReturn:
    print(sentence, file=sys.stderr)
    sys.exit(2)
