"""Every threat of the model has its test by name; those that stand nowhere else stand here."""

import ast
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from tests.browser import wait_until
from tests.factories import World, client_of, person
from tests.rooms.people import Line, rooms_of
from tests.servers import Site
from tutoring.accounts.registration import create_user
from tutoring.community import commands as community
from tutoring.community.join_codes.commands import use_code
from tutoring.config import ROOT
from tutoring.kernel import rate_limits
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound, RateLimited
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.presence import commands as presence_commands
from tutoring.rooms.sessions import commands as sessions_commands

# threat → file: tests that hold its control
THREATS: dict[str, dict[str, tuple[str, ...]]] = {
    "a groomer who poses as a helper": {
        "rooms/risk/test_risk.py": ("test_the_sequence_is_raised_with_reasons_and_its_next_step_waits",),
        "rooms/messages/test_screening.py": (
            "test_with_minors_invitations_addresses_and_requests_for_codes_wait_for_the_teacher",
        ),
        "moderation/test_reporting.py": ("test_a_childs_report_of_a_photo_asked_for_stops_the_writer_at_once",),
    },
    "a scammer after codes and papers": {
        "rooms/messages/test_screening.py": (
            "test_codes_citizen_numbers_cards_and_secrets_are_written_nowhere",
            "test_among_adults_nobody_can_ask_for_a_code",
        ),
    },
    "bullying peers": {
        "moderation/test_reporting.py": (
            "test_three_reports_of_three_different_people_hide_a_message",
            "test_three_accounts_of_one_person_hide_nothing",
        ),
        "rooms/test_sockets.py": (
            "test_a_mute_reaches_a_socket_on_another_process",
            "test_after_a_removal_the_raw_frames_show_nothing",
        ),
    },
    "a curious student": {
        "test_access_ids.py": (
            "test_each_person_comes_to_what_policy_says_and_hears_nothing_of_the_rest",
            "test_each_verb_is_missing_to_whoever_may_not_read_the_room",
        ),
        "rooms/test_sockets.py": ("test_an_outsider_finds_no_room_and_hears_nothing",),
        "rooms/test_socket_fuzz.py": ("test_mutated_events_write_nothing_reach_nobody_and_break_nothing",),
    },
    "a spammer": {"test_threats.py": ("test_of_a_thousand_messages_in_a_minute_by_somebody_new_thirty_pass_at_most",)},
    "a thief of accounts": {
        "accounts/test_sign_in.py": (
            "test_the_sixth_wrong_try_in_a_row_is_throttled_whatever_name_is_used",
            "test_signing_in_begins_a_fresh_session",
            "test_the_cookie_of_a_signed_out_session_cannot_be_replayed",
        ),
        "accounts/test_second_factor.py": ("test_a_code_is_taken_once", "test_power_waits_until_the_factor_is_set_up"),
    },
    "a malicious picture": {
        "safety/test_pictures.py": (
            "test_a_hostile_file_is_refused_in_plain_words_and_by_the_name_of_its_fault",
            "test_what_is_seen_comes_through_and_what_is_said_beside_it_does_not",
        ),
        "safety/test_picture_fuzz.py": (),
    },
    "an insider": {
        "test_threats.py": ("test_a_teacher_of_one_class_finds_nothing_of_another",),
        "rooms/messages/test_screening.py": ("test_the_original_is_read_at_the_desk_with_a_reason_and_a_trace",),
    },
    "a database that leaks": {
        "kernel/test_encryption.py": ("test_another_key_opens_nothing",),
        "accounts/test_sign_in.py": ("test_the_token_stands_nowhere_in_the_database",),
        "accounts/test_second_factor.py": ("test_neither_secret_nor_recovery_code_can_be_read_in_the_database",),
    },
    "a flood of sockets": {
        "rooms/test_socket_limits.py": (
            "test_an_honest_person_is_served_through_half_open_lines_and_huge_frames",
            "test_the_oldest_of_more_than_four_lines_of_a_sign_in_is_spared",
            "test_a_line_that_is_nobodys_or_is_so_again_is_hung_up_on",
        ),
    },
    "a foreign page and foreign code": {
        "rooms/test_socket_limits.py": ("test_only_pages_of_the_site_open_a_socket",),
        "rooms/test_sockets.py": ("test_no_session_and_no_token_are_refused_by_name",),
        "web/test_hardening.py": ("test_no_page_of_the_walk_has_code_or_style_of_its_own",),
        "test_threats.py": ("test_two_hundred_payloads_become_text_in_a_browser",),
    },
    "a call that should not be": {
        "rooms/test_calls_live.py": (
            "test_signals_of_whoever_has_no_part_in_the_call_go_nowhere",
            "test_wrong_types_strange_members_and_large_ones_go_nowhere",
            "test_more_than_a_line_takes_ends_the_line_and_reaches_nobody",
            "test_of_a_flood_no_more_passes_than_a_call_needs",
            "test_a_signal_to_a_room_with_a_minor_goes_nowhere_and_ends_the_call",
            "test_a_call_is_over_as_soon_as_a_minor_comes_in",
            "test_whoever_keeps_order_ends_it_at_once",
            "test_signing_out_ends_it_at_once",
        ),
        "rooms/test_calls.py": (
            "test_asking_again_and_again_is_slowed",
            "test_two_ask_at_once_and_there_is_one_call",
            "test_two_tabs_answer_at_once_and_one_holds_it",
            "test_only_the_page_of_a_room_with_calls_may_capture",
        ),
        "rooms/test_signals.py": ("test_of_two_thousand_spoiled_signals_none_passes_that_is_not_one",),
        "deploy/test_turn.py": (
            "test_the_kits_server_takes_what_a_page_is_given_and_nothing_that_is_old_or_forged",
            "test_the_kits_server_relays_nothing_into_private_networks",
        ),
    },
    "a false guardian, a child as a grown-up": {
        "accounts/test_families.py": (
            "test_a_child_cannot_consent_for_itself",
            "test_a_child_is_its_guardians_alone",
            "test_no_card_before_the_second_person_has_confirmed",
        ),
    },
}


def names_in(path: Path) -> set[str]:
    return {node.name for node in ast.parse(path.read_text("utf-8")).body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("threat", THREATS)
def test_each_threat_has_its_tests(threat: str) -> None:
    for file, names in THREATS[threat].items():
        found = names_in(ROOT / "tests" / file)
        assert set(names) <= found, (file, set(names) - found)
        assert any(name.startswith("test_") for name in found), file


# ---- the spammer -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("many", [150, pytest.param(1000, marks=pytest.mark.full)])
def test_of_a_thousand_messages_in_a_minute_by_somebody_new_thirty_pass_at_most(
    app: Flask, world: World, still_time: None, many: int
) -> None:
    with app.app_context():
        seats = [(world["bay"], "learner"), (world["lan"], "helper")]
        room = sessions_commands.open_room(world["kp3"], seats, "portal", minors=False, observed=True).id
        bay, sent = person(world["bay"]), 0
        for n in range(many):
            try:
                messages_commands.post_message(bay, room, str(uuid.uuid4()), f"tin {n}")
                sent += 1
            except RateLimited as refusal:
                assert refusal.retry_after
        assert 1 <= sent <= 30
        messages_commands.post_message(person(world["lan"]), room, str(uuid.uuid4()), "người khác vẫn viết được")


def test_somebody_known_writes_eight_messages_in_ten_seconds_at_most(
    app: Flask, world: World, still_time: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tutoring.rooms.messages.commands.is_new", lambda _user_id: False)
    with app.app_context():
        seats = [(world["bay"], "learner"), (world["lan"], "helper")]
        room = sessions_commands.open_room(world["kp3"], seats, "portal", minors=False, observed=True).id
        for n in range(8):
            messages_commands.post_message(person(world["bay"]), room, str(uuid.uuid4()), f"tin {n}")
        with pytest.raises(RateLimited):
            messages_commands.post_message(person(world["bay"]), room, str(uuid.uuid4()), "tin thứ chín")


# ---- the insider -----------------------------------------------------------------------------------------------


def test_a_teacher_of_one_class_finds_nothing_of_another(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limits, "hit", lambda *_key: None)
    with app.app_context():
        admin, other = person(world["admin1"]), person(world["admin2"])
        school = community.create_unit(admin, "truong-khac", "school", "Trường Khác", parent_id=world["phuong"])
        teacher = create_user("Cô Khác", "bốn từ dễ nhớ", handle="co.khac")
        code = community.create_code(admin, school.id, "teacher")
        if code.confirmed_at is None:
            community.confirm_code(other, code.id)
        use_code(teacher, code.code)
        seats = [(world["minh"], "learner"), (world["khoa"], "helper")]
        room = sessions_commands.open_room(world["lop6a"], seats, "join-class", minors=True, observed=True).id
        number, teacher.demo = teacher.id, True  # holds the role without a second factor
        db.session.commit()
        with pytest.raises(NotFound):
            presence_commands.enter(teacher, room, "nowhere")
    stranger = client_of(app, number)
    for path in (f"/rooms/{room}", f"/rooms/{room}/messages", f"/units/{world['truong']}", f"/units/{world['lop6a']}"):
        assert stranger.get(path, headers={"Accept": "application/json"}).status_code == 404, path
    assert stranger.get("/board").status_code == 200
    for act in ("enter", "hold", "close", "mute", "remove"):
        assert (
            stranger.post(f"/rooms/{room}/{act}", data={"reason": "x", "user": "1", "minutes": "5"}).status_code == 404
        ), act


# ---- foreign code ------------------------------------------------------------------------------------------------


def payloads() -> list[str]:
    """Two hundred texts that would run in a page that takes them for code."""
    heads = ["", "'", '"', "'>", '">', "-->", "</title>", "</textarea>", "</script>", "]]>"]
    bodies = [
        "<script>window.pwned=1</script>", "<img src=x onerror=window.pwned=1>", "<svg onload=window.pwned=1>",
        "<svg><script>window.pwned=1</script></svg>", "<iframe srcdoc='<script>parent.pwned=1</script>'>",
        "<details open ontoggle=window.pwned=1>", "<input autofocus onfocus=window.pwned=1>",
        "<body onload=window.pwned=1>", "<math><mtext><script>window.pwned=1</script>",
        "<video><source onerror=window.pwned=1>", "<a href=javascript:window.pwned=1>x</a>",
        "<object data=javascript:window.pwned=1>", "<style>@import'javascript:window.pwned=1'</style>",
        "<form action=javascript:window.pwned=1><button>x", "<template><script>window.pwned=1</script></template>",
        "<p style=animation-name:x onanimationstart=window.pwned=1>",
        "<scr<script>ipt>window.pwned=1</scr</script>ipt>",
        "${window.pwned=1}{{constructor.constructor('window.pwned=1')()}}", "<marquee onstart=window.pwned=1>",
        "\u003cscript\u003ewindow.pwned=1\u003c/script\u003e",
    ]  # fmt: skip
    return [head + body for head in heads for body in bodies]


def test_there_are_two_hundred_payloads() -> None:
    assert len(set(payloads())) >= 190 and len(payloads()) == 200


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with Site() as made:
        yield made.prepare().start(1)


# One of nine in the quick run: that is every head and every body.
@pytest.mark.parametrize("step", [9, pytest.param(1, marks=pytest.mark.full)])
def test_two_hundred_payloads_become_text_in_a_browser(site: Site, browser: Browser, step: int) -> None:
    (people,) = rooms_of(site, 1, 2)
    author, reader = people
    line = Line(author, site.url()).open()
    line.enter()
    sent = payloads()[::step]
    accepted = [text for text in sent if write(line, text)]
    context = browser.new_context()
    name, _, value = reader.cookie.partition("=")
    context.add_cookies([{"name": name, "value": value, "url": site.url()}])
    page = context.new_page()
    page.goto(f"{site.url()}/rooms/{reader.room}")
    wait_until(page, "document.querySelectorAll('script').length > 0")
    last = accepted[-1]
    live_text = "<img src=x onerror=window.pwned=1> qua đường dây"
    expect(page.locator("#people")).to_contain_text("Đang ở đây")  # the page hears the room
    assert write(line, live_text)
    page.get_by_text(live_text).first.wait_for()
    assert page.evaluate("window.pwned") is None
    data = "one.type === 'importmap' || one.type.includes('json')"
    assert page.evaluate(f"[...document.scripts].filter((one) => !one.src && !({data})).length") == 0
    assert page.locator("main [onerror], main [onload], main iframe, main object").count() == 0
    assert page.get_by_text(last, exact=True).count() >= 1
    assert len(accepted) >= len(sent) * 3 // 4
    context.close()
    line.close()


def write(line: Line, text: str) -> bool:
    """Send a text, confirming what is only warned of."""
    number = str(uuid.uuid4())
    answer = line.say("post", client_id=number, text=text)
    if answer.get("error") == "confirm":
        answer = line.say("post", client_id=number, text=text, confirm=True)
    return bool(answer["ok"])
