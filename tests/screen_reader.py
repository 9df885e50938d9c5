"""A page as a screen reader gives it: the accessibility tree in its order, and what live regions read out.

A walk through it uses no selector and no coordinate: what is not in the tree cannot be found here.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.waiting import until

LIVE = (Path(__file__).parent / "journeys" / "reader.js").read_text("utf-8")
# Parts that say nothing themselves: a reader goes on to what is in them.
SILENT = {"none", "generic", "InlineTextBox", "LineBreak", "RootWebArea", "paragraph", "list", "listitem", "ListMarker"}
# Controls whose words are their name: they are not read a second time.
WHOLE = {"button", "link", "heading", "textbox", "checkbox", "radio", "math", "image"}
CONTROLS = {"button", "link", "textbox", "checkbox", "radio", "slider", "combobox"}
PRESS = "function () { const here = this.isConnected; if (here) { this.focus(); this.click(); } return here; }"


@dataclass(frozen=True)
class Stop:
    """One thing that a reader stops at."""

    role: str
    name: str
    value: str
    focused: bool
    node: int

    def __str__(self) -> str:
        return " ".join(filter(None, (self.role, f"“{self.name}”", self.value)))


class ScreenReader:
    """Goes through a page stop by stop, from where the focus or the last stop is."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.line = page.context.new_cdp_session(page)
        self.line.send("Accessibility.enable")
        self.at = 0  # the node of the last stop
        self.passed: list[Stop] = []

    def stops(self) -> list[Stop]:
        """All stops of the page, in order."""
        nodes = self.line.send("Accessibility.getFullAXTree")["nodes"]
        by_id = {node["nodeId"]: node for node in nodes}
        found: list[Stop] = []

        def walk(node: dict[str, Any]) -> None:
            role = "" if node.get("ignored") else str(node.get("role", {}).get("value", ""))
            if role and role not in SILENT:
                found.append(_stop(role, node, self._spoken_value(node) if role == "slider" else ""))
            if role not in WHOLE:
                for child in node.get("childIds", ()):
                    if child in by_id:
                        walk(by_id[child])

        walk(nodes[0])
        return found

    def listens(self) -> "ScreenReader":
        """From now on notes what live regions say."""
        self.page.evaluate(LIVE)
        return self

    def said(self) -> list[str]:
        """What live regions have said since then."""
        return list(self.page.evaluate("window.read ?? []"))

    def hears(self, text: str) -> None:
        """Waits until a live region says this."""
        until(lambda: any(text in one for one in self.said()), f"{text!r} is read out, after {self.said()}")

    def reads_to(self, role: str, name: str) -> Stop:
        """Goes on until a stop of this role whose name begins so; at the end of the page from its beginning."""
        found: list[Stop] = []

        def there() -> bool:
            found[:] = self._from_here(self.stops())
            return any(_is(one, role, name) for one in found)

        until(there, f"the tree has a {role} {name!r}")
        for number, one in enumerate(found):
            if _is(one, role, name):
                self.passed += found[: number + 1]
                self.at = one.node
                return one
        raise AssertionError

    def presses(self, role: str, name: str) -> Stop:
        """Reads to it and activates it, as a double tap does."""
        for _ in range(10):
            found = self.reads_to(role, name)
            handle = self.line.send("DOM.resolveNode", {"backendNodeId": found.node})["object"]["objectId"]
            press = {"objectId": handle, "functionDeclaration": PRESS, "userGesture": True, "returnByValue": True}
            if self.line.send("Runtime.callFunctionOn", press)["result"]["value"]:
                return found
        raise AssertionError(f"{role} {name!r} is replaced as fast as it is read")

    def focus(self) -> Stop | None:
        """What has the focus."""
        return next((one for one in self.stops() if one.focused), None)

    def is_at(self, role: str, name: str) -> None:
        """Waits until the page has moved the focus to this stop, which the reader follows."""

        def there() -> bool:
            one = self.focus()
            return one is not None and _is(one, role, name)

        until(there, f"the focus is at the {role} {name!r}")
        here = self.focus()
        assert here is not None
        self.at = here.node

    def nameless(self) -> list[Stop]:
        """Controls that were passed and have no name."""
        return [one for one in self.passed if one.role in CONTROLS and not one.name]

    def _spoken_value(self, node: dict[str, Any]) -> str:
        """What a reader says for a slider's number: the protocol's tree holds the bare number."""
        found = self.line.send("DOM.describeNode", {"backendNodeId": node["backendDOMNodeId"]})["node"]["attributes"]
        return str(dict(zip(found[::2], found[1::2], strict=True)).get("aria-valuetext", ""))

    def _from_here(self, stops: list[Stop]) -> list[Stop]:
        here = next((number for number, one in enumerate(stops) if one.node == self.at), -1)
        return stops[here:] + stops[:here] if here >= 0 else stops


def _is(one: Stop, role: str, name: str) -> bool:
    return one.role == role and one.name.startswith(name)


def _stop(role: str, node: dict[str, Any], spoken: str) -> Stop:
    properties = {one["name"]: one["value"].get("value") for one in node.get("properties", ())}
    value = spoken or str(node.get("value", {}).get("value", ""))
    name = " ".join(str(node.get("name", {}).get("value", "")).split())
    return Stop(role, name, value, bool(properties.get("focused")), node.get("backendDOMNodeId", 0))
