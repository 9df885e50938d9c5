"""A teacher sets work for a class, changes, extends and withdraws it; who may, and what is refused."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.classes.overview_class import add_pupils, finish
from tests.factories import World, person
from tests.two_connections import run_both
from tutoring.accounts.erasure import erase_account
from tutoring.accounts.models import User
from tutoring.classes.overview.queries import works_for_pupils
from tutoring.classes.work import commands as work_commands
from tutoring.classes.work import queries as work_queries
from tutoring.classes.work.class_page import works_page
from tutoring.classes.work.commands import CHANGED_MEANWHILE, WorkInput
from tutoring.classes.work.models import ClassWork
from tutoring.community.models import Membership, Unit
from tutoring.kernel import clock
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound
from tutoring.lessons.catalogue.models import Lesson
from tutoring.policy.classes import MAX_OPEN_WORKS, SHOWN_AFTER, WorkFacts, is_set_for, may_run_class

Who = Callable[[str], User]
LESSON = "bat-may-lam-quen"


def given(**other: Any) -> WorkInput:
    values: dict[str, Any] = {"kind": "lesson", "target": LESSON, "due": clock.today() + timedelta(days=7)}
    return WorkInput(**values | other)


def works(world: World) -> list[ClassWork]:
    return work_queries.works_of_unit(world["lop4a"])


def join(world: World, name: str) -> None:
    """Makes this person a confirmed pupil of the class."""
    confirmed = clock.now()
    db.session.add(Membership(user_id=world[name], unit_id=world["lop4a"], role="learner", confirmed_at=confirmed))
    db.session.commit()


@pytest.mark.parametrize("name", ["hang", "quang"])
def test_the_teacher_and_the_coordinator_of_the_school_set_work(who: Who, inside: World, name: str) -> None:
    row = work_commands.set_work(who(name), inside["lop4a"], given(note="Xem kỹ bước 3 nhé."))
    assert [one.id for one in works(inside)] == [row.id]


@pytest.mark.parametrize("name", ["lan", "minh", "khoa", "muoi", "mai", "bay", "admin1"])
def test_nobody_else_does(who: Who, inside: World, name: str) -> None:
    row = work_commands.set_work(who("hang"), inside["lop4a"], given())
    for act in (
        lambda: work_commands.set_work(who(name), inside["lop4a"], given(target="ket-noi-wifi-4g")),
        lambda: work_commands.change_work(who(name), row.id, 1, given()),
        lambda: work_commands.extend_work(who(name), row.id, 1),
        lambda: work_commands.withdraw_work(who(name), row.id),
        lambda: work_commands.restore_work(who(name), row.id),
    ):
        with pytest.raises(NotFound):
            act()


def test_a_teacher_of_another_class_does_not(who: Who, inside: World) -> None:
    row = work_commands.set_work(who("hang"), inside["lop4a"], given())
    db.session.execute(sa.delete(Membership).where(Membership.user_id == inside["hang"], Membership.role == "teacher"))
    db.session.add(
        Membership(user_id=inside["hang"], unit_id=inside["lop6a"], role="teacher", confirmed_at=clock.now())
    )
    db.session.commit()
    with pytest.raises(NotFound):
        work_commands.withdraw_work(who("hang"), row.id)
    with pytest.raises(NotFound):
        work_commands.set_work(who("hang"), inside["truong"], given())


@pytest.mark.parametrize(
    ("held", "may"),
    [({"teacher"}, True), ({"coordinator"}, True), ({"officer", "lead", "site_admin", "helper", "parent"}, False)],
)
def test_who_runs_a_class_and_no_other_unit(held: set[str], may: bool) -> None:
    assert may_run_class(held, "class") is may
    assert not any(may_run_class(held, kind) for kind in ("school", "ward", "city", "neighbourhood", "partner"))


@pytest.mark.parametrize(
    ("facts", "asked"),
    [
        (WorkFacts("class", pupil=True), True),
        (WorkFacts("class", guards=True, runs=True), False),
        (WorkFacts("class", pupil=True, withdrawn=True), False),
        (WorkFacts("pupils", pupil=True), False),
        (WorkFacts("pupils", pupil=True, chosen=True), True),
        (WorkFacts("pupils", chosen=True), False),  # has left the class
        (WorkFacts("guardians", guards=True), True),
        (WorkFacts("guardians", pupil=True), False),
    ],
)
def test_for_whom_a_work_is(facts: WorkFacts, asked: bool) -> None:
    assert is_set_for(facts) is asked


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "exam"}, "what"),
        ({"target": "khong-co-bai-nay"}, "what"),
        ({"kind": "quiz", "target": "khong-co-bai-nay"}, "what"),
        ({"kind": "rehearsal", "target": "../etc"}, "what"),
        ({"kind": "help"}, "what"),  # with a target
        ({"kind": "path", "target": "can-bo-so"}, "what"),
        ({"due": None}, "due"),
        ({"due": clock.today() - timedelta(days=1)}, "due"),
        ({"due": clock.today() + timedelta(days=200)}, "due"),
        ({"audience": "everybody"}, "audience"),
        ({"audience": "pupils"}, "pupils"),
        ({"audience": "pupils", "pupils": frozenset({1, 2**31})}, "pupils"),
        ({"note": "x" * 301}, "note"),
        ({"note": "Gọi cô số 0912 345 678 nhé"}, "note"),
        ({"note": "Đừng kể với ba mẹ, đây là bí mật của cô trò mình"}, "note"),
    ],
)
def test_bad_input_names_its_field_and_sets_nothing(who: Who, inside: World, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        work_commands.set_work(who("hang"), inside["lop4a"], given(**wrong))
    assert refusal.value.field == field
    assert works(inside) == []


def test_help_and_every_other_kind_can_be_set(who: Who, inside: World) -> None:
    for kind, target in (("help", ""), ("quiz", LESSON), ("lesson", LESSON)):
        work_commands.set_work(who("hang"), inside["lop4a"], given(kind=kind, target=target))
    assert sorted(one.kind for one in works(inside)) == ["help", "lesson", "quiz"]


def test_the_same_form_twice_sets_one_work_and_another_teacher_is_told(who: Who, inside: World) -> None:
    first = work_commands.set_work(who("hang"), inside["lop4a"], given())
    assert work_commands.set_work(who("hang"), inside["lop4a"], given()).id == first.id
    with pytest.raises(Conflict):
        work_commands.set_work(who("quang"), inside["lop4a"], given())
    join(inside, "khoa")
    for name in ("an", "khoa", "khoa"):
        chosen = frozenset({inside[name]})
        work_commands.set_work(who("hang"), inside["lop4a"], given(audience="pupils", pupils=chosen))
    assert len(works(inside)) == 3


def fill(world: World, count: int) -> None:
    due = clock.today() + timedelta(days=3)
    db.session.add_all(
        ClassWork(unit_id=world["lop4a"], kind="help", target="", audience="pupils", due=due) for _ in range(count)
    )
    db.session.commit()


def test_twenty_works_are_enough_for_a_class(who: Who, inside: World) -> None:
    fill(inside, MAX_OPEN_WORKS - 1)
    row = work_commands.set_work(who("hang"), inside["lop4a"], given())
    with pytest.raises(Conflict) as refusal:
        work_commands.set_work(who("hang"), inside["lop4a"], given(kind="quiz"))
    assert "rút bớt" in str(refusal.value)
    work_commands.withdraw_work(who("hang"), row.id)
    other = work_commands.set_work(who("hang"), inside["lop4a"], given(kind="quiz"))
    with pytest.raises(Conflict):
        work_commands.restore_work(who("hang"), row.id)
    assert other.withdrawn_at is None


def test_two_teachers_at_once_stay_within_the_limit(app: Flask, world: World) -> None:
    with app.app_context():
        fill(world, MAX_OPEN_WORKS - 1)
    unit = world["lop4a"]
    with pytest.raises(Conflict):
        run_both(
            app,
            lambda: work_commands.set_work(person(world["hang"]), unit, given()),
            lambda: work_commands.set_work(person(world["quang"]), unit, given(kind="quiz")),
        )


def test_of_two_editors_the_later_is_told(app: Flask, world: World) -> None:
    with app.app_context():
        row_id = work_commands.set_work(person(world["hang"]), world["lop4a"], given()).id
    with pytest.raises(Conflict) as refusal:
        run_both(
            app,
            lambda: work_commands.change_work(person(world["hang"]), row_id, 1, given(note="Xem bước 2.")),
            lambda: work_commands.change_work(person(world["quang"]), row_id, 1, given(note="Xem bước 3.")),
        )
    assert refusal.value.code == CHANGED_MEANWHILE
    with app.app_context():
        assert db.session.get_one(ClassWork, row_id).note == "Xem bước 2."


def test_a_week_more_counts_from_today_once_the_day_is_over(who: Who, inside: World) -> None:
    row = work_commands.set_work(who("hang"), inside["lop4a"], given())
    assert work_commands.extend_work(who("hang"), row.id, 1).due == clock.today() + timedelta(days=14)
    with pytest.raises(Conflict):
        work_commands.extend_work(who("hang"), row.id, 1)  # the same button twice
    db.session.get_one(ClassWork, row.id).due = clock.today() - timedelta(days=30)
    db.session.commit()
    assert work_commands.extend_work(who("hang"), row.id, 2).due == clock.today() + timedelta(days=7)


def test_a_work_is_withdrawn_and_set_again(who: Who, inside: World) -> None:
    row = work_commands.set_work(who("hang"), inside["lop4a"], given())
    work_commands.withdraw_work(who("quang"), row.id)
    assert works(inside) == []
    with pytest.raises(Conflict):
        work_commands.change_work(who("hang"), row.id, 2, given())
    work_commands.restore_work(who("hang"), row.id)
    assert [one.id for one in works(inside)] == [row.id]
    acts = list(db.session.scalars(sa.select(AuditRow.action).order_by(AuditRow.id)))
    assert acts[-2:] == ["withdraw_class_work", "restore_class_work"]


def test_a_work_is_archived_two_weeks_after_its_day(who: Who, inside: World) -> None:
    row = work_commands.set_work(who("hang"), inside["lop4a"], given())
    for days, shown in ((SHOWN_AFTER.days, True), (SHOWN_AFTER.days + 1, False)):
        db.session.get_one(ClassWork, row.id).due = clock.today() - timedelta(days=days)
        db.session.commit()
        assert bool(works(inside)) is shown
        assert db.session.get_one(ClassWork, row.id).archived is not shown
        assert bool(work_queries.archived_works(inside["lop4a"])) is not shown


def test_an_archived_class_gets_no_more_work(who: Who, inside: World) -> None:
    db.session.get_one(Unit, inside["lop4a"]).effective_to = clock.today()
    db.session.commit()
    with pytest.raises(Conflict):
        work_commands.set_work(who("hang"), inside["lop4a"], given())


def test_a_pupil_who_comes_gets_the_work_of_the_class_and_who_leaves_gets_none(who: Who, inside: World) -> None:
    join(inside, "khoa")
    whole = work_commands.set_work(who("hang"), inside["lop4a"], given())
    both = frozenset({inside["khoa"], inside["an"]})
    picked = work_commands.set_work(who("hang"), inside["lop4a"], given(audience="pupils", pupils=both))
    membership = sa.select(Membership).where(
        Membership.user_id == inside["khoa"], Membership.unit_id == inside["lop4a"], Membership.role == "learner"
    )
    db.session.scalars(membership).one().state = "ended"
    join(inside, "minh")
    pupils = [one.id for one in work_queries.pupils_of(inside["lop4a"])]
    found = work_queries.recipients(works(inside), pupils, inside["lop4a"])
    assert found[whole.id] == {inside["an"], inside["minh"]}
    assert found[picked.id] == {inside["an"]}


def test_work_of_an_erased_teacher_stays_without_name_and_note(who: Who, inside: World) -> None:
    row_id = work_commands.set_work(who("hang"), inside["lop4a"], given(note="Xem bước 2.")).id
    erase_account(inside["hang"])
    db.session.expire_all()
    row = work_queries.work(row_id)
    assert (row.set_by, row.note, row.withdrawn_at) == (None, "", None)


def test_a_sum_counts_those_alone_whose_families_agreed(who: Who, inside: World) -> None:
    """Else the sum less the names of the overview would tell about the pupil who did not agree."""
    hidden = add_pupils(inside["lop4a"], 12, shown=False, tag="h")
    shown = add_pupils(inside["lop4a"], 12, tag="s")
    work_commands.set_work(who("hang"), inside["lop4a"], given())
    few = frozenset([*hidden[:6], *shown[:6]])
    work_commands.set_work(who("hang"), inside["lop4a"], given(audience="pupils", pupils=few))
    for user_id in [*hidden, *shown[:7]]:
        finish(user_id, LESSON)
    rows = {one.work.audience: one for one in works_page(inside["lop4a"], "vi").rows}
    assert (rows["class"].counted, rows["class"].done, rows["class"].band) == (12, 5, "some")
    assert rows["pupils"].band == "none"


def test_the_overview_has_columns_of_lessons_and_paths_alone(
    who: Who, app: Flask, world: World, as_: Callable[[str], FlaskClient]
) -> None:
    """The families agreed to lessons; tries of a quiz, rehearsals and requests for help stand in no column."""
    with app.app_context():
        path = db.session.get_one(Lesson, LESSON).path_slug
        others = [("help", ""), ("quiz", LESSON), ("rehearsal", "ban-sao-khai-sinh")]
        for kind, target in [*others, ("lesson", LESSON), ("path", path)]:
            work_commands.set_work(who("hang"), world["lop4a"], given(kind=kind, target=target))
        assert {one.kind for one in works_for_pupils(world["lop4a"])} == {"lesson", "path"}
    address = f"/units/{world['lop4a']}/overview?view=works"
    head = as_("hang").get(f"{address}&as=csv").text.splitlines()[0]
    assert head.count("(đến ") == 2
    for word in ("Kiểm tra: ", "Tập: ", "Nhờ giúp một lần"):
        assert word not in as_("hang").get(address).text.partition("<main")[2], word


def test_a_second_form_with_another_note_is_not_taken_for_the_first(who: Who, inside: World) -> None:
    row = work_commands.set_work(who("hang"), inside["lop4a"], given())
    assert work_commands.set_work(who("hang"), inside["lop4a"], given()).id == row.id
    with pytest.raises(Conflict):
        work_commands.set_work(who("hang"), inside["lop4a"], given(note="Xem kỹ bước 3 nhé."))


def test_a_withdrawn_work_is_not_set_again_beside_its_double(who: Who, inside: World) -> None:
    first = work_commands.set_work(who("hang"), inside["lop4a"], given())
    work_commands.withdraw_work(who("hang"), first.id)
    work_commands.set_work(who("hang"), inside["lop4a"], given())
    with pytest.raises(Conflict):
        work_commands.restore_work(who("hang"), first.id)
