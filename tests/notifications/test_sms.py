"""Short messages: to grown-ups who showed that the number is theirs, counted, without accents, each once."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.fake_services import running
from tests.sms_adapter import Adapter, serve
from tutoring.config import Settings
from tutoring.kernel import clock, jobs, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.notifications.channels.registry import CHANNELS, OutgoingMessage, Unreachable
from tutoring.notifications.channels.sms import channel
from tutoring.notifications.channels.sms.channel import BASIC, MOST, fit
from tutoring.notifications.channels.sms.commands import Ceiling, forget_texts_of
from tutoring.notifications.channels.sms.models import TextSent

As = Callable[[str], FlaskClient]
TOKEN = "a token that is long enough"
LETTER = OutgoingMessage("Buổi học", ("Bạn có buổi học hoặc cuộc hẹn sắp tới.",), "/notices", "near:7")
NUMBER = "+84901234567"


@pytest.fixture
def gateway(app: Flask, tmp_path: Path) -> Iterator[Adapter]:
    adapter = Adapter(TOKEN, tmp_path / "sent.jsonl", check_time=False)
    before: Settings = app.config["SETTINGS"]
    with running(serve(adapter)) as address:
        app.config["SETTINGS"] = replace(
            before, sms_url=f"http://{address}/send", sms_token=TOKEN, sms_per_person=3, sms_per_day=5
        )
        yield adapter
    app.config["SETTINGS"] = before


def sent(adapter: Adapter) -> list[dict[str, Any]]:
    return list(map(json.loads, adapter.file.read_text("utf-8").splitlines())) if adapter.file.exists() else []


@command
def give_number(user_id: int, number: str | None = NUMBER) -> None:
    person(user_id).phone = number


def work(app: Flask) -> None:
    with app.app_context():
        while jobs.run_due():
            pass


def confirm(app: Flask, client: FlaskClient, user_id: int, adapter: Adapter) -> None:
    with app.app_context():
        give_number(user_id)
    client.post("/notices/texts")
    work(app)
    code = re.search(r"\b\d{6}\b", sent(adapter)[-1]["text"])
    assert code
    client.post("/notices/texts/number", data={"code": code[0]})


def deliver(app: Flask, user_id: int, key: str = "near:7") -> None:
    with app.app_context():
        CHANNELS["sms"].deliver(person(user_id), replace(LETTER, key=key))


def reached(app: Flask, user_id: int) -> bool:
    with app.app_context():
        return CHANNELS["sms"].reaches(person(user_id))


def test_nothing_goes_to_a_number_that_was_not_confirmed(app: Flask, world: World, as_: As, gateway: Adapter) -> None:
    with app.app_context():
        give_number(world["lan"])
    assert not reached(app, world["lan"])
    with pytest.raises(Unreachable):
        deliver(app, world["lan"])
    assert sent(gateway) == []


def test_a_confirmed_number_gets_one_sentence_and_the_path(app: Flask, world: World, as_: As, gateway: Adapter) -> None:
    confirm(app, as_("lan"), world["lan"], gateway)
    assert reached(app, world["lan"])
    deliver(app, world["lan"])
    code, letter = sent(gateway)
    assert (code["kind"], letter["kind"]) == ("code", "notice") and letter["to"] == NUMBER
    assert letter["text"] == "Cung Hoc: Ban co buoi hoc hoac cuoc hen sap toi. localhost/notices"
    assert set(letter["text"]) <= BASIC and len(letter["text"]) <= MOST


def test_a_repeat_goes_out_once_and_counts_once(app: Flask, world: World, as_: As, gateway: Adapter) -> None:
    confirm(app, as_("lan"), world["lan"], gateway)
    for _ in range(6):
        deliver(app, world["lan"])
    assert [one["kind"] for one in sent(gateway)] == ["code", "notice"]


def test_a_repeat_that_says_less_because_something_was_read_is_taken_as_sent(
    app: Flask, world: World, as_: As, gateway: Adapter
) -> None:
    confirm(app, as_("lan"), world["lan"], gateway)
    deliver(app, world["lan"])
    with app.app_context():
        CHANNELS["sms"].deliver(person(world["lan"]), replace(LETTER, lines=("Bạn có một cuộc hẹn.",)))
    assert [one["kind"] for one in sent(gateway)] == ["code", "notice"]


def test_a_day_has_a_ceiling_for_each_person_and_for_the_site(
    app: Flask, world: World, as_: As, gateway: Adapter
) -> None:
    confirm(app, as_("lan"), world["lan"], gateway)
    deliver(app, world["lan"], "a:1")
    deliver(app, world["lan"], "a:2")
    with pytest.raises(Ceiling, match="person"):
        deliver(app, world["lan"], "a:3")
    rate_limits.clear()
    confirm(app, as_("hang"), world["hang"], gateway)
    deliver(app, world["hang"], "a:1")
    with pytest.raises(Ceiling, match="site"):
        deliver(app, world["hang"], "a:2")
    assert len(sent(gateway)) == 5
    with clock.travel(clock.now() + timedelta(days=1)):
        deliver(app, world["lan"], "a:3")
    assert len(sent(gateway)) == 6


def test_another_number_has_to_be_confirmed_anew(app: Flask, world: World, as_: As, gateway: Adapter) -> None:
    confirm(app, as_("lan"), world["lan"], gateway)
    with app.app_context():
        give_number(world["lan"], "+84907654321")
    assert not reached(app, world["lan"])
    with app.app_context():
        give_number(world["lan"], None)
    assert not reached(app, world["lan"])


def test_children_get_none(app: Flask, world: World, as_: As, gateway: Adapter) -> None:
    with app.app_context():
        give_number(world["khoa"])
        give_number(world["minh"])
    for name in ("khoa", "minh"):
        client = as_(name)
        assert "sms-title" not in client.get("/notices/choices").text
        page = client.post("/notices/texts", follow_redirects=True)
        assert "chỉ dành cho người lớn" in page.text
    work(app)
    assert sent(gateway) == []


def test_a_wrong_or_late_code_confirms_nothing(app: Flask, world: World, as_: As, gateway: Adapter) -> None:
    client = as_("lan")
    with app.app_context():
        give_number(world["lan"])
    client.post("/notices/texts")
    work(app)
    right = re.search(r"\b\d{6}\b", sent(gateway)[-1]["text"])
    assert right
    wrong = f"{(int(right[0]) + 1) % 1_000_000:06d}"
    assert "không đúng" in client.post("/notices/texts/number", data={"code": wrong}, follow_redirects=True).text
    with clock.travel(clock.now() + timedelta(minutes=11)):
        client.post("/notices/texts/number", data={"code": right[0]})
    assert not reached(app, world["lan"])
    client.post("/notices/texts/number", data={"code": right[0]})
    assert reached(app, world["lan"])
    client.post("/notices/texts/off")
    client.post("/notices/texts/number", data={"code": right[0]})
    assert not reached(app, world["lan"])  # it is spent


def test_guessing_ends_after_five_tries(app: Flask, world: World, as_: As, gateway: Adapter) -> None:
    client = as_("lan")
    with app.app_context():
        give_number(world["lan"])
    client.post("/notices/texts")
    for _ in range(5):
        client.post("/notices/texts/number", data={"code": "x"})
    work(app)
    right = re.search(r"\b\d{6}\b", sent(gateway)[-1]["text"])
    assert right
    client.post("/notices/texts/number", data={"code": right[0]})
    assert not reached(app, world["lan"])


def test_three_codes_a_day_go_to_a_number_whoever_asks(app: Flask, world: World, as_: As, gateway: Adapter) -> None:
    with app.app_context():
        give_number(world["lan"])
        give_number(world["hang"])
    for name in ("lan", "hang", "lan", "hang", "lan"):
        as_(name).post("/notices/texts")
        work(app)
    assert len(sent(gateway)) == 3


def test_the_code_stands_nowhere_in_the_database(app: Flask, world: World, as_: As, gateway: Adapter) -> None:
    with app.app_context():
        give_number(world["lan"])
    as_("lan").post("/notices/texts")
    work(app)
    code = re.search(r"\b\d{6}\b", sent(gateway)[-1]["text"])
    assert code
    with app.app_context():
        for table in ("text_number", "text_sent", "due_work"):
            told = str(db.session.execute(sa.text(f"SELECT * FROM {table}")).all())
            assert code[0] not in told and "901234567" not in told


def test_a_number_that_takes_none_is_given_up_and_other_answers_are_tried_again(
    app: Flask, world: World, as_: As, gateway: Adapter
) -> None:
    confirm(app, as_("lan"), world["lan"], gateway)
    gateway.refused.add(NUMBER)
    with pytest.raises(Unreachable):
        deliver(app, world["lan"])
    gateway.refused.clear()
    gateway.token = "somebody else's token here"
    with pytest.raises(channel.NotTaken, match="401"):
        deliver(app, world["lan"], "b:1")
    gateway.token = TOKEN
    deliver(app, world["lan"], "b:1")
    assert sent(gateway)[-1]["kind"] == "notice"


def test_the_gateway_refuses_what_was_changed_on_the_way(gateway: Adapter) -> None:
    body = json.dumps({"to": NUMBER, "text": "a", "key": "k", "kind": "notice"}).encode()
    headers = {
        "Authorization": f"Bearer {TOKEN}",
        "X-Timestamp": "5",
        "X-Signature": channel.signature(TOKEN, "5", body),
    }
    assert gateway.take(headers, body.replace(b'"a"', b'"b"')) == 401
    assert gateway.take({**headers, "X-Timestamp": "6"}, body) == 401
    assert gateway.take(headers, body) == 202 and gateway.take(headers, body) == 200
    gateway.check_time = True
    assert gateway.take(headers, body) == 401  # of long ago


def test_an_erased_account_leaves_none_of_it(app: Flask, world: World, as_: As, gateway: Adapter) -> None:
    confirm(app, as_("lan"), world["lan"], gateway)
    with app.app_context():
        forget_texts_of(world["lan"])
        assert db.session.scalars(sa.select(TextSent)).all() == []
    assert not reached(app, world["lan"])


@pytest.mark.parametrize(
    ("sentence", "ending", "accents", "text"),
    [
        ("Bạn có tin mới.", "hoc.vn/notices", False, "Ban co tin moi. hoc.vn/notices"),
        ("Bạn có tin mới.", "", True, "Bạn có tin mới."),
        ("Đặng “Hoà” – ổn…", "", False, 'Dang "Hoa" - on...'),
        ("x 中 y", "", False, "x ? y"),
    ],
)
def test_what_a_message_says(sentence: str, ending: str, accents: bool, text: str) -> None:
    assert fit(sentence, ending, accents=accents) == text


def test_a_long_sentence_is_cut_between_words_and_the_path_never() -> None:
    text = fit("Khu phố của bạn có tin mới rất dài. " * 9, "hoc.example.vn/notices")
    assert len(text) <= MOST and text.endswith("... hoc.example.vn/notices") and "  " not in text
    short = fit("Khu phố của bạn có tin mới rất dài. " * 9, "hoc.example.vn/notices", accents=True)
    assert len(short) <= 70 and short.endswith("hoc.example.vn/notices")
