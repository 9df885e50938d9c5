"""A child that was not at ease comes before its teachers, by the way of every worry, and nobody else learns of it."""

import json
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.moderation.conftest import Who
from tests.rooms.conftest import new_id, open_pair
from tests.swapped import swapped
from tutoring.accounts.models import Guardian
from tutoring.insights.transparency.jobs import count, this_half
from tutoring.kernel import clock, file_storage, jobs
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.kernel.file_storage import FileStorage
from tutoring.moderation.cases import queries as cases_queries
from tutoring.moderation.cases.claims import claim
from tutoring.moderation.models import Case, Report
from tutoring.moderation.welfare import acts, monthly_statistics, talks
from tutoring.moderation.welfare.models import Welfare
from tutoring.notifications.inbox.commands import notify
from tutoring.notifications.models import Notice
from tutoring.policy.rooms.comfort import UNEASY
from tutoring.policy.welfare import is_graver
from tutoring.privacy import data_export
from tutoring.rooms import queries
from tutoring.rooms.comfort.commands import answer_comfort
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.models import Message
from tutoring.rooms.sessions import commands as sessions_commands
from tutoring.web.socket_io import realtime

As = Callable[[str], FlaskClient]
BEATEN = "Bố em say rượu đánh em chảy máu"


@pytest.fixture
def media(app: Flask, tmp_path: Path) -> Iterator[None]:
    with swapped(app, file_storage=FileStorage(tmp_path / "media")):
        yield


def uneasy(who: Who, room_id: int, felt: str = UNEASY) -> Case:
    answer_comfort(who("minh"), room_id, felt)
    return db.session.scalars(sa.select(Case)).one()


def told() -> dict[str, set[int]]:
    """Who has which notice of a case."""
    found: dict[str, set[int]] = {}
    for notice in db.session.scalars(sa.select(Notice).where(Notice.path.startswith("/desk/"))):
        found.setdefault(notice.say, set()).add(notice.user_id)
    return found


def inboxes(*user_ids: int) -> list[tuple[int, str]]:
    found = db.session.scalars(sa.select(Notice).where(Notice.user_id.in_(user_ids)))
    return sorted((one.user_id, one.key) for one in found)


def may_see(who: Who, case_id: int, *names: str) -> set[str]:
    found = set()
    for name in names:
        try:
            cases_queries.case_for(who(name), case_id)
        except NotFound:
            continue
        found.add(name)
    return found


PEOPLE = ("minh", "an", "lan", "khoa", "hang", "quang", "muoi", "mai", "bay", "admin1")


# ---- the case ------------------------------------------------------------------------------------------------


def test_it_is_looked_at_within_a_school_day_and_alarms_nobody(who: Who, pair: int) -> None:
    case = uneasy(who, pair)
    assert (case.grade, case.kind, case.about_id, case.state) == ("S2", "site", None, "open")
    assert case.look_by - case.opened_at == timedelta(hours=12)
    assert case.welfare is not None and (case.welfare.level, case.welfare.rounds) == (UNEASY, 0)
    assert list(told()) == ["Có báo cáo mới chờ bạn xem trong hôm nay."]
    assert db.session.scalars(sa.select(Report)).all() == []


@pytest.mark.parametrize("felt", ["well", "fine"])
def test_other_answers_make_no_case(who: Who, pair: int, felt: str) -> None:
    answer_comfort(who("minh"), pair, felt)
    assert db.session.scalars(sa.select(Case)).all() == [] and told() == {}


def test_the_staff_of_the_class_see_it_and_nobody_else(who: Who, inside: World, pair: int) -> None:
    case = uneasy(who, pair)
    assert may_see(who, case.id, *PEOPLE) == {"hang", "quang"}
    assert told().popitem()[1] == {inside["hang"], inside["quang"]}  # who is on duty


def test_it_is_one_case_however_often_the_child_answers(who: Who, pair: int) -> None:
    case = uneasy(who, pair)
    assert uneasy(who, pair).id == case.id


def test_a_teacher_who_helped_there_neither_sees_it_nor_is_told(who: Who, inside: World) -> None:
    seats = [(inside["minh"], "learner"), (inside["hang"], "helper")]
    room = sessions_commands.open_room(inside["lop6a"], seats, "join-class", minors=True, observed=True)
    case = uneasy(who, room.id)
    assert may_see(who, case.id, *PEOPLE) == {"quang"}
    assert told().popitem()[1] == {inside["quang"]}


@pytest.mark.parametrize("whose", ["minh", "khoa"])
def test_a_teacher_of_either_family_neither_sees_it_nor_is_told(
    who: Who, inside: World, pair: int, whose: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pushed: list[str] = []
    monkeypatch.setattr(realtime, "push", lambda event, _data, to: pushed.append(f"{event} {to}"))
    db.session.add(Guardian(child_id=inside[whose], guardian_id=inside["hang"]))
    db.session.commit()
    case = uneasy(who, pair)
    assert may_see(who, case.id, *PEOPLE) == {"quang"}
    assert told().popitem()[1] == {inside["quang"]}
    with clock.travel(clock.now() + timedelta(hours=13)):  # overdue: the coordinators, and again not the relative
        jobs.run_due()
    assert inside["hang"] not in set().union(*told().values())
    assert f"changed user:{inside['hang']}" not in pushed and f"changed user:{inside['quang']}" in pushed


def test_where_nobody_of_the_unit_may_see_it_the_site_admins_do(who: Who, inside: World, pair: int) -> None:
    for name in ("hang", "quang"):
        db.session.add(Guardian(child_id=inside["khoa"], guardian_id=inside[name]))
    db.session.commit()
    case = uneasy(who, pair)
    assert case.alarm == 2 and may_see(who, case.id, *PEOPLE) == {"admin1"}


def test_what_is_said_of_danger_later_makes_it_graver(who: Who, pair: int) -> None:
    case = uneasy(who, pair)
    messages_commands.post_message(who("minh"), pair, new_id(), BEATEN)
    assert case.welfare is not None and (case.grade, case.welfare.level) == ("S0", "explicit")
    assert case.look_by - clock.now() <= timedelta(minutes=15)
    assert is_graver("ambiguous", UNEASY) and not is_graver(UNEASY, "ambiguous") and not is_graver(UNEASY, UNEASY)


def test_an_answer_joins_the_case_of_a_child_that_wrote_of_danger(who: Who, pair: int) -> None:
    messages_commands.post_message(who("minh"), pair, new_id(), BEATEN)
    case = db.session.scalars(sa.select(Case)).one()
    assert uneasy(who, pair).id == case.id
    assert case.welfare is not None and (case.grade, case.welfare.level) == ("S0", "explicit")


def test_the_page_of_the_case_names_the_child_and_keeps_its_promise(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        room = open_pair(world)
        messages_commands.post_message(person(world["khoa"]), room, new_id(), "Sao em học chậm vậy")
    as_("minh").post(f"/rooms/{room}/end", data={"felt": "uneasy"})
    hang = as_("hang")
    desk = hang.get("/desk").text
    assert "Một em không thấy thoải mái sau buổi học" in desk
    assert "bắt nạt" not in desk and "hệ thống nhận ra" not in desk
    path = re.search(r'href="(/desk/cases/\d+)"', desk)[1]  # type: ignore[index]
    page = hang.get(path).text
    page = page[page.index("<main") : page.index("</main>")]
    assert page.count('class="btn"') == 1 and "Mở phòng nói chuyện với em" in page
    for said in ("Minh", "Không thoải mái", "Em Khoa", "Sao em học chậm vậy", "Đừng nói lại với họ"):
        assert said in page, said
    assert f"/report/person/{world['khoa']}" in page
    assert hang.post(f"{path}/close").status_code == 303 and "Hãy ghi việc đã làm trước" in hang.get(path).text
    assert hang.post(f"{path}/did", data={"kind": "talked"}).status_code == 303
    assert hang.post(f"{path}/close").status_code == 303
    assert "đã có người lớn lo" in hang.get(path).text and "Một em không" in hang.get("/desk/cases").text


def test_neither_claim_nor_end_of_it_says_anything_in_the_room_or_to_the_helper(
    who: Who, inside: World, pair: int
) -> None:
    others = inside["khoa"], inside["lan"], inside["minh"]
    before = inboxes(*others)
    case = uneasy(who, pair)
    claim(who("hang"), case.id)
    lines = sa.select(Message).where(Message.room_id == pair, Message.kind == "system")
    assert db.session.scalars(lines).all() == []
    acts.record_act(who("hang"), case.id, "talked", "")
    acts.close(who("hang"), case.id)
    assert inboxes(*others) == before


def test_a_case_that_was_nothing_tells_nobody(who: Who, inside: World, pair: int) -> None:
    before = inboxes(inside["minh"], inside["khoa"], inside["lan"])
    case = uneasy(who, pair)
    acts.calm(who("hang"), case.id)
    assert case.state == "decided" and set().union(*told().values()) == {inside["hang"], inside["quang"]}
    assert inboxes(inside["minh"], inside["khoa"], inside["lan"]) == before


# ---- the talk ------------------------------------------------------------------------------------------------


def test_one_tap_opens_a_talk_with_staff_and_calls_them(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        room = open_pair(world)
    minh = as_("minh")
    minh.post(f"/rooms/{room}/end", data={"felt": "uneasy"})
    answer = minh.post(f"/rooms/{room}/talk")
    assert answer.status_code == 303 and minh.get(answer.location).status_code == 200
    with app.app_context():
        case = db.session.scalars(sa.select(Case)).one()
        assert told()["Một em đang chờ nói riêng với thầy cô. Mở xem ngay."] == {world["hang"], world["quang"]}
    for name in ("khoa", "lan", "an"):
        assert as_(name).get(answer.location).status_code == 404
        assert answer.location not in as_(name).get("/rooms").text
    page = as_("hang").get(f"/desk/cases/{case.id}").text
    assert "Vào phòng nói chuyện với em" in page and "Em đã vào phòng nói chuyện và đang chờ." in page
    entered = as_("hang").post(f"/desk/cases/{case.id}/talk")
    assert entered.location == answer.location and "Cô Hằng đã vào phòng." in minh.get(answer.location).text
    assert minh.post(f"/rooms/{room}/talk").location == answer.location  # one talk, however often it is asked for
    end = minh.get(f"{answer.location}/end").text
    assert "thoải mái" not in end[end.index("<main") :]


def test_a_child_that_answered_otherwise_may_ask_for_a_talk_too(who: Who, pair: int) -> None:
    answer_comfort(who("minh"), pair, "well")
    talks.ask_to_talk(who("minh"), pair)
    case = db.session.scalars(sa.select(Case)).one()
    assert case.welfare is not None and case.welfare.is_uneasy


@pytest.mark.parametrize("name", ["khoa", "lan", "an", "hang", "bay"])
def test_nobody_else_asks_for_one_there(app: Flask, world: World, as_: As, name: str) -> None:
    with app.app_context():
        room = open_pair(world)
    assert as_(name).post(f"/rooms/{room}/talk").status_code == 404
    with app.app_context():
        assert db.session.scalars(sa.select(Case)).all() == []


# ---- where it must not show ----------------------------------------------------------------------------------------


def _plain(page: str) -> str:
    """A page without what differs from one request to the next."""
    page = re.sub(r'(name="csrf(?:_token)?"[^>]* (?:value|content)=)"[^"]+"', r"\1", page)
    page = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}|page=[0-9a-f]{8}", "", page)
    return re.sub(r"\d\d:\d\d(:\d\d(\.\d+)?)?", "", page)


def doors(world: World, room: int) -> dict[str, tuple[str, ...]]:
    """Every page on which the helper and the mother find anything of this session."""
    inside = (f"/rooms/{room}", f"/rooms/{room}/end", f"/rooms/{room}/messages", f"/rooms/{room}/search?q=tho",
              f"/rooms/{room}/summary", "/rooms", "/", "/notices", "/requests", "/my-reports", "/acts-about-me",
              "/account", "/search?q=thoai+mai", "/calendar", "/privacy", "/weekly")  # fmt: skip
    return {
        "khoa": (*inside, "/helping", "/minutes"),
        "lan": (*inside, f"/children/{world['minh']}", f"/children/{world['minh']}/week"),
    }


def shown_after(app: Flask, world: World, as_: As, felt: str) -> dict[str, str]:
    with app.app_context():
        room = open_pair(world)
    minh = as_("minh")
    minh.get(f"/rooms/{room}")
    minh.post(f"/rooms/{room}/end", data={"felt": felt, "thanks": "y"})
    if felt == UNEASY:
        with app.app_context():
            case = db.session.scalars(sa.select(Case)).one().id
        as_("hang").post(f"/desk/cases/{case}/claim")
        as_("hang").post(f"/desk/cases/{case}/talk")
    found = {}
    for name, paths in doors(world, room).items():
        client = as_(name)
        for path in paths:
            answer = client.get(path)
            assert answer.status_code in (200, 302, 404), path
            found[f"{name} {path}"] = f"{answer.status_code} {_plain(answer.text)}"
    return found


def test_helper_and_mother_see_the_very_same_pages_whatever_the_child_answered(
    app: Flask, world: World, as_: As, again: Callable[[], None]
) -> None:
    well = shown_after(app, world, as_, "well")
    again()
    bad = shown_after(app, world, as_, UNEASY)
    assert well.keys() == bad.keys() and sum(page.startswith("200") for page in well.values()) > 25
    assert [door for door in well if well[door] != bad[door]] == []
    assert not any("thoải mái" in page for door, page in bad.items() if "/search" not in door)


@pytest.mark.full
def test_the_pages_would_differ_if_something_showed(
    app: Flask, world: World, as_: As, again: Callable[[], None]
) -> None:
    """The test above can fail: a notice for the helper is such a difference."""
    well = shown_after(app, world, as_, "well")
    again()
    with app.app_context():
        notify(world["khoa"], "case:1:S2", "Có báo cáo mới chờ bạn xem trong hôm nay.", "/desk")
    bad = shown_after(app, world, as_, "well")
    assert {door for door in well if well[door] != bad[door]} >= {"khoa /notices", "khoa /"}


def test_nothing_is_pushed_to_the_room_the_helper_or_the_mother(
    who: Who, inside: World, pair: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    pushed: list[tuple[str, Any, str]] = []
    monkeypatch.setattr(realtime, "push", lambda event, data, to: pushed.append((event, data, to)))
    monkeypatch.setattr(realtime, "push_each", lambda event, data, ids: pushed.append((event, data, str(ids))))
    uneasy(who, pair)
    talks.ask_to_talk(who("minh"), pair)
    assert {to for _event, _data, to in pushed} == {f"user:{inside['hang']}", f"user:{inside['quang']}"}
    assert {json.dumps(data) for _event, data, _to in pushed} <= {'{"what": "cases"}', '{"what": "notices"}'}


@pytest.mark.usefixtures("media")
def test_it_is_in_the_childs_own_copy_of_its_data_and_in_no_other(who: Who, inside: World, pair: int) -> None:
    uneasy(who, pair)
    talks.ask_to_talk(who("minh"), pair)

    def copy(name: str, for_guardian: bool) -> dict[str, Any]:
        made, _size = data_export.make(inside[name], for_guardian)
        with zipfile.ZipFile(file_storage.path_of(made)) as archive:
            return dict(json.loads(archive.read("data.json"))["data"])

    own, mothers, helpers = copy("minh", False), copy("minh", True), copy("khoa", False)
    assert [row["felt"] for row in own["comfort_answer"]] == [UNEASY]
    for data in (mothers, helpers, copy("lan", False)):
        assert not data.get("comfort_answer") and UNEASY not in json.dumps(data)
        assert not {"welfare", "report_case", "disclosure"} & {name for name, rows in data.items() if rows}


def test_no_figure_that_others_read_counts_it(who: Who, pair: int) -> None:
    before = count(this_half())
    uneasy(who, pair)
    assert count(this_half()) == before
    month = clock.today().replace(day=1)
    assert monthly_statistics._rows(date(month.year, month.month, 1)) == []


def test_what_the_audit_chain_says_of_it_names_no_child(who: Who, inside: World, pair: int) -> None:
    case = uneasy(who, pair)
    rows = db.session.scalars(sa.select(AuditRow).where(AuditRow.target == f"case:{case.id}")).all()
    assert [(one.action, one.actor_id) for one in rows] == [("open_case", None)]
    assert all(str(inside["minh"]) not in json.dumps(one.facts) for one in rows)


def test_the_case_is_kept_from_all_who_took_part(who: Who, inside: World, pair: int) -> None:
    uneasy(who, pair)
    row = db.session.scalars(sa.select(Welfare)).one()
    assert set(row.kept_from) == {inside["khoa"], inside["lan"], inside["an"]}
    assert queries.room(pair).closed_at is None
