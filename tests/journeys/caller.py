"""Two grown-ups who speak to one another from a room, in a browser whose microphone needs no hardware and which
captures its own page when asked. What was captured, and the connections, are looked at from outside: the browser does
all that it does for people."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserType, expect

from tests.browser import MEDIA, wait_until
from tests.journeys.person import Person
from tests.rooms.people import Person as SignedIn
from tests.rooms.people import rooms_of
from tests.servers import Site

FLAGS = ("--use-fake-device-for-media-stream", "--auto-accept-this-tab-capture")
WATCHED = """(() => {
  window.seen = { asked: [], tracks: [], pcs: [], said: [] };
  const media = navigator.mediaDevices;
  for (const name of ["getUserMedia", "getDisplayMedia"]) {
    const asks = media[name].bind(media);
    media[name] = async (what) => {
      seen.asked.push(name);
      const stream = await asks(what);
      seen.tracks.push(...stream.getTracks());
      return stream;
    };
  }
  const Plain = RTCPeerConnection;
  const note = (what, text) => seen.said.push(`${Math.round(performance.now())} ${what} ${text}`);
  window.RTCPeerConnection = class extends Plain {
    constructor(...how) {
      super(...how);
      seen.pcs.push(this);
      note("made", "");
      for (const what of ["signaling", "iceConnection", "connection"]) {
        this.addEventListener(`${what.toLowerCase()}statechange`, () => note(what, this[`${what}State`]));
      }
      this.addEventListener("icecandidateerror", ({ errorText }) => note("candidate", errorText));
    }
    async setRemoteDescription(one) {
      note("takes", one.type);
      return super.setRemoteDescription(one);
    }
  };
})()"""
STATS = """async (kind) => {
  const found = [...(await seen.pcs.at(-1).getStats()).values()];
  const sum = (type, name) => found.filter((one) => one.type === type && (!kind || one.kind === kind))
    .reduce((all, one) => all + (one[name] ?? 0), 0);
  return {
    sent: sum("outbound-rtp", "bytesSent") + sum("outbound-rtp", "headerBytesSent"),
    packets: sum("outbound-rtp", "packetsSent"),
    received: sum("inbound-rtp", "packetsReceived"), energy: sum("inbound-rtp", "totalAudioEnergy"),
    captured: sum("media-source", "totalSamplesDuration"),
  };
}"""

STANDS = """() => JSON.stringify({
  asked: seen.asked, tracks: seen.tracks.map((one) => `${one.kind} ${one.readyState}`), hidden: document.hidden,
  pcs: seen.pcs.map((one) => [one.connectionState, one.signalingState, one.iceConnectionState, one.iceGatheringState]),
  said: seen.said, panel: document.getElementById("call")?.innerText,
})"""


@contextmanager
def calling_browser(browser_type: BrowserType, arguments: dict[str, Any]) -> Iterator[Browser]:
    """A browser for calls; the one of other tests answers for the screen with a picture of its own."""
    flags = [one for one in arguments["args"] if one not in MEDIA]
    made = browser_type.launch(**{**arguments, "args": [*flags, *FLAGS]})
    yield made
    made.close()


class Caller(Person):
    """One side of a call."""

    def __init__(self, browser: Browser, site: str, who: SignedIn, **context: Any) -> None:
        super().__init__(browser, site, None, **{"permissions": ["microphone"], **context})
        self.who = who
        self.context.add_init_script(WATCHED)
        name, _, value = who.cookie.partition("=")
        self.context.add_cookies([{"name": name, "value": value, "url": site}])
        self.goes_to(f"/rooms/{who.room}")
        expect(self.page.locator("#people")).to_contain_text("Đang ở đây")

    @property
    def asked_for(self) -> list[str]:
        """What the browser was asked to capture."""
        return list(self.page.evaluate("seen.asked"))

    def asks(self) -> "Caller":
        self.presses("Gọi thoại")
        self.is_on("#call h2").presses("Gọi").sees("Đang gọi")
        return self

    def is_on(self, selector: str) -> "Caller":
        """Where the focus of the page is; which of several pages has that of the screen is another matter."""
        wait_until(self.page, "(selector) => document.activeElement.matches(selector)", selector)
        return self

    def is_asked(self) -> "Caller":
        self.sees("muốn gọi thoại với bạn")
        return self

    def told(self, text: str) -> "Caller":
        """What a screen reader is told."""
        expect(self.page.locator("#call [data-said]")).to_contain_text(text)
        return self

    def knows(self, text: str) -> "Caller":
        """What stands at the head of the page while the call goes on."""
        expect(self.page.locator("#call [data-hears]")).to_contain_text(text)
        return self

    def is_connected(self) -> "Caller":
        try:
            wait_until(self.page, "seen.pcs.at(-1)?.connectionState === 'connected'")
        except AssertionError as late:
            raise AssertionError(f"{late}: {self.page.evaluate(STANDS)}") from late
        return self

    def stats(self, kind: str = "") -> dict[str, float]:
        found: dict[str, float] = self.page.evaluate(STATS, kind)
        return found

    def shares_this_page(self, viewer: "Caller") -> None:
        """This one offers, the other agrees, and this one chooses the page itself."""
        if not self.page.locator("#call-screen").is_visible():
            self.presses("Màn hình")
        self.page.get_by_role("button", name="xem màn hình của tôi").click()
        viewer.knows("muốn cho bạn xem màn hình").presses("Xem màn hình")
        self.presses("Chia sẻ trang này")
        viewer.knows("Bạn đang xem màn hình của")
        wait_until(viewer.page, "document.querySelector('#call video').videoWidth > 0")

    def has_nothing_open(self) -> "Caller":
        """Every track has ended, every connection is closed, nothing is played or shown."""
        wait_until(self.page, "seen.tracks.every((one) => one.readyState === 'ended')")
        wait_until(self.page, "seen.pcs.every((one) => one.connectionState === 'closed')")
        players = "[...document.querySelectorAll('#call :is(audio, video)')]"
        assert self.page.evaluate(f"{players}.every((one) => !one.srcObject)")
        return self


@contextmanager
def two(site: Site, browser: Browser, phone: dict[str, Any], **second: Any) -> Iterator[tuple[Caller, Caller]]:
    """A learner and a helper in their room; `second` is how the helper's browser differs."""
    signed_in = rooms_of(site, 1, 2)[0]
    ways: tuple[dict[str, Any], ...] = (phone, {**phone, **second})
    people = [Caller(browser, site.url(), who, **way) for who, way in zip(signed_in, ways, strict=True)]
    yield people[0], people[1]
    for one in people:
        one.leaves()


def in_call(asker: Caller, answerer: Caller) -> None:
    asker.asks()
    answerer.is_asked().presses("Nghe")
    for one in (asker, answerer):
        one.is_connected().knows("đang nghe bạn. Bạn đang nghe")
