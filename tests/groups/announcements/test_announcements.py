"""Announcements: who writes, what is refused, who reads, one pinned, one told a day, taken back and put back."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.groups.conftest import Who
from tutoring.accounts.models import LiveSocket, User
from tutoring.accounts.registration import create_user
from tutoring.accounts.sign_ins import lifecycle
from tutoring.community import commands as community
from tutoring.community.join_codes.commands import use_code
from tutoring.community.units.settings import set_link_hosts
from tutoring.groups.access import place_for
from tutoring.groups.announcements import commands as announcements_commands
from tutoring.groups.announcements import queries as announcements_queries
from tutoring.groups.announcements.commands import PostInput
from tutoring.groups.models import GroupPost
from tutoring.kernel import clock
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound, RateLimited
from tutoring.notifications.inbox.commands import read_notice
from tutoring.notifications.inbox.queries import unread_count as unread
from tutoring.notifications.models import Notice

As = Callable[[str], FlaskClient]


def written(text: str = "Tám giờ sáng thứ Bảy.", title: str = "Tập làm hồ sơ", **more: object) -> PostInput:
    return PostInput(title, text, **more)  # type: ignore[arg-type]


def seen(who: Who, name: str, unit: int) -> list[str]:
    return [one.title for one in announcements_queries.newest(place_for(who(name), unit)).items]


@pytest.mark.parametrize("name", ["bay", "lan", "minh", "khoa", "hang", "quang", "admin1"])
def test_only_who_leads_the_unit_announces(inside: World, who: Who, name: str) -> None:
    for unit in ("kp3", "phuong"):
        with pytest.raises(NotFound):
            announcements_commands.write_post(who(name), inside[unit], written())


def test_a_lead_does_not_announce_for_the_ward_but_an_officer_does_for_both(inside: World, who: Who) -> None:
    with pytest.raises(NotFound):
        announcements_commands.write_post(who("muoi"), inside["phuong"], written())
    for unit in ("phuong", "kp3"):
        announcements_commands.write_post(who("mai"), inside[unit], written())
    with pytest.raises(NotFound):
        announcements_commands.write_post(who("mai"), inside["truong"], written())


def test_the_wards_stand_on_its_neighbourhoods_pages_and_not_the_other_way(inside: World, who: Who) -> None:
    announcements_commands.write_post(who("mai"), inside["phuong"], written(title="Của phường"))
    announcements_commands.write_post(who("muoi"), inside["kp3"], written(title="Của khu phố"))
    assert seen(who, "bay", inside["kp3"]) == ["Của khu phố", "Của phường"]
    assert seen(who, "bay", inside["phuong"]) == ["Của phường"]


@pytest.mark.parametrize(
    ("title", "text", "field"),
    [
        ("", "Có chữ", "title"), ("T" * 101, "Có chữ", "title"), ("Tên", "", "text"), ("Tên", "x" * 1001, "text"),
        ("Tên", "Gọi bác số 0912 345 678 nhé", "text"), ("Zalo 0912345678", "Có chữ", "title"),
        ("Tên", "Vào http://qua-tang.xyz nhận quà", "text"), ("Tên", "Kết bạn Zalo nick minhanh2k9", "text"),
    ],
)  # fmt: skip
def test_what_is_too_long_or_tells_too_much_is_refused(
    inside: World, who: Who, title: str, text: str, field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        announcements_commands.write_post(who("muoi"), inside["kp3"], written(text, title))
    assert refused.value.field == field
    row = announcements_commands.write_post(who("muoi"), inside["kp3"], written("x" * 1000, "T" * 100))
    with pytest.raises(InvalidInput):
        announcements_commands.change_post(who("muoi"), row.id, row.version, written(text, title))


def test_pages_of_the_state_and_those_that_the_unit_lets_be_sent_may_be_named(inside: World, who: Who) -> None:
    announcements_commands.write_post(
        who("muoi"), inside["kp3"], written("Tự gõ dichvucong.gov.vn rồi đăng nhập.", "Cổng quốc gia")
    )
    ours = written("Xem lịch ở https://nhavanhoa-minhhoa.vn nhé.", "Nhà văn hoá")
    with pytest.raises(InvalidInput):
        announcements_commands.write_post(who("muoi"), inside["kp3"], ours)
    set_link_hosts(who("admin1"), inside["phuong"], "nhavanhoa-minhhoa.vn")
    announcements_commands.write_post(who("muoi"), inside["kp3"], ours)


def test_the_same_form_sent_twice_is_one_announcement(inside: World, who: Who) -> None:
    first = announcements_commands.write_post(who("muoi"), inside["kp3"], written(tell=True))
    assert announcements_commands.write_post(who("muoi"), inside["kp3"], written(tell=True)).id == first.id
    with clock.travel(clock.now() + timedelta(minutes=3)):
        assert announcements_commands.write_post(who("muoi"), inside["kp3"], written()).id != first.id


def test_at_most_one_is_pinned_and_it_comes_first(inside: World, who: Who) -> None:
    first = announcements_commands.write_post(who("muoi"), inside["kp3"], written(title="Một", pinned=True)).id
    second = announcements_commands.write_post(who("muoi"), inside["kp3"], written(title="Hai")).id
    assert seen(who, "bay", inside["kp3"]) == ["Một", "Hai"]
    announcements_commands.pin_post(who("mai"), second, True)
    pinned = sa.select(GroupPost.id).where(GroupPost.pinned).order_by(GroupPost.id)
    assert db.session.scalars(pinned).all() == [second]
    announcements_commands.write_post(who("muoi"), inside["kp3"], written(title="Ba", pinned=True))
    assert seen(who, "bay", inside["kp3"]) == ["Ba", "Hai", "Một"]
    announcements_commands.pin_post(who("muoi"), first, True)
    announcements_commands.pin_post(who("muoi"), first, False)
    assert db.session.scalars(pinned).all() == []


def test_one_that_is_past_its_day_or_taken_back_is_read_by_nobody(inside: World, who: Who) -> None:
    row = announcements_commands.write_post(who("muoi"), inside["kp3"], written(until=clock.today(), pinned=True))
    assert seen(who, "bay", inside["kp3"]) == ["Tập làm hồ sơ"]
    with clock.travel(clock.now() + timedelta(days=1)):
        assert seen(who, "bay", inside["kp3"]) == []
        everything = announcements_queries.all_of(place_for(who("muoi"), inside["kp3"])).items
        assert [one.over for one in everything] == [True]
        assert announcements_queries.all_of(place_for(who("bay"), inside["kp3"])).items == []
    announcements_commands.withdraw_post(who("muoi"), row.id)
    assert seen(who, "bay", inside["kp3"]) == []
    with pytest.raises(Conflict):
        announcements_commands.pin_post(who("muoi"), row.id, True)
    announcements_commands.restore_post(who("muoi"), row.id)
    assert seen(who, "bay", inside["kp3"]) == ["Tập làm hồ sơ"] and announcements_queries.post(row.id).pinned
    announcements_commands.withdraw_post(who("muoi"), row.id)
    announcements_commands.write_post(who("muoi"), inside["kp3"], written(title="Khác", pinned=True))
    announcements_commands.restore_post(who("muoi"), row.id)
    assert not announcements_queries.post(row.id).pinned
    acts = db.session.scalars(sa.select(AuditRow.action).where(AuditRow.target == f"post:{row.id}")).all()
    assert sorted(acts) == ["put_back_post"] * 2 + ["take_back_post"] * 2
    with pytest.raises(InvalidInput):
        announcements_commands.write_post(who("muoi"), inside["kp3"], written(until=clock.today() - timedelta(days=1)))


def test_a_change_from_an_old_page_does_not_overwrite_a_newer_one(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        muoi = person(world["muoi"])
        post_id = announcements_commands.write_post(muoi, world["kp3"], written()).id
        announcements_commands.change_post(person(world["mai"]), post_id, 1, written("Chín giờ sáng thứ Bảy."))
        with pytest.raises(Conflict):
            announcements_commands.change_post(muoi, post_id, 1, written("Bảy giờ sáng thứ Bảy."))
    lead, path = as_("muoi"), f"/groups/posts/{post_id}/edit"
    page = lead.post(path, data={"version": "1", "title": "Tập", "text": "Bảy giờ sáng."})
    assert page.status_code == 409 and "Chín giờ sáng" in page.text and "Bảy giờ sáng." in page.text
    assert 'name="version" type="hidden" value="2"' in page.text
    assert lead.post(path, data={"version": "2", "title": "Tập", "text": "Bảy giờ sáng."}).status_code == 302


# ---- members are told -----------------------------------------------------------------------------------------


def told(key: str) -> list[int]:
    query = sa.select(Notice.user_id).where(Notice.key == key).order_by(Notice.user_id)
    return list(db.session.scalars(query))


@command
def neighbour(who: Who, unit: int, n: int) -> int:
    user = create_user(f"Người dân {n}", "bốn từ dễ nhớ", handle=f"dan.{uuid.uuid4().hex[:6]}")
    use_code(user, community.create_code(who("muoi"), unit, "learner").code)
    return user.id


def test_the_units_own_grown_ups_are_told_without_a_word_of_it(inside: World, who: Who) -> None:
    others = [neighbour(who, inside["kp3"], n) for n in range(3)]
    row = announcements_commands.write_post(who("muoi"), inside["kp3"], written(tell=True))
    assert announcements_queries.count_recipients(inside["kp3"], inside["muoi"]) == 4
    assert told(f"group-post:{row.id}") == sorted([inside["bay"], *others])
    [notice] = db.session.scalars(sa.select(Notice).where(Notice.user_id == inside["bay"])).all()
    assert (notice.path, notice.params) == (f"/groups/{inside['kp3']}", {"unit": "Khu phố 3"})
    assert "Tám giờ" not in str(notice.params) + notice.say


def test_taken_back_it_calls_nobody_and_put_back_only_those_who_had_not_looked(inside: World, who: Who) -> None:
    other = neighbour(who, inside["kp3"], 1)
    row = announcements_commands.write_post(who("muoi"), inside["kp3"], written(tell=True))
    key = f"group-post:{row.id}"
    read = db.session.scalar(sa.select(Notice.id).where(Notice.key == key, Notice.user_id == other))
    assert read is not None
    read_notice(person(other), read)
    announcements_commands.withdraw_post(who("muoi"), row.id)
    assert told(key) == [other] and unread(inside["bay"]) == 0
    announcements_commands.restore_post(who("muoi"), row.id)
    assert told(key) == sorted([inside["bay"], other]) and unread(inside["bay"]) == 1 and unread(other) == 0


def test_once_a_day(inside: World, who: Who) -> None:
    first = announcements_commands.write_post(who("muoi"), inside["kp3"], written(title="Một", tell=True))
    announcements_commands.withdraw_post(who("muoi"), first.id)
    with pytest.raises(InvalidInput) as refused:
        announcements_commands.write_post(who("mai"), inside["kp3"], written(title="Hai", tell=True))
    assert refused.value.field == "tell"
    second = announcements_commands.write_post(who("mai"), inside["kp3"], written(title="Hai"))
    with clock.travel(clock.now() + timedelta(days=1)):
        announcements_commands.change_post(who("muoi"), second.id, 1, written(title="Hai", tell=True))
        assert told(f"group-post:{second.id}") == [inside["bay"]]


def test_telling_many_costs_no_more_than_telling_few(inside: World, who: Who, queries: list[str]) -> None:
    def cost(day: int) -> int:
        with clock.travel(clock.now() + timedelta(days=day)):
            queries.clear()
            announcements_commands.write_post(who("muoi"), inside["kp3"], written(title=f"Ngày {day}", tell=True))
        return len(queries)

    before = cost(0)
    for n in range(25):
        neighbour(who, inside["kp3"], n)
    assert cost(1) <= before


def test_a_page_that_is_open_hears_of_it(inside: World, who: Who, monkeypatch: pytest.MonkeyPatch) -> None:
    from_here: list[str] = []
    monkeypatch.setattr("tutoring.web.socket_io.realtime.push", lambda _name, _facts, to: from_here.append(to))
    socket(inside["bay"])
    announcements_commands.write_post(who("muoi"), inside["kp3"], written(tell=True))
    assert from_here == [f"user:{inside['bay']}"]


@command
def socket(user_id: int) -> None:
    sign_in = lifecycle.begin_sign_in(db.session.get_one(User, user_id), "test")
    db.session.add(LiveSocket(sid=uuid.uuid4().hex, sign_in_id=sign_in.id, user_id=user_id))


def test_nobody_floods_a_neighbourhood(inside: World, who: Who) -> None:
    for n in range(20):
        announcements_commands.write_post(who("muoi"), inside["kp3"], written(title=f"Thông báo {n}"))
    with pytest.raises(RateLimited):
        announcements_commands.write_post(who("muoi"), inside["kp3"], written(title="Một nữa"))


# ---- pages ----------------------------------------------------------------------------------------------------


def test_the_list_goes_on_by_key(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        for n in range(13):
            announcements_commands.write_post(person(world["muoi"]), world["kp3"], written(title=f"Thông báo {n:02}"))
    bay, path = as_("bay"), f"/groups/{world['kp3']}/posts"
    page = bay.get(path).text
    assert "Thông báo 12" in page and "Thông báo 03" in page and "Thông báo 02" not in page
    older = page.split("?before=")[1].split('"')[0]
    rest = bay.get(f"{path}?before={older}").text
    assert "Thông báo 02" in rest and "Thông báo 00" in rest and "Thông báo 03" not in rest
    assert "Gỡ" not in rest and "take-back" not in rest


def test_pupils_read_it_without_the_name_of_its_author(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        announcements_commands.write_post(person(world["mai"]), world["phuong"], written())
    for path in (f"/groups/{world['phuong']}", f"/groups/{world['phuong']}/posts"):
        for name, named in (("minh", False), ("lan", True), ("bay", True)):
            article = as_(name).get(path).text.split('<article class="panel"')[1].split("</article>")[0]
            assert "Tập làm hồ sơ" in article and ("Cô Mai" in article) is named, (path, name)


def test_the_form_keeps_what_was_typed(as_: As, world: World) -> None:
    lead, path = as_("muoi"), f"/groups/{world['kp3']}/posts/new"
    page = lead.post(path, data={"title": "Họp", "text": "Gọi số 0912 345 678", "pinned": "y", "tell": "y"})
    assert page.status_code == 422 and "Gọi số 0912 345 678" in page.text and page.text.count(" checked") == 2
    assert "1 người lớn của nhóm" in page.text
    done = lead.post(path, data={"title": "Họp", "text": "Tám giờ", "pinned": "y", "until": "không"})
    assert done.status_code == 422 and "lịch" in done.text
    assert lead.post(path, data={"title": "Họp", "text": "Tám giờ", "tell": "y"}).status_code == 302
    assert "Hôm nay đã báo một lần rồi" in lead.get(path).text
