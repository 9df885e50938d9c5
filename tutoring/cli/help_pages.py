"""`flask help …`: check the help pages, and retake their pictures from the running site."""

import dataclasses
import os
import secrets
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup
from flask_migrate import upgrade
from werkzeug.serving import make_server

from tutoring import app as application
from tutoring.cli import help_screenshot_scenes
from tutoring.cli.demo import community
from tutoring.config import ROOT, Settings
from tutoring.home import demo_accounts
from tutoring.home.help import label_check
from tutoring.home.help.loader import Page, load
from tutoring.home.help.schema import Shot
from tutoring.home.help.screenshots import MAX_BYTES, SCALE
from tutoring.kernel import clock, rate_limits
from tutoring.kernel.db import db
from tutoring.lessons.catalogue.loader import load_content

CONTENT = ROOT / "content"
CATALOGUE = ROOT / "translations" / "en" / "LC_MESSAGES" / "messages.po"
WIDTH = 360
HOUR = time(16, 5, tzinfo=clock.LOCAL)  # the time of day that the pictures show, independent of when they are taken
group = AppGroup("help", help="Help pages in content/help, and their pictures.")

# Finds the element with a label among controls and headings, and draws a frame around it.
MARK = """(label) => {
  const said = (one) => one.textContent.replace(/\\s+/g, " ").trim();
  const all = [...document.querySelectorAll("main :is(a, button, summary, label, legend, h1, h2, h3), .dock a,"
    + " footer :is(a, button), nav a")];
  const found = all.find((one) => said(one).startsWith(label) && one.getClientRects().length);
  if (!found) return false;
  const style = document.createElement("style");
  style.textContent = ".band { position: sticky; top: 0; z-index: 99 }"
    + " .marked-for-help { outline: 4px solid #d4351c !important; outline-offset: 3px; border-radius: 4px }"
    + " nav .marked-for-help { outline-offset: -4px }";
  document.head.append(style);
  found.classList.add("marked-for-help");
  found.scrollIntoView({ block: "center" });
  return true;
}"""


@group.command("check", with_appcontext=False)
@click.argument("folder", default=str(CONTENT), type=click.Path(exists=True, file_okay=False, path_type=Path))
def check(folder: Path) -> None:
    """Check content/help: faults and strange labels on stdout, exit 1 only for these. Needs no database."""
    read = load(folder, {path.parent.name for path in folder.glob("lessons/*/vi.md")})
    strange = [f"{one} không có trên trang nào" for one in label_check.strange(read.pages, read.tours, CATALOGUE)]
    for line in (*map(str, read.faults), *strange, *(f"warning: {one}" for one in read.warnings)):
        click.echo(line)
    click.echo(
        f"{len(read.pages)} pages, {sum(one.bytes for page in read.pages for one in page.pictures)} bytes", err=True
    )
    sys.exit(1 if read.faults or strange else 0)


@group.command("pictures", with_appcontext=False)
@click.argument("slugs", nargs=-1)
def pictures(slugs: tuple[str, ...]) -> None:
    """Take the pictures of all help pages (or of these) from a demonstration site of their own, in a real browser."""
    try:
        sync_playwright = import_module("playwright.sync_api").sync_playwright
    except ImportError:
        sys.exit(
            "Error: pictures need a browser and Playwright: python3 dev.py test sets them up, or uv sync --extra dev"
        )
    wanted = [page for page in declared() if not slugs or page.head.id in slugs]
    with site() as (app, address), sync_playwright() as playwright:
        args = ["--lang=vi", *(["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else [])]
        spoken = {**os.environ, "LANGUAGE": "vi"}  # the browser draws fields for times and dates in its own language
        browser = playwright.chromium.launch(executable_path=chromium(), args=args, env=spoken)
        total, viewers = 0, Viewers(browser, address)
        for scene, found in help_screenshot_scenes.shots(wanted):
            with app.app_context():
                rate_limits.clear()
                help_screenshot_scenes.play(scene)
                facts, cards = help_screenshot_scenes.facts(), {card.username: card for card in demo_accounts.cards()}
                db.session.remove()
            for page, shot in found:
                raw = _take(viewers.page_of(shot.who, cards.get(shot.who or "")), shot, facts)
                (CONTENT / "help" / page.head.id / f"{shot.id}.webp").write_bytes(raw)
                total += len(raw)
                click.echo(f"{page.head.id}/{shot.id}.webp {len(raw)}")
        browser.close()
    click.echo(f"{total} bytes", err=True)


def declared(folder: Path = CONTENT) -> list[Page]:
    """Returns the pages, also those without pictures. Other faults end the program."""
    read = load(folder, wants_pictures=False)
    if read.faults:
        sys.exit("\n".join(map(str, read.faults)))
    return list(read.pages)


@contextmanager
def site() -> Iterator[tuple[Flask, str]]:
    """Runs a demonstration site in a temporary folder; yields the application and its address.

    This process serves the site.
    """
    with tempfile.TemporaryDirectory() as folder:
        server = make_server("127.0.0.1", 0, _later, threaded=True)
        address = f"http://127.0.0.1:{server.port}"
        env = {"INSTANCE": folder, "ORIGINS": address, "JOBS": "0", "LIMITS_SCALE": "100"}
        env |= {key: secrets.token_urlsafe(48) for key in ("SECRET_KEY", "AUDIT_KEY", "FIELD_KEY")}
        now = clock.local(clock.now())
        shift = (datetime.combine(now.date(), HOUR) - now).total_seconds() % 86_400
        app = application.create_app(dataclasses.replace(Settings.from_environment(env), clock_shift=int(shift)))
        with app.app_context():
            upgrade(directory=str(ROOT / "migrations"))
            load_content(CONTENT)
            community.make()
            db.session.remove()
        server.app = app
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield app, address
        finally:
            server.shutdown()


def _later(_environ: Any, _start: Any) -> Any:
    raise RuntimeError("the application is not made yet")  # the server needs an address before the application exists


def chromium() -> str | None:
    names = (os.environ.get("CHROMIUM", ""), "/usr/bin/chromium", "/usr/bin/google-chrome")
    return next((name for name in names if name and Path(name).exists()), None)


def _mark(page: Any, label: str) -> bool:
    """Marks the element with the label and retries up to ten times.

    Some buttons are shown by a script, and a page may redraw parts after it has loaded.
    """
    for _ in range(10):
        there = page.evaluate(MARK, label)
        page.wait_for_timeout(400)
        if there and page.locator(".marked-for-help").count():
            return True
    return False


class Viewers:
    """One browser window for each user of the pictures, signed in once."""

    def __init__(self, browser: Any, address: str) -> None:
        self._browser, self._address = browser, address
        self._pages: dict[str | None, Any] = {}

    def page_of(self, who: str | None, card: demo_accounts.Card | None) -> Any:
        """Returns the window of this user. Without a card the visitor is not signed in."""
        if who in self._pages:
            return self._pages[who]
        # The pictures are marked by an injected script and style sheet, so this browser bypasses the page's CSP.
        context = self._browser.new_context(
            base_url=self._address, device_scale_factor=SCALE, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh",
            color_scheme="light", reduced_motion="reduce", bypass_csp=True,
        )  # fmt: skip
        page = self._pages[who] = context.new_page()
        if card is not None:
            page.goto("/sign-in")
            page.fill("[name=handle]", card.username)
            page.fill("[name=password]", card.passphrase)
            page.press("[name=password]", "Enter")
            page.wait_for_url(lambda url: "/sign-in" not in url)
        return page


def _take(page: Any, shot: Shot, facts: dict[str, Any]) -> bytes:
    page.set_viewport_size({"width": WIDTH, "height": shot.height})
    answer = page.goto(shot.page.format(**facts))
    page.wait_for_load_state("load")
    if answer is None or answer.status != 200 or not _mark(page, shot.mark):
        sys.exit(f"Error: {shot.id}: “{shot.mark}” does not stand on {shot.page} ({answer and answer.status})")
    return lighter(page.screenshot())


def lighter(png: bytes, most: int = MAX_BYTES) -> bytes:
    """Returns the picture as the best WebP within `most` bytes, for readers on a slow network."""
    images = import_module("PIL.Image")
    picture = images.open(BytesIO(png)).convert("RGB")
    few = picture.quantize(48, dither=images.Dither.NONE).convert("RGB")
    for image, how in ((few, {"lossless": True, "quality": 100}), *((picture, {"quality": q}) for q in (60, 45, 30))):
        held = BytesIO()
        image.save(held, "WEBP", method=6, **how)
        if len(held.getvalue()) <= most:
            return held.getvalue()
    raise ValueError("this picture does not become light enough")
