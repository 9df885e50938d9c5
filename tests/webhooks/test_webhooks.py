"""Webhooks: who connects one, what is posted and signed, how it is tried again, and when it ends."""

import json
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from standardwebhooks import Webhook as Verifier

from tests.api.token_clients import token_of, with_factor
from tests.campaigns.conftest import opened
from tests.devices import donation_fixtures
from tests.factories import World, change, person
from tests.rooms.conftest import open_pair
from tutoring.accounts.models import User
from tutoring.api.tokens.queries import tokens_of, tokens_of_unit
from tutoring.backups.post_restore import end_sign_ins
from tutoring.campaigns.events import CampaignCounted
from tutoring.community import commands as community
from tutoring.community.models import Membership, Unit
from tutoring.kernel import clock, jobs, outbound_http, rate_limits
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound, RateLimited
from tutoring.kernel.events import publish
from tutoring.lessons.skills.queries import topics
from tutoring.notifications.models import Notice
from tutoring.pairing.requests.commands import ask_for_help
from tutoring.policy import webhooks as policy
from tutoring.rooms.sessions.closure import close_room_by_rule
from tutoring.webhooks import commands
from tutoring.webhooks.commands import WebhookInput
from tutoring.webhooks.models import Webhook, WebhookDelivery
from tutoring.webhooks.queries import given_up, log_of, mark_of_secret, webhooks_of

ADDRESS = "https://truong.example.vn/tin"
As = Callable[[str], FlaskClient]
Posted = list[tuple[str, str, dict[str, str]]]


class Receiver:
    """Stands for the other machine: keeps what is posted, and answers with its next status."""

    def __init__(self) -> None:
        self.posted: Posted = []
        self.status: int | Exception = 204

    def post(self, url: str, body: bytes, headers: dict[str, str], **_options: object) -> outbound_http.Answer:
        self.posted.append((url, body.decode(), headers))
        if isinstance(self.status, Exception):
            raise self.status
        return outbound_http.Answer(self.status, b"")


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Receiver:
    made = Receiver()
    monkeypatch.setattr(outbound_http, "post", made.post)
    return made


def connect(
    world: World, *kinds: str, name: str = "quang", place: str = "truong", url: str = ADDRESS
) -> tuple[int, str]:
    return commands.make_webhook(with_factor(person(world[name])), world[place], WebhookInput(url, kinds))


def try_out(world: World, webhook_id: int) -> None:
    commands.send_test(with_factor(person(world["quang"])), webhook_id)


def deliveries() -> list[WebhookDelivery]:
    db.session.expire_all()
    return list(db.session.scalars(sa.select(WebhookDelivery).order_by(WebhookDelivery.id)))


def deliver() -> None:
    """Does the posts that are due now."""
    jobs.run_due(100, lane=jobs.POSTS)


# ---- the rules ---------------------------------------------------------------------------------------------------


def test_tries_are_spread_over_more_than_a_day_and_end() -> None:
    waits = [policy.next_delay(tries) for tries in range(1, 20)]
    known = [one for one in waits if one is not None]
    assert known == sorted(known) and waits[len(known) :] == [None] * (19 - len(known))
    assert sum(known, timedelta()) > timedelta(days=1)


def test_a_class_and_others_connect_nothing(inside: World) -> None:
    for name, place in (
        ("hang", "lop6a"),
        ("lan", "truong"),
        ("minh", "truong"),
        ("admin1", "truong"),
        ("hang", "phuong"),
    ):
        with pytest.raises(NotFound):
            connect(inside, policy.ROOM_OPENED, name=name, place=place)
    change(User, inside["quang"], demo=False)
    with pytest.raises(NotFound):
        commands.make_webhook(
            with_factor(person(inside["quang"]), factor=False), inside["truong"], WebhookInput(ADDRESS, {"room.opened"})
        )


@pytest.mark.parametrize(
    "url",
    ["", "http://a.example.vn/", "https://", "https://u:p@a.vn/", "https://a.vn:8443/", "https://a.vn/#x", "ftp://a.vn",
     "https://truong..vn/", "https://.vn/", f"https://{'x' * 64}.vn/", "https://" + "a." * 127 + "vn/", "https://-a.vn/",
     "https://a.vn/ b", "https://à.vn/", "https://a.vn/\nX: y", "https://a.vn/" + "x" * 300, "https://[::1"],
)  # fmt: skip
def test_only_plain_https_addresses_are_taken(inside: World, url: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        connect(inside, policy.ROOM_OPENED, url=url)
    assert refusal.value.field == "url"


def test_devices_are_for_who_runs_the_store(inside: World) -> None:
    with pytest.raises(InvalidInput):
        connect(inside, policy.DEVICE)
    with pytest.raises(InvalidInput):
        connect(inside)
    connect(inside, policy.DEVICE, name="mai", place="phuong")


def test_a_unit_has_five_at_most(inside: World) -> None:
    made = [connect(inside, policy.ROOM_OPENED, url=f"{ADDRESS}/{n}")[0] for n in range(policy.MOST_WEBHOOKS)]
    with pytest.raises(Conflict):
        connect(inside, policy.ROOM_OPENED)
    commands.end_webhook(with_factor(person(inside["quang"])), made[0])
    connect(inside, policy.ROOM_OPENED)


def test_a_form_that_is_sent_twice_connects_once(inside: World) -> None:
    webhook_id, _secret = connect(inside, policy.ROOM_OPENED)
    with pytest.raises(InvalidInput) as refusal:
        connect(inside, policy.ROOM_OPENED)
    assert refusal.value.field == "url" and [one.id for one in webhooks_of(inside["truong"])] == [webhook_id]


@pytest.mark.parametrize("rule", ["webhook_make", "webhook_send"])
def test_one_person_connects_and_sends_so_much_in_a_while(
    inside: World, monkeypatch: pytest.MonkeyPatch, rule: str
) -> None:
    webhook_id, _secret = connect(inside, policy.ROOM_OPENED)
    try_out(inside, webhook_id)
    deliver()
    (row,) = deliveries()
    change(WebhookDelivery, row.id, state="failed")
    monkeypatch.setitem(rate_limits.RULES, rule, ("1 per hour",))
    quang = with_factor(person(inside["quang"]))
    if rule == "webhook_send":
        commands.send_again(quang, webhook_id, row.id)
        with pytest.raises(RateLimited):
            commands.send_test(quang, webhook_id)
        change(WebhookDelivery, row.id, state="failed")
        with pytest.raises(RateLimited):
            commands.send_again(quang, webhook_id, row.id)
    else:
        connect(inside, policy.ROOM_OPENED, url=ADDRESS + "/1")
        with pytest.raises(RateLimited):
            connect(inside, policy.ROOM_OPENED, url=ADDRESS + "/2")


# ---- what is posted ---------------------------------------------------------------------------------------------


@command
def count_for_campaign(unit_id: int) -> None:
    publish(CampaignCounted(7, unit_id))


def test_events_of_a_unit_and_below_it_are_posted_without_a_person(inside: World, receiver: Receiver) -> None:
    connect(inside, policy.REQUEST, policy.ROOM_OPENED, policy.ROOM_CLOSED, policy.CAMPAIGN)
    connect(inside, policy.DEVICE, name="mai", place="phuong")
    an = person(inside["an"])
    ask_for_help(an, an, topics("vi")[0][0])
    room_id = open_pair(inside)
    command(lambda: close_room_by_rule(room_id, "stopped"))()
    count_for_campaign(inside["truong"])
    count_for_campaign(inside["truong"])  # the same hour
    donation_fixtures.ready(inside)
    deliver()
    assert policy.CAMPAIGN not in [json.loads(body)["type"] for _url, body, _headers in receiver.posted]
    with clock.travel(clock.now() + timedelta(hours=1)):
        deliver()
    told = [json.loads(body) for _url, body, _headers in receiver.posted]
    kinds = [one["type"] for one in told]
    assert {kind: kinds.count(kind) for kind in policy.KINDS[1:4]} == dict.fromkeys(policy.KINDS[1:4], 1)
    assert kinds.count(policy.CAMPAIGN) == 1
    assert kinds.count(policy.REQUEST) >= 1 and kinds.count(policy.DEVICE) >= 1
    for one in told:
        assert one.keys() == {"type", "timestamp", "data"}
        if one["type"] == policy.CAMPAIGN:  # the hour alone
            assert one["timestamp"][13:19] == ":00:00"
        place = inside["phuong"] if one["type"] == policy.DEVICE else inside["truong"]
        assert one["data"].pop("unit_id") == place  # never the class where it happened
        more = {policy.CAMPAIGN: {"campaign_id"}, policy.DEVICE: {"kind", "from", "to"}}
        assert one["data"].keys() == more.get(one["type"], set())
    assert {one.state for one in deliveries()} == {"sent"}


def test_a_partner_hears_of_the_campaigns_that_it_supports_alone(inside: World, receiver: Receiver) -> None:
    admin = person(inside["admin1"])
    union = community.create_unit(admin, "doan", "partner", "Đoàn phường", parent_id=inside["phuong"]).id
    for kind in set(policy.KINDS) - {policy.CAMPAIGN}:
        with pytest.raises(InvalidInput):
            commands.make_webhook(with_factor(person(inside["mai"])), union, WebhookInput(ADDRESS, {kind}))
    commands.make_webhook(with_factor(person(inside["mai"])), union, WebhookInput(ADDRESS, {policy.CAMPAIGN}))
    supported = opened(inside, partners=(union,))
    other = opened(inside, title="Chiến dịch khác")
    for one in (supported, supported, other):
        command(lambda of=one: publish(CampaignCounted(of.id, inside["phuong"])))()
    with clock.travel(clock.now() + timedelta(hours=1)):
        deliver()
    ((_url, body, _headers),) = receiver.posted
    assert json.loads(body)["data"] == {"unit_id": union, "campaign_id": supported.id}


def test_a_ward_does_not_hear_what_its_partner_supports_elsewhere(inside: World, receiver: Receiver) -> None:
    admin = person(inside["admin1"])
    union = community.create_unit(admin, "doan", "partner", "Đoàn phường", parent_id=inside["phuong"]).id
    connect(inside, policy.CAMPAIGN, name="mai", place="phuong")
    made = opened(inside, partners=(union,))
    command(lambda: publish(CampaignCounted(made.id, inside["tp"])))()
    with clock.travel(clock.now() + timedelta(hours=1)):
        deliver()
    assert not receiver.posted


def test_events_of_elsewhere_are_not_posted(inside: World, receiver: Receiver) -> None:
    connect(inside, policy.CAMPAIGN)
    connect(inside, policy.ROOM_OPENED, url=ADDRESS + "/2")
    count_for_campaign(inside["kp3"])
    count_for_campaign(inside["phuong"])
    deliver()
    assert not receiver.posted


def test_a_receiver_checks_the_signature_with_the_standard_s_own_library(inside: World, receiver: Receiver) -> None:
    webhook_id, secret = connect(inside, policy.ROOM_OPENED)
    try_out(inside, webhook_id)
    deliver()
    ((url, body, headers),) = receiver.posted
    assert url == ADDRESS
    at = {**headers, "webhook-timestamp": headers["webhook-timestamp"]}
    with pytest.MonkeyPatch.context() as patch:  # the library reads the wall clock
        patch.setattr(Verifier, "_Webhook__verify_timestamp", lambda _self, told: _moment(told))
        assert Verifier(secret).verify(body, at)["type"] == "test"
        for wrong in (body.replace("test", "tesT"), body + " "):
            with pytest.raises(Exception, match="No matching signature"):
                Verifier(secret).verify(wrong, at)


def _moment(told: str) -> datetime:
    return datetime.fromtimestamp(float(told), tz=UTC)


def test_both_secrets_sign_for_a_day(inside: World, receiver: Receiver) -> None:
    webhook_id, old = connect(inside, policy.ROOM_OPENED)
    quang = with_factor(person(inside["quang"]))
    new = commands.change_secret(quang, webhook_id, mark(webhook_id))
    try_out(inside, webhook_id)
    deliver()
    assert new != old and len(receiver.posted[-1][2]["webhook-signature"].split()) == 2
    with clock.travel(clock.now() + timedelta(days=2)):
        try_out(inside, webhook_id)
        deliver()
    assert len(receiver.posted[-1][2]["webhook-signature"].split()) == 1
    db.session.expire_all()
    row = db.session.get_one(Webhook, webhook_id)
    assert row.old_secret is None and row.secret == new
    raw = db.session.execute(sa.text("SELECT secret_sealed FROM webhook")).scalar_one()
    assert new.encode() not in bytes(raw)


def mark(webhook_id: int) -> str:
    return mark_of_secret(db.session.get_one(Webhook, webhook_id))


def test_a_second_change_keeps_the_secret_that_the_receiver_has(inside: World) -> None:
    webhook_id, first = connect(inside, policy.ROOM_OPENED)
    quang, before = with_factor(person(inside["quang"])), mark(webhook_id)
    second = commands.change_secret(quang, webhook_id, before)
    with pytest.raises(Conflict):
        commands.change_secret(quang, webhook_id, before)  # the same form again
    row = db.session.get_one(Webhook, webhook_id)
    assert (row.secret, row.old_secret) == (second, first)
    third = commands.change_secret(quang, webhook_id, mark(webhook_id))
    db.session.expire_all()
    row = db.session.get_one(Webhook, webhook_id)
    assert (row.secret, row.old_secret) == (third, first)


# ---- answers ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [500, 302, 429, TimeoutError(), outbound_http.DestinationNotAllowed("local")])
def test_what_is_not_accepted_is_tried_again_under_the_same_id(
    inside: World, receiver: Receiver, answer: int | Exception
) -> None:
    webhook_id, _secret = connect(inside, policy.ROOM_OPENED)
    try_out(inside, webhook_id)
    receiver.status = answer
    deliver()
    (row,) = deliveries()
    assert (row.state, row.tries, row.status) == ("waiting", 1, answer if isinstance(answer, int) else None)
    deliver()  # nothing is due yet
    assert len(receiver.posted) == 1
    receiver.status = 200
    with clock.travel(clock.now() + policy.DELAYS[0] + timedelta(seconds=1)):
        deliver()
    (row,) = deliveries()
    assert (row.state, row.tries, row.webhook.failing_since) == ("sent", 2, None)
    assert len({headers["webhook-id"] for _url, _body, headers in receiver.posted}) == 1


def test_a_receiver_that_is_down_for_days_ends_the_webhook_with_a_notice(inside: World, receiver: Receiver) -> None:
    webhook_id, _secret = connect(inside, policy.ROOM_OPENED)
    receiver.status = 503
    begun = clock.now()
    for day in (0, 3):
        with clock.travel(begun + timedelta(days=day, minutes=day)):
            try_out(inside, webhook_id)
            deliver()
        assert webhooks_of(inside["truong"]), "one failure says nothing of the days between"
    message_id = deliveries()[-1].message_id
    with clock.travel(begun + timedelta(days=4)):
        for tries in range(1, len(policy.DELAYS) + 1):
            commands.note_answer(message_id, tries, 503)
    (row,) = webhooks_of(inside["truong"], ended=True)
    assert (row.ended_why, webhooks_of(inside["truong"])) == ("failing", [])
    notices = db.session.scalars(sa.select(Notice).where(Notice.path.contains("/webhooks"))).all()
    assert [one.user_id for one in notices] == [inside["quang"]] and "nhiều ngày" in str(notices[0].say)
    assert not [one for one in deliveries() if one.state == "waiting"]


def test_one_that_is_gone_ends_at_once(inside: World, receiver: Receiver) -> None:
    webhook_id, _secret = connect(inside, policy.ROOM_OPENED)
    try_out(inside, webhook_id)
    receiver.status = 410
    deliver()
    assert [one.ended_why for one in webhooks_of(inside["truong"], ended=True)] == ["gone"]
    (notice,) = db.session.scalars(sa.select(Notice).where(Notice.path.contains("/webhooks")))
    assert "không còn" in str(notice.say) and "nhiều ngày" not in str(notice.say)
    with pytest.raises(Conflict):
        try_out(inside, webhook_id)


def test_the_last_try_fails_and_can_be_sent_again(inside: World, receiver: Receiver) -> None:
    webhook_id, _secret = connect(inside, policy.ROOM_OPENED)
    try_out(inside, webhook_id)
    quang = with_factor(person(inside["quang"]))
    (row,) = deliveries()
    with pytest.raises(Conflict):
        commands.send_again(quang, webhook_id, row.id)  # it waits
    message_id = row.message_id
    for tries in range(len(policy.DELAYS) + 1):
        commands.note_answer(message_id, tries, None)
    commands.note_answer(message_id, 0, 200)  # an old try that ends late changes nothing
    (row,) = deliveries()
    assert row.state == "failed"
    commands.send_again(quang, webhook_id, row.id)
    deliver()
    (row,) = deliveries()
    assert (row.state, receiver.posted[-1][2]["webhook-id"]) == ("sent", message_id)


def test_one_that_waits_without_a_job_can_be_sent_again(app: Flask, inside: World, receiver: Receiver) -> None:
    webhook_id, _secret = connect(inside, policy.ROOM_OPENED)
    try_out(inside, webhook_id)
    (row,) = deliveries()
    assert given_up(webhook_id) == set()
    change(jobs.Job, {"kind": "webhooks.deliver"}, failed_at=clock.now())
    assert given_up(webhook_id) == {row.id}
    commands.send_again(with_factor(person(inside["quang"])), webhook_id, row.id)
    deliver()
    assert [one.state for one in deliveries()] == ["sent"]


def test_a_restore_ends_what_the_backup_brings_back(inside: World, receiver: Receiver) -> None:
    webhook_id, _secret = connect(inside, policy.ROOM_OPENED)
    try_out(inside, webhook_id)
    token_of(inside["lan"])
    token_of(inside["quang"], inside["truong"])
    end_sign_ins()
    deliver()
    assert not receiver.posted and not webhooks_of(inside["truong"])
    assert not tokens_of(inside["lan"]) and not tokens_of_unit(inside["truong"])


@pytest.mark.parametrize("how", ["role", "account", "unit"])
def test_a_webhook_ends_with_the_role_of_its_maker(inside: World, receiver: Receiver, how: str) -> None:
    webhook_id, _secret = connect(inside, policy.ROOM_OPENED)
    try_out(inside, webhook_id)
    if how == "role":
        change(Membership, {"user_id": inside["quang"]}, state="ended", ended_at=clock.now())
    elif how == "account":
        change(User, inside["quang"], state="suspended")
    else:
        change(Unit, inside["truong"], effective_to=clock.today())
    deliver()
    assert not receiver.posted
    assert [one.ended_why for one in webhooks_of(inside["truong"], ended=True)] == ["maker"]


def test_a_private_address_is_not_posted_to_however_it_is_named(inside: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name is looked up at the try; one that leads inward is refused though it was fine when it was typed."""
    webhook_id, _secret = connect(inside, policy.ROOM_OPENED)
    asked, addresses = [], ("127.0.0.1", "10.0.0.8", "169.254.169.254", "::1", "::ffff:10.0.0.1")

    def inward(name: str, port: int, **_more: object) -> list[Any]:
        asked.append(name)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (addresses[len(asked) - 1], port))]

    monkeypatch.setattr(socket, "getaddrinfo", inward)
    monkeypatch.setattr(socket, "create_connection", lambda *_told: pytest.fail("connected"))
    for number in range(len(addresses)):
        with clock.travel(clock.now() + timedelta(seconds=number)):
            try_out(inside, webhook_id)
            deliver()
    assert asked == ["truong.example.vn"] * 5
    assert {one.status for one in deliveries()} == {None} and {one.tries for one in deliveries()} == {1}


# ---- the pages ---------------------------------------------------------------------------------------------------


def test_one_is_made_tried_read_and_ended_on_its_pages(app: Flask, as_: As, world: World, receiver: Receiver) -> None:
    quang, place = as_("quang"), f"/units/{world['truong']}"
    assert f"{place}/webhooks" in quang.get(f"{place}/settings").text
    assert "url-error" in quang.post(f"{place}/webhooks/new", data={"url": "http://a", "kinds": ["room.opened"]}).text
    made = quang.post(f"{place}/webhooks/new", data={"url": ADDRESS, "kinds": ["room.opened"]})
    page = _page_of(app)
    assert made.location == f"{page}/secret" and "whsec_" not in made.text
    shown = quang.get(f"{page}/secret")
    secret = shown.text.split("whsec_")[1].split('"')[0]
    assert shown.headers["Cache-Control"] == "no-store" and "Mã cũ" not in shown.text
    assert quang.get(f"{page}/secret").location == page  # reloaded: it is not shown again
    assert ADDRESS in quang.get(f"{place}/webhooks").text and secret not in quang.get(page).text
    quang.post(f"{page}/test")
    with app.app_context():
        deliver()
        db.session.remove()
    assert "204" in quang.get(page).text
    with app.app_context():
        (delivery,) = log_of(int(page.rpartition("/")[2]))
    quang.post(f"{page}/deliveries/{delivery.id}/again")
    form = {"mark": quang.get(page).text.split('name="mark" value="')[1].split('"')[0]}
    assert quang.post(f"{page}/secret", data=form).location == f"{page}/secret"
    changed = quang.get(f"{page}/secret").text
    assert "whsec_" in changed and secret not in changed and "Mã cũ" in changed
    assert quang.post(f"{page}/secret", data=form).location.endswith(page)  # reloaded: nothing is changed again
    quang.post(f"{page}/end")
    assert ADDRESS in quang.get(f"{place}/webhooks").text
    assert quang.post(f"{page}/test").status_code == 302
    with app.app_context():
        done = set(db.session.scalars(sa.select(AuditRow.action)))
        assert done >= {"make_webhook", "change_webhook_secret", "end_webhook"}
        assert not webhooks_of(world["truong"])


def _page_of(app: Flask) -> str:
    with app.app_context():
        return f"/webhooks/{db.session.scalars(sa.select(Webhook.id)).one()}"


def test_others_see_nothing_and_a_site_admin_may_end_one(app: Flask, as_: As, world: World) -> None:
    with app.app_context():
        webhook_id, _secret = connect(world, policy.ROOM_OPENED)
        db.session.remove()
    page, place = f"/webhooks/{webhook_id}", f"/units/{world['truong']}/webhooks"
    for name in ("lan", "bay", "minh"):
        assert as_(name).get(page).status_code == as_(name).get(place).status_code == 404, name
        assert as_(name).post(f"{page}/end").status_code == 404, name
    admin = as_("admin1")
    assert admin.get(page).status_code == 200 and admin.get(f"{place}/new").status_code == 404
    assert admin.post(f"{page}/test").status_code == 404
    assert admin.post(f"{page}/end").status_code == 302
    with app.app_context():
        assert not webhooks_of(world["truong"])
