"""Discovers the edges of every feature: pages, socket events, reactions, jobs and gauges.

An edge registers itself when it is imported. Reactions to one event run in the order of PACKAGES.
"""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

from flask import Blueprint

HERE = Path(__file__).parent
# Modules within a package are sorted by name.
# Reactions to an event run in this order. Users read notices in it: that a request is back in the queue (notifications)
# comes before what became of its group (pairing). Pages of a room change last.
PACKAGES = (
    "accounts",
    "administration",
    "api",
    "campaigns",
    "circles",
    "classes",
    "community",
    "devices",
    "groups",
    "visits",
    "home",
    "insights",
    "kernel",
    "lessons",
    "moderation",
    "notifications",
    "pairing",
    "notebook",
    "openid",
    "practice",
    "privacy",
    "published_answers",
    "queues",
    "rooms",
    "site_setup",
    "training",
    "web",
    "webhooks",
    "welfare",
)
EDGE = re.compile(r"(\w+_)?(views|sockets|reactions|panels|jobs|metrics|erasure)")
FOLDERS = {"views", "rules"}  # every module in a folder of this name is an edge


def names() -> Iterator[str]:
    """The module names of all edges, in import order."""
    for package in PACKAGES:
        for path in sorted((HERE / package).rglob("*.py")):
            if EDGE.fullmatch(path.stem) or path.parent.name in FOLDERS:
                parts = path.relative_to(HERE.parent).with_suffix("").parts
                yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def load() -> list[ModuleType]:
    """Imports every edge and returns the modules."""
    return [import_module(name) for name in names()]


def blueprints() -> list[Blueprint]:
    """Returns each feature's blueprint once all its pages are registered on it."""
    found = (getattr(module, "blueprint", None) for module in load())
    return list(dict.fromkeys(one for one in found if isinstance(one, Blueprint)))
