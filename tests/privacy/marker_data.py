"""Fills every personal column of one person with a marker, and looks for it everywhere afterwards.

Which tables and columns there are is read off the registry, so a new one is filled and looked for by itself. Only
values that a CHECK of the database asks for stand here.
"""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import redis
import sqlalchemy as sa
from flask import Flask

from tutoring.kernel import clock, file_storage
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.privacy import personal_columns
from tutoring.privacy.data_inventory import BY_TABLE
from tutoring.privacy.inventory_entries import KEPT, Entry

MARK = "c0ffee5eed0ddba1"  # sixteen hexadecimal digits, so that the name of a file can hold it too
NUMBERS = {"birth_year": 1987, "grade": 7, "grade_was": 7, "writer_grade": 7}  # cannot hold a marker
FILES = frozenset({"picture", "file"})
# Filled otherwise, or without a column that could be.
LEFT_OUT = frozenset({"user", "audit_row", "breach", "unit_merger", "kept_change"})

DAY = timedelta(days=1)
CHECKED: dict[str, dict[str, Any]] = {  # what CHECKs and unique keys ask for
    "second_factor": {"confirmed_at": "now", "pending_at": "now"},
    "withdrawal": {"by_id": "other", "purpose": "chat", "clean_at": "now"},
    "consent": {"purpose": "chat", "text_version": "1", "text_hash": "x"},
    "membership": {"role": "helper"},
    "duty_slot": {"starts": 0, "ends": 60, "weekday": 1},
    "duty_shift": {"ends_at": "later"},
    "join_code": {"role": "learner"},
    "weekly_round": {"state": "published"},
    "class_list_basis": {"ended_at": "now", "ended_by_id": "victim"},
    "class_claim": {"state": "waiting", "parent_was": ""},
    "unit_import": {"kind": "units", "state": "done"},
    "skill_grant": {"level": 1},
    "practice_run": {"mode": "alone"},
    "help_request": {"state": "ended", "outcome": "helped", "ended_at": "now", "topic": "x", "lack": "device"},
    "weekly_hours": {"free": MARK.encode() + b"0" * 40},
    "away": {},
    "conduct_yes": {"kind": "adult"},
    "no_show": {"side": "helper"},
    "offer": {"state": "declined", "answered_at": "now"},
    "proposal": {"day": 0, "quarter": 0, "minutes": 45, "state": "agreed"},
    "booking": {"day": 0, "quarter": 0, "minutes": 45, "state": "ended", "ended_at": "now"},
    "group_session": {"state": "cancelled", "ended_by_id": "victim", "places": 3, "minutes": 30},
    "room": {"closed_at": "now", "close_reason": "ended", "locked_at": "now", "locked_by_id": "victim"},
    "message": {"client_id": "a", "seq": 901},
    "report_case": {"kind": "site", "grade": "S3", "state": "decided", "outcome": "none", "decided_at": "now",
                    "decided_by_id": "victim"},
    "desk_act": {"kind": "warn", "reason": "insult", "undone_at": "now", "undone_for": "reversed"},
    "report": {"kind": "bullied", "place": "near"},
    "appeal": {"decided_at": "now", "outcome": "upheld"},
    "feedback": {"solved": "yes"}, "comfort_answer": {"felt": "uneasy"},
    "reaction": {"word": "thanks"},
    "sign_up": {"state": "in"},
    "training_session": {"state": "cancelled", "ended_by_id": "victim", "seats": 10, "minutes": 60},
    "training_seat": {"state": "in"},
    "seat": {"role": "observer"},
    "attendance": {"until_at": "now"},
    "room_call": {"answerer_id": "other", "state": "ended", "why": "hung_up", "ended_at": "now"},
    "lesson_sign": {"kind": "done"},
    "helped_session": {"struck_at": "now", "struck_by_id": "victim"},
    "hours_paper": {"minutes": 1, "sessions": 1},
    "data_request": {"kind": "correct"},
    "visit": {"kind": "home", "state": "cancelled", "why": "asker", "ended_at": "now", "children": True,
              "guardian_there": True},
    "campaign": {"state": "closed", "closed_at": "now", "counts": "asked", "goal": 10},
    "acknowledgement": {},
    "quiz_try": {},
    "class_work": {"kind": "help", "target": "", "audience": "class"},
    "group_task": {"state": "open"},
    "device_offer": {"kind": "phone", "terms": "gift", "condition": "good", "count": 1},
    "device": {"kind": "phone", "terms": "gift"},
    "device_need": {"kind": "device", "at_home": "none", "receiver_id": "victim", "basis": "poor",
                    "confirmed_by_id": "other", "confirmed_on": "today", "valid_until": "today"},
    "device_move": {"n": 1, "from_state": "", "to_state": "offered"},
    "device_thanks": {"side": "family"},
    "handover_point": {}, "device_handover": {},
    "device_loan": {"from_on": "today", "due_on": "today"},
    "internet_batch": {"network": "any", "gigabytes": 1, "days": 1},
    "notice_delivery": {"channel": "mail", "state": "sent", "ended_at": "now"}, "notice_choices": {},
    "notice_trouble": {"channel": "mail", "why": "tries"},
    "welfare": {"protects": "author", "level": "ambiguous", "home": "unknown", "ending": "cared"},
    "disclosure": {"door": "ask", "level": "ambiguous"}, "welfare_act": {"kind": "talked"},
    "published_answer": {"writer": "pupil"},
    "published_answer_endorsement": {"role": "teacher"},
    "internet_voucher": {"state": "free", "expires_on": "today"},
}  # fmt: skip


class Filler:
    """Rows for one person, parents before children."""

    def __init__(self, victim: int, other: int) -> None:
        self.people = {"victim": victim, "other": other}
        self.made: dict[str, Any] = {}
        self.filled: list[str] = []
        self.named: list[str] = []  # files

    @command
    def fill(self) -> None:
        for table in personal_columns.tables():
            if table.name in BY_TABLE and table.name not in LEFT_OUT:
                self._row(BY_TABLE[table.name], table)
        user = personal_columns.table("user")
        marked = {c.name: self._mark(c) for c in user.columns if c.info.get("personal")}
        db.session.execute(sa.update(user).where(user.c.id == self.people["victim"]).values(**marked))

    def _row(self, held: Entry, table: sa.Table) -> None:
        values = {name: self._said(value) for name, value in CHECKED.get(table.name, {}).items()}
        for column in table.columns:
            if column.info.get("personal") and (column.name in values or column.name == held.of[0]):
                self.filled.append(f"{table.name}.{column.name}")
            if column.name in values:
                continue
            if column.name == held.of[0]:
                values[column.name] = self.people["victim"]
            elif personal_columns.of_people(column):
                if not column.nullable:
                    values[column.name] = self.people["other"]
            elif column.info.get("personal"):
                values[column.name] = self._mark(column)
            elif column.foreign_keys and not column.nullable:
                values[column.name] = self._parent(column)
            elif not column.nullable and column.default is None and not self._counted(column):
                values[column.name] = self._plain(column)
        # Whose it is by way of another table: that row is the victim's.
        if ">" in held.of[0]:
            way = held.of[0].split(">")[0]
            values[way] = self._parent(table.columns[way])
        found = db.session.execute(table.insert().values(**values))
        self.made[table.name] = found.inserted_primary_key[0]

    def _mark(self, column: sa.Column[Any]) -> Any:
        self.filled.append(f"{column.table.name}.{column.name}")
        if isinstance(column.type, sa.Integer):  # SQLite would take a text here, PostgreSQL does not
            return NUMBERS[column.name]
        kind = column.type.python_type if not isinstance(column.type, sa.types.TypeDecorator) else str
        if column.info["personal"] in FILES:
            name = MARK + f"{len(self.named):016x}"
            place = file_storage.path_of(name)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(MARK.encode())
            self.named.append(name)
            return name
        if isinstance(column.type, sa.JSON):
            return {"name": MARK} if column.name == "params" else [MARK]
        if kind is bytes:
            return MARK.encode()
        if kind is date:
            return clock.today()
        if kind is datetime:
            return clock.now()
        return f"{column.name} {MARK}"

    def _parent(self, column: sa.Column[Any]) -> Any:
        to = next(iter(column.foreign_keys)).column
        if to.table.name in self.made:
            return self.made[to.table.name]
        found = db.session.execute(sa.select(to).order_by(to).limit(1)).scalar()
        if found is None:  # nobody's own, and there is none yet
            self._row(Entry(to.table.name, "", ("",), KEPT), to.table)
            return self.made[to.table.name]
        return found

    @staticmethod
    def _counted(column: sa.Column[Any]) -> bool:
        return bool(column.primary_key and column.table.autoincrement_column is column)

    def _plain(self, column: sa.Column[Any]) -> Any:
        if isinstance(column.type, sa.JSON):
            return []
        if isinstance(column.type, sa.types.TypeDecorator):
            return clock.now()
        values = {str: f"-{column.name}", int: 1, bool: False, date: clock.today(), bytes: b"-", float: 0.0}
        return values[column.type.python_type]

    def _said(self, value: Any) -> Any:
        moments = {"now": clock.now(), "later": clock.now() + DAY, "today": clock.today()}
        if isinstance(value, str):
            return self.people.get(value, moments.get(value, value))
        return value


def in_database() -> list[str]:
    """Where the marker still stands, in any column of any table; sealed columns are opened."""
    found = []
    with db.engine.connect() as connection:
        for table in personal_columns.tables():
            for row in connection.execute(sa.select(table)):
                for column, value in zip(table.columns, row, strict=True):
                    said = value.decode("latin-1") if isinstance(value, bytes) else str(value)
                    if MARK in said.lower():
                        found.append(f"{table.name}.{column.name}")
    return sorted(set(found))


def in_files(*folders: Path) -> list[str]:
    """Files whose name or content holds it."""
    paths = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return [str(path) for path in paths if MARK in path.name or MARK.encode() in path.read_bytes()]


def in_redis(app: Flask) -> list[str]:
    """Keys that hold it, in their names or in their values."""
    url = app.config["SETTINGS"].redis_url
    if url is None:
        return []
    found = []
    with redis.Redis.from_url(url) as asked:
        for key in asked.scan_iter():
            if MARK in key.decode("latin-1").lower() or MARK.encode() in (asked.dump(key) or b"").lower():
                found.append(key.decode("latin-1"))
    return found
