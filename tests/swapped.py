"""Other services for an application, or a few without one, within a block."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from flask import Flask

from tutoring import services


@contextmanager
def swapped(app: Flask, **other: Any) -> Iterator[None]:
    """Within the block the application has these services, by field of `Services`, in place of its own."""
    before = app.extensions[services.KEY]
    app.extensions[services.KEY] = replace(before, **other)
    try:
        yield
    finally:
        app.extensions[services.KEY] = before


@contextmanager
def alone(*some: object) -> Iterator[None]:
    """Within the block these services are found, for a test that needs no application."""
    bare = Flask("bare")
    bare.extensions[services.KEY] = SimpleNamespace(by_class={type(one): one for one in some})
    with bare.app_context():
        yield
