"""The log: what happened, and nothing by which a person could be known."""

import io
import json
import logging
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.swapped import alone
from tutoring.kernel import clock, logs


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    monkeypatch.setattr(logs._Process, "serving", True)
    out, handler = io.StringIO(), logging.StreamHandler()
    handler.setStream(out)
    handler.setFormatter(logs.JsonFormatter())
    handler.addFilter(lambda record: record.threadName == threading.current_thread().name)  # not of servers before
    monkeypatch.setattr(logs.event_log, "level", logging.INFO)
    root = logging.getLogger()
    root.addHandler(handler)
    with alone(logs.Pseudonyms("a key for tests, and long enough")):
        yield out
    root.removeHandler(handler)


def lines(log: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_words_of_our_own_and_small_numbers_are_written_and_nothing_else(log: io.StringIO) -> None:
    logger = logging.getLogger("tutoring.test")
    logger.warning("verb %s failed %d times", "catch_up", 3)
    logger.warning("from %s with %s and %d", "Lê Thị Lan", "0912345678", 912345678)
    logger.warning("from %s", {"text": "0912345678"})
    assert [line["what"] for line in lines(log)] == [
        "verb catch_up failed 3 times", "from %s with %s and %d", "from %s"
    ]  # fmt: skip


def test_texts_of_other_libraries_are_left_out(log: io.StringIO) -> None:
    logging.getLogger("elsewhere").warning("GET /search?q=0912345678")
    logging.getLogger("elsewhere").error("Error handling request %s", "/search?q=Lan")
    logging.getLogger("gunicorn.error").error("Invalid request from %s", "/search?q=Lan")
    logging.getLogger("gunicorn.error").warning("Invalid request from ip=192.0.2.7: Invalid HTTP Header: '0912345678'")
    said = ["…", "Error handling request …", "Invalid request from …", "Invalid request …"]
    assert [line["what"] for line in lines(log)] == said


def test_an_exception_tells_its_kind_and_place_and_never_its_words(log: io.StringIO) -> None:
    try:
        try:
            raise ValueError("Key (phone)=(0912345678) already exists")
        except ValueError as error:
            raise RuntimeError("Lê Thị Lan") from error
    except RuntimeError:
        logging.getLogger("tutoring.test").exception("due work %d failed", 7)
    (line,) = lines(log)
    assert line["error"] == ["RuntimeError", "ValueError"]
    assert "test_logs.py" in str(line["at_lines"])
    assert "0912" not in log.getvalue() and "Lan" not in log.getvalue()


def test_before_anybody_can_come_an_exception_says_what_is_wrong(
    log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs._Process, "serving", False)
    try:
        raise ValueError("ORIGINS must list every address")
    except ValueError:
        logging.getLogger("tutoring.test").exception("no start")
    assert lines(log)[0]["error"] == ["ValueError: ORIGINS must list every address"]


def test_no_input_begins_a_line_of_its_own(log: io.StringIO) -> None:
    logs.event("refused", 7, why='x\r\n{"level": "error"}', at="a\u2028b")
    logging.getLogger("tutoring.test").warning("one\r\ntwo")
    assert len(log.getvalue().splitlines()) == 2
    assert [line["from"] for line in lines(log)] == ["tutoring.events", "tutoring.test"]


def test_a_person_is_a_pseudonym_that_changes_every_day(log: io.StringIO) -> None:
    today = logs.who(7)
    assert today == logs.who(7) != logs.who(8) and len(today) == 10 and logs.who(None) == "-"
    with clock.travel(clock.now() + timedelta(days=1)):
        assert logs.who(7) != today


def test_files_of_the_site_may_be_named(log: io.StringIO) -> None:
    logging.getLogger("tutoring.lessons").error("lesson content: %s", logs.LogSafe("vi.md:3: lỗi"))
    assert lines(log)[0]["what"] == "lesson content: vi.md:3: lỗi"
