"""Units in bulk: files in the forms people make them, checked as a whole, written in pieces, given back when faulty."""

import csv
import io
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tutoring.community import commands as community
from tutoring.community.bulk_import import commands as bulk_import_commands
from tutoring.community.bulk_import import jobs as bulk_import_jobs
from tutoring.community.bulk_import.models import UnitImport
from tutoring.community.models import Unit
from tutoring.community.units import staff_queries
from tutoring.kernel import jobs
from tutoring.kernel.db import db
from tutoring.kernel.errors import Forbidden, InvalidInput, NotFound

As = Callable[[str], FlaskClient]
HEAD = "mã,loại,hình thức,tên,mã cấp trên,khối,năm học,từ ngày\n"


def send(world: World, name: str, text: str | bytes, kind: str = "units") -> int:
    """A file that somebody sends, checked by now."""
    data = text if isinstance(text, bytes) else text.encode()
    made = bulk_import_commands.send_file(person(world[name]), kind, "tep.csv", data)
    while jobs.run_due():
        pass
    return made


def row(import_id: int) -> UnitImport:
    db.session.rollback()
    return db.session.get_one(UnitImport, import_id)


def faults(import_id: int) -> list[tuple[int, str]]:
    return [(line, column) for line, column, _say, _facts in row(import_id).faults]


def write(world: World, name: str, import_id: int) -> UnitImport:
    bulk_import_commands.write_import(person(world[name]), import_id)
    while jobs.run_due():
        pass
    return row(import_id)


def unit_of(code: str) -> Unit:
    return db.session.scalars(sa.select(Unit).where(Unit.code == code)).one()


def test_a_ward_with_all_below_it_comes_in_by_one_file(app: Flask, world: World) -> None:
    text = HEAD + (
        "P2-TH-4A,lớp,,Lớp 4A,P2-TH,4,2027–2028,\n"  # before the school it belongs to
        "P2,phường,,Phường Hai,demo-tp,,,01/07/2027\n"
        "P2-KP1,khu phố,,Khu phố 1,P2,,,\n"
        "P2-TH,trường,,Trường Hai,P2,,,\n"
    )
    with app.app_context():
        made = send(world, "admin1", text)
        assert row(made).state == "ready" and row(made).counts == {"new": 4, "changed": 0, "same": 0, "faults": 0}
        assert db.session.scalar(sa.select(Unit.id).where(Unit.code == "P2")) is None  # nothing is written yet
        assert write(world, "admin1", made).state == "done"
        ward, hood, school, group = (unit_of(code) for code in ("P2", "P2-KP1", "P2-TH", "P2-TH-4A"))
        assert (ward.kind, ward.form, ward.ward_id, ward.parent_id) == ("ward", "phường", ward.id, world["tp"])
        assert str(ward.effective_from) == "2027-07-01"
        assert (hood.form, hood.ward_id, hood.parent_id) == ("khu phố", ward.id, ward.id)
        assert (group.kind, group.grade, group.school_id, group.ward_id) == ("class", 4, school.id, ward.id)
        assert row(made).finished_at is not None


@pytest.mark.parametrize("between", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_files_as_spreadsheets_write_them_are_read(app: Flask, world: World, between: str, encoding: str) -> None:
    text = f"Mã{between}Loại{between}Tên{between}Mã cấp trên\r\nP3{between}xã{between}Xã Ba{between}demo-tp\r\n"
    with app.app_context():
        made = send(world, "admin1", text.encode(encoding))
        assert row(made).state == "ready" and row(made).counts["new"] == 1


def test_one_faulty_line_and_nothing_is_written(app: Flask, world: World, as_: As) -> None:
    text = HEAD + (
        "P4,phường,,Phường Bốn,demo-tp,,,\n"
        "P4,phường,,Phường Năm,demo-tp,,,\n"
        "P5,quận,,Quận Sáu,demo-tp,,,\n"
        "P6,khu phố,,,P4,,,\n"
        "P7,lớp,,Lớp 13A,P4,13,,\n"
        "P8,khu phố,,Khu phố 8,KHONG-CO,,,31/02/2027\n"
        "P9,khu phố,,Khu phố 9,KHONG-CO,,,\n"
        "P10,lớp,,Lớp 1A,P4,1,,\n"
        "P11,khu phố,,khu phố 3,demo-phuong,,,\n"
    )
    with app.app_context():
        made = send(world, "admin1", text)
        assert row(made).state == "faulty"
        assert faults(made) == [
            (3, "code"), (4, "kind"), (5, "name"), (6, "grade"), (7, "from"), (8, "parent"), (9, "parent"),
            (10, "name"),
        ]  # fmt: skip
        with pytest.raises(Exception, match="chưa ghi được"):
            bulk_import_commands.write_import(person(world["admin1"]), made)
        assert db.session.scalar(sa.select(Unit.id).where(Unit.code == "P4")) is None
    page = as_("admin1").get(f"/units/imports/{made}").text
    assert "Không có loại “quận”" in page and "Mã “P4” đã có ở dòng 2." in page
    back = as_("admin1").get(f"/units/imports/{made}/faulty.csv")
    rows = list(csv.reader(io.StringIO(back.data.decode("utf-8-sig"))))
    assert rows[0][-1] == "lỗi" and rows[1][-1] == "" and "dòng 2" in rows[2][-1] and len(rows) == 10


def test_a_file_that_was_given_back_is_mended_and_sent_again(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        made = send(world, "admin1", HEAD + "P4,phường,,,demo-tp,,,\n")
    back = as_("admin1").get(f"/units/imports/{made}/faulty.csv").data.decode("utf-8-sig")
    assert "Thiếu tên" in back
    with app.app_context():
        again = send(world, "admin1", back.replace("P4,phường,,,", "P4,phường,,Phường Bốn,"))
        assert row(again).state == "ready"


def test_sent_once_more_a_file_changes_nothing_and_new_names_are_taken_over(app: Flask, world: World) -> None:
    text = HEAD + "P4,phường,,Phường Bốn,demo-tp,,,\nP4-1,ấp,,Ấp 1,P4,,,\n"
    with app.app_context():
        write(world, "admin1", send(world, "admin1", text))
        assert row(send(world, "admin1", text)).counts == {"new": 0, "changed": 0, "same": 2, "faults": 0}
        made = send(world, "admin1", text.replace("Ấp 1", "Ấp Một"))
        assert row(made).counts["changed"] == 1
        write(world, "admin1", made)
        assert unit_of("P4-1").name == "Ấp Một"


def test_what_is_known_stays_what_it_is_and_where_it_is(app: Flask, world: World) -> None:
    with app.app_context():
        assert faults(send(world, "admin1", HEAD + "demo-kp3,trường,,Khu phố 3,demo-phuong,,,\n")) == [(2, "kind")]
        assert faults(send(world, "admin1", HEAD + "demo-kp3,khu phố,,Khu phố 3,demo-tp,,,\n")) == [(2, "parent")]


def test_a_unit_never_stands_above_itself(app: Flask, world: World) -> None:
    text = HEAD + "A,đơn vị đồng hành,,A,B,,,\nB,đơn vị đồng hành,,B,A,,,\nC,đơn vị đồng hành,,C,C,,,\n"
    with app.app_context():
        assert {line for line, _column in faults(send(world, "admin1", text))} == {2, 3, 4}


def test_a_coordinator_adds_below_the_own_unit_alone(app: Flask, world: World) -> None:
    with app.app_context():
        made = send(world, "quang", HEAD + "demo-lop5a,lớp,,Lớp 5A,demo-truong,5,2026–2027,\n")
        assert row(made).state == "ready"
        text = (
            HEAD
            + "X,khu phố,,Khu phố X,demo-phuong,,,\nY,phường,,Phường Y,demo-tp,,,\n"
            + "demo-kp3,khu phố,,Ba,demo-phuong,,,\n"
        )
        assert {line for line, _ in faults(send(world, "quang", text))} == {2, 3, 4}


@pytest.mark.parametrize("name", ["mai", "hang", "bay", "minh"])
def test_nobody_else_sends_files(app: Flask, world: World, name: str) -> None:
    with app.app_context(), pytest.raises(Forbidden):
        bulk_import_commands.send_file(person(world[name]), "units", "x.csv", b"x")


def test_a_file_is_its_senders_alone(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        made = send(world, "quang", HEAD + "demo-lop5a,lớp,,Lớp 5A,demo-truong,5,2026–2027,\n")
        for other in ("admin1", "hang"):
            with pytest.raises(NotFound):
                bulk_import_commands.unit_import(person(world[other]), made)
    assert as_("admin1").get(f"/units/imports/{made}").status_code == 404


@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00", "mã;tên\nđ".encode("cp1258", "ignore"), b"m\x00"])
def test_what_is_no_text_is_refused_with_a_word_what_to_do(app: Flask, world: World, data: bytes) -> None:
    with app.app_context(), pytest.raises(InvalidInput) as refused:
        bulk_import_commands.send_file(person(world["admin1"]), "units", "x.csv", data)
    assert refused.value.field == "file"


@pytest.mark.parametrize("text", ["tên,loại\nA,phường\n", HEAD, "", 'mã,loại,tên\n"P4,phường'])
def test_a_file_without_columns_or_lines_says_so(app: Flask, world: World, text: str) -> None:
    with app.app_context():
        made = send(world, "admin1", text or "\n")
        assert row(made).state == "faulty" and len(row(made).faults) == 1


def test_writing_that_was_cut_off_goes_on_where_it_was(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert bulk_import_jobs.PIECE == 250
    monkeypatch.setattr(bulk_import_jobs, "PIECE", 25)
    lines = "".join(f"P4-{n},khu phố,,Khu phố {n},P4,,,\n" for n in range(1, 60))
    with app.app_context():
        made = send(world, "admin1", HEAD + "P4,phường,,Phường Bốn,demo-tp,,,\n" + lines)
        bulk_import_commands.write_import(person(world["admin1"]), made)
        real, pieces = bulk_import_jobs._write_piece, []

        def dies(*given: object) -> None:
            pieces.append(given)
            if len(pieces) == 2:
                raise RuntimeError
            real(*given)  # type: ignore[arg-type]

        monkeypatch.setattr(bulk_import_jobs, "_write_piece", dies)
        jobs.run_due()
        assert row(made).state == "writing" and row(made).done == 25
        bulk_import_commands.try_again(person(world["admin1"]), made)
        while jobs.run_due():
            pass
        assert row(made).state == "done" and row(made).done == row(made).total == 60
        count = sa.select(sa.func.count()).select_from(Unit).where(Unit.code.startswith("P4"))
        assert db.session.scalar(count) == 60


def test_units_stand_in_the_order_of_their_names_and_numbers_page_by_page(app: Flask, world: World) -> None:
    names = ["Khu phố 10", "Khu phố 2", "Ấp Đông", "Ấp Dân", "Khu phố 1", "Ấp Ân", "Ấp An"]
    lines = "".join(f"P4-{n},ấp,,{name},P4,,,\n" for n, name in enumerate(names))
    with app.app_context():
        write(world, "admin1", send(world, "admin1", HEAD + "P4,xã,,Xã Bốn,demo-tp,,,\n" + lines))
        ward = unit_of("P4").id
        page = staff_queries.units_below(ward, size=3)
        seen = [one.name for one in page.items]
        while page.more:
            page = staff_queries.units_below(ward, page.items[-1].id, size=3)
            seen += [one.name for one in page.items]
        assert seen == ["Ấp An", "Ấp Ân", "Ấp Dân", "Ấp Đông", "Khu phố 1", "Khu phố 2", "Khu phố 10"]


def test_the_pages_lead_from_a_file_to_its_units(app: Flask, world: World, as_: As) -> None:
    client = as_("admin1")
    assert "Tệp mẫu" in client.get("/units/imports").text
    sample = client.get("/units/imports/units.csv").data
    assert sample.startswith(b"\xef\xbb\xbf") and "mã cấp trên" in sample.decode()
    assert client.get("/units/imports/khac.csv").status_code == 404
    empty = client.post("/units/imports", data={"kind": "units"})
    assert empty.status_code == 422 and "Hãy chọn một tệp" in empty.text
    text = sample.decode("utf-8-sig").replace("MA-THANH-PHO", "demo-tp")
    sent = client.post("/units/imports", data={"kind": "units", "file": (io.BytesIO(text.encode()), "Phường mẫu.csv")})
    assert sent.status_code == 302
    assert "Đang xem từng dòng" in client.get(sent.location).text
    with app.app_context():
        while jobs.run_due():
            pass
    assert "Ghi vào trang" in client.get(sent.location).text
    assert client.post(f"{sent.location}/write").status_code == 302
    assert "Đã ghi 0 trên 4" in client.get(sent.location).text
    with app.app_context():
        while jobs.run_due():
            pass
    assert "Đã ghi 4 đơn vị" in client.get(sent.location).text
    assert "Phường Mẫu" in client.get(f"/units/{world['tp']}/classes").text


def test_a_file_that_was_dropped_changes_nothing(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        made = send(world, "admin1", HEAD + "P4,phường,,Phường Bốn,demo-tp,,,\n")
    assert as_("admin1").post(f"/units/imports/{made}/discard").status_code == 302
    with app.app_context():
        assert row(made).state == "discarded"
        assert db.session.scalar(sa.select(UnitImport.text).where(UnitImport.id == made)) == ""
        with pytest.raises(Exception, match="chưa ghi được"):
            bulk_import_commands.write_import(person(world["admin1"]), made)


def test_a_unit_made_by_hand_stands_in_order_too(app: Flask, world: World) -> None:
    with app.app_context():
        admin = person(world["admin1"])
        community.create_unit(admin, "demo-kp2", "neighbourhood", "Khu phố 2", parent_id=world["phuong"])
        community.create_unit(admin, "demo-kp11", "neighbourhood", "Khu phố 11", parent_id=world["phuong"])
        names = [one.name for one in staff_queries.units_below(world["phuong"]).items if one.kind == "neighbourhood"]
        assert names == ["Khu phố 2", "Khu phố 3", "Khu phố 11"]
