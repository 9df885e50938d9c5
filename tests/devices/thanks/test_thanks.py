"""Thanks go both ways through the desk, and neither side learns who the other is."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from tests.devices.loan_fixtures import handover, hears, lent, loan, made_staff, planned, words_of
from tests.factories import World
from tests.parametrize import some
from tutoring.accounts.models import User
from tutoring.devices.loans import queries as loans_queries
from tutoring.devices.loans.models import DeviceThanks
from tutoring.devices.models import Device
from tutoring.devices.thanks import commands as thanks_commands
from tutoring.devices.thanks import queries
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound

Who = Callable[[str], User]
WORDS = "Cảm ơn cô chú, nhờ máy này em học đều mỗi tối"


def test_words_reach_the_donor_after_staff_read_them_and_the_answer_comes_back(inside: World, who: Who) -> None:
    need = loan(lent(inside)).need_id
    first = thanks_commands.thank(who("lan"), need, WORDS)
    assert queries.list_received_thanks(who("bay")) == [] and len(hears(inside["mai"], "thanks:")) == 1
    with pytest.raises(Conflict):
        thanks_commands.thank(who("lan"), need, WORDS)
    thanks_commands.pass_thanks(who("mai"), first.id)
    assert [one.words for one in queries.list_received_thanks(who("bay"))] == [WORDS]
    assert len(hears(inside["bay"], "thanks-in")) == 1 and hears(inside["mai"], "thanks:") == []
    offer_id = db.session.scalar(sa.select(Device.offer_id).where(Device.id == first.device_id)) or 0
    assert loans_queries.thanks_for_offer(offer_id) == [WORDS]
    second = thanks_commands.answer_thanks(who("bay"), first.id, "Chúc em học tốt")
    assert queries.list_received_thanks(who("lan")) == []
    thanks_commands.pass_thanks(who("mai"), second.id)
    assert [one.words for one in queries.list_received_thanks(who("lan"))] == ["Chúc em học tốt"]
    with pytest.raises(Conflict):
        thanks_commands.answer_thanks(who("bay"), first.id, "Lần nữa")
    assert loans_queries.thanks_for_offer(offer_id) == [WORDS]


@pytest.mark.parametrize(
    "words",
    some("", "x" * 301, "Gọi em 0912 345 678 nhé", rest=["   ", "Nhà em ở 12 Lê Lợi"]),
)
def test_what_may_not_be_said_is_refused_beside_the_field(inside: World, who: Who, words: str) -> None:
    need = loan(lent(inside)).need_id
    with pytest.raises(InvalidInput) as refused:
        thanks_commands.thank(who("lan"), need, words)
    assert refused.value.field == "words"


def test_the_grown_ups_of_the_family_write_and_nobody_before_the_device_is_there(inside: World, who: Who) -> None:
    row = handover(planned(inside))
    with pytest.raises(NotFound):
        thanks_commands.thank(who("lan"), row.need_id, WORDS)
    need = loan(lent(inside, "SN-0002", "an")).need_id
    for name in ("an", "minh", "bay", "mai", "khoa"):
        with pytest.raises(NotFound):
            thanks_commands.thank(who(name), need, WORDS)


def test_no_part_of_it_passes_it_on(inside: World, who: Who) -> None:
    first = thanks_commands.thank(who("lan"), loan(lent(inside)).need_id, WORDS)
    for name in ("hang", "bay", "lan", "quang"):
        with pytest.raises(NotFound):
            thanks_commands.pass_thanks(who(name), first.id)
    made_staff(inside, "lan")
    made_staff(inside, "bay")
    for name in ("lan", "bay"):
        with pytest.raises(Forbidden):
            thanks_commands.pass_thanks(who(name), first.id)
    assert words_of(first.id).state == "waiting"


def test_what_is_refused_says_why_and_may_be_written_again(inside: World, who: Who) -> None:
    need = loan(lent(inside)).need_id
    first = thanks_commands.thank(who("lan"), need, WORDS)
    with pytest.raises(InvalidInput):
        thanks_commands.refuse_thanks(who("mai"), first.id, " ")
    thanks_commands.refuse_thanks(who("mai"), first.id, "Có tên trường")
    row = words_of(first.id)
    assert (row.state, row.said, row.decided_by_id) == ("refused", "Có tên trường", inside["mai"])
    assert queries.list_received_thanks(who("bay")) == [] and len(hears(inside["lan"], "thanks-back")) == 1
    with pytest.raises(Conflict):
        thanks_commands.pass_thanks(who("mai"), first.id)
    with pytest.raises(NotFound):
        thanks_commands.answer_thanks(who("bay"), first.id, "Cảm ơn")
    thanks_commands.thank(who("lan"), need, "Cảm ơn nhiều")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(DeviceThanks)) == 2
