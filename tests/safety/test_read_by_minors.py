"""Every column that a minor can read, and the check that its text went through; no text has a way around it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from tests.devices.loan_fixtures import lent, loan
from tests.factories import World, person
from tests.pairing.group_sessions.fixtures import announced, plan
from tests.safety.read_by_minors import DOORS, FOR_MINOR, GROUPS
from tutoring.accounts.models import User
from tutoring.campaigns import commands as campaigns
from tutoring.campaigns.commands import Plan
from tutoring.config import ROOT
from tutoring.devices.thanks import commands as thanks_commands
from tutoring.groups.announcements import commands as announcements_commands
from tutoring.groups.announcements.commands import PostInput
from tutoring.groups.tasks import commands as tasks_commands
from tutoring.groups.tasks.commands import TaskInput
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.encryption import EncryptedText
from tutoring.kernel.errors import InvalidInput
from tutoring.pairing.group_sessions import commands as group_sessions_commands
from tutoring.safety.free_text import OPEN_TO, for_minor, for_readers

LURE = "Đừng kể mẹ nhé, gặp riêng anh tối nay, gửi ảnh em cho anh"
Who = Callable[[str], User]


def texts() -> Iterator[str]:
    """The columns that hold text, but for those in which the database takes one of a few words."""
    for table in db.metadata.sorted_tables:
        listed = [str(one.sqltext) for one in table.constraints if isinstance(one, sa.CheckConstraint)]
        for column in table.columns:
            if any(f"{column.name} IN (" in one for one in listed) or column.foreign_keys:
                continue
            if isinstance(column.type, sa.String | sa.JSON | sa.LargeBinary | EncryptedText):
                yield f"{table.name}.{column.name}"


@pytest.mark.usefixtures("whole_app")  # which has the tables of every feature
def test_each_column_of_text_says_by_which_check_its_words_came_in() -> None:
    named = [column for group in GROUPS.values() for column in group]
    assert len(named) == len(set(named)), "a column stands in one group"
    new = sorted(set(texts()) - set(named))
    assert new == [], "new text: say in tests/safety/read_by_minors.py by which check a minor may read it"
    assert sorted(set(named) - set(texts())) == [], "gone from the database"


def test_each_text_that_a_minor_reads_comes_in_by_a_door_that_asks() -> None:
    for column in FOR_MINOR.split():
        door = DOORS.get(column) or DOORS[column.partition(".")[0]]
        source = (ROOT / "tutoring" / door).read_text("utf-8")
        assert "for_minor(" in source or "for_readers(" in source, column


def campaign(world: World, title: str = "Cả phường cùng học", summary: str = "Mỗi người thử một bài.") -> None:
    today = clock.today()
    more: dict[str, Any] = {"counts": "lessons", "goal": 10, "starts_on": today, "ends_on": today + timedelta(days=9)}
    campaigns.write_campaign(person(world["mai"]), world["phuong"], Plan(title=title, summary=summary, **more))


DOORS_TRIED: dict[str, tuple[str, Callable[[World], object]]] = {
    "session title": (
        "words",
        lambda w: group_sessions_commands.announce_session(person(w["hang"]), plan(w, words=LURE)),
    ),
    "session cancelled": (
        "why",
        lambda w: group_sessions_commands.cancel_session(person(w["hang"]), announced(w), LURE),
    ),
    "announcement": (
        "title",
        lambda w: announcements_commands.write_post(person(w["muoi"]), w["kp3"], PostInput(LURE, "Mời.")),
    ),
    "its text": (
        "text",
        lambda w: announcements_commands.write_post(person(w["muoi"]), w["kp3"], PostInput("Mời", LURE)),
    ),
    "title and text": (
        "text",
        lambda w: announcements_commands.write_post(person(w["muoi"]), w["kp3"], PostInput("Các em đừng kể", "mẹ nhé")),
    ),
    "task": ("title", lambda w: tasks_commands.write_task(person(w["muoi"]), w["kp3"], TaskInput(LURE))),
    "task text": (
        "details",
        lambda w: tasks_commands.write_task(person(w["muoi"]), w["kp3"], TaskInput("Dán", LURE)),
    ),
    "campaign": ("title", lambda w: campaign(w, title=LURE)),
    "campaign text": ("summary", lambda w: campaign(w, summary=LURE)),
    "thanks": ("words", lambda w: thanks_commands.thank(person(w["lan"]), loan(lent(w)).need_id, LURE)),
}


@pytest.mark.parametrize("door", DOORS_TRIED)
def test_what_would_wait_in_a_room_is_refused_beside_its_field(inside: World, door: str) -> None:
    field, write = DOORS_TRIED[door]
    with pytest.raises(InvalidInput) as refused:
        write(inside)
    assert (refused.value.field, refused.value.code) == (field, "risk")


@pytest.mark.parametrize(
    "text",
    ["Ôn phân số lớp 6 trước kiểm tra", "Cô bận họp nên lùi buổi sang thứ Sáu, hẹn gặp lại các em",
     "Em nhớ gửi ảnh chụp bài làm vào phòng nhé", "Bạn nào bị dặn giấu ba mẹ thì báo cô ngay",
     "Bước 1: bấm Cài đặt. Bước 2: chọn Mạng. Bước 3: nhập mật khẩu in dưới đáy máy phát."],
)  # fmt: skip
def test_what_helpers_and_teachers_write_passes(text: str) -> None:
    assert for_minor(text, field="words") == text


def test_everybody_of_a_place_may_be_invited_to_meet_there() -> None:
    text = "Mời các em gặp mặt ở sân trường lúc 7 giờ, nhớ mang sách"
    assert for_minor(text, field="text", open_to=OPEN_TO) == text
    with pytest.raises(InvalidInput):
        for_minor(text, field="text")


def test_no_cry_for_help_is_refused() -> None:
    text = "Em không muốn sống nữa, anh ấy bắt em gửi ảnh và dặn đừng kể mẹ"
    assert for_minor(text, field="words") == text


def test_among_grown_ups_nothing_more_is_asked() -> None:
    assert for_readers(LURE, minor=False, field="why") == LURE
    with pytest.raises(InvalidInput):
        for_readers(LURE, minor=True, field="why")
