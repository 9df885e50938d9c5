"""The walk over every page in a browser: each is loaded once as it was made for the list of pages, and looked at."""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Route
from werkzeug.serving import make_server

from tests.every_page.page_catalogue import Place, Seen
from tests.factories import client_of

PHONE = {"width": 360, "height": 740}
LOOKS = (Path(__file__).parent / "looks.js").read_text("utf-8")
Faults = dict[str, list[str]]
Look = Callable[[Page, Seen, Callable[[str, list[str]], None]], None]


class Kept:
    """The application, but that pages which were made already are not made again."""

    def __init__(self, app: Any) -> None:
        self.app, self.pages = app, dict[str, tuple[bytes, list[tuple[str, str]]]]()

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        path = environ["PATH_INFO"] + (f"?{environ['QUERY_STRING']}" if environ["QUERY_STRING"] else "")
        if (
            environ["REQUEST_METHOD"] == "GET"
            and environ.get("HTTP_SEC_FETCH_DEST") == "document"
            and path in self.pages
        ):
            body, headers = self.pages[path]
            start("200 OK", headers)
            return [body]
        found: Iterable[bytes] = self.app(environ, start)
        return found


class Ground:
    """Where the place answers; the port is part of no address that it was made for."""

    def __init__(self, place: Place) -> None:
        self.place, self.kept = place, Kept(place.app.wsgi_app)
        place.app.wsgi_app, self._was = self.kept, place.app.wsgi_app  # type: ignore[method-assign]
        self.server = make_server("127.0.0.1", 0, place.app, threaded=True)
        self.address = f"http://localhost:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.place.app.wsgi_app = self._was  # type: ignore[method-assign]

    def comes_as(self, context: BrowserContext, who: str | None) -> None:
        """The same browser, which keeps the files it has, in the hands of somebody else."""
        context.clear_cookies()
        self.kept.pages = {seen.path: made for seen, made in self.place.made.items() if seen.who == who}
        if who is not None:
            client = client_of(self.place.app, self.place.things.people[who])
            cookie = client.get_cookie("session")
            assert cookie is not None
            context.add_cookies([{"name": "session", "value": cookie.value, "url": self.address, "httpOnly": True}])


@contextmanager
def ground(place: Place) -> Iterator[Ground]:
    made = Ground(place)
    try:
        yield made
    finally:
        made.close()


def faults_of(ground: Ground, browser: Browser, look: Look, prepare: Callable[[Page], None]) -> Faults:
    """What is wrong on any page, by kind."""
    found: Faults = defaultdict(list)
    context = browser.new_context(
        base_url=ground.address, viewport=PHONE, locale="vi-VN", color_scheme="dark", reduced_motion="reduce",
        service_workers="block",
    )  # type: ignore[arg-type]  # fmt: skip
    context.add_init_script(LOOKS)
    page = context.new_page()
    prepare(page)
    page.on("pageerror", lambda error: found["scripts"].append(f"{page.url}: {error}"))
    for who in sorted({seen.who for seen in ground.place.pages}, key=str):
        ground.comes_as(context, who)
        for seen in ground.place.pages:
            if seen.who == who:
                answer = page.goto(seen.path, wait_until="load")
                if answer is None or answer.status != 200:
                    found["answers"].append(f"{seen}: {answer and answer.status}")
                    continue
                if "sandbox" in answer.headers.get("content-security-policy", ""):
                    _open_without_sandbox(page, seen.path)
                look(page, seen, lambda kind, faults, seen=seen: found[kind].extend(f"{seen}: {one}" for one in faults))  # type: ignore[misc]
    context.close()
    return found


def _open_without_sandbox(page: Page, path: str) -> None:
    """The same document where scripts may run: in a sandbox no promise ends, so axe would never answer.

    Its addresses are absolute, of the site of the tests; here they lead to the server that is looked at.
    """

    def open_policy(route: Route) -> None:
        answer = route.fetch()
        headers = {name: value for name, value in answer.headers.items() if name != "content-security-policy"}
        route.fulfill(response=answer, headers=headers, body=answer.text().replace("http://localhost/", "/"))

    page.route(f"**{path}", open_policy)
    page.goto(path, wait_until="load")
    page.unroute(f"**{path}")


def all_of(page: Page, *kinds: str) -> dict[str, list[str]]:
    """The faults of these kinds, all asked for at once."""
    found: dict[str, list[str]] = page.evaluate(
        f"Object.fromEntries({list(kinds)}.map((kind) => [kind, look[kind]()]))"
    )
    return found


def said(found: list[str]) -> str:
    return "\n".join([f"{len(found)} faults", *found])
