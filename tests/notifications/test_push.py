"""Notices on a device: switched on for one browser and one sign-in, sealed for it, gone with it."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, client_of, person
from tests.fake_services import PushService, running
from tests.swapped import alone, swapped
from tutoring.accounts.models import SignIn
from tutoring.accounts.sign_ins import lifecycle
from tutoring.home import demo_accounts
from tutoring.kernel import clock, jobs, outbound_http
from tutoring.kernel.db import db
from tutoring.notifications.channels.push import channel
from tutoring.notifications.channels.push.channel import PushKey
from tutoring.notifications.channels.push.models import PushSubscription
from tutoring.notifications.channels.registry import CHANNELS, OutgoingMessage, Unreachable

As = Callable[[str], FlaskClient]
LETTER = OutgoingMessage("Buổi học", ("Bạn có buổi học hoặc cuộc hẹn sắp tới.",), "/notices", "near:7")


@pytest.fixture
def service(app: Flask) -> Iterator[PushService]:
    made = PushService()
    key = PushKey(channel.new_key()[0], "mailto:ky-thuat@hoc.example.vn", loopback=True)
    with running(made.server), swapped(app, push_key=key):
        yield made


def turn_on(client: FlaskClient, service: PushService, name: str) -> int:
    endpoint, keys = service.browser(name)
    return client.post("/notices/push", json={"endpoint": endpoint, "keys": keys}).status_code


def deliver(app: Flask, user_id: int, letter: OutgoingMessage = LETTER) -> None:
    with app.app_context():
        CHANNELS["push"].deliver(person(user_id), letter)


def reached(app: Flask, user_id: int) -> bool:
    with app.app_context():
        return CHANNELS["push"].reaches(person(user_id))


def test_a_push_is_sealed_for_the_browser_and_says_one_sentence(
    app: Flask, world: World, as_: As, service: PushService
) -> None:
    assert turn_on(as_("lan"), service, "chrome") == 200
    deliver(app, world["lan"])
    deliver(app, world["lan"])  # a repeat
    first, second = service.took
    assert set(first.told) == {"say", "path", "tag"}
    assert first.told["say"] == LETTER.lines[0] and first.told["path"] == "/notices"
    assert first.topic == second.topic == first.told["tag"] == channel.topic_of("near:7")
    assert len(first.topic) <= 32 and first.headers["TTL"] == "86400"


def test_what_is_kept_of_a_browser_cannot_be_read_in_the_database(
    app: Flask, world: World, as_: As, service: PushService
) -> None:
    turn_on(as_("lan"), service, "chrome")
    with app.app_context():
        row = db.session.execute(sa.text("SELECT * FROM push_place")).one()
    told = " ".join(str(bytes(value) if isinstance(value, memoryview) else value) for value in row)
    assert "127.0.0.1" not in told and service.browsers["chrome"].keys["auth"] not in told


def test_signing_out_there_or_from_afar_ends_it(app: Flask, world: World, as_: As, service: PushService) -> None:
    phone, laptop = as_("lan"), as_("lan")
    turn_on(phone, service, "phone")
    turn_on(laptop, service, "laptop")
    phone.post("/sign-out")
    deliver(app, world["lan"])
    assert [one.browser for one in service.took] == ["laptop"]
    with app.app_context():
        lifecycle.end_all_sign_ins(world["lan"])
        assert db.session.scalars(sa.select(PushSubscription)).all() == []
        with pytest.raises(Unreachable):
            CHANNELS["push"].deliver(person(world["lan"]), LETTER)


def _comes_back(app: Flask, client: FlaskClient, user_id: int) -> None:
    """Signs in within a browser that has lost its session but not its cookies."""
    with app.app_context():
        card = next(card for card in demo_accounts.cards() if card.username == person(user_id).username)
    with client.session_transaction() as session:
        session.clear()
    form = {"handle": card.username, "password": card.passphrase}
    assert client.post("/sign-in", data=form).status_code == 302


def test_whoever_signs_in_next_on_the_phone_does_not_see_what_was_for_another(
    app: Flask, world: World, as_: As, service: PushService
) -> None:
    phone = as_("lan")
    turn_on(phone, service, "phone")
    _comes_back(app, phone, world["minh"])
    with app.app_context():  # her sign-in is still alive; nobody signed out
        assert len(lifecycle.sign_ins(person(world["lan"]))) == 1
    assert not reached(app, world["lan"]) and not reached(app, world["minh"])


def test_for_the_same_person_it_goes_on_after_the_sign_in_has_run_out(
    app: Flask, world: World, as_: As, service: PushService
) -> None:
    phone = as_("lan")
    turn_on(phone, service, "phone")
    with clock.travel(clock.now() + lifecycle.ABSOLUTE + timedelta(hours=1)):
        assert not reached(app, world["lan"])  # nobody knows who holds it now
        _comes_back(app, phone, world["lan"])
        assert reached(app, world["lan"])
        deliver(app, world["lan"])
    assert [one.browser for one in service.took] == ["phone"]


def test_a_browser_that_two_people_switch_on_belongs_to_the_last(
    app: Flask, world: World, as_: As, service: PushService
) -> None:
    endpoint, keys = service.browser("shared")
    for name in ("lan", "minh"):
        assert as_(name).post("/notices/push", json={"endpoint": endpoint, "keys": keys}).status_code == 200
    assert reached(app, world["minh"]) and not reached(app, world["lan"])


def test_a_shared_device_shows_none(app: Flask, world: World, as_: As, service: PushService) -> None:
    client = as_("lan")
    with app.app_context():
        db.session.execute(sa.update(SignIn).values(shared_device=True))
        db.session.commit()
    assert turn_on(client, service, "library") == 403
    assert "dùng chung" in client.get("/notices/choices").text


@pytest.mark.parametrize("status", [404, 410])
def test_a_device_that_is_gone_is_forgotten(
    app: Flask, world: World, as_: As, service: PushService, status: int
) -> None:
    turn_on(as_("lan"), service, "old")
    turn_on(as_("lan"), service, "new")
    service.answers["old"] = status
    deliver(app, world["lan"])
    assert [one.browser for one in service.took] == ["new"]
    with app.app_context():
        assert len(db.session.scalars(sa.select(PushSubscription)).all()) == 1
    service.answers["new"] = status
    with pytest.raises(Unreachable):
        deliver(app, world["lan"])


@pytest.mark.parametrize("status", [403, 413, 429, 500, 503])
def test_what_a_service_does_not_take_now_is_tried_again(
    app: Flask, world: World, as_: As, service: PushService, status: int
) -> None:
    turn_on(as_("lan"), service, "busy")
    turn_on(as_("lan"), service, "ready")
    service.answers["busy"] = status
    with pytest.raises(channel.NotTaken):
        deliver(app, world["lan"])
    assert [one.browser for one in service.took] == ["ready"]  # the others have it
    del service.answers["busy"]
    deliver(app, world["lan"])
    assert {one.browser for one in service.took} == {"busy", "ready"} and len({one.topic for one in service.took}) == 1


def test_a_trial_comes_to_the_device(app: Flask, world: World, as_: As, service: PushService) -> None:
    client = as_("lan")
    turn_on(client, service, "phone")
    client.post("/notices/push/try")
    with app.app_context():
        while jobs.run_due():
            pass
    assert [one.told["say"] for one in service.took] == ["Máy này nhận được thông báo của Cùng Học."]


def test_switched_off_nothing_comes(app: Flask, world: World, as_: As, service: PushService) -> None:
    client = as_("lan")
    turn_on(client, service, "phone")
    assert "data-held" in client.get("/notices/choices").text
    client.post("/notices/push/off")
    assert "data-held" not in client.get("/notices/choices").text
    assert not reached(app, world["lan"])


def test_only_five_devices_of_a_person_are_kept(app: Flask, world: World, as_: As, service: PushService) -> None:
    for number in range(7):
        turn_on(as_("lan"), service, f"phone{number}")
    deliver(app, world["lan"])
    assert {one.browser for one in service.took} == {f"phone{number}" for number in range(2, 7)}


BAD = [
    "http://push.example.com/a", "https://127.0.0.1/a", "https://10.0.0.7/a", "https://[::1]/a", "https://localhost/a",
    "https://2130706433/a", "https://push.local/a", "https://db.internal/a", "https://user:word@push.example.com/a",
    "https://push.example.com:8443/a", "https://push.example.com/a\r\nX: y", "ftp://push.example.com/a", "",
    "https://[", "https://" + "a" * 1200 + ".com/", "https://0x7f.1/a".replace("0x7f.1", "127.1"),
]  # fmt: skip


@pytest.mark.parametrize("endpoint", BAD)
def test_only_public_push_services_are_posted_to(endpoint: str) -> None:
    with alone(PushKey(channel.new_key()[0], "mailto:a@b.vn")):
        assert not channel.may_post_to(endpoint)
        assert channel.may_post_to("https://fcm.googleapis.com/fcm/send/abc")


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
                                     "::1", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1",
                                     "2002:7f00:1::", "224.0.0.1", "::", "::10.0.0.1", "fec0::1"])  # fmt: skip
def test_no_name_leads_inside(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not outbound_http.is_public(address)
    found = [(2, 1, 6, "", ("8.8.8.8", 443)), (2, 1, 6, "", (address, 443))]
    monkeypatch.setattr(outbound_http.socket, "getaddrinfo", lambda *_a, **_k: found)
    with pytest.raises(outbound_http.DestinationNotAllowed):
        outbound_http.post("https://push.example.com/a", b"", {})


def test_a_service_whose_name_leads_inside_is_forgotten(
    app: Flask, world: World, as_: As, service: PushService, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = as_("lan")
    endpoint, keys = service.browser("x")
    elsewhere = {"endpoint": "https://rebound.example.com/x", "keys": keys}
    found = [(2, 1, 6, "", ("127.0.0.1", 443))]
    with swapped(app, push_key=PushKey(channel.new_key()[0], "mailto:a@b.vn")):  # as on a real site
        assert client.post("/notices/push", json={"endpoint": endpoint, "keys": keys}).status_code == 422
        assert client.post("/notices/push", json=elsewhere).status_code == 200
        monkeypatch.setattr(outbound_http.socket, "getaddrinfo", lambda *_a, **_k: found)
        with pytest.raises(Unreachable):
            deliver(app, world["lan"])
    assert not reached(app, world["lan"]) and service.took == []


HERE = "https://fcm.googleapis.com/x"
STRANGE: list[object] = [
    None, [], {}, {"endpoint": 1, "keys": {}}, {"endpoint": HERE}, {"endpoint": HERE, "keys": {}},
    {"endpoint": HERE, "keys": {"p256dh": "AAAA", "auth": "B"}},
    {"endpoint": HERE, "keys": {"p256dh": 7, "auth": None}},
]  # fmt: skip


@pytest.mark.parametrize("body", STRANGE)
def test_what_no_browser_sends_is_refused(as_: As, service: PushService, body: object) -> None:
    assert as_("lan").post("/notices/push", json=body).status_code == 422


def test_without_a_key_there_is_no_such_part(as_: As) -> None:
    assert 'id="push"' not in as_("lan").get("/notices/choices").text


def test_a_key_is_taken_in_either_form() -> None:
    raw, public = channel.new_key()
    pem = channel._private(raw).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    for form in (raw, pem, pem.replace("\n", "\\n")):
        assert PushKey(form, "mailto:a@b.vn").public == public
    for wrong in ("abc", "AAAA", pem[:60], "A" * 43 + "!"):
        with pytest.raises(ValueError, match="flask push keys"):
            PushKey(wrong, "mailto:a@b.vn")


def test_a_missing_library_is_said_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "find_spec", lambda _name: None)
    with pytest.raises(RuntimeError, match="pip install"):
        PushKey(channel.new_key()[0], "mailto:a@b.vn")


def test_other_peoples_sign_ins_are_nobodys_to_switch(app: Flask, world: World, service: PushService) -> None:
    mine, hers = client_of(app, world["lan"]), client_of(app, world["hang"])
    turn_on(hers, service, "hers")
    mine.post("/notices/push/off")
    assert reached(app, world["hang"])


@pytest.mark.parametrize(
    ("say", "path"),
    [("ấ" * 5000, "/notices"), ("\x01" * 300, "/rooms/" + "7" * 1200), ("Có tin", "/search?q=" + "ấ" * 3000)],
    ids=["long text", "text that grows", "endless path"],
)
def test_a_push_that_is_too_long_is_shorter_and_still_one_the_browser_can_read(say: str, path: str) -> None:
    data = channel.payload(OutgoingMessage("Buổi học", (say,), path, "near:7"))
    told = json.loads(data)
    assert len(data) <= channel.LONGEST and told["say"] and say.startswith(told["say"])
    assert told["path"] in (path, "/notices")
