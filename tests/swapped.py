"""Other services for an application, or a few without one, within a block."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from flask import Flask, has_app_context

from tutoring import services
from tutoring.kernel import services as kernel_services
from tutoring.services import find_services


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
def beside(app: Flask) -> Iterator[None]:
    """Within the block, what the test itself does outside any context is done with this application's services.

    Only in the thread of the test: a thread of the application that forgot its context must fail.
    """
    before = kernel_services.finder()

    def found() -> Mapping[type[Any], Any]:
        inside = has_app_context() or threading.current_thread() is not threading.main_thread()
        by_class: Mapping[type[Any], Any] = find_services() if inside else app.extensions[services.KEY].by_class
        return by_class

    kernel_services.find_with(found)
    try:
        yield
    finally:
        kernel_services.find_with(before)


def without_application(some: Mapping[type[Any], object]) -> None:
    """What a test without an application does in its own thread finds these services; a thread of a site finds none."""

    def found() -> Mapping[type[Any], Any]:
        inside = has_app_context() or threading.current_thread() is not threading.main_thread()
        return find_services() if inside else some

    kernel_services.find_with(found)


@contextmanager
def alone(*some: object) -> Iterator[None]:
    """Within the block these services are found, for a test that needs no application."""
    bare = Flask("bare")
    bare.extensions[services.KEY] = SimpleNamespace(by_class={type(one): one for one in some})
    with bare.app_context():
        yield
