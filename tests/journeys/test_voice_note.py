"""A pupil speaks instead of typing: recorded by keyboard and by names, heard on duty, played by the helper."""

import re
from typing import Any

from playwright.sync_api import Browser, expect

from tests.browser import wait_until
from tests.journeys.pair_in_room import pair_and_teacher
from tests.servers import Site

# A voice that needs no microphone: the shell of Chromium opens none.
TONE = """navigator.mediaDevices.getUserMedia = async () => {
  const voice = new AudioContext(), tone = voice.createOscillator(), heard = voice.createMediaStreamDestination();
  tone.connect(heard);
  tone.start();
  return heard.stream;
};"""


def test_a_pupils_voice_note_waits_until_it_was_heard_and_is_then_played(
    site: Site, browser: Browser, phone: dict[str, Any]
) -> None:
    minh, khoa, hang = pair_and_teacher(site, browser, phone, TONE)
    expect(khoa.page.locator("#add-voice")).to_have_count(0)

    minh.page.locator("#add-voice").focus()
    minh.page.keyboard.press("Enter")
    record = minh.page.get_by_role("button", name="Bấm để nói")
    expect(record).to_be_focused()
    minh.finds_the_page_accessible("voice-recorder")
    minh.page.keyboard.press("Enter")
    expect(minh.page.get_by_role("button", name="Dừng")).to_be_focused()
    expect(minh.page.locator(".recorder .said")).to_have_text("Đang thu. Nói xong thì bấm Dừng.")
    expect(minh.page.locator(".recorder .clock")).to_have_text(re.compile("0:0[2-9]"))
    minh.page.keyboard.press("Enter")
    send = minh.page.get_by_role("button", name="Gửi tin thoại")
    expect(send).to_be_focused()
    expect(minh.page.get_by_role("button", name="Thu lại")).to_be_visible()
    minh.finds_the_page_accessible("voice-recorded")
    minh.context.set_offline(True)
    minh.page.keyboard.press("Enter")
    expect(minh.page.locator("#add-voice")).to_be_focused()
    minh.hears("Chưa gửi được.")
    minh.context.set_offline(False)
    minh.hears("Đang chờ người trực xem trước khi gửi.")
    expect(minh.page.locator("#messages .failed, #messages .wait")).to_have_count(0)
    khoa.hears("Tin này đang chờ xem lại.")
    expect(khoa.page.locator(".voice")).to_have_count(0)

    hang.signs_in("/desk").presses("Tin chờ xem: Em Minh")
    hang.finds_the_page_accessible("voice-desk")
    hang.presses("Cho gửi").sees("Hãy nghe tin thoại trước, rồi mới cho gửi.")
    hang.presses("Tin chờ xem: Em Minh")
    hang.page.get_by_role("button", name="Nghe", exact=True).click()
    wait_until(hang.page, "document.querySelector('.voice audio').played.length > 0")
    wait_until(hang.page, "Number(document.querySelector('.voice input').value) > 0")
    busy = "async () => (await import(document.querySelector('#live-js').src)).busy(document.querySelector('#item'))"
    assert hang.page.evaluate(busy) is False  # else a note that was played keeps its part of the page from renewing
    hang.presses("Cho gửi").sees("Không có việc nào đang chờ")

    note = khoa.page.get_by_role("group", name="Tin thoại của")
    note.get_by_role("button", name="Nghe").click()
    wait_until(khoa.page, "document.querySelector('.voice audio').played.length > 0")
    note.get_by_role("button", name="Tốc độ 1").click()
    expect(note.get_by_role("button", name="Tốc độ 1.25")).to_be_visible()
    expect(note.get_by_role("slider", name="Vị trí")).to_have_attribute(
        "aria-valuetext", re.compile(r"^0:\d+ / 0:\d+$")
    )
    khoa.finds_the_page_accessible("voice-note")
    khoa.page.reload()
    expect(khoa.page.get_by_role("group", name="Tin thoại của")).to_be_visible()
    for person in (minh, khoa, hang):
        person.leaves()
