"""The teacher of a class sees how far its pupils are, where they and their families agreed; nobody else does."""

import csv
import io
import zipfile
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.classes.overview_class import LESSON, PATH, add_pupils, finish, get_stuck, give_progress, let_see
from tests.factories import World, client_of, person
from tests.statements import asked
from tutoring.accounts.consents.commands import give_consent, take_back, withdraw
from tutoring.accounts.events import DataErasureDue
from tutoring.accounts.models import User
from tutoring.classes.overview import commands, queries, sums
from tutoring.classes.overview.erasure import erase_nudges_after_withdrawal
from tutoring.classes.overview.models import ClassNudge
from tutoring.classes.work import commands as work_commands
from tutoring.classes.work.commands import WorkInput
from tutoring.cli.demo.community import _child, _member, _person
from tutoring.community import commands as community
from tutoring.community.models import Membership, Unit
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, NotFound
from tutoring.lessons.catalogue.models import Lesson
from tutoring.lessons.skills.queries import topics
from tutoring.notifications.models import Notice
from tutoring.pairing.requests.commands import ask_for_help

As = Callable[[str], FlaskClient]
NAME = "Zulu"  # of the pupil of class 6A whose progress is looked for
MARK = "Bước 2/"  # what says how far the pupil is


@pytest.fixture(autouse=True)
def _named(app: Flask, world: World) -> None:
    """Gives the pupil a name that stands nowhere else."""
    with app.app_context():
        minh = person(world["minh"])
        minh.full_name = minh.called_name = NAME
        db.session.commit()
        db.session.remove()


@command
def _others(world: World) -> dict[str, int]:
    """More people around: a teacher of the class alone, one of another class, another parent, pupil and coordinator."""
    hang, quang, one = (person(world[name]) for name in ("hang", "quang", "admin1"))
    six, four = (db.session.get_one(Unit, world[place]) for place in ("lop6a", "lop4a"))
    own = _person("thu", "Cô Thu Minh Hoạ", "Thu", "cô")
    _member(own, six, "teacher", quang, one)
    other = _person("hoa", "Cô Hoa Minh Hoạ", "Hoa", "cô")
    _member(other, four, "teacher", quang, one)
    helper = _person("bich", "Cô Bích Minh Hoạ", "Bích", "cô")
    _member(helper, six, "helper", quang, one)
    parent = _person("nga", "Chị Nga Minh Hoạ", "Nga", "chị")
    _member(parent, six, "parent", hang, quang)
    classmate = _child(parent, six, "tam", "Tâm", 6, hang)
    former = _person("cuc", "Cô Cúc Minh Hoạ", "Cúc", "cô")
    _member(former, six, "teacher", quang, one)
    membership = db.session.scalars(sa.select(Membership).where(Membership.user_id == former.id)).one()
    community.end_member(quang, membership.id)
    return {
        "teacher of the class": own.id, "teacher of the school": hang.id, "teacher of another class": other.id,
        "helper of the class": helper.id, "coordinator": quang.id, "officer": world["mai"], "lead": world["muoi"],
        "site admin": world["admin1"], "parent": world["lan"], "another parent": parent.id, "pupil": world["minh"],
        "another pupil": classmate.id, "stranger": world["bay"], "former teacher": former.id,
    }  # fmt: skip


TEACHERS = {"teacher of the class", "teacher of the school"}
SUMS = {"teacher of the school", "coordinator"}


@pytest.mark.parametrize("when", ["before consent", "with consent", "after the withdrawal"])
def test_who_sees_whose_progress(app: Flask, world: World, when: str) -> None:
    """Role × scope, on pages, files, lists and start pages. The family sees its own, whatever teachers may see."""
    place, school, minh = world["lop6a"], world["truong"], world["minh"]
    with app.app_context():
        people = _others(world)
        get_stuck(world["minh"])
        due = clock.today() + timedelta(days=7)
        work_commands.set_work(person(world["hang"]), place, WorkInput(due, kind="lesson", target=LESSON))
        if when != "before consent":
            let_see(world)
        if when == "after the withdrawal":
            withdraw(person(world["lan"]), world["minh"], "progress_shown")
        db.session.remove()
    shown = when == "with consent"
    wrong = []
    for who, user_id in people.items():
        client = client_of(app, user_id)
        page = f"/units/{place}/overview?path={PATH}"
        works = f"/units/{place}/overview?view=works"
        lists = (page, f"{page}&show=stuck", f"{page}&q=zulu", works)
        for address in (*lists, *(f"{one}&as={kind}" for one in (page, works) for kind in ("csv", "xlsx"))):
            answer = client.get(address)
            text = _text(answer.data) if address.endswith("xlsx") and answer.status_code == 200 else answer.text
            if who not in TEACHERS:
                ok = answer.status_code in (403, 404) and MARK not in text
            else:
                ok = answer.status_code == 200 and (MARK in text) is shown
            wrong += [] if ok else [(who, address, answer.status_code)]
        nudged = client.post(f"/units/{place}/overview/nudge", data={"stuck": f"{minh}:{LESSON}"})
        wrong += [] if (nudged.status_code == 302) is (who in TEACHERS) else [(who, "nudge", nudged.status_code)]
        with app.app_context():
            made = db.session.execute(sa.delete(ClassNudge)).rowcount  # type: ignore[attr-defined]
            db.session.commit()
        wrong += [] if made == (who in TEACHERS and shown) else [(who, "nudge", made)]
        own = client.get(f"/children/{minh}/progress")
        follows = client.get("/progress") if who == "pupil" else own
        family = who in ("parent", "pupil")
        wrong += [] if (follows.status_code == 200 and MARK in follows.text) is family else [(who, "own page")]
        sums = client.get(f"/units/{school}/classes-overview")
        wrong += [] if (sums.status_code == 200) is (who in SUMS) else [(who, "sums", sums.status_code)]
        wrong += [(who, "sums name a pupil")] if NAME in sums.text.partition("<main")[2] and who in SUMS else []
        start = client.get("/").text
        glance = "1 em đang dừng" in start
        wrong += [] if glance is (who in TEACHERS and shown) else [(who, "start page", glance)]
    assert not wrong, wrong


def _text(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        return book.read("xl/worksheets/sheet1.xml").decode()


def test_a_pupil_without_consent_is_a_name_without_a_state(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        get_stuck(world["minh"])
    page = as_("hang").get(f"/units/{world['lop6a']}/overview?path={PATH}").text
    assert "Chưa đồng ý cho xem" in page and NAME in page and MARK not in page and "Không có em nào đang dừng" in page


@pytest.mark.parametrize("purpose", ["progress_shown", "profile"])
def test_a_withdrawal_hides_at_once_and_takes_the_question_back(inside: World, purpose: str) -> None:
    get_stuck(inside["minh"])
    let_see(inside)
    commands.nudge(person(inside["hang"]), inside["lop6a"], inside["minh"], LESSON)
    told = sa.select(Notice).where(Notice.user_id == inside["minh"], Notice.key.startswith("nudge:"))
    assert db.session.scalar(told) is not None
    withdraw(person(inside["lan"]), inside["minh"], purpose)
    assert db.session.scalar(told) is None
    found = sums.glances([inside["lop6a"]])[inside["lop6a"]]
    assert (found.pupils, found.shown, found.stuck) == (1, 0, 0)
    take_back(person(inside["lan"]), inside["minh"], purpose)
    assert sums.glances([inside["lop6a"]])[inside["lop6a"]].stuck == 1


def test_the_pupil_of_another_guardian_who_refuses_is_hidden(inside: World) -> None:
    """A withdrawal stands until it is lifted; the assent alone shows nothing."""
    get_stuck(inside["minh"])
    let_see(inside)
    withdraw(person(inside["minh"]), inside["minh"], "progress_shown")
    assert sums.glances([inside["lop6a"]])[inside["lop6a"]].shown == 0


def test_who_leaves_the_class_is_no_longer_seen(inside: World) -> None:
    get_stuck(inside["minh"])
    let_see(inside)
    member = db.session.scalars(sa.select(Membership).where(Membership.user_id == inside["minh"])).one()
    community.end_member(person(inside["hang"]), member.id)
    assert queries.pupils_of([inside["lop6a"]]) == []
    with pytest.raises(Conflict, match="không còn trong danh sách"):
        commands.nudge(person(inside["hang"]), inside["lop6a"], inside["minh"], LESSON)
    with pytest.raises(NotFound):
        commands.nudge(person(inside["mai"]), inside["lop6a"], inside["minh"], LESSON)


def test_a_teacher_asks_once_a_day_and_opens_no_room(inside: World) -> None:
    get_stuck(inside["minh"])
    let_see(inside)
    hang, place = person(inside["hang"]), inside["lop6a"]
    rooms = sa.text("SELECT count(*) FROM room")
    before = db.session.scalar(rooms)
    commands.nudge(hang, place, inside["minh"], LESSON)
    notice = db.session.scalars(sa.select(Notice).where(Notice.key.startswith("nudge:"))).one()
    assert notice.user_id == inside["minh"] and notice.path == f"/ask?lesson={LESSON}&step=2"
    with pytest.raises(Conflict, match="Mỗi ngày"):
        commands.nudge(hang, place, inside["minh"], LESSON)
    with clock.travel(clock.now() + timedelta(days=1)):
        commands.nudge(hang, place, inside["minh"], LESSON)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ClassNudge)) == 2
    assert db.session.scalar(rooms) == before


def test_nobody_is_asked_who_went_on_or_asked_for_help(inside: World) -> None:
    let_see(inside)
    hang, place, minh = person(inside["hang"]), inside["lop6a"], person(inside["minh"])
    get_stuck(minh.id)
    finish(minh.id)
    with pytest.raises(Conflict, match="đi tiếp"):
        commands.nudge(hang, place, minh.id, LESSON)
    with pytest.raises(Conflict, match="đi tiếp"):
        commands.nudge(hang, place, minh.id, "bat-may-lam-quen")  # never begun
    from_lesson = "bat-may-lam-quen"
    get_stuck(minh.id, from_lesson)
    ask_for_help(minh, minh, topics("vi")[0][0], "", lesson_slug=from_lesson, step_number=2)
    with pytest.raises(Conflict, match="đang chờ"):
        commands.nudge(hang, place, minh.id, from_lesson)


def test_the_question_opens_the_sheet_at_the_step(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        get_stuck(world["minh"])
        let_see(world)
    page = as_("hang").post(
        f"/units/{world['lop6a']}/overview/nudge", data={"stuck": f"{world['minh']}:{LESSON}"}, follow_redirects=True
    )
    assert "Em tự quyết định" in page.text and "đã nhắn" in page.text and "Nhắn hỏi<" not in page.text
    inbox = as_("minh").get("/notices").text
    assert "Cô Hằng thấy em dừng ở bước 2" in inbox
    sheet = as_("minh").get(f"/ask?lesson={LESSON}&step=2")
    assert sheet.status_code == 200 and f'value="{LESSON}"' in sheet.text


def test_three_at_one_step_are_offered_a_session_without_names(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        ids = add_pupils(world["lop6a"], 3)
        for one in ids[:2]:
            get_stuck(one)
        db.session.remove()
    address = f"/units/{world['lop6a']}/overview?path={PATH}"
    assert "mở một buổi nhóm" not in as_("hang").get(address).text
    with app.app_context():
        get_stuck(ids[2])
        db.session.remove()
    page = as_("hang").get(address).text
    href = page.split('<p class="actions together"><a class="btn small quiet" href="', 1)[1].split('"', 1)[0]
    form = as_("hang").get(href.replace("&amp;", "&"))
    assert form.status_code == 200 and "Cùng làm bước 2" in form.text and "Bạn" not in href
    with app.app_context():
        withdraw(person(ids[2]), ids[2], "progress_shown")
        db.session.remove()
    assert "mở một buổi nhóm" not in as_("hang").get(address).text


def test_filters_search_order_and_files(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        ids = add_pupils(world["lop6a"], 6)
        slugs = list(db.session.scalars(sa.select(Lesson.slug).where(Lesson.path_slug == PATH)))
        give_progress(ids, slugs)
        child = db.session.get_one(User, ids[5])
        child.full_name = child.called_name = "=1+1"
        db.session.commit()
        db.session.remove()
    hang, address = as_("hang"), f"/units/{world['lop6a']}/overview?path={PATH}"
    names = lambda text: [row.split("</th>", 1)[0] for row in text.split('<th scope="row">')[1:]]  # noqa: E731
    assert len(names(hang.get(address).text)) == 7
    assert names(hang.get(f"{address}&q=001").text) == ["Bạn 001"]
    assert names(hang.get(f"{address}&show=hidden").text) == [NAME]
    assert names(hang.get(f"{address}&show=stuck").text) == ["Bạn 000", "Bạn 003"]
    first = names(hang.get(f"{address}&sort=stuck").text)
    assert {*first[:2]} == {"Bạn 000", "Bạn 003"} and first[-1] == NAME
    answer = hang.get(f"{address}&as=csv")
    lines = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert len(lines) == 8 and lines[0][:3] == ["Học sinh", "Đã xong", "Đang dừng"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert "'=1+1" in [line[0] for line in lines]  # no spreadsheet takes it for a formula
    hidden = next(line for line in lines if line[0] == NAME)
    assert set(hidden[1:]) == {"", "Chưa đồng ý cho xem"}
    book = hang.get(f"{address}&as=xlsx")
    sheet = _text(book.data)
    assert "<f>" not in sheet and "=1+1</t>" in sheet and sheet.count("<row ") == 8


def test_statements_do_not_grow_with_pupils_and_lessons(app: Flask, world: World, as_: As) -> None:
    address, hang = f"/units/{world['lop6a']}/overview?path={PATH}", as_("hang")
    with app.app_context():
        slugs = list(db.session.scalars(sa.select(Lesson.slug).where(Lesson.path_slug == PATH)))
        give_progress(add_pupils(world["lop6a"], 3), slugs[:2])
        db.session.remove()
    hang.get(address)
    with asked(app) as few:
        hang.get(address)
    with app.app_context():
        give_progress(add_pupils(world["lop6a"], 20, tag="n"), slugs)
        db.session.remove()
    hang.get(address)
    with asked(app) as many:
        hang.get(address)
    own = [one for one in many if "notice" not in one]
    assert len(many) == len(few) <= 12, own


def test_the_classes_of_a_school_cost_the_same_for_one_and_many(app: Flask, world: World, as_: As) -> None:
    address, quang = f"/units/{world['truong']}/classes-overview", as_("quang")
    quang.get(address)
    with app.app_context():
        give_progress(add_pupils(world["lop6a"], 12), [LESSON])
        db.session.remove()
    quang.get(address)
    with asked(app) as few:
        page = quang.get(address)
    assert "dưới 10" in page.text and page.status_code == 200
    with app.app_context():
        admin = person(world["admin1"])
        for n in range(6):
            unit = community.create_unit(admin, f"them-{n}", "class", f"Lớp 7.{n}", parent_id=world["truong"], grade=7)
            give_progress(add_pupils(unit.id, 11), [LESSON])
        db.session.remove()
    quang.get(address)
    with asked(app) as many:
        page = quang.get(address)
    assert len(many) == len(few) <= 12 and page.text.count("Lớp 7.") >= 6


def test_a_pupil_of_seventeen_decides_alone(inside: World) -> None:
    get_stuck(inside["khoa"])
    khoa = person(inside["khoa"])
    assert sums.glances([inside["lop11a"]])[inside["lop11a"]].shown == 0
    give_consent(khoa, khoa, "progress_shown")
    assert sums.glances([inside["lop11a"]])[inside["lop11a"]].shown == 1


def test_families_are_asked_quietly(app: Flask, world: World, as_: As) -> None:
    child = as_("lan").get(f"/children/{world['minh']}").text
    assert "Đọc và trả lời" in child and f"/children/{world['minh']}/consents/progress_shown" in child
    text = as_("lan").get(f"/children/{world['minh']}/consents/progress_shown").text
    assert "không thấy con trả lời gì" in text
    assert "Việc này ba mẹ đồng ý trước" in as_("minh").get("/account").text
    with app.app_context():
        give_consent(person(world["lan"]), person(world["minh"]), "progress_shown")
        db.session.remove()
    assert f"/children/{world['minh']}/assent" in as_("minh").get("/account").text
    page = as_("lan").get(f"/children/{world['minh']}").text
    assert "Con chưa trả lời thì chưa nhờ giúp được" not in page  # help does not depend on it
    with app.app_context():
        let_see(world)
        db.session.remove()
    assert "Thầy cô của lớp thấy bài đã bắt đầu" in as_("minh").get("/account").text


def test_questions_end_with_the_account_and_the_consent(inside: World) -> None:
    get_stuck(inside["minh"])
    let_see(inside)
    commands.nudge(person(inside["hang"]), inside["lop6a"], inside["minh"], LESSON)
    count = sa.select(sa.func.count()).select_from(ClassNudge)
    erase_nudges_after_withdrawal(DataErasureDue(inside["minh"], "hours", clock.now()))
    assert db.session.scalar(count) == 1
    erase_nudges_after_withdrawal(DataErasureDue(inside["minh"], "progress_shown", clock.now()))
    assert db.session.scalar(count) == 0
