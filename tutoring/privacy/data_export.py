"""Writes the data export of a user.

The export is one ZIP with a JSON file of all stored data about the user, and the user's own pictures and
voice notes.
Rows are read and written in streams, so an export of ten years takes no more memory than one of a day.
"""

import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any, BinaryIO

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from tutoring.community.models import Unit
from tutoring.kernel import clock, file_storage
from tutoring.kernel.db import db
from tutoring.kernel.site_identity import named
from tutoring.privacy import personal_columns
from tutoring.privacy.inventory_entries import Entry

AT_ONCE = 500  # rows
READ_ME = """\
Dữ liệu của bạn ở Cùng Học · Your data at Cùng Học

data.json: mọi điều Cùng Học giữ về bạn, xếp theo từng việc. Giờ ghi theo UTC.
pictures/: ảnh bạn đã gửi, tên tập tin đúng như trong data.json.
voice_note/, waiting_voice_note/, spoken_answer/: tin thoại bạn đã gửi, tên tập tin là số ở phần cùng tên.
"helper_note" trong data.json: ghi chú mà người giúp viết về bạn.

Không có trong này: lời khác do người khác viết, số điện thoại của người khác, mật khẩu, và những gì giữ
để bảo vệ trẻ em (xem mục “Vì sao có điều không nằm trong tập tin” ở trang Dữ liệu của tôi).
"""


def make(subject_id: int, for_guardian: bool) -> tuple[str, int]:
    """Writes the ZIP into the folder of private files; returns its name and size."""
    size = 0

    def write(file: BinaryIO) -> None:
        nonlocal size
        with _reading() as connection, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("DOC-TRUOC.txt", named(READ_ME))
            with archive.open("data.json", "w", force_zip64=True) as out:
                for part in _json(connection, subject_id, for_guardian):
                    out.write(part.encode())
            for name in _pictures(connection, subject_id, for_guardian):
                if (data := file_storage.read(name)) is not None:
                    archive.writestr(zipfile.ZipInfo(f"pictures/{name}.webp", _now()), data)  # compressed already
            for place, sound in _voice_notes(connection, subject_id, for_guardian):
                archive.writestr(zipfile.ZipInfo(f"{place}.ogg", _now()), sound)
        size = file.tell()

    return file_storage.keep_written(write), size


@contextmanager
def _reading() -> Iterator[Connection]:
    with db.engine.connect() as connection:
        yield connection.execution_options(yield_per=AT_ONCE)


def _now() -> tuple[int, int, int, int, int, int]:
    return clock.local(clock.now()).timetuple()[:6]


def _json(connection: Connection, subject_id: int, for_guardian: bool) -> Iterator[str]:
    units = {row[0]: row[1] for row in connection.execute(sa.select(Unit.id, Unit.name))}
    made = json.dumps({"made_at": clock.now().isoformat(timespec="seconds"), "format": 1})[1:-1]
    yield f'{{{made}, "data": {{'
    for number, held in enumerate(personal_columns.exportable(for_guardian)):
        yield f'{", " if number else ""}\n"{held.table}": ['
        for place, row in enumerate(rows(connection, held, subject_id, units, for_guardian)):
            yield f"{',' if place else ''}\n  {json.dumps(row, ensure_ascii=False)}"
        yield "]"
    yield "\n}}\n"


def rows(
    connection: Connection, held: Entry, subject_id: int, units: dict[int, str], for_guardian: bool = False
) -> Iterator[dict[str, Any]]:
    """Yields the rows that concern the subject, for a guardian those that a guardian may see.

    Personal columns are exported only from the subject's own rows. The facts of a session belong to both sides, a text
    belongs to its author.
    """
    table, names = personal_columns.table(held.table), personal_columns.exported_columns(held)
    own = sa.case((personal_columns.belongs(held, subject_id), 1), else_=0).label("is_own")
    query = sa.select(own, *(table.columns[name] for name in names)).where(
        personal_columns.belongs(held, subject_id, own=False)
    )
    if for_guardian:
        query = query.where(personal_columns.shown_to_guardian(held))
    private = {name for name in names if table.columns[name].info.get("personal")}
    people = {name for name in names if personal_columns.of_people(table.columns[name])}
    for row in connection.execute(query.order_by(*table.primary_key.columns)):
        found: dict[str, Any] = {}
        for name, value in zip(names, row[1:], strict=True):
            if name in people:
                if value == subject_id:
                    found[name] = "me"
            elif name == "unit_id":
                found["unit"] = units.get(value)
            elif row[0] or name not in private:
                found[name] = plain(value)
        yield found


def plain(value: Any) -> Any:
    """Returns a value in the form that JSON accepts."""
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else value


def _pictures(connection: Connection, subject_id: int, for_guardian: bool) -> Iterator[str]:
    for held in personal_columns.exportable(False):
        if held.table in ("picture", "waiting_picture"):
            columns = personal_columns.table(held.table).columns
            query = sa.select(columns["name"]).where(personal_columns.belongs(held, subject_id))
            if for_guardian:
                query = query.where(personal_columns.shown_to_guardian(held))
            if "locked_at" in columns:  # it may show abuse: no user gets a copy
                query = query.where(columns["locked_at"].is_(None))
            yield from connection.execute(query).scalars()


def _voice_notes(connection: Connection, subject_id: int, for_guardian: bool) -> Iterator[tuple[str, bytes]]:
    for held in personal_columns.exportable(for_guardian):
        if held.table not in ("voice_note", "waiting_voice_note", "spoken_answer"):
            continue
        columns = personal_columns.table(held.table).columns
        [key] = personal_columns.table(held.table).primary_key
        query = sa.select(key.label("number"), columns["opus"]).where(personal_columns.belongs(held, subject_id))
        if for_guardian:
            query = query.where(personal_columns.shown_to_guardian(held))
        for row in connection.execute(query.execution_options(yield_per=1)):  # one sound in memory at a time
            yield f"{held.table}/{row.number}", row.opus
