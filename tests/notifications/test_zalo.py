"""The site's messages as approved templates by Zalo, and what happens where Zalo takes none."""

import json
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask

from deploy.gateways import receiver
from deploy.gateways.receiver import serve
from deploy.gateways.zalo import LOCAL, Account, ZaloGateway, from_environment
from tests.factories import World, person
from tests.fake_services import running
from tests.notifications.zalo_server import APP, IDS, SECRET, Zalo
from tutoring.config import ROOT, Settings
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.notifications.channels.registry import CHANNELS, OutgoingMessage, Unreachable
from tutoring.notifications.channels.sms.channel import NotTaken, signature
from tutoring.notifications.channels.sms.models import TextNumber
from tutoring.notifications.channels.sms.queries import place_name_of
from tutoring.notifications.channels.sms.templates import CODE, LONGEST, OTHER, TEMPLATES, check_ids, template_of
from tutoring.notifications.preferences.topics import TOPICS

TOKEN = "a token that is long enough"
NUMBER, PHONE = "+84901234567", "84901234567"
SMS = ("https://sms.example.vn/send", "another token that is long enough")
LETTER = OutgoingMessage("Buổi học", ("Bạn có buổi học hoặc cuộc hẹn sắp tới.",), "/notices", "near:7", ("sessions",))


@dataclass
class Line:
    """A gateway between the site and Zalo, and a gateway of SMS beside it."""

    zalo: Zalo
    gateway: ZaloGateway
    sms: list[dict[str, str]] = field(default_factory=list)
    sms_status: int = 202


def make_line(folder: Path, *, fallback: bool = True, per_day: int = 100) -> Line:
    zalo = Zalo({PHONE})

    def send(url: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        if url == SMS[0]:
            line.sms.append(json.loads(body))
            return line.sms_status, b""
        return zalo.post(url, body, headers)

    folder.mkdir(exist_ok=True)
    gateway = ZaloGateway(
        TOKEN, folder, Account(APP, SECRET, "refresh-0", per_day), fallback=SMS if fallback else None, send=send,
        now=lambda: datetime(2026, 12, 2, zalo.hour, 30, tzinfo=LOCAL), check_time=False,
    )  # fmt: skip
    line = Line(zalo, gateway)
    return line


@pytest.fixture
def line(tmp_path: Path) -> Line:
    return make_line(tmp_path)


def message(key: str = "k1", name: str = "sessions", **other: object) -> dict[str, object]:
    params = {"unit": "Phường Minh Hoạ", "day": "02/12/2026", "count": "2", "path": "notices", "code": "123456"}
    kind = "code" if name == CODE else "notice"
    told: dict[str, object] = {
        "to": NUMBER, "text": "Cung Hoc: …", "key": key, "kind": kind, "topic": name, "template": IDS[name],
        "params": {one: params[one] for one in TEMPLATES[name].params},
    }  # fmt: skip
    return told | other


# ---- the site's side --------------------------------------------------------------------------------------------


@pytest.fixture
def site(app: Flask, world: World, line: Line) -> Iterator[Line]:
    """The site sends to the gateway; lan has confirmed her number."""
    before: Settings = app.config["SETTINGS"]
    with running(serve(line.gateway)) as address:
        app.config["SETTINGS"] = replace(before, sms_url=f"http://{address}/", sms_token=TOKEN, sms_templates=IDS)
        with app.app_context():
            _confirm(world["lan"])
        yield line
    app.config["SETTINGS"] = before


@command
def _confirm(user_id: int) -> None:
    user = person(user_id)
    user.phone = NUMBER
    db.session.flush()
    db.session.add(TextNumber(user_id=user_id, number_mark=user.phone_mark or "", confirmed_at=clock.now()))


def deliver(app: Flask, user_id: int, letter: OutgoingMessage = LETTER) -> None:
    with app.app_context():
        CHANNELS["sms"].deliver(person(user_id), letter)


def test_a_notice_goes_out_as_its_approved_template(app: Flask, world: World, site: Line) -> None:
    deliver(app, world["lan"])
    [sent] = site.zalo.sent
    assert (sent["phone"], sent["template_id"]) == (PHONE, IDS["sessions"])
    assert set(sent["template_data"]) == {"unit", "day", "path"} and sent["template_data"]["path"] == "notices"
    assert site.sms == []


def test_no_parameter_names_a_person_or_a_class(app: Flask, world: World, site: Line) -> None:
    with app.app_context():
        names = [
            part for name in world.people for part in (person(world[name]).full_name, person(world[name]).called_name)
        ]
        assert place_name_of(world["lan"]) == place_name_of(world["minh"]) == "Phường Minh Hoạ"
    deliver(app, world["lan"], replace(LETTER, topics=("child", "digest"), lines=("a", "b"), key="many"))
    [sent] = site.zalo.sent
    assert sent["template_id"] == IDS[OTHER] and sent["template_data"]["count"] == "2"
    assert sent["template_data"].pop("unit") == "Phường Minh Hoạ"
    said = json.dumps(sent["template_data"], ensure_ascii=False)
    assert not [name for name in names if re.search(rf"\b{re.escape(name)}\b", said)] and "Lớp" not in said


def test_a_long_path_leads_to_the_inbox_instead_of_nowhere(app: Flask, world: World, site: Line) -> None:
    deliver(app, world["lan"], replace(LETTER, path=f"/rooms/{'9' * LONGEST}"))
    assert site.zalo.sent[0]["template_data"]["path"] == "notices"


def test_a_number_that_no_way_reaches_is_given_up(app: Flask, world: World, site: Line) -> None:
    site.zalo.accounts.clear()
    site.sms_status = 422
    with pytest.raises(Unreachable):
        deliver(app, world["lan"])


def test_what_fails_for_now_is_tried_again(app: Flask, world: World, site: Line) -> None:
    site.zalo.down, site.sms_status = True, 503
    with pytest.raises(NotTaken):
        deliver(app, world["lan"])
    site.zalo.down, site.sms_status = False, 202
    deliver(app, world["lan"])
    deliver(app, world["lan"])
    assert len(site.zalo.sent) == 1


@pytest.mark.parametrize(
    ("topics", "name"),
    [
        (("sessions",), "sessions"),
        (("alarm",), "alarm"),
        (("groups",), OTHER),
        (("sessions", "visits"), OTHER),
        ((), OTHER),
    ],
)
def test_a_letter_finds_its_template(topics: tuple[str, ...], name: str) -> None:
    assert template_of(topics) == name


@pytest.mark.parametrize("bad", [{"sessions": ""}, {"sessions": "12 3"}, {"no-topic": "12"}, {"sessions": "１２"}])
def test_a_wrong_setting_stops_the_start(bad: dict[str, str]) -> None:
    check_ids(IDS)
    with pytest.raises(ValueError, match="SMS_TEMPLATES"):
        check_ids(bad)


def test_the_page_lists_every_text_for_approval() -> None:
    page = (ROOT / "docs" / "zalo.md").read_text("utf-8")
    for name, template in TEMPLATES.items():
        assert f"| `{name}` | {template.text} |" in page, name
        assert set(re.findall(r"<(\w+)>", template.text)) | {"path"} >= set(template.params)
    for name, topic in TOPICS.items():  # what goes out as a short message by default has a text of its own
        assert "sms" not in topic.ways or name in TEMPLATES or topic.like in TEMPLATES, name


# ---- the gateway ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_every_template_is_taken_as_it_was_approved(line: Line, name: str) -> None:
    assert line.gateway.hand_on(message(name=name)) == 202
    assert [one["template_id"] for one in line.zalo.sent] == [IDS[name]]


OFF = [
    ({"template": "999"}, 400),
    ({"params": {}}, 400),
    ({"params": {"unit": "x", "day": "y", "path": "z", "child": "An"}}, 400),
    ({"params": {"unit": "x" * (LONGEST + 1), "day": "y", "path": "z"}}, 400),
    ({"template": ""}, 400),
    ({"to": "+84900000000"}, 422),
    ({"to": "0901234567"}, 422),
]


@pytest.mark.parametrize(("wrong", "status"), OFF)
def test_what_is_off_template_is_not_sent(tmp_path: Path, wrong: dict[str, object], status: int) -> None:
    alone = make_line(tmp_path / "alone", fallback=False)
    assert alone.gateway.hand_on(message(**wrong)) == status
    both = make_line(tmp_path / "both")
    assert both.gateway.hand_on(message(**wrong)) == 202
    assert alone.zalo.sent == both.zalo.sent == []
    assert [sorted(one) for one in both.sms] == [["key", "kind", "text", "to"]]


@pytest.mark.parametrize("hour", [22, 23, 0, 5])
def test_at_night_codes_go_out_and_the_rest_by_sms_or_later(tmp_path: Path, hour: int) -> None:
    alone, both = make_line(tmp_path / "alone", fallback=False), make_line(tmp_path / "both")
    alone.zalo.hour = both.zalo.hour = hour
    assert alone.gateway.hand_on(message()) == 429
    assert both.gateway.hand_on(message()) == 202 and len(both.sms) == 1
    assert both.gateway.hand_on(message("k2", CODE)) == 202 and len(both.zalo.sent) == 1


def test_a_used_up_quota_is_asked_for_once_a_day(tmp_path: Path) -> None:
    alone = make_line(tmp_path, fallback=False)
    alone.zalo.quota = 0
    assert alone.gateway.hand_on(message()) == 429
    alone.zalo.quota = 100
    assert alone.gateway.hand_on(message("k2")) == 429 and alone.zalo.sent == []


def test_the_own_limit_of_a_day_bounds_the_cost(tmp_path: Path) -> None:
    line = make_line(tmp_path, per_day=2)
    assert [line.gateway.hand_on(message(f"k{n}")) for n in range(3)] == [202, 202, 202]
    assert (len(line.zalo.sent), len(line.sms)) == (2, 1)


def test_tokens_are_renewed_once_and_kept_for_the_next_start(tmp_path: Path, line: Line) -> None:
    line.gateway.hand_on(message())
    line.zalo.access = "renewed by somebody else"
    assert line.gateway.hand_on(message("k2")) == 202 and line.zalo.renewed == 2
    later = make_line(tmp_path, per_day=100)
    later.zalo.access, later.zalo.refresh = line.zalo.access, line.zalo.refresh
    assert later.gateway.hand_on(message("k3")) == 202 and later.zalo.renewed == 0
    assert (tmp_path / "tokens.json").stat().st_mode & 0o077 == 0


def test_without_a_token_nothing_is_sent_and_the_site_tries_again(app: Flask, world: World, site: Line) -> None:
    site.zalo.refresh, site.sms_status = "another", 503
    with pytest.raises(NotTaken):
        deliver(app, world["lan"])
    assert site.zalo.sent == []


# ---- what the gateway keeps, and messages at once ---------------------------------------------------------------


def signed(told: dict[str, object]) -> tuple[dict[str, str], bytes]:
    body = json.dumps(told).encode()
    return {"Authorization": f"Bearer {TOKEN}", "X-Timestamp": "5", "X-Signature": signature(TOKEN, "5", body)}, body


def test_the_file_of_accepted_keys_holds_no_number_text_or_code(tmp_path: Path, line: Line) -> None:
    assert line.gateway.take(*signed(message(name=CODE))) == 202
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("taken.db*"))
    assert b"k1" in kept and not [one for one in (PHONE, "123456", "Cung Hoc") if one.encode() in kept]
    assert (tmp_path / "taken.db").stat().st_mode & 0o077 == 0


def test_accepted_keys_are_forgotten_after_three_days(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [line.gateway.take(*signed(message())) for _ in range(2)] == [202, 200]
    assert line.gateway.take(*signed(message(text="another"))) == 409
    monkeypatch.setattr(receiver, "REMEMBERED", -60)
    assert line.gateway.take(*signed(message())) == 202


def test_one_slow_message_holds_up_no_other_and_goes_out_once(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on = threading.Event(), threading.Event()
    send = line.zalo.post

    def slow(url: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        if b'"slow"' in body:
            begun.set()
            assert go_on.wait(60)
        return send(url, body, headers)

    monkeypatch.setattr(line.zalo, "post", slow)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(line.gateway.take, *signed(message("slow")))
        assert begun.wait(60)
        assert line.gateway.take(*signed(message("slow"))) == 503
        assert line.gateway.take(*signed(message("quick"))) == 202
        go_on.set()
        assert first.result(60) == 202
    assert line.gateway.take(*signed(message("slow"))) == 200
    assert len(line.zalo.sent) == 2


@pytest.mark.parametrize(
    ("number", "status"),
    [(-108, 422), (-118, 422), (-119, 422), (-141, 422), (-114, 400), (-139, 400), (-140, 400), (-124, 503)],
)
def test_a_number_is_given_up_only_without_a_way_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, status: int
) -> None:
    alone = make_line(tmp_path, fallback=False)
    monkeypatch.setattr(alone.zalo, "_fault", lambda *_: number)
    assert alone.gateway.hand_on(message()) == status


@pytest.mark.parametrize("answer", [b"", b"[]", b"{}", b'{"access_token": "a"}', None])
def test_without_a_token_sms_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: bytes | None) -> None:
    alone, both = make_line(tmp_path / "alone", fallback=False), make_line(tmp_path / "both")

    def post(_url: str, _body: bytes, _headers: dict[str, str]) -> tuple[int, bytes]:
        if answer is None:
            raise OSError("no answer")
        return 200, answer

    for one in (alone, both):
        monkeypatch.setattr(one.zalo, "post", post)
    assert alone.gateway.hand_on(message()) == 503
    assert both.gateway.hand_on(message()) == 202 and len(both.sms) == 1


def test_a_fallback_under_a_wrong_address_gives_no_number_up(line: Line) -> None:
    line.sms_status = 404
    assert line.gateway.hand_on(message(template="")) == 503


def test_the_settings_are_environment_variables(tmp_path: Path) -> None:
    env = {
        "GATEWAY_TOKEN": TOKEN, "GATEWAY_FOLDER": str(tmp_path), "ZALO_APP_ID": APP, "ZALO_APP_SECRET": SECRET,
        "ZALO_REFRESH_TOKEN": "refresh-0", "ZALO_PER_DAY": "7", "FALLBACK_URL": SMS[0], "FALLBACK_TOKEN": SMS[1],
    }  # fmt: skip
    made = from_environment(env)
    assert (made.token, made._account, made._fallback) == (TOKEN, Account(APP, SECRET, "refresh-0", 7), SMS)
    assert from_environment({**env, "FALLBACK_URL": ""})._fallback is None
    for missing in ("GATEWAY_TOKEN", "GATEWAY_FOLDER", "ZALO_APP_ID", "ZALO_APP_SECRET", "FALLBACK_TOKEN"):
        with pytest.raises(KeyError, match=missing):
            from_environment({name: value for name, value in env.items() if name != missing})
