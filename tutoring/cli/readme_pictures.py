"""`flask help readme-pictures`: the pictures of README.md, taken from a demonstration site in a real browser."""

import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from tutoring.cli import help_pages, help_screenshot_scenes
from tutoring.config import ROOT
from tutoring.home import demo_accounts
from tutoring.kernel import rate_limits
from tutoring.kernel.db import db

help_group = help_pages.group  # with the command of this module
FOLDER = ROOT / "docs" / "pictures"
PHONE, DESK = (360, 720), (1120, 720)
# file, who sees it, address, size of the window
PICTURES = (
    ("lesson.webp", "minh", "/lessons/vao-lop-bang-duong-dan/2", PHONE),
    ("room.webp", "khoa", "/rooms/{room}", DESK),
    ("start.webp", "hang", "/", DESK),
)


@help_group.command("readme-pictures", with_appcontext=False)
@click.option("--into", type=click.Path(file_okay=False, path_type=Path), default=FOLDER, help="Another folder.")
def readme_pictures(into: Path) -> None:
    """Take the three pictures of README.md: a lesson on a phone, a room with a helper, the start page of a teacher."""
    try:
        sync_playwright = import_module("playwright.sync_api").sync_playwright
    except ImportError:
        sys.exit("Error: pictures need a browser and Playwright: python3 dev.py test sets them up")
    into.mkdir(parents=True, exist_ok=True)
    with help_pages.site() as (app, address), sync_playwright() as playwright:
        with app.app_context():
            rate_limits.clear()
            for scene in help_screenshot_scenes.ORDER:
                help_screenshot_scenes.play(scene)
            facts, cards = help_screenshot_scenes.facts(), {card.username: card for card in demo_accounts.cards()}
            db.session.remove()
        args = ["--lang=vi", *(["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else [])]
        browser = playwright.chromium.launch(executable_path=help_pages.chromium(), args=args)
        viewers = help_pages.Viewers(browser, address)
        for name, who, place, size in PICTURES:
            raw = _take(viewers.page_of(who, cards[who]), place.format(**facts), size)
            (into / name).write_bytes(raw)
            click.echo(f"{name} {len(raw)}")
        browser.close()


def _take(page: Any, address: str, size: tuple[int, int]) -> bytes:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    answer = page.goto(address)
    page.wait_for_load_state("load")
    if answer is None or answer.status != 200:
        sys.exit(f"Error: {address} answers {answer and answer.status}")
    page.wait_for_timeout(1000)  # a room draws its messages after it has loaded
    return help_pages.lighter(page.screenshot(), most=60_000)
