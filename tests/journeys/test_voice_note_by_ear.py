"""A voice note is recorded and heard without sight: by the accessibility tree and by what live regions say."""

import re
from typing import Any

from playwright.sync_api import Browser, expect

from tests.journeys.pair_in_room import pair_and_teacher
from tests.journeys.test_voice_note import TONE
from tests.screen_reader import ScreenReader
from tests.servers import Site

# A note of three seconds is over before a busy machine has read on.
ENDLESS = "document.querySelector('.voice audio').loop = true"


def test_a_blind_pupil_records_and_a_blind_helper_hears(
    site: Site, browser: Browser, phone: dict[str, Any], capsys: Any
) -> None:
    minh, khoa, hang = pair_and_teacher(site, browser, phone, TONE)
    for person in (minh, khoa):
        person.turns_to("talk")
    pupil, helper = (ScreenReader(person.page).listens() for person in (minh, khoa))

    # Recording: what may not be said is read before the button, and each press is answered by a name or a sentence.
    pupil.presses("link", "Gửi tin thoại")
    pupil.is_at("button", "Bấm để nói")
    order = [str(one) for one in pupil.stops()]
    hint = next(number for number, one in enumerate(order) if "Đừng nói số điện thoại" in one)
    assert "Người trực nghe trước" in order[hint] and hint < order.index("button “Bấm để nói”")
    pupil.presses("button", "Bấm để nói")
    pupil.is_at("button", "Dừng")
    pupil.hears("Đang thu. Nói xong thì bấm Dừng.")
    expect(minh.page.locator(".recorder .clock")).to_have_text(re.compile("0:0[3-9]"))
    pupil.presses("button", "Dừng")
    pupil.hears("Nghe lại, rồi bấm Gửi.")
    pupil.is_at("button", "Gửi tin thoại")
    assert any(one.role == "button" and one.name == "Thu lại" for one in pupil.stops())
    assert any(one.name == "Nghe lại tin vừa thu" for one in pupil.stops())
    pupil.presses("button", "Gửi tin thoại")
    pupil.is_at("link", "Gửi tin thoại")
    pupil.hears("Đang chờ người trực xem trước khi gửi.")
    helper.hears("Tin này đang chờ xem lại.")
    assert not any(one.name.startswith("Tin thoại") for one in helper.stops())

    # On duty: heard, then released.
    hang.signs_in("/desk").presses("Tin chờ xem: Em Minh")
    duty = ScreenReader(hang.page).listens()
    duty.reads_to("group", "Tin thoại của")
    hang.page.evaluate(ENDLESS)
    duty.presses("button", "Nghe")
    duty.presses("button", "Dừng")
    duty.reads_to("button", "Nghe")
    duty.presses("button", "Cho gửi")
    hang.sees("Không có việc nào đang chờ")

    # Hearing: the arrival is read out with whose note it is and how long; place and speed say where they are.
    helper.hears("Tin thoại của")
    group = helper.reads_to("group", "Tin thoại của")
    assert re.fullmatch(r"Tin thoại của .*Minh, 0:0\d", group.name), group
    khoa.page.evaluate(ENDLESS)
    helper.presses("button", "Nghe")
    playing = helper.reads_to("button", "Dừng")
    place = helper.reads_to("slider", "Vị trí")
    assert re.fullmatch(r"0:0\d / 0:0\d", place.value), place
    helper.presses("button", "Tốc độ 1")
    helper.reads_to("button", "Tốc độ 1.25")
    assert helper.presses("button", "Dừng").node == playing.node
    helper.reads_to("button", "Nghe")
    told = [one for one in helper.said() if "Tin thoại của" in one]
    assert len(told) == 1, helper.said()
    assert not [one for one in helper.said() if re.fullmatch(r"0:0\d", one)]  # the running time is not read out
    assert helper.said().count("1×") <= 1 and helper.said().count("1.25×") <= 1  # nor the speed again and again

    with capsys.disabled():
        for who, reader in (("pupil", pupil), ("helper", helper), ("duty", duty)):
            print(f"\n{who} heard: " + " | ".join(reader.said()))
            assert not reader.nameless(), reader.nameless()
    for person in (minh, khoa, hang):
        person.leaves()
