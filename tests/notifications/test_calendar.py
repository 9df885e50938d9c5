"""One's own times: week by week, as files, and in a private feed that names nobody."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import icalendar
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.devices import loan_fixtures
from tests.factories import World, client_of, person
from tests.pairing.group_sessions import fixtures as group_sessions_fixtures
from tests.training import fixtures as training_fixtures
from tests.visits import fixtures
from tutoring.accounts.events import AccountErased
from tutoring.accounts.models import User
from tutoring.community.memberships import suspensions
from tutoring.community.models import DutySlot
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.events import publish
from tutoring.notifications.calendar import feeds, icalendar_file
from tutoring.notifications.calendar import queries as calendar_queries
from tutoring.notifications.calendar.models import CalendarEntry, CalendarFeed
from tutoring.notifications.calendar.sources import KINDS
from tutoring.notifications.models import Notice
from tutoring.pairing.events import MeetingNear
from tutoring.pairing.group_sessions.models import GroupSession
from tutoring.pairing.models import HelpRequest
from tutoring.pairing.scheduling import commands as scheduling_commands
from tutoring.pairing.scheduling.models import Booking, Proposal, WeeklyRound
from tutoring.web import i18n

As = Callable[[str], FlaskClient]
NOW = datetime(2026, 11, 30, 1, tzinfo=UTC)  # Monday, eight in the morning
SITE = "https://hoc.example"


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with clock.travel(NOW):
        yield


@command
def moved(session_id: int, by: timedelta) -> None:
    """Nothing in the product moves a group session; its times are given by whoever announces it."""
    row = db.session.get_one(GroupSession, session_id)
    row.at += by


@command
def booked(world: World, day: int = 2) -> int:
    """minh and khoa meet every Wednesday, or another day, at seven in the evening."""
    unit, topic = world["truong"], "join-class"
    made = WeeklyRound(unit_id=unit, by_id=world["quang"], state="published")
    asked = HelpRequest(learner_id=world["minh"], asked_by_id=world["minh"], unit_id=unit, topic=topic, minor=True,
                        state="ended", outcome="weekly")  # fmt: skip
    db.session.add_all([made, asked])
    db.session.flush()
    pair = {"learner_id": world["minh"], "helper_id": world["khoa"], "day": day, "quarter": 48, "minutes": 45}
    proposal = Proposal(round_id=made.id, request_id=asked.id, state="agreed", expires_at=clock.now(), **pair)
    db.session.add(proposal)
    db.session.flush()
    row = Booking(proposal_id=proposal.id, unit_id=unit, topic=topic, level=1, first_on=date(2026, 12, 2), **pair)
    db.session.add(row)
    db.session.flush()
    return row.id


@command
def on_duty(world: World, name: str) -> int:
    slot = DutySlot(unit_id=world["truong"], user_id=world[name], weekday=4, starts=18 * 60, ends=20 * 60)
    db.session.add(slot)
    db.session.flush()
    return slot.id


def seen(page: str) -> str:
    """What a page says, without its marks."""
    return " ".join(re.sub("<[^>]+>", " ", page).split())


def kinds(user_id: int, days: int = 60) -> list[tuple[str, bool]]:
    found = calendar_queries.times_of(person(user_id), clock.today(), clock.today() + timedelta(days=days))
    return [(one.kind, one.child is not None) for one in found]


# ---- what stands in a week --------------------------------------------------------------------------------------


def test_everything_with_a_time_is_one_list(inside: World) -> None:
    group = group_sessions_fixtures.announced(inside)
    group_sessions_fixtures.signs_up(inside["minh"], group)
    booked(inside)
    assert kinds(inside["minh"], 6) == [("group", False), ("weekly", False)]
    assert kinds(inside["khoa"], 6) == [("weekly", False)]
    assert ("group", False) in kinds(inside["hang"], 6)  # who leads it
    assert kinds(inside["lan"], 6) == [("group", True), ("weekly", True)]  # her children's
    assert kinds(inside["bay"], 6) == []


def test_visits_handovers_trainings_and_turns_of_duty_have_their_day(inside: World) -> None:
    fixtures.planned(inside)
    assert "visit" in dict(kinds(inside["bay"]))
    handover = loan_fixtures.planned(inside, who="minh")
    assert loan_fixtures.handover(handover).receiver_id == inside["lan"]
    assert "handover" in dict(kinds(inside["lan"]))
    training = training_fixtures.announced(inside)
    assert training and "training" in dict(kinds(inside["mai"]))
    before = kinds(inside["hang"], 13).count(("duty", False))
    on_duty(inside, "hang")
    assert kinds(inside["hang"], 13).count(("duty", False)) == before + 2
    assert not any(kind == "duty" for kind, _ in kinds(inside["minh"]))


def test_a_loan_is_due_on_a_whole_day(inside: World) -> None:
    loan = loan_fixtures.loan(loan_fixtures.lent(inside, who="minh"))
    found = calendar_queries.times_of(person(inside["lan"]), loan.due_on, loan.due_on)
    assert [(one.kind, one.all_day) for one in found] == [("loan", True)]
    assert clock.local(found[0].starts).date() == loan.due_on


def test_a_day_on_which_one_is_away_has_no_weekly_meeting(inside: World) -> None:
    booked(inside)
    before = [
        one.ref for one in calendar_queries.times_of(person(inside["minh"]), date(2026, 12, 1), date(2026, 12, 20))
    ]
    scheduling_commands.add_away(person(inside["khoa"]), inside["khoa"], date(2026, 12, 8), date(2026, 12, 10))
    after = [
        one.ref for one in calendar_queries.times_of(person(inside["minh"]), date(2026, 12, 1), date(2026, 12, 20))
    ]
    assert len(before) == 3 and [ref for ref in before if ref not in after] == [before[1]]


def test_the_page_says_weekday_day_and_hours(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        booked(world)
    page = as_("minh").get("/calendar").text
    words = seen(page)
    assert "Thứ Tư, 2/12" in words and "19:00–19:45" in words and "Khoa" in words
    assert "Tuần trước" in words and "Tuần sau" in words
    assert "Của Minh" not in words and "Của Minh" in seen(as_("lan").get("/calendar").text)


def test_staff_see_the_week_beside_their_rail_and_a_whole_day_in_words(app: Flask, world: World, as_: As) -> None:
    page = as_("hang").get("/calendar").text  # on duty all day, each day of the week
    week = page[page.index('<ol class="week">') : page.index("</ol>")]
    assert week.count("<h2>") == 7 and week.count("<b>Cả ngày</b>") == 7 and "00:00–24:00" not in page
    assert week.count('class="today"') == 1 and '<nav class="rail' in page
    assert page.count("<main") == 1 and page.count("<h1>") == 1
    assert '<nav class="rail' not in as_("minh").get("/calendar").text
    start = as_("hang").get("/").text  # the start page says it with the same words
    assert start.split('class="agenda"')[1].count("Cả ngày") == 7 and "00:00–24:00" not in start


def test_a_week_without_anything_says_what_will_stand_there(world: World, as_: As) -> None:
    page = as_("bay").get("/calendar?from=2026-12-21").text
    assert "Tuần này chưa có hẹn nào" in page and "Về tuần này" in page
    assert as_("bay").get("/calendar?from=nonsense").status_code == 200
    assert "Tuần sau" not in as_("bay").get("/calendar?from=2027-06-18").text.replace("Tuần sau nữa", "")


def test_a_holiday_is_named_and_nothing_is_cancelled_by_it(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        booked(world, day=4)  # every Friday
    page = as_("minh").get("/calendar?from=2027-01-01").text
    assert "Ngày nghỉ lễ: Tết Dương lịch" in page and "19:00–19:45" in page and "buổi này vẫn giữ" in page
    assert "Ngày nghỉ lễ" not in as_("minh").get("/calendar?from=2027-11-24").text


# ---- files: an independent reading of RFC 5545 --------------------------------------------------------------------


def lines_of(data: bytes) -> list[str]:
    """Unfolded content lines, held to the rules of section 3.1 on the way."""
    assert data.endswith(b"\r\n") and not re.search(rb"\r(?!\n)|(?<!\r)\n", data)
    unfolded: list[bytes] = []
    for line in data[:-2].split(b"\r\n"):
        assert 0 < len(line) <= 75, line
        line.decode()  # no letter is torn apart between two lines
        if line[:1] in b" \t":
            unfolded[-1] += line[1:]
        else:
            unfolded.append(line)
    return [line.decode() for line in unfolded]


def unescaped(value: str) -> str:
    """TEXT of section 3.3.11: nothing but these four is escaped, and what must be is."""
    assert not re.search(r"(?<!\\)(?:\\\\)*[;,]", value), value
    assert not re.search(r"(?<!\\)(?:\\\\)*\\[^\\;,nN]", value), value
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value)


def parts(data: bytes) -> dict[str, list[dict[str, str]]]:
    """The components with their properties by name, each closed in the order in which it was opened."""
    found: dict[str, list[dict[str, str]]] = {}
    open_: list[tuple[str, dict[str, str]]] = []
    for line in lines_of(data):
        name, _, value = line.partition(":")
        if name == "BEGIN":
            open_.append((value, {}))
        elif name == "END":
            kind, properties = open_.pop()
            assert kind == value
            found.setdefault(kind, []).append(properties)
        else:
            assert re.fullmatch(r"[A-Z-]+(;[A-Z-]+=[^;:]+)*", name), name
            assert name.split(";")[0] not in {key.split(";")[0] for key in open_[-1][1]}, f"{name} twice"
            open_[-1][1][name] = value
    assert not open_
    return found


def checked(data: bytes) -> dict[str, list[dict[str, str]]]:
    """What sections 3.4 and 3.6 ask for of each part; and the library reads the same."""
    found = parts(data)
    [file], [zone] = found["VCALENDAR"], found["VTIMEZONE"]
    assert file["VERSION"] == "2.0" and file["PRODID"] and zone["TZID"] == "Asia/Ho_Chi_Minh"
    [standard] = found["STANDARD"]
    assert standard["TZOFFSETTO"] == standard["TZOFFSETFROM"] == "+0700" and standard["DTSTART"]
    uids = [one["UID"] for one in found.get("VEVENT", [])]
    assert len(set(uids)) == len(uids)
    for one in found.get("VEVENT", []):
        assert re.fullmatch(r"\d{8}T\d{6}Z", one["DTSTAMP"]) and one["SEQUENCE"].isdecimal()
        starts = [key for key in one if key.startswith("DTSTART")]
        assert starts in (["DTSTART;TZID=Asia/Ho_Chi_Minh"], ["DTSTART;VALUE=DATE"])
        assert one["STATUS"] in ("CONFIRMED", "TENTATIVE", "CANCELLED")
        for name in ("SUMMARY", "DESCRIPTION"):
            unescaped(one[name])
    for one in found.get("VALARM", []):
        assert one["ACTION"] == "DISPLAY" and one["TRIGGER"].startswith("-P") and one["DESCRIPTION"]
    assert len(found.get("VALARM", [])) == sum(one["STATUS"] != "CANCELLED" for one in found.get("VEVENT", []))
    read = icalendar.Calendar.from_ical(data)
    assert [str(one["uid"]) for one in read.walk("VEVENT")] == uids and not read.errors
    return found


def said(**more: Any) -> calendar_queries.Said:
    told: dict[str, Any] = {
        "number": 7, "kind": "training", "starts": NOW, "ends": NOW + timedelta(hours=1), "place": "", "all_day": False,
        "waiting": False, "for_child": False, "sequence": 0, "changed_at": NOW, "cancelled": False,
    }  # fmt: skip
    return calendar_queries.Said(**(told | more))


@pytest.mark.parametrize("place", [
    "Trung tâm Văn hoá – Thể thao phường Hiệp Bình, số 12; lối sau; hỏi chị Thuỳ, tầng 3",
    "Ệ" * 200, "a\\b\nc;d,e", "😀" * 60, "x" * 64 + "ễ" * 5, "Nhà văn hoá \N{COMBINING ACUTE ACCENT}" * 9,
])  # fmt: skip
def test_any_place_is_folded_and_escaped_as_the_standard_says(app: Flask, place: str) -> None:
    with app.test_request_context():
        data = icalendar_file.written([said(place=place)], SITE)
    [event] = checked(data)["VEVENT"]
    assert unescaped(event["LOCATION"]) == place
    assert str(icalendar.Calendar.from_ical(data).walk("VEVENT")[0]["location"]) == place


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_makes_a_file_with_its_time_in_vietnam(app: Flask, kind: str) -> None:
    whole = kind == "loan"
    starts = datetime(2026, 12, 2, tzinfo=clock.LOCAL) if whole else datetime(2026, 12, 2, 12, tzinfo=UTC)
    ends = starts + (timedelta(days=1) if whole else timedelta(minutes=45))
    with app.test_request_context():
        data = icalendar_file.written([said(kind=kind, starts=starts, ends=ends, all_day=whole)], SITE)
    [event] = checked(data)["VEVENT"]
    if whole:
        assert event["DTSTART;VALUE=DATE"] == "20261202" and event["DTEND;VALUE=DATE"] == "20261203"
    else:
        assert event["DTSTART;TZID=Asia/Ho_Chi_Minh"] == "20261202T190000"
        assert event["DTEND;TZID=Asia/Ho_Chi_Minh"] == "20261202T194500"
    assert event["UID"] == "time-7@hoc.example" and event["URL"] == f"{SITE}/calendar?from=2026-12-02"


def test_an_empty_feed_is_a_calendar_too(app: Flask) -> None:
    with app.test_request_context():
        assert "VEVENT" not in checked(icalendar_file.written([], SITE))


# ---- what changes, and what is called off -------------------------------------------------------------------------


def of_feed(user_id: int, kind: str) -> list[calendar_queries.Said]:
    return [one for one in calendar_queries.for_feed(person(user_id)) if one.kind == kind]


def test_the_sequence_rises_with_each_change_and_the_number_stays(inside: World) -> None:
    group = group_sessions_fixtures.announced(inside)
    group_sessions_fixtures.signs_up(inside["minh"], group)
    [first] = of_feed(inside["minh"], "group")
    assert of_feed(inside["minh"], "group") == [first] and first.sequence == 0
    moved(group, timedelta(hours=1))
    [second] = of_feed(inside["minh"], "group")
    assert (second.number, second.sequence) == (first.number, 1) and second.starts == first.starts + timedelta(hours=1)
    group_sessions_fixtures.withdraws(inside["minh"], group)
    [third] = of_feed(inside["minh"], "group")
    assert (third.number, third.sequence, third.cancelled) == (first.number, 2, True)
    assert of_feed(inside["minh"], "group") == [third]
    group_sessions_fixtures.signs_up(inside["minh"], group)
    [fourth] = of_feed(inside["minh"], "group")
    assert (fourth.number, fourth.sequence, fourth.cancelled) == (first.number, 3, False)


def test_who_waits_for_a_place_has_a_time_that_is_not_certain(inside: World) -> None:
    group = group_sessions_fixtures.announced(inside, places=2)
    for child in group_sessions_fixtures.pupils(inside, 2):
        group_sessions_fixtures.signs_up(inside["lan"], group, child)
    group_sessions_fixtures.signs_up(inside["minh"], group)
    [one] = of_feed(inside["minh"], "group")
    assert one.waiting and not one.cancelled


def test_what_is_over_is_not_called_off(inside: World) -> None:
    group = group_sessions_fixtures.announced(inside)
    group_sessions_fixtures.signs_up(inside["minh"], group)
    [first] = of_feed(inside["minh"], "group")
    with clock.travel(NOW + timedelta(days=3)):
        pairing_over = sa.update(GroupSession).where(GroupSession.id == group).values(state="missed", because="few")
        command(lambda: db.session.execute(pairing_over))()
        assert of_feed(inside["minh"], "group") == []
    entry = db.session.scalars(sa.select(CalendarEntry).where(CalendarEntry.id == first.number)).one()
    assert not entry.cancelled


def test_one_time_is_a_file_for_whoever_has_it(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        group = group_sessions_fixtures.announced(world)
        group_sessions_fixtures.signs_up(world["minh"], group)
    answer = as_("minh").get(f"/calendar/group/{group}.ics")
    assert answer.status_code == 200 and answer.mimetype == "text/calendar"
    [event] = checked(answer.data)["VEVENT"]
    assert event["STATUS"] == "CONFIRMED" and event["SUMMARY"] == "Buổi học nhóm"
    assert as_("bay").get(f"/calendar/group/{group}.ics").status_code == 404
    assert as_("minh").get(f"/calendar/secret/{group}.ics").status_code == 404
    with app.app_context():
        group_sessions_fixtures.withdraws(world["minh"], group)
    [event] = checked(as_("minh").get(f"/calendar/group/{group}.ics").data)["VEVENT"]
    assert event["STATUS"] == "CANCELLED" and event["SEQUENCE"] == "1"


# ---- the private feed ---------------------------------------------------------------------------------------------


def address(client: FlaskClient) -> str:
    page = client.post("/calendar/feed", follow_redirects=True)
    found = re.search(r'value="(http[^"]+/calendar/[\w-]{43}\.ics)"', page.text)
    assert found and "webcal://" in page.text and "Google" in page.text
    return "/calendar/" + found[1].rpartition("/")[2]


def test_the_address_is_shown_once_and_only_its_hash_is_kept(app: Flask, world: World, as_: As) -> None:
    path = address(as_("minh"))
    token = path.removeprefix("/calendar/").removesuffix(".ics")
    assert token not in as_("minh").get("/calendar").text
    again = as_("minh").get("/calendar/feed", follow_redirects=True)  # a page loaded anew makes no other address
    assert token not in again.text and "chỉ hiện một lần" in again.text
    with app.app_context():
        row = db.session.scalars(sa.select(CalendarFeed)).one()
        assert row.token_hash == feeds.hashed(token) and token not in repr(row.__dict__)
    assert app.test_client().get(path).status_code == 200  # without signing in
    assert "Đọc lần cuối" in as_("minh").get("/calendar").text


def test_a_new_address_ends_the_old_one_and_it_can_be_ended(app: Flask, world: World, as_: As) -> None:
    old = address(as_("minh"))
    new = address(as_("minh"))
    reader = app.test_client()
    assert old != new and reader.get(old).status_code == 404 and reader.get(new).status_code == 200
    as_("minh").post("/calendar/feed/end")
    assert reader.get(new).status_code == 404


def test_a_suspension_and_the_end_of_an_account_end_it(app: Flask, world: World, as_: As) -> None:
    for name, end in (("khoa", "suspended"), ("bay", "erased")):
        path = address(as_(name))
        assert app.test_client().get(path).status_code == 200
        with app.app_context():
            if end == "suspended":
                suspensions.suspend(person(world["quang"]), world[name], "Nói lời không hay với người khác")
            else:
                command(lambda name=name: publish(AccountErased(world[name], clock.now())))()
            assert db.session.scalar(sa.select(CalendarFeed).where(CalendarFeed.user_id == world[name])) is None
            assert db.session.scalar(sa.select(CalendarEntry).where(CalendarEntry.user_id == world[name])) is None
        assert app.test_client().get(path).status_code == 404


def test_what_has_not_changed_is_not_sent_again(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        group = group_sessions_fixtures.announced(world)
        group_sessions_fixtures.signs_up(world["minh"], group)
    path, reader = address(as_("minh")), app.test_client()
    first = reader.get(path)
    assert first.headers["ETag"] and first.headers["Last-Modified"] and "Set-Cookie" not in first.headers
    assert reader.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert reader.get(path, headers={"If-Modified-Since": first.headers["Last-Modified"]}).status_code == 304
    with app.app_context():
        moved(group, timedelta(hours=1))
    with clock.travel(NOW + timedelta(minutes=5)):
        later = reader.get(path, headers={"If-Modified-Since": first.headers["Last-Modified"]})
        assert later.status_code == 200 and later.headers["ETag"] != first.headers["ETag"]


def test_a_reader_that_asks_all_the_time_is_told_to_wait(app: Flask, world: World, as_: As) -> None:
    path, reader = address(as_("minh")), app.test_client()
    codes = [reader.get(path).status_code for _ in range(61)]
    assert codes[0] == 200 and codes[-1] == 429


def test_a_feed_names_nobody_and_tells_no_home_and_nothing_written(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        group = group_sessions_fixtures.announced(world, words="Bí mật của buổi học")
        group_sessions_fixtures.signs_up(world["minh"], group)
        booked(world)
        fixtures.planned(world)
        loan_fixtures.planned(world, who="an")
        training_fixtures.announced(world)
        on_duty(world, "hang")
        people = [(one.shown_name, one.called_name) for one in db.session.scalars(sa.select(User).order_by(User.id))]
    for name in ("minh", "lan", "khoa", "bay", "hang", "mai"):
        found = checked(app.test_client().get(address(as_(name))).data)
        text = " ".join(unescaped(one[key]) for one in found.get("VEVENT", []) for key in one if key in
                        ("SUMMARY", "DESCRIPTION", "LOCATION"))  # fmt: skip
        assert found.get("VEVENT"), name
        for shown, called in people:
            for one in (shown, called):
                assert not re.search(rf"(?<!\w){re.escape(one)}(?!\w)", text), (name, one)
        assert "Bí mật" not in text and "ATTENDEE" not in str(found) and "ORGANIZER" not in str(found)


def test_files_of_two_people_share_no_number(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        booked(world)
    numbers = [
        {one["UID"] for one in checked(app.test_client().get(address(as_(name))).data)["VEVENT"]}
        for name in ("minh", "khoa", "lan")
    ]
    assert all(numbers) and not numbers[0] & numbers[1] and not numbers[0] & numbers[2]


def test_an_english_feed_speaks_english(app: Flask, world: World) -> None:
    client = client_of(app, world["khoa"])
    client.set_cookie("language", "en")
    with app.app_context():
        booked(world)
    [event, *_] = checked(app.test_client().get(address(client)).data)["VEVENT"]
    assert event["SUMMARY"] == "Weekly session"


# ---- holidays in what is proposed and in what reminds -------------------------------------------------------------


def near(user_id: int, at: datetime) -> str:
    announce_near = command(lambda: publish(MeetingNear(1, user_id, user_id, at, 24)))
    announce_near()
    notice = db.session.scalars(sa.select(Notice).where(Notice.user_id == user_id).order_by(Notice.id.desc())).first()
    assert notice is not None
    return notice.say % notice.params


def test_a_reminder_on_a_holiday_names_it(inside: World) -> None:
    holiday = datetime(2027, 1, 1, 12, tzinfo=UTC)
    assert near(inside["khoa"], holiday) == (
        "Ngày mai có buổi học: 19:00 01/01/2027. Hôm đó là ngày nghỉ lễ: Tết Dương lịch."
    )
    assert "lễ" not in near(inside["khoa"], holiday + timedelta(days=1))


def test_a_time_that_is_proposed_on_a_holiday_says_so(app: Flask) -> None:
    holiday = datetime(2027, 4, 30, 2, tzinfo=UTC)
    with app.test_request_context():
        assert "(ngày nghỉ lễ: Ngày Chiến thắng)" in i18n.when(holiday)
        assert "lễ" not in i18n.when(holiday - timedelta(days=1))
