"""The private notebook: one's own alone, sealed, with a reminder that comes once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.factories import World, person
from tests.parametrize import some
from tests.privacy.conftest import work
from tests.swapped import swapped
from tests.test_leaked_database import thief
from tutoring.accounts.erasure import erase_account
from tutoring.accounts.models import User
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.encryption import FieldKey
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound
from tutoring.kernel.jobs import Job
from tutoring.notebook import commands
from tutoring.notebook import queries as notebook_queries
from tutoring.notebook.commands import EntryInput
from tutoring.notebook.models import NotebookEntry
from tutoring.notifications.models import Notice
from tutoring.policy.practice.portal import MOST_ENTRIES
from tutoring.privacy import data_export
from tutoring.privacy.data_inventory import BY_TABLE

CODE, ABOUT = "H29.24-260115-0012", "Khai sinh bé út"


@pytest.fixture
def lan(app: Flask, world: World) -> Iterator[User]:
    with app.app_context():
        yield person(world["lan"])


def in_days(days: int) -> date:
    return clock.today() + timedelta(days=days)


def morning(days: int, hour: int = 8) -> datetime:
    return datetime.combine(in_days(days), time(hour), clock.LOCAL)


def wrote(owner: User, once: str = "1", look_again: date | None = None) -> int:
    return commands.write_entry(owner, EntryInput(CODE, ABOUT, clock.today(), look_again), once).id


def change(owner: User, entry_id: int, version: int, look_again: date | None) -> None:
    commands.change_entry(owner, entry_id, version, EntryInput(CODE, ABOUT, None, look_again))


def told(owner: User) -> list[Notice]:
    db.session.expire_all()
    query = sa.select(Notice).where(Notice.user_id == owner.id, Notice.key.startswith("look-again"))
    return list(db.session.scalars(query.order_by(Notice.id)))


def waiting() -> list[datetime]:
    query = sa.select(Job.run_at).where(Job.kind == "practice.look_again", Job.done_at.is_(None))
    return list(db.session.scalars(query.order_by(Job.run_at)))


# ---- what is written --------------------------------------------------------------------------------------------


def test_an_entry_is_found_again_as_it_was_written(lan: User) -> None:
    wrote(lan, look_again=in_days(3))
    [row] = notebook_queries.entries_of(lan)
    assert (row.code, row.about, row.handed_in, row.look_again) == (CODE, ABOUT, clock.today(), in_days(3))
    commands.change_entry(lan, row.id, 1, EntryInput("000.00.19.H29-260115-0012"))
    [row] = notebook_queries.entries_of(lan)
    assert (row.code, row.about, row.handed_in, row.look_again) == ("000.00.19.H29-260115-0012", None, None, None)
    commands.delete_entry(lan, row.id)
    assert notebook_queries.entries_of(lan) == []


def test_what_is_to_be_looked_at_soonest_comes_first(lan: User) -> None:
    ids = [wrote(lan, str(n), day) for n, day in enumerate((None, in_days(9), in_days(2), None))]
    assert [row.id for row in notebook_queries.entries_of(lan)] == [ids[2], ids[1], ids[3], ids[0]]


@pytest.mark.parametrize(
    ("written", "field"),
    [
        (EntryInput(""), "code"),
        (EntryInput(" \u200b "), "code"),
        (EntryInput("x" * 41), "code"),
        (EntryInput(CODE, "x" * 41), "about"),
        (EntryInput("079203004567"), "code"),
        (EntryInput(CODE, "OTP 123456"), "about"),
        (EntryInput(CODE, handed_in=date(9999, 12, 31)), "handed_in"),
        (EntryInput(CODE, handed_in=date(1, 1, 1)), "handed_in"),
        (EntryInput(CODE, look_again=date(2020, 1, 1)), "look_again"),
        (EntryInput(CODE, look_again=date(9999, 12, 31)), "look_again"),
    ],
)
def test_nonsense_is_refused_beside_its_field_and_nothing_is_written(
    lan: User, written: EntryInput, field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        commands.write_entry(lan, written, "1")
    assert refused.value.field == field
    kept = wrote(lan, "2")
    with pytest.raises(InvalidInput):
        commands.change_entry(lan, kept, 1, written)
    db.session.expire_all()
    assert [(row.code, row.version) for row in notebook_queries.entries_of(lan)] == [(CODE, 1)] and waiting() == []


def test_today_is_too_late_for_a_reminder_and_tomorrow_is_not(lan: User) -> None:
    with pytest.raises(InvalidInput):
        wrote(lan, look_again=clock.today())
    wrote(lan, look_again=in_days(1))
    assert waiting() == [morning(1)]


def test_fifty_entries_are_the_most_and_a_deleted_one_makes_room(lan: User) -> None:
    ids = [wrote(lan, str(n)) for n in range(MOST_ENTRIES)]
    with pytest.raises(Conflict, match="50 hồ sơ"):
        wrote(lan, "more")
    assert wrote(lan, "0") == ids[0]  # the same form again is no further one
    commands.delete_entry(lan, ids[7])
    wrote(lan, "more")
    assert len(notebook_queries.entries_of(lan)) == MOST_ENTRIES


def test_a_form_sent_twice_at_once_writes_once_and_the_last_place_is_given_once(app: Flask, world: World) -> None:
    def write(once: str) -> int | None:
        with app.app_context():
            try:
                return wrote(person(world["lan"]), once, in_days(5))
            except Conflict:
                return None

    with ThreadPoolExecutor(4) as threads:
        assert len(set(threads.map(write, ["same"] * 8))) == 1
    for n in range(MOST_ENTRIES - 2):
        write(str(n))
    with ThreadPoolExecutor(4) as threads:
        assert sum(one is not None for one in threads.map(write, "abcdef")) == 1
    with app.app_context():
        assert len(notebook_queries.entries_of(person(world["lan"]))) == MOST_ENTRIES == len(waiting())


def test_the_same_form_of_two_people_is_two_entries(lan: User, world: World) -> None:
    bay = person(world["bay"])
    assert wrote(lan, "same") != wrote(bay, "same")
    assert len(notebook_queries.entries_of(lan)) == len(notebook_queries.entries_of(bay)) == 1


def test_an_older_page_does_not_overwrite_a_newer_one(lan: User) -> None:
    entry = wrote(lan)
    change(lan, entry, 1, None)
    for version in (1, 0, 3, -1):
        with pytest.raises(Conflict) as refused:
            change(lan, entry, version, in_days(4))
        assert refused.value.code == commands.CHANGED_MEANWHILE
    assert waiting() == []
    change(lan, entry, 2, in_days(4))
    assert waiting() == [morning(4)]


# ---- whose it is ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    some("bay", "minh", rest=["hang", "quang", "mai", "admin1", "khoa"]),
)
def test_nobody_else_finds_an_entry_whoever_they_are(lan: User, world: World, name: str) -> None:
    entry, other = wrote(lan), person(world[name])
    for number in (entry, 999_999):
        for act in (
            lambda number=number: notebook_queries.entry_of(other, number),
            lambda number=number: change(other, number, 1, None),
            lambda number=number: commands.finish_entry(other, number),
            lambda number=number: commands.reopen_entry(other, number),
            lambda number=number: commands.delete_entry(other, number),
        ):
            with pytest.raises(NotFound):
                act()
    [row] = notebook_queries.entries_of(lan)
    assert (row.version, row.done_at) == (1, None)


@pytest.mark.parametrize("name", ["minh", "khoa"])
def test_a_child_and_a_youth_have_no_notebook(app: Flask, world: World, name: str) -> None:
    with app.app_context():
        young = person(world[name])
        assert young.kind in ("child", "youth")
        with pytest.raises(NotFound):
            wrote(young)
        with pytest.raises(NotFound):
            notebook_queries.entries_of(young)
        assert db.session.scalars(sa.select(NotebookEntry.id).order_by(NotebookEntry.id)).all() == []


def test_a_thief_of_the_database_reads_neither_code_nor_words(lan: User) -> None:
    wrote(lan, look_again=in_days(1))
    with clock.travel(morning(1)):
        work()
    stolen = thief()
    assert "notebook_entry" in db.metadata.tables and len(told(lan)) == 1
    assert all(part not in stolen for part in (CODE, ABOUT, "H29.24", "bé út"))
    assert "look-again" in stolen  # the thief does read the rest


def test_under_a_lost_key_the_days_are_still_there(app: Flask, lan: User) -> None:
    wrote(lan, look_again=in_days(1))
    with swapped(app, field_key=FieldKey("another key altogether, long enough")):
        db.session.expire_all()
        [row] = notebook_queries.entries_of(lan)
        assert (row.code, row.about, row.look_again) == (None, None, in_days(1))


def test_the_copy_that_one_takes_along_holds_the_words_and_nothing_of_forms(lan: User) -> None:
    wrote(lan, look_again=in_days(1))
    db.session.commit()
    with db.engine.connect() as connection:
        [row] = data_export.rows(connection, BY_TABLE["notebook_entry"], lan.id, {})
    assert (row["owner_id"], row["code_sealed"], row["about_sealed"]) == ("me", CODE, ABOUT)
    assert row["look_again"] == in_days(1).isoformat() and not {"once", "version"} & set(row)


def test_with_the_account_the_notebook_and_its_reminders_go(lan: User, world: World) -> None:
    wrote(lan, look_again=in_days(1))
    bays = wrote(person(world["bay"]))

    @command
    def erase() -> None:
        erase_account(lan.id)

    erase()
    assert db.session.scalars(sa.select(NotebookEntry.id).order_by(NotebookEntry.id)).all() == [bays]
    assert waiting() == []


# ---- the reminder -----------------------------------------------------------------------------------------------


def test_it_comes_once_at_eight_in_the_morning_and_says_nothing_of_the_entry(lan: User) -> None:
    entry = wrote(lan, look_again=in_days(2))
    with clock.travel(morning(2) - timedelta(seconds=5)):
        work()
        assert told(lan) == []
    with clock.travel(morning(2)):
        work()
        work()
        [notice] = told(lan)
        assert notice.say == "Đến ngày xem lại một hồ sơ trong sổ của bạn."
        assert notice.params == {} and notice.path == f"/notebook#entry-{entry}"
        assert [notebook_queries.is_due(row) for row in notebook_queries.entries_of(lan)] == [True]
    with clock.travel(morning(3)):
        work()
        assert len(told(lan)) == 1


def test_a_reminder_that_two_processes_find_comes_once(app: Flask, world: World) -> None:
    with app.app_context():
        wrote(person(world["lan"]), look_again=in_days(1))

    def serve(_n: int) -> None:
        with app.app_context():
            work()

    with clock.travel(morning(1)), ThreadPoolExecutor(4) as threads:
        list(threads.map(serve, range(4)))
    with app.app_context():
        assert len(told(person(world["lan"]))) == 1


def test_another_day_moves_it_and_no_day_cancels_it(lan: User) -> None:
    entry = wrote(lan, look_again=in_days(2))
    change(lan, entry, 1, in_days(5))
    assert waiting() == [morning(5)]
    change(lan, entry, 2, in_days(2))  # and back
    assert waiting() == [morning(2)]
    change(lan, entry, 3, None)
    assert waiting() == []
    with clock.travel(morning(6)):
        work()
        assert told(lan) == []


def test_words_may_change_after_the_day_has_passed_and_nobody_is_reminded_again(lan: User) -> None:
    entry, day = wrote(lan, look_again=in_days(1)), in_days(1)
    with clock.travel(morning(4)):
        work()
        change(lan, entry, 1, day)
        work()
        assert len(told(lan)) == 1 and told(lan)[0].read_at is None
        with pytest.raises(InvalidInput):
            change(lan, entry, 2, in_days(-1))


@pytest.mark.parametrize("how", ["moved", "done", "deleted"])
def test_what_was_acted_upon_no_longer_waits_in_the_inbox(lan: User, how: str) -> None:
    entry = wrote(lan, look_again=in_days(1))
    with clock.travel(morning(1)):
        work()
        if how == "moved":
            change(lan, entry, 1, in_days(7))
        elif how == "done":
            commands.finish_entry(lan, entry)
        else:
            commands.delete_entry(lan, entry)
        [notice] = told(lan)
        assert notice.read_at is not None


def test_what_is_done_reminds_nobody_and_what_is_open_again_does(lan: User) -> None:
    entry = wrote(lan, look_again=in_days(2))
    commands.finish_entry(lan, entry)
    commands.finish_entry(lan, entry)
    assert waiting() == [] and notebook_queries.entries_of(lan)[0].done_at is not None
    commands.reopen_entry(lan, entry)
    commands.reopen_entry(lan, entry)
    assert waiting() == [morning(2)]
    commands.finish_entry(lan, entry)
    with clock.travel(morning(3)):
        work()
        commands.reopen_entry(lan, entry)  # its day has passed meanwhile
        assert waiting() == [] and told(lan) == []


def test_a_reminder_whose_entry_has_gone_is_no_fault(lan: User) -> None:
    entry = wrote(lan, look_again=in_days(1))

    @command
    def lose() -> None:
        db.session.execute(sa.delete(NotebookEntry).where(NotebookEntry.id == entry))

    lose()
    with clock.travel(morning(1)):
        work()
        assert told(lan) == [] and waiting() == []
