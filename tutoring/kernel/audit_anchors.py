"""Daily anchors of the audit chain, stored outside the database to reveal truncation.

Each day is one JSON line in an append-only file. It holds the day, the number of rows, the last seal and an HMAC mark
that only a holder of the audit key can compute. The same line is mailed to AUDIT_MAIL, because an attacker with access
to the database may be able to write to the file too.
"""

import json
import logging
import os
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any, Self

from tutoring.kernel import audit, clock, jobs, mail, services
from tutoring.kernel.site_identity import site_name

log = logging.getLogger(__name__)

AT = time(3, 30)  # Vietnam time


@dataclass(frozen=True)
class AnchorFile:
    """Where an application stores its anchors, and to whom each line is mailed."""

    path: Path
    mail_to: str


@dataclass(frozen=True)
class Anchor:
    """The state of the chain on one day: row `count` was its last and had the seal `head`."""

    date: str
    count: int
    head: str
    mark: str = ""

    @classmethod
    def of(cls, day: str, count: int, head: str, key: audit.AuditKey) -> Self:
        """Makes the anchor of a day, marked with the audit key."""
        return cls(day, count, head, _mark(day, count, head, key))

    def is_genuine(self, key: audit.AuditKey) -> bool:
        """Whether the mark was computed with this audit key."""
        return key.made(self.mark, _marked(self.date, self.count, self.head))

    @property
    def line(self) -> str:
        return json.dumps(asdict(self))


@dataclass(frozen=True)
class Held:
    """The result of comparing the chain with its anchors: mismatches and days without an anchor."""

    faults: list[str]
    missing: list[str]
    newest: str | None

    @property
    def stale(self) -> bool:
        """Whether the newest anchor is so old that days of rows could vanish unnoticed."""
        return self.newest is None or date.fromisoformat(self.newest) < clock.today() - timedelta(days=1)


def _mark(day: str, count: int, head: str, key: audit.AuditKey) -> str:
    return key.mac(_marked(day, count, head))


def _marked(day: str, count: int, head: str) -> str:
    return f"anchor\n{day}\n{count}\n{head}"


# ---- writing -----------------------------------------------------------------------------------------------------


@jobs.daily("audit.anchor", AT)
def write_today(_payload: dict[str, Any]) -> None:
    """Writes today's anchor. A day that already has an anchor is not written again."""
    day = clock.today().isoformat()
    try:
        anchor = _written(default_file(), day)
    except OSError:  # the job is retried; a day that stays missing shows at the next `flask audit verify`
        log.error("the anchor of %s could not be written", day)
        raise
    if anchor is not None and services.current(AnchorFile).mail_to and mail.ready():
        jobs.enqueue("audit.mail", f"audit.mail:{day}", clock.now(), **asdict(anchor))


def _written(file: Path, day: str) -> Anchor | None:
    if any(one.date == day for one in read(file)[0]):
        return None
    anchor = Anchor.of(day, *audit.head(), audit.current_key())
    _append(file, anchor.line)
    return anchor


@jobs.external_job("audit.mail")
def _send(payload: dict[str, Any]) -> None:
    anchor = Anchor(**payload)
    text = (
        f"Sổ kiểm tra của {site_name()} ngày {anchor.date} có {anchor.count} dòng.\n"
        "Xin giữ thư này. Muốn đối chiếu thì chép dòng dưới đây vào một tệp rồi chạy\n"
        f"flask audit verify --anchors TỆP\n\n{anchor.line}\n"
    )
    to = services.current(AnchorFile).mail_to
    mail.send(to, f"Sổ kiểm tra {anchor.date}", text, f"anchor-{anchor.date}")


def _append(file: Path, line: str) -> None:
    """Appends one whole line and syncs it to disk; a partial write is truncated again."""
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


# ---- comparing the chain with its anchors ----------------------------------------------------------------------


def default_file() -> Path:
    """Returns the anchor file of this installation."""
    return services.current(AnchorFile).path


def read(file: Path) -> tuple[list[Anchor], list[int]]:
    """Returns the anchors in file order and the numbers of the lines that are not anchors."""
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
    """Walks the chain and compares it with the anchors in the file."""
    found, bad = read(file)
    verdict = audit.verify({one.count for one in found})
    faults = [f"line {number} of {file.name} cannot be read" for number in bad]
    faults += [fault for one in found if (fault := _fault(one, verdict))]
    days = sorted(one.date for one in found)
    return verdict, Held(faults, _missing(days), days[-1] if days else None)


def _fault(one: Anchor, verdict: audit.Verdict) -> str:
    if not one.is_genuine(audit.current_key()):
        return f"{one.date}: this line was not written with the key of this installation"
    if one.count > verdict.rows:
        return f"{one.date}: there were {one.count} rows, now there are {verdict.rows}: the chain was cut off"
    if one.count and verdict.seals.get(one.count) != one.head:
        return f"{one.date}: row {one.count} is not the one that stood there"
    return ""


def _missing(days: Sequence[str]) -> list[str]:
    """Returns the days since the first anchor that have none; today still has time."""
    if not days:
        return []
    there, day, found = set(days), date.fromisoformat(days[0]), []
    while day < clock.today():
        if day.isoformat() not in there:
            found.append(day.isoformat())
        day += timedelta(days=1)
    return found
