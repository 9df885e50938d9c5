"""The head of the audit chain, written down once a day outside the database, so that cutting off its end shows.

Each day is one line of JSON at the end of a file that nothing else writes: the day, how many rows there were, the seal
of the last of them, and a mark that only whoever holds the audit key can make. The same line goes by mail to whom
AUDIT_MAIL names, for whoever can write to the database may be able to write to the file, too.
"""

import json
import logging
import os
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

from tutoring.kernel import audit, clock, jobs, mail

log = logging.getLogger(__name__)

AT = time(3, 30)  # in Vietnam
_file: Path | None = None
_mail_to = ""


@dataclass(frozen=True)
class Anchor:
    """What the chain was on one day: row `count` was its last and bore the seal `head`."""

    date: str
    count: int
    head: str
    mark: str = ""

    @property
    def genuine(self) -> bool:
        """Whether it was written by whoever holds the key."""
        return audit.same(self.mark, _mark(self.date, self.count, self.head))

    @property
    def line(self) -> str:
        return json.dumps(asdict(self))


@dataclass(frozen=True)
class Held:
    """What comes of holding the chain against its anchors: what does not fit, and days on which none was written."""

    faults: list[str]
    missing: list[str]
    newest: str | None

    @property
    def stale(self) -> bool:
        """Whether the newest anchor is so old that rows of days could be gone without a trace here."""
        return self.newest is None or date.fromisoformat(self.newest) < clock.today() - timedelta(days=1)


def configure(file: Path, mail_to: str) -> None:
    """Choose the file, and who gets each line by mail."""
    global _file, _mail_to
    _file, _mail_to = file, mail_to


def _mark(day: str, count: int, head: str) -> str:
    return audit.keyed(f"anchor\n{day}\n{count}\n{head}")


# ---- writing -----------------------------------------------------------------------------------------------------


@jobs.daily("audit.anchor", AT)
def write_today(_payload: dict[str, Any]) -> None:
    """Write down where the chain ends today. Of a day that stands there already nothing is written again."""
    day = clock.today().isoformat()
    try:
        anchor = _written(default_file(), day)
    except OSError:  # it is tried again; what stands in no file is missing at the next `flask audit verify`
        log.error("the anchor of %s could not be written", day)
        raise
    if anchor is not None and _mail_to and mail.ready():
        jobs.enqueue("audit.mail", f"audit.mail:{day}", clock.now(), **asdict(anchor))


def _written(file: Path, day: str) -> Anchor | None:
    if any(one.date == day for one in read(file)[0]):
        return None
    count, head = audit.head()
    anchor = Anchor(day, count, head, _mark(day, count, head))
    _append(file, anchor.line)
    return anchor


@jobs.external_job("audit.mail")
def _send(payload: dict[str, Any]) -> None:
    anchor = Anchor(**payload)
    text = (
        f"Sổ kiểm tra của Cùng Học ngày {anchor.date} có {anchor.count} dòng.\n"
        "Xin giữ thư này. Muốn đối chiếu thì chép dòng dưới đây vào một tệp rồi chạy\n"
        f"flask audit verify --anchors TỆP\n\n{anchor.line}\n"
    )
    mail.send(_mail_to, f"Sổ kiểm tra {anchor.date}", text, f"anchor-{anchor.date}")


def _append(file: Path, line: str) -> None:
    """One whole line, on the disk before this returns; a line that did not get there whole is taken back."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with closing(os.fdopen(handle, "rb+", buffering=0)) as kept:
        before = kept.seek(0, os.SEEK_END)
        try:
            kept.seek(max(0, before - 1))
            cut = before > 0 and kept.read(1) != b"\n"
            data = (("\n" if cut else "") + line + "\n").encode()
            if kept.write(data) != len(data):
                raise OSError("the anchor was not written whole")
            os.fsync(kept.fileno())
        except OSError:
            kept.truncate(before)
            raise


# ---- holding the chain against it ------------------------------------------------------------------------------


def default_file() -> Path:
    """The file of this installation."""
    assert _file is not None
    return _file


def read(file: Path) -> tuple[list[Anchor], list[int]]:
    """The anchors of a file in the order they were written, and the numbers of lines that are none."""
    found, bad = [], []
    try:
        lines = file.read_text("utf-8", "replace").splitlines()
    except FileNotFoundError:
        lines = []
    for number, line in enumerate(lines, 1):
        try:
            one = Anchor(**json.loads(line))
            date.fromisoformat(one.date)
            if not isinstance(one.count, int) or not isinstance(one.head, str) or not isinstance(one.mark, str):
                raise ValueError
            found.append(one)
        except (ValueError, TypeError):
            if line.strip():
                bad.append(number)
    return found, bad


def hold(file: Path) -> tuple[audit.Verdict, Held]:
    """Walk the chain and hold it against what was written down of it."""
    found, bad = read(file)
    verdict = audit.verify({one.count for one in found})
    faults = [f"line {number} of {file.name} cannot be read" for number in bad]
    faults += [fault for one in found if (fault := _fault(one, verdict))]
    days = sorted(one.date for one in found)
    return verdict, Held(faults, _missing(days), days[-1] if days else None)


def _fault(one: Anchor, verdict: audit.Verdict) -> str:
    if not one.genuine:
        return f"{one.date}: this line was not written with the key of this installation"
    if one.count > verdict.rows:
        return f"{one.date}: there were {one.count} rows, now there are {verdict.rows}: the chain was cut off"
    if one.count and verdict.seals.get(one.count) != one.head:
        return f"{one.date}: row {one.count} is not the one that stood there"
    return ""


def _missing(days: Sequence[str]) -> list[str]:
    """Days since the first anchor on which none was written; today still has time."""
    if not days:
        return []
    there, day, found = set(days), date.fromisoformat(days[0]), []
    while day < clock.today():
        if day.isoformat() not in there:
            found.append(day.isoformat())
        day += timedelta(days=1)
    return found
