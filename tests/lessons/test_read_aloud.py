"""Reading a step aloud: offered only where the device itself has a voice of the language, and spoken line by line.

The machine that runs the tests has no voices, so the browser is given a device's: the calls are the real ones.
"""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.servers import Site
from tests.servers import site as site

STEP = "/lessons/otp-khong-doc-cho-ai/2"
DEVICE = """(voices) => {
    const said = (globalThis.said = []);
    class Utterance { constructor(text) { this.text = text; } }
    let now = null;
    Object.defineProperty(globalThis, "SpeechSynthesisUtterance", { value: Utterance });
    Object.defineProperty(globalThis, "speechSynthesis", { value: {
        getVoices: () => voices,
        speak(one) { now = one; said.push(one); },
        cancel() { now = null; },
        addEventListener() {},
    }});
    globalThis.spoken = () => { const one = now; now = null; one.onend(); };
}"""
LOCAL = {"lang": "vi-VN", "localService": True, "name": "Giọng trên máy"}
REMOTE = {"lang": "vi-VN", "localService": False, "name": "Giọng trên mạng"}
ENGLISH = {"lang": "en-US", "localService": True, "name": "English"}


def at_step(site: Site, new_context: Callable[..., BrowserContext], *voices: dict[str, object]) -> Page:
    page = new_context(base_url=site.url()).new_page()
    page.add_init_script(f"({DEVICE})({list(voices)!r}".replace("True", "true").replace("False", "false") + ")")
    page.goto(STEP)
    expect(page.get_by_role("button", name="Chữ to hơn")).to_be_visible()  # the scripts have run
    return page


def test_a_voice_of_another_language_or_from_the_network_reads_nothing(
    site: Site, new_context: Callable[..., BrowserContext]
) -> None:
    page = at_step(site, new_context, ENGLISH, REMOTE)
    expect(page.get_by_text("Máy chưa có giọng đọc tiếng Việt")).to_be_visible()
    expect(page.get_by_role("button", name="Nghe bước này")).to_be_hidden()


def test_a_voice_on_the_device_reads_line_by_line_and_goes_on_where_it_stopped(
    site: Site, new_context: Callable[..., BrowserContext]
) -> None:
    page = at_step(site, new_context, ENGLISH, REMOTE, LOCAL)
    said: Callable[[], list[list[str]]] = lambda: page.evaluate("said.map((one) => [one.text, one.voice.name])")  # noqa: E731
    page.get_by_role("button", name="Nghe bước này").click()
    expect(page.get_by_text("Máy chưa có giọng đọc tiếng Việt")).to_be_hidden()
    assert said() == [[page.locator("article h1").inner_text(), "Giọng trên máy"]]
    page.evaluate("spoken()")
    second = said()[1]
    assert second[0].startswith("Mục tiêu:") and second[1] == "Giọng trên máy"
    page.get_by_role("button", name="Tạm dừng").click()
    page.get_by_role("button", name="Nghe tiếp").click()
    assert said()[2] == second  # the line that was broken off begins again
    while page.get_by_role("button", name="Tạm dừng").count():
        page.evaluate("spoken()")
    texts = [text for text, _ in said()]
    assert any(text.startswith("Nếu chưa được:") for text in texts)
    assert not any("Xem đúng chưa" in text or "Gợi ý" in text for text in texts)
    expect(page.get_by_role("button", name="Nghe bước này")).to_be_visible()
    expect(page.get_by_role("button", name="Dừng")).to_be_hidden()
