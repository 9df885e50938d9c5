"""What a device needs to practise offline: a scenario in one language, labels, screens.

The manifest also lists pages and files.
"""

import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from flask import url_for
from flask_babel import gettext

from tutoring.config import ROOT
from tutoring.lessons.offline.manifest import body
from tutoring.practice import scenarios
from tutoring.practice.engine import simulator
from tutoring.practice.engine.elements import Text
from tutoring.practice.engine.progress import straight_way
from tutoring.practice.engine.scenario import Scenario
from tutoring.practice.labels import OTHER, STATUSES, WHY
from tutoring.practice.screens import screen
from tutoring.practice.screens.screen import ShownAction, ShownField, ShownOption, ShownScreen, ShownTrap
from tutoring.web.assets import asset_url, css_hash, font_urls

APART = {
    "schema_",
    "authors",
    "unverified",
    "walks",
    "order",
    "summary",
    "based_on",
    "minutes",
}  # not needed on a device
STATIC = ROOT / "static"
SCRIPTS = ("offline", "simulator", "solver", "screen", "render", "runs", "sync")
FEE = Text(vi="{fee}", en="{fee}")
OTHERS = (  # of the same page, and of the page that lists what is saved
    "practice/run.js", "lessons/offline/device-progress.js", "lessons/lists.js", "lessons/offline/saved-items.js",
    "app/emergency-card.js", "app/refresh-cached-page.js",
)  # fmt: skip
KINDS = (
    "text",
    "digits",
    "date",
    "choice",
    "mock_file",
    "check",
)  # static/practice/offline/render.js relies on this order
PAGE = 12_000  # approximate bytes of the page in transfer, without its scenario


def scenario_to_json(scenario: Scenario, language: str) -> dict[str, Any]:
    """Returns the scenario as static/practice/offline/simulator.js plays it."""
    whole = scenario.model_dump(mode="json", by_alias=True, exclude_none=True, exclude=APART)
    found: dict[str, Any] = _said(whole, language)
    return {**found, "straight": list(straight_way(scenario))}


def _said(part: Any, language: str) -> Any:
    """Returns the data with each text in this language only."""
    if isinstance(part, list):
        return [_said(one, language) for one in part]
    if not isinstance(part, dict):
        return part
    if part.keys() == {"vi", "en"} and all(isinstance(one, str) for one in part.values()):
        return part[language]
    return {key: _said(one, language) for key, one in part.items()}


def words(scenario: Scenario, language: str, skills: Mapping[str, str]) -> dict[str, Any]:
    """Returns the labels that the device shows, in the language of the page.

    `skills` are the names of all skills.
    """
    states = scenario.dossier.states.values() if scenario.dossier else ()
    return {
        "why": {code: gettext(said) for code, said in WHY.items()},
        "other": gettext(OTHER),
        "states": {one.status: gettext(STATUSES[one.status]) for one in states},
        "fee": screen.filled(scenario, simulator.begin(scenario), language)(FEE),
        "skills": {
            name: skills[name] for name in {*scenario.skills, *scenario.field_skills.values()} if name in skills
        },
    }


def blanks(scenario: Scenario) -> dict[str, ShownScreen]:
    """Returns template screens that hold every possible element once, with placeholders.

    There is one without a trap, and one with a trap for each place that the scenario uses.
    """
    empty = ShownScreen(
        id="{screen}", title="{title}", place="portal", paragraphs=("{paragraph}",), lines=(("{term}", "{text}"),),
        explain="{explain}", trap=None, answered="{answered}", fell=False,
        fields=tuple(
            ShownField("{id}", kind, "{label}", False, (ShownOption("{option}", "{text}"),) if kind != "check" else (),
                       "yes" if kind == "check" else "{value}", "{tip}", "{wrong}", marked=True)
            for kind in KINDS
        ),
        actions=(ShownAction("{id}", "{label}", False, "{tip}", marked=True),),
        may_go_back=True, final=False, wrong="{wrong}", back_marked=True, at="{at}", of="{of}",
    )  # fmt: skip
    trap = ShownTrap("", "{trap}", "", (ShownOption("{id}", "{label}"),), guided=True)
    screens = scenario.screens.values()
    places = {one.place for one in screens} | {one.trap.place for one in screens if one.trap}
    return {"": empty} | {
        place: replace(empty, place=place, fell=True, trap=replace(trap, place=place)) for place in sorted(places)
    }


def mark(scenario: Scenario, language: str) -> str:
    """Returns a value that changes whenever a saved copy should be renewed."""
    parts = [scenarios.digest(scenario.id), language, css_hash(), *_assets()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def size(scenario: Scenario) -> int:
    """Returns the approximate compressed bytes of saving: page and scripts.

    Fonts are already cached.
    """
    return PAGE + _packed(body(scenario_to_json(scenario, "vi")).encode()) + _scripts(STATIC)


def _packed(data: bytes) -> int:
    return len(zlib.compress(data))


@cache
def _scripts(folder: Path) -> int:
    paths = [*(f"practice/offline/{name}.js" for name in SCRIPTS), *OTHERS]
    return sum(_packed((folder / path).read_bytes()) for path in paths)


def _assets() -> list[str]:
    scripts = [asset_url(f"practice/offline/{name}.js") for name in SCRIPTS]
    return [*scripts, *(asset_url(path) for path in OTHERS), asset_url("icon.svg"), *font_urls()]


def manifest(scenario: Scenario, language: str) -> dict[str, Any]:
    """Returns the manifest as JSON data for static/lessons/offline/saved-items.js."""
    return {
        "slug": scenario.id,
        "title": scenario.title.in_(language),
        "mark": mark(scenario, language),
        "lang": language,
        "bytes": size(scenario),
        "pages": [url_for("practice.offline", scenario=scenario.id)],
        "media": [],
        "assets": _assets(),
        "offline": url_for("lessons.offline"),
        "fresh": asset_url("app/refresh-cached-page.js"),
        "words": {
            "copy": gettext("Bản đã tải về máy này. Không có mạng vẫn luyện được."),
            "newer": gettext("Mở trang mới nhất"),
        },
    }
