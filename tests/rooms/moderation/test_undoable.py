"""A slip of the finger is undone in the place where it happened: hiding, muting, locking, reviewing each message."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.rooms.conftest import new_id
from tutoring.accounts.models import User
from tutoring.kernel import audit, clock
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden
from tutoring.moderation.reports import commands as reports_commands
from tutoring.notifications.models import Notice
from tutoring.rooms import queries as rooms
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.moderation import commands as moderation_commands
from tutoring.rooms.moderation.undoable import undoable_acts

Who = Callable[[str], User]


def offered(person: User) -> list[tuple[str, dict[str, int]]]:
    return [(one.endpoint, one.fields) for one in undoable_acts(person)]


def test_a_hidden_message_comes_back_as_it_was_and_its_author_hears_nothing(who: Who, pair: int) -> None:
    messages_commands.post_message(who("khoa"), pair, new_id(), "Số của anh là 0912 345 678")
    assert rooms.message(pair, 1).status == "masked"
    moderation_commands.hide_message(who("hang"), pair, 1, "Bấm nhầm")
    told = sa.select(Notice).where(Notice.user_id == who("khoa").id, Notice.key == f"shut:{pair}:1")
    assert db.session.scalar(told) is not None
    assert offered(who("hang")) == [("rooms.undo_hide", {"seq": 1})] and offered(who("quang")) == []
    with pytest.raises(Conflict):
        moderation_commands.take_back_hiding(who("quang"), pair, 1)
    moderation_commands.take_back_hiding(who("hang"), pair, 1)
    found = rooms.message(pair, 1)
    assert (found.status, found.decided_by_id) == ("masked", None) and db.session.scalar(told) is None
    assert offered(who("hang")) == [] and audit.verify().broken_at is None


def test_after_ten_seconds_nothing_is_offered_and_hiding_stays(who: Who, pair: int) -> None:
    messages_commands.post_message(who("khoa"), pair, new_id(), "Em làm lại nhé")
    moderation_commands.hide_message(who("hang"), pair, 1, "Bấm nhầm")
    with clock.travel(clock.now() + timedelta(seconds=20)):
        assert offered(who("hang")) == []
        with pytest.raises(Conflict):
            moderation_commands.take_back_hiding(who("hang"), pair, 1)
    assert rooms.message(pair, 1).status == "hidden"


def test_what_a_grave_case_needs_hidden_is_not_shown_by_who_may_not_decide_it(who: Who, pair: int) -> None:
    messages_commands.post_message(who("khoa"), pair, new_id(), "Em làm lại nhé")
    moderation_commands.hide_message(who("hang"), pair, 1, "Bấm nhầm")
    reports_commands.report(who("minh"), "message", f"{pair}/1", "contact")
    with pytest.raises((Conflict, Forbidden)):
        moderation_commands.take_back_hiding(who("hang"), pair, 1)
    assert rooms.message(pair, 1).status == "hidden"


def test_a_mute_a_lock_and_reviewing_are_undone_by_what_ends_them(who: Who, pair: int) -> None:
    moderation_commands.mute(who("hang"), pair, who("khoa").id, 5, "nghỉ một chút")
    assert offered(who("hang")) == [("rooms.unmute", {"user": who("khoa").id})]
    moderation_commands.unmute(who("hang"), pair, who("khoa").id)
    moderation_commands.lock_writing(who("hang"), pair, "Cả phòng nghỉ")
    assert offered(who("hang")) == [("rooms.unlock", {})]
    moderation_commands.unlock_writing(who("hang"), pair)
    moderation_commands.hold_everything(who("hang"), pair)
    assert offered(who("hang")) == [("rooms.hold", {"on": 0})]
    moderation_commands.hold_everything(who("hang"), pair, False)
    assert offered(who("hang")) == []  # done and undone: there is nothing sure to go back to


def test_a_mute_that_took_the_place_of_another_is_not_undone(who: Who, pair: int) -> None:
    moderation_commands.mute(who("quang"), pair, who("khoa").id, 60, "nghỉ một giờ")
    moderation_commands.mute(who("hang"), pair, who("khoa").id, 90, "nghỉ lâu hơn")
    assert offered(who("hang")) == []


@pytest.mark.usefixtures("unhurried")
def test_what_is_offered_costs_the_same_for_one_act_and_for_many(who: Who, pair: int, queries: list[str]) -> None:
    def costs() -> int:
        person = who("hang")
        assert undoable_acts(person)
        queries.clear()
        undoable_acts(person)
        return len(queries)

    moderation_commands.mute(who("hang"), pair, who("minh").id, 5, "nghỉ")
    moderation_commands.lock_writing(who("hang"), pair, "nghỉ")
    moderation_commands.hold_everything(who("quang"), pair)
    held = [messages_commands.post_message(who("hang"), pair, new_id(), f"Tin {number}").seq for number in range(6)]
    moderation_commands.hide_message(who("hang"), pair, held[0], "Không liên quan")
    few = costs()
    for seq in held[1:]:
        moderation_commands.hide_message(who("hang"), pair, seq, "Không liên quan")
    moderation_commands.mute(who("hang"), pair, who("khoa").id, 5, "nghỉ")
    assert costs() == few == 4
