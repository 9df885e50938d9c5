"""Tasks of members: who is given one and who is asked, who sees it, how it goes on, and that no old page overwrites."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, client_of, person
from tests.groups.conftest import Who
from tutoring.accounts.erasure import erase_account
from tutoring.accounts.models import User
from tutoring.accounts.registration import create_user
from tutoring.community import commands as community
from tutoring.community.join_codes.commands import use_code
from tutoring.community.memberships import suspensions
from tutoring.community.models import Membership
from tutoring.groups.access import place_for
from tutoring.groups.announcements import commands as announcements_commands
from tutoring.groups.models import GroupPost, GroupTask
from tutoring.groups.tasks import commands as tasks_commands
from tutoring.groups.tasks import queries as tasks_queries
from tutoring.groups.tasks.commands import TaskInput
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound
from tutoring.notifications.models import Notice

As = Callable[[str], FlaskClient]


def task(title: str = "Dán áp phích", **more: object) -> TaskInput:
    return TaskInput(title, **more)  # type: ignore[arg-type]


def given(world: World, to: str | None, by: str = "muoi", unit: str = "kp3", **more: object) -> int:
    whom = world[to] if to else None
    return tasks_commands.write_task(person(world[by]), world[unit], task(assignee_id=whom, **more)).id


def state(task_id: int) -> tuple[str, int | None, bool, int]:
    db.session.expire_all()
    row = db.session.get_one(GroupTask, task_id)
    return row.state, row.assignee_id, row.agreed, row.version


def notices(user_id: int) -> list[str]:
    query = sa.select(Notice.say).where(Notice.user_id == user_id, Notice.read_at.is_(None)).order_by(Notice.id)
    return list(db.session.scalars(query))


@command
def helper(who: Who, unit: int) -> User:
    """A grown-up of the community digital team."""
    user = create_user("Anh Tổ Số", "bốn từ dễ nhớ", handle=f"to.{uuid.uuid4().hex[:6]}")
    code = community.create_code(who("admin1"), unit, "helper")
    community.confirm_code(who("admin2"), code.id)
    use_code(user, code.code)
    return user


def test_staff_and_team_have_it_at_once_and_others_are_asked(inside: World, who: Who) -> None:
    team = helper(who, inside["kp3"])
    assert state(given(inside, "mai"))[2] is True
    assert state(tasks_commands.write_task(who("muoi"), inside["kp3"], task("Hai", assignee_id=team.id)).id)[2] is True
    asked = given(inside, "bay", details="Tối thứ Năm")
    assert state(asked) == ("open", inside["bay"], False, 1)
    assert notices(inside["bay"]) == ["%(unit)s nhờ bạn một việc. Mở để trả lời."]
    assert notices(inside["mai"]) == ["%(unit)s giao bạn một việc."]
    assert given(inside, "bay", details="Tối thứ Năm") == asked  # the same form once more


@pytest.mark.parametrize("name", ["minh", "khoa", "lan", "hang", "quang"])
def test_only_grown_ups_of_the_unit_are_given_work(inside: World, who: Who, name: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        given(inside, name)
    assert refused.value.field == "assignee"
    assert inside[name] not in {one.user.id for one in tasks_queries.people_for(inside["kp3"])}


@pytest.mark.parametrize("name", ["bay", "lan", "minh", "hang", "quang", "admin1"])
def test_only_who_leads_gives_work(inside: World, who: Who, name: str) -> None:
    with pytest.raises(NotFound):
        given(inside, None, by=name)
    there = given(inside, None)
    for act in (
        lambda: tasks_commands.change_task(who(name), there, 1, task("Khác")),
        lambda: tasks_commands.move_task(who(name), there, 1, "done"),
        lambda: tasks_commands.answer_task(who(name), there, 1, True),
    ):
        with pytest.raises(NotFound):
            act()


def test_yes_no_and_giving_back(inside: World, who: Who) -> None:
    asked = given(inside, "bay")
    with pytest.raises(NotFound):
        tasks_commands.move_task(who("bay"), asked, 1, "doing")  # has not said yes
    tasks_commands.answer_task(who("bay"), asked, 1, True)
    assert state(asked) == ("open", inside["bay"], True, 2) and notices(inside["bay"]) == []
    assert notices(inside["muoi"]) == ["%(name)s nhận việc bạn nhờ ở %(unit)s."]
    tasks_commands.move_task(who("bay"), asked, 2, "doing")
    tasks_commands.answer_task(who("bay"), asked, 3, False)
    assert state(asked) == ("open", None, False, 4)
    with pytest.raises(NotFound):
        tasks_queries.task_for(who("bay"), asked)
    assert notices(inside["muoi"])[-1] == "%(name)s chưa làm được việc ở %(unit)s."


def test_it_is_moved_on_by_who_has_it_and_dropped_by_who_leads(inside: World, who: Who) -> None:
    there = given(inside, "bay")
    tasks_commands.answer_task(who("bay"), there, 1, True)
    with pytest.raises(Conflict):
        tasks_commands.move_task(who("bay"), there, 2, "dropped")
    tasks_commands.move_task(who("bay"), there, 2, "done")
    tasks_commands.move_task(who("bay"), there, 2, "done")  # pressed twice
    assert state(there)[::3] == ("done", 3)
    assert notices(inside["muoi"])[-1] == "%(name)s đã làm xong một việc của %(unit)s."
    tasks_commands.move_task(who("muoi"), there, 3, "doing")
    tasks_commands.move_task(who("muoi"), there, 4, "dropped")
    with pytest.raises(Conflict):
        tasks_commands.move_task(who("bay"), there, 5, "doing")
    tasks_commands.move_task(who("mai"), there, 5, "open")
    assert state(there) == ("open", inside["bay"], True, 6)


def test_what_is_over_before_an_answer_asks_nobody_any_more(inside: World, who: Who) -> None:
    asked = given(inside, "bay")
    tasks_commands.move_task(who("muoi"), asked, 1, "dropped")
    assert state(asked) == ("dropped", None, False, 2) and notices(inside["bay"]) == []


def test_a_change_made_on_an_old_page_never_overwrites_a_newer_one(inside: World, who: Who) -> None:
    there = given(inside, "muoi")
    tasks_commands.change_task(who("mai"), there, 1, task("Dán hai áp phích", assignee_id=inside["muoi"]))
    for act in (
        lambda: tasks_commands.change_task(who("muoi"), there, 1, task("Dán ba áp phích")),
        lambda: tasks_commands.move_task(who("muoi"), there, 1, "done"),
        lambda: tasks_commands.answer_task(who("muoi"), there, 1, False),
    ):
        with pytest.raises(Conflict) as refused:
            act()
        assert refused.value.code == "changed_meanwhile"
    db.session.rollback()
    row = db.session.get_one(GroupTask, there)
    assert (row.title, row.state, row.assignee_id, row.version) == ("Dán hai áp phích", "open", inside["muoi"], 2)


def test_given_to_somebody_else_it_calls_the_first_no_more(inside: World, who: Who) -> None:
    there = given(inside, "bay")
    tasks_commands.change_task(who("muoi"), there, 1, task(assignee_id=inside["mai"]))
    assert notices(inside["bay"]) == [] and len(notices(inside["mai"])) == 1
    assert state(there) == ("open", inside["mai"], True, 2)
    tasks_commands.change_task(who("muoi"), there, 2, task())
    assert state(there) == ("open", None, False, 3) and notices(inside["mai"]) == []


def test_staff_see_all_and_others_what_is_theirs(inside: World, who: Who) -> None:
    theirs, of_nobody = given(inside, "bay"), given(inside, None, title="Hai")
    for name, seen in (("bay", [theirs]), ("muoi", [of_nobody, theirs]), ("mai", [of_nobody, theirs])):
        place = place_for(who(name), inside["kp3"])
        assert [one.id for one in tasks_queries.all_of(place, inside[name], tasks_queries.ONGOING).items] == seen
    assert [one.id for one in tasks_queries.ongoing(place_for(who("muoi"), inside["kp3"]), inside["muoi"]).items]
    for name in ("lan", "minh", "hang", "admin1"):
        with pytest.raises(NotFound):
            tasks_queries.task_for(who(name), theirs)


def test_ones_own_come_first_then_those_whose_day_is_nearest(inside: World, who: Who) -> None:
    soon, later = clock.today() + timedelta(days=1), clock.today() + timedelta(days=9)
    ids = [
        given(inside, None, title="Không hạn"), given(inside, "mai", title="Sau", due=later),
        given(inside, None, title="Sớm", due=soon), given(inside, "muoi", title="Của tôi"),
    ]  # fmt: skip
    found = tasks_queries.ongoing(place_for(who("muoi"), inside["kp3"]), inside["muoi"]).items
    assert [one.id for one in found] == [ids[3], ids[2], ids[1], ids[0]]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": ""}, "title"), ({"title": "x" * 121}, "title"), ({"details": "x" * 601}, "details"),
        ({"details": "Gọi bác Tư 0912 345 678"}, "details"), ({"title": "Số căn cước 079085001234"}, "title"),
        ({"due": clock.today() - timedelta(days=1)}, "due"), ({"due": clock.today() + timedelta(days=400)}, "due"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field(inside: World, who: Who, wrong: dict[str, object], field: str) -> None:
    there = given(inside, None)
    for act in (
        lambda: tasks_commands.write_task(who("muoi"), inside["kp3"], task(**({"title": "Một việc"} | wrong))),
        lambda: tasks_commands.change_task(who("muoi"), there, 1, task(**({"title": "Một việc"} | wrong))),
    ):
        with pytest.raises(InvalidInput) as refused:
            act()
        assert refused.value.field == field


def test_a_day_that_has_passed_is_told_by_a_word_and_may_stay(inside: World, who: Who) -> None:
    there = given(inside, "muoi", due=clock.today())
    assert not db.session.get_one(GroupTask, there).overdue
    with clock.travel(clock.now() + timedelta(days=2)):
        row = db.session.get_one(GroupTask, there)
        assert row.overdue
        due = row.due
        tasks_commands.change_task(who("muoi"), there, 1, task("Dán lại", due=due, assignee_id=inside["muoi"]))
        tasks_commands.move_task(who("muoi"), there, 2, "done")
        assert not db.session.get_one(GroupTask, there).overdue


# ---- who goes leaves nothing undone unseen --------------------------------------------------------------------


def test_who_leaves_the_unit_leaves_the_work_to_others(inside: World, who: Who) -> None:
    theirs, over = given(inside, "bay"), given(inside, "bay", title="Xong rồi")
    for one in (theirs, over):
        tasks_commands.answer_task(who("bay"), one, 1, True)
    tasks_commands.move_task(who("bay"), over, 2, "done")
    ended = sa.select(Membership.id).where(Membership.user_id == inside["bay"])
    community.end_member(who("bay"), db.session.scalars(ended).one())
    assert state(theirs) == ("open", None, False, 3) and state(over)[1] == inside["bay"]


def test_an_officers_work_in_a_neighbourhood_ends_with_the_office(inside: World, who: Who) -> None:
    theirs = given(inside, "mai")
    ended = sa.select(Membership.id).where(Membership.user_id == inside["mai"])
    community.end_member(who("admin1"), db.session.scalars(ended).one())
    assert state(theirs)[1] is None


def test_a_suspended_persons_work_waits_for_somebody_else(inside: World, who: Who) -> None:
    theirs = given(inside, "bay")
    suspensions.suspend(who("admin1"), inside["bay"], "Gửi lời khó nghe")
    assert state(theirs)[1] is None


def test_an_erased_account_leaves_no_words_and_no_work(inside: World, who: Who) -> None:
    theirs = given(inside, "bay")
    tasks_commands.answer_task(who("bay"), theirs, 1, True)
    given(inside, "bay", by="mai", title="Của Mai")
    announcements_commands.write_post(who("mai"), inside["kp3"], announcements_commands.PostInput("Họp", "Tám giờ"))
    erase_account(inside["bay"])
    assert state(theirs)[1] is None
    erase_account(inside["mai"])
    assert db.session.scalars(sa.select(GroupTask.id).order_by(GroupTask.id)).all() == [theirs]
    assert db.session.scalars(sa.select(GroupPost.id)).all() == []


# ---- pages ----------------------------------------------------------------------------------------------------


def test_pages_of_tasks(app: Flask, world: World, as_: As) -> None:
    lead, path = as_("muoi"), f"/groups/{world['kp3']}/tasks"
    form = {"title": "Chỉ bài cho bà con", "details": "Tối thứ Năm", "assignee": str(world["bay"]), "due": ""}
    at = lead.post(f"{path}/new", data=form).location
    assert "đang hỏi chú Bảy" in lead.get(path).text and "chưa trả lời" in lead.get(at).text
    bay = as_("bay")
    assert "Tôi nhận việc này" in bay.get(at).text and "Sửa hoặc giao" not in bay.get(at).text
    assert "Chờ bạn trả lời" in bay.get(f"/groups/{world['kp3']}").text
    assert bay.post(f"{at}/answer", data={"version": "7", "word": "yes"}, follow_redirects=True).text.count("vừa được")
    assert bay.post(f"{at}/answer", data={"version": "1", "word": "yes"}).location == at
    assert bay.post(f"{at}/move", data={"version": "2", "state": "senseless"}).status_code == 302
    bay.post(f"{at}/move", data={"version": "2", "state": "done"})
    assert "đã xong" in lead.get(f"{path}?over=1").text and "Chỉ bài" not in lead.get(path).text
    page = lead.post(f"{at}/edit", data={**form, "version": "1"})
    assert page.status_code == 409 and "Việc đang ghi:" in page.text
    assert lead.post(f"{path}/new", data={**form, "assignee": "x"}).status_code == 422
    assert lead.post(f"{path}/new", data={**form, "title": "Số 0912 345 678"}).status_code == 422
    stranger = client_of(app, world["lan"])
    for place in (path, at, f"{path}/new"):
        assert stranger.get(place).status_code == 404


def test_pupils_have_no_page_of_tasks(as_: As, world: World) -> None:
    assert as_("minh").get(f"/groups/{world['phuong']}/tasks").status_code == 404
    assert as_("lan").get(f"/groups/{world['phuong']}/tasks").status_code == 200
