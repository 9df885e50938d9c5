"""What was cut off the end of the audit chain shows in what was written down of it elsewhere."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from tests.kernel.test_audit import raw, record
from tests.swapped import swapped
from tutoring.cli import admin
from tutoring.kernel import clock, jobs, mail
from tutoring.kernel.audit_anchors import AnchorFile
from tutoring.kernel.db import db

MORNING = datetime(2026, 3, 2, 4, 0, tzinfo=clock.LOCAL)
DAY = timedelta(days=1)


@dataclass
class Place:
    app: Flask
    file: Path

    def grow(self, rows: int) -> None:
        with self.app.app_context():
            for n in range(rows):
                record(n, "mute", f"user:{n}", "nói tục")

    def work(self, at: datetime = MORNING) -> None:
        """A worker that looks at this moment, as web/job_worker.py does."""
        with self.app.app_context(), clock.travel(at):
            jobs.enqueue_daily_jobs()
            while jobs.run_due():
                pass

    def verify(self, *options: str, at: datetime = MORNING) -> Result:
        with clock.travel(at):
            return self.app.test_cli_runner(catch_exceptions=False).invoke(admin.audit_group, ["verify", *options])

    @property
    def lines(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.file.read_text("utf-8").splitlines()]


@pytest.fixture
def place(app: Flask, tmp_path: Path) -> Iterator[Place]:
    file = tmp_path / "elsewhere" / "anchors.jsonl"
    with swapped(app, anchor_file=AnchorFile(file, "")):
        yield Place(app, file)


def test_each_day_is_one_line_with_count_and_seal(place: Place) -> None:
    place.grow(3)
    place.work(MORNING - timedelta(hours=2))  # before its time
    assert not place.file.exists()
    place.work()
    place.work(MORNING + timedelta(hours=3))
    place.grow(2)
    place.work(MORNING + DAY)
    assert [(line["date"], line["count"]) for line in place.lines] == [("2026-03-02", 3), ("2026-03-03", 5)]
    assert len(str(place.lines[0]["head"])) == 64 and place.file.stat().st_mode & 0o077 == 0
    done = place.verify(at=MORNING + DAY)
    assert done.exit_code == 0 and "5 rows hold" in done.output


def test_two_workers_write_one_line(place: Place) -> None:
    place.grow(2)
    with clock.travel(MORNING):

        def work(_n: int) -> None:
            with place.app.app_context():
                jobs.enqueue_daily_jobs()
                while jobs.run_due():
                    pass

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(work, range(2)))
    assert len(place.lines) == 1


def test_a_chain_that_was_cut_off_names_the_day(place: Place) -> None:
    place.grow(3)
    place.work()
    place.grow(2)
    place.work(MORNING + DAY)
    with place.app.app_context():
        raw("DELETE FROM audit_row WHERE id > 3")
    done = place.verify(at=MORNING + DAY)
    assert done.exit_code == 1 and "2026-03-03: there were 5 rows, now there are 3" in done.output
    assert "2026-03-02" not in done.output


def test_a_chain_that_was_cut_off_and_grew_again_names_the_day(place: Place) -> None:
    place.grow(4)
    place.work()
    with place.app.app_context():
        raw("DELETE FROM audit_row WHERE id > 2")
    place.grow(4)
    done = place.verify()
    assert done.exit_code == 1 and "2026-03-02: row 4 is not the one that stood there" in done.output


def test_an_anchor_that_was_written_by_hand_is_found(place: Place) -> None:
    place.grow(3)
    place.work()
    line = place.lines[0] | {"count": 2}
    place.file.write_text(json.dumps(line) + "\n", "utf-8")
    done = place.verify()
    assert done.exit_code == 1 and "2026-03-02: this line was not written with the key" in done.output
    place.file.write_text("{\n", "utf-8")
    done = place.verify()
    assert done.exit_code == 1 and "line 1 of anchors.jsonl cannot be read" in done.output


def test_where_there_is_no_anchor_of_late_that_is_said(place: Place) -> None:
    place.grow(3)
    done = place.verify()
    assert done.exit_code == 2 and "the newest anchor is of no day" in done.output
    place.work()
    assert place.verify(at=MORNING + DAY).exit_code == 0  # today's may still come
    done = place.verify(at=MORNING + 3 * DAY)
    assert done.exit_code == 2 and "no anchor was written on 2026-03-03, 2026-03-04" in done.output
    assert "the newest anchor is of 2026-03-02" in done.output


def test_a_write_that_fails_is_tried_again_and_what_is_missing_is_said(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    place.grow(3)
    place.work()
    place.file.rename(place.file.with_name("kept"))
    place.file.mkdir()  # no file can be written there
    place.work(MORNING + DAY)
    assert "the anchor of 2026-03-03 could not be written" in caplog.text
    place.file.rmdir()
    place.file.with_name("kept").rename(place.file)
    done = place.verify(at=MORNING + 2 * DAY)
    assert "no anchor was written on 2026-03-03" in done.output
    with place.app.app_context(), clock.travel(MORNING + DAY + timedelta(minutes=5)):
        assert jobs.run_due() == 1  # the same work, a little later
    assert [line["date"] for line in place.lines] == ["2026-03-02", "2026-03-03"]
    assert place.verify(at=MORNING + DAY).exit_code == 0


def test_a_line_that_was_cut_short_is_not_joined_to_the_next(place: Place) -> None:
    place.grow(1)
    place.file.parent.mkdir()
    place.file.write_text('{"date": "2026', "utf-8")  # power was cut
    place.work()
    assert json.loads(place.file.read_text("utf-8").splitlines()[1])["date"] == "2026-03-02"


def test_the_line_goes_by_mail_and_a_copy_proves_as_much(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    letters: list[tuple[str, str]] = []
    monkeypatch.setattr(mail, "_deliver", lambda _server, letter: letters.append((letter["To"], letter.get_content())))
    server = mail.OutgoingMail("smtp://mail.example.vn", "hoc@example.vn")
    with swapped(place.app, outgoing_mail=server, anchor_file=AnchorFile(place.file, "ban@example.vn")):
        place.grow(3)
        place.work()
    [(to, text)] = letters
    assert to == "ban@example.vn"
    copy = tmp_path / "mailed"
    copy.write_text(text.strip().splitlines()[-1] + "\n", "utf-8")
    assert place.verify("--anchors", str(copy)).exit_code == 0
    with place.app.app_context():
        raw("DELETE FROM audit_row WHERE id = 3")
    place.file.unlink()  # whoever cut it off removed the file, too
    assert place.verify("--anchors", str(copy)).exit_code == 1


def test_work_of_every_day_is_put_down_once(place: Place) -> None:
    with place.app.app_context(), clock.travel(MORNING):
        jobs.enqueue_daily_jobs()
        jobs.enqueue_daily_jobs()
        assert db.session.scalar(sa.select(sa.func.count()).where(jobs.Job.kind == "audit.anchor")) == 1
