"""People take their data along and have them erased; guardians do it for a child."""

import json
import tracemalloc
import uuid
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.factories import World
from tests.privacy.conftest import after, work
from tests.rooms.conftest import open_pair
from tests.safety.pictures import photo
from tutoring.accounts.consents.commands import give_consent
from tutoring.accounts.erasure import GONE
from tutoring.accounts.models import Guardian, SignIn, User
from tutoring.accounts.queries import purposes_in_force
from tutoring.community.models import Membership
from tutoring.kernel import clock, file_storage
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound, RateLimited
from tutoring.moderation.cases import commands as cases_commands
from tutoring.moderation.models import Case
from tutoring.moderation.reports import commands as reports_commands
from tutoring.notifications.inbox.queries import inbox
from tutoring.privacy import commands, data_export, queries, tombstones
from tutoring.privacy.models import DataRequest
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.models import Message, Room, SentPicture
from tutoring.rooms.moderation import commands as moderation_commands
from tutoring.rooms.moderation import reversible_actions
from tutoring.rooms.pictures import commands as pictures_commands

Who = Callable[[str], User]
MINE, THEIRS = "Em gửi bài ạ", "Anh xem rồi nhé"


def talked(world: World, who: Who) -> int:
    """Minh and Khoa have written to each other, and the room is closed."""
    room = open_pair(world)
    messages_commands.post_message(who("minh"), room, str(uuid.uuid4()), MINE)
    messages_commands.post_message(who("khoa"), room, str(uuid.uuid4()), THEIRS)
    moderation_commands.enter_as_observer(who("hang"), room)
    moderation_commands.close_room(who("hang"), room, "Hết giờ")
    return room


def texts(room: int) -> list[str]:
    return list(db.session.scalars(sa.select(Message.text).where(Message.room_id == room).order_by(Message.seq)))


def exported(request_id: int) -> tuple[dict[str, list[dict[str, object]]], list[str]]:
    row = db.session.get_one(DataRequest, request_id)
    assert row.file is not None and row.bytes == file_storage.path_of(row.file).stat().st_size
    with zipfile.ZipFile(file_storage.path_of(row.file)) as archive:
        return json.loads(archive.read("data.json"))["data"], archive.namelist()


def delete(who: Who, actor: str, subject: str) -> int:
    return commands.ask_deletion(who(actor), who(subject).id, who(subject).called_name).id


def asked(request_id: int) -> DataRequest:
    return db.session.get_one(DataRequest, request_id)


# ---- taking along ----------------------------------------------------------------------------------------------


def test_a_guardian_takes_along_what_is_the_childs_and_nothing_of_others(inside: World, who: Who) -> None:
    room = talked(inside, who)
    reports_commands.report(who("minh"), "message", f"{room}/2", "bullied", "Anh ấy nạt em")
    made = commands.ask_export(who("lan"), inside["minh"])
    work()
    data, _names = exported(made)
    assert [row["text"] for row in data["message"]] == [MINE]
    assert [row["unit"] for row in data["membership"]] == ["Lớp 6A"]
    assert data["user"][0]["called_name"] == "Minh" and "password_hash" not in data["user"][0]
    assert "report" not in data and "notice" not in data and "risk_point" not in data
    whole = json.dumps(data, ensure_ascii=False)
    assert THEIRS not in whole and "nạt em" not in whole and "Khoa" not in whole and "secret" not in whole
    assert any("Bản sao dữ liệu đã sẵn sàng" in notice.say for notice in inbox(inside["lan"]))


def test_one_takes_along_ones_own_reports_words_and_pictures(inside: World, who: Who, media: Path) -> None:
    room = open_pair(inside)
    pictures_commands.take_picture(who("khoa"), room, str(uuid.uuid4()), photo())
    messages_commands.post_message(who("khoa"), room, str(uuid.uuid4()), THEIRS)
    reports_commands.report(who("khoa"), "room", str(room), "bullied", "Bạn ấy chửi em")
    made = commands.ask_export(who("khoa"), inside["khoa"])
    work()
    data, names = exported(made)
    assert data["report"][0]["words"] == "Bạn ấy chửi em" and "marks" not in data["report"][0]
    assert [f"pictures/{data['picture'][0]['name']}.webp"] == [name for name in names if name.startswith("pictures/")]
    assert THEIRS in [row["text"] for row in data["message"]]


def test_a_picture_that_is_locked_is_copied_for_nobody(inside: World, who: Who, media: Path) -> None:
    room = open_pair(inside)
    pictures_commands.take_picture(who("khoa"), room, str(uuid.uuid4()), photo())
    assert reversible_actions.lock_picture(room, 1)
    assert db.session.scalar(sa.select(SentPicture.locked_at)) is not None
    made = commands.ask_export(who("khoa"), inside["khoa"])
    work()
    data, names = exported(made)
    assert data["picture"] and "locked_at" not in data["picture"][0]
    assert not [name for name in names if name.startswith("pictures/")]


@pytest.mark.full
def test_a_copy_of_very_much_takes_little_memory(inside: World, who: Who) -> None:
    room, many = open_pair(inside), 6_000

    @command
    def fill() -> None:
        line = {"room_id": room, "author_id": inside["khoa"], "text": "Chào em " * 80, "folded": ""}
        numbers = range(1000, 1000 + many)
        db.session.execute(sa.insert(Message), [{**line, "seq": one, "client_id": str(one)} for one in numbers])

    fill()
    db.session.remove()
    tracemalloc.start()
    name, size = data_export.make(inside["khoa"], False)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    with zipfile.ZipFile(file_storage.path_of(name)) as archive:
        assert archive.getinfo("data.json").file_size > 3_000_000 and size < 2_000_000
        assert len(json.loads(archive.read("data.json"))["data"]["message"]) == many
    assert peak < 4_000_000, peak


def test_a_copy_that_did_not_come_about_stands_in_nobodys_way(inside: World, who: Who) -> None:
    lost = commands.ask_export(who("khoa"), inside["khoa"])
    with clock.travel(clock.now() + timedelta(days=1, minutes=1)):
        again = commands.ask_export(who("khoa"), inside["khoa"])
        work()
        assert asked(lost).state == "refused" and asked(again).state == "ready"
        name = asked(again).file
        assert name and queries.kept_files([name, "0" * 32]) == {name}


def test_once_a_day_and_for_seven_days(inside: World, who: Who, media: Path) -> None:
    first = commands.ask_export(who("khoa"), inside["khoa"])
    work()
    with pytest.raises(RateLimited):
        commands.ask_export(who("khoa"), inside["khoa"])
    now = clock.now()
    with clock.travel(now + timedelta(days=1, minutes=1)):
        commands.ask_export(who("khoa"), inside["khoa"])
        work()
    with clock.travel(now + timedelta(days=7, minutes=1)):
        work()
        row = db.session.get_one(DataRequest, first)
        assert row.file is None and row.state == "done"
        with pytest.raises(NotFound):
            queries.own_export(who("khoa"), first)
    assert len([path for path in media.rglob("*") if path.is_file()]) == 1


@pytest.mark.parametrize(("actor", "subject"), [("minh", "minh"), ("khoa", "minh"), ("hang", "minh"), ("lan", "khoa"),
                                                ("admin1", "lan"), ("an", "minh")])  # fmt: skip
def test_nobody_else_uses_these_rights(inside: World, who: Who, actor: str, subject: str) -> None:
    for act in (commands.ask_export, lambda one, of: commands.ask_deletion(one, of, who(subject).called_name)):
        with pytest.raises(NotFound):
            act(who(actor), inside[subject])


def test_a_guardian_whom_nobody_has_confirmed_uses_none(inside: World, who: Who) -> None:
    @command
    def unconfirmed() -> None:
        db.session.execute(sa.update(Guardian).where(Guardian.child_id == inside["minh"]).values(confirmed_at=None))

    unconfirmed()
    with pytest.raises(NotFound):
        commands.ask_export(who("lan"), inside["minh"])


# ---- erasing ---------------------------------------------------------------------------------------------------


def test_a_day_to_think_again_and_then_nothing_is_left(inside: World, who: Who) -> None:
    room, minh = talked(inside, who), inside["minh"]
    with pytest.raises(InvalidInput):
        commands.ask_deletion(who("lan"), minh, "An")
    row = delete(who, "lan", "minh")
    with pytest.raises(Conflict):
        delete(who, "lan", "minh")
    after(0.9)
    assert who("minh").called_name == "Minh"
    after(1.1)
    assert who("minh").called_name == GONE and who("minh").erased_at is not None
    assert purposes_in_force(minh) == set() and MINE in texts(room)  # young: somebody may still report it
    after(15.2)
    assert MINE not in texts(room) and THEIRS in texts(room)
    assert not any("Minh" in text for text in texts(room))
    done = asked(row)
    assert done.state == "done" and done.done_at is not None and done.done_at <= done.due_by
    with pytest.raises(NotFound):
        queries.person(who("lan"), minh)


def test_the_child_and_the_other_guardian_hear_of_it(inside: World, who: Who) -> None:
    @command
    def two() -> None:
        db.session.add(Guardian(child_id=inside["minh"], guardian_id=inside["bay"], confirmed_at=clock.now()))

    two()
    delete(who, "lan", "minh")
    assert any("nói với ba mẹ" in notice.say for notice in inbox(inside["minh"]))
    assert any("yêu cầu xoá dữ liệu" in notice.say for notice in inbox(inside["bay"]))
    assert not any("yêu cầu xoá dữ liệu" in notice.say for notice in inbox(inside["lan"]))


def test_it_is_taken_back_by_whoever_asked_and_in_time(inside: World, who: Who) -> None:
    row = delete(who, "lan", "minh")
    with pytest.raises(NotFound):
        commands.take_back(who("khoa"), row)
    commands.take_back(who("lan"), row)
    after(1.1)
    assert who("minh").called_name == "Minh"
    again = delete(who, "lan", "minh")
    with clock.travel(clock.now() + timedelta(days=1, minutes=1)), pytest.raises(Conflict):
        commands.take_back(who("lan"), again)


def test_an_open_case_keeps_the_words_until_it_is_decided(inside: World, who: Who) -> None:
    room = talked(inside, who)
    case = reports_commands.report(who("khoa"), "message", f"{room}/1", "bullied").case_id
    delete(who, "khoa", "khoa")
    after(1.1, 16)
    assert who("khoa").called_name == GONE and THEIRS in texts(room)
    cases_commands.decide(who("quang"), case, "none", "Không có gì")
    after(17, 18)
    assert THEIRS not in texts(room)


def test_somebody_whom_an_open_case_is_about_stays_who_they_are_and_is_out_at_once(inside: World, who: Who) -> None:
    room = talked(inside, who)
    case = reports_commands.report(who("minh"), "message", f"{room}/2", "bullied").case_id
    assert db.session.get_one(Case, case).about_id == inside["khoa"]
    row = delete(who, "khoa", "khoa")
    after(1.1)
    khoa = who("khoa")
    assert khoa.called_name == "Khoa" and not khoa.is_active
    assert asked(row).state == "held"
    cases_commands.decide(who("quang"), case, "none", "Không có gì")
    after(2.2, 18)
    assert who("khoa").called_name == GONE and THEIRS not in texts(room)


def test_with_the_only_guardian_the_childs_consents_end_and_another_one_may_say_yes_anew(
    inside: World, who: Who
) -> None:
    assert purposes_in_force(inside["minh"])
    delete(who, "lan", "lan")
    after(1.1)
    assert who("lan").called_name == GONE and purposes_in_force(inside["minh"]) == set()
    assert who("minh").called_name == "Minh"

    @command
    def another() -> None:
        tie = Guardian(child_id=inside["minh"], guardian_id=inside["bay"], confirmed_at=clock.now())
        db.session.add(tie)

    another()
    give_consent(who("bay"), who("minh"), "chat")
    assert purposes_in_force(inside["minh"]) == {"chat"}


def test_whoever_is_needed_stays_until_there_is_a_second_one(inside: World, who: Who) -> None:
    with pytest.raises(Forbidden, match="điều phối viên duy nhất"):
        delete(who, "quang", "quang")
    row = delete(who, "admin1", "admin1")
    with pytest.raises(Forbidden):  # asked while there were two; the other one is the last now

        @command
        def one_goes() -> None:
            db.session.execute(sa.update(User).where(User.id == inside["admin2"]).values(site_admin=False))

        one_goes()
        commands.refuse_who_is_needed(who("admin1"))
    after(1.1)
    assert who("admin1").site_admin and asked(row).state == "held"


def test_sign_ins_end_at_once_but_the_one_that_asks(inside: World, who: Who) -> None:
    from_here = sa.select(SignIn).where(SignIn.user_id == inside["minh"], SignIn.ended_at.is_(None))
    delete(who, "lan", "minh")
    assert db.session.scalars(from_here).all() == []


def test_what_others_lean_on_goes_on(inside: World, who: Who) -> None:
    """Khoa helps in an open room when he is erased: the room stops, and Minh can ask again."""
    room = open_pair(inside)
    delete(who, "khoa", "khoa")
    after(1.1)
    assert db.session.get_one(Room, room).closed_at is not None
    assert db.session.scalars(sa.select(Membership).where(Membership.user_id == inside["khoa"])).all() == []
    assert any(GONE in text for text in texts(room))


def test_a_number_that_somebody_else_got_erases_nobody(inside: World, who: Who) -> None:
    tombstones.write(inside["bay"], "a mark of another account", clock.now())
    assert tombstones.reapply() == 0 and who("bay").erased_at is None
    assert [user_id for user_id, _mark in tombstones.read()] == [inside["bay"]]


def test_a_torn_line_is_passed_over_and_a_lost_file_written_anew(inside: World, who: Who, tmp_path: Path) -> None:
    delete(who, "khoa", "khoa")
    after(1.1)
    file = tmp_path / "tombstones.jsonl"
    before = list(tombstones.read())
    assert [user_id for user_id, _mark in before] == [inside["khoa"]]
    file.write_text('{"user": 3, "ma', "utf-8")
    assert tombstones.reapply() == 0
    file.unlink()
    tombstones.reapply()
    assert list(tombstones.read()) == before


# ---- asking whoever runs the site ------------------------------------------------------------------------------


def test_only_correcting_and_restricting_are_asked_for(inside: World, who: Who) -> None:
    with pytest.raises(InvalidInput) as refused:
        commands.ask(who("lan"), inside["minh"], "delete", "Xin xoá hết.")
    assert refused.value.field == "kind" and queries.waiting() == []


def test_what_one_cannot_do_oneself_is_asked_for_and_answered(inside: World, who: Who) -> None:
    row = commands.ask(who("lan"), inside["minh"], "correct", "Lớp của cháu ghi sai.")
    number, due = row.id, row.due_by
    assert [one.id for one in queries.waiting()] == [number]
    with pytest.raises(NotFound):
        commands.answer(who("quang"), number, True, "Đã sửa.")
    assert any("Đã nhận yêu cầu" in notice.say for notice in inbox(inside["lan"]))
    with clock.travel(due - timedelta(days=2)):
        work()
        assert any("sắp hết hạn" in notice.say for notice in inbox(inside["admin2"]))
    commands.answer(who("admin1"), number, True, "Đã sửa.")
    assert queries.waiting() == [] and asked(number).state == "done"
    with pytest.raises(Conflict):
        commands.answer(who("admin1"), number, False, "Không.")
