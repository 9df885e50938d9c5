"""Pages per second of a lesson step, beside a bare Flask route that returns the same finished HTML.

Both run in this process through WSGI, in turns, so that what else the machine does hits both alike.
Goal: a visitor's page at least half as fast as the bare route, at most 4 queries where it is not kept.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from flask import Flask
from werkzeug.test import EnvironBuilder

from tutoring.accounts import registration
from tutoring.accounts.models import User
from tutoring.accounts.sign_ins import lifecycle
from tutoring.app import create_app
from tutoring.config import ROOT, Settings
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.lessons.catalogue.loader import load_content
from tutoring.web import visitor_cache

PAGE = "/lessons/vao-lop-bang-duong-dan/3"
ROUNDS, SECONDS, GOAL, MOST_QUERIES = 15, 0.2, 0.5, 4

Call = Callable[[], bytes]


def caller(app: Flask, cookie: str = "") -> Call:
    """One request to the page, as a server would make it."""
    headers = {"Cookie": cookie} if cookie else {}
    environ = EnvironBuilder(PAGE, base_url="http://localhost", headers=headers).get_environ()

    def start(status: str, _headers: Any, _error: Any = None) -> Callable[[bytes], object]:
        assert status == "200 OK", status
        return lambda _: None

    def call() -> bytes:
        answer = app.wsgi_app(environ.copy(), start)
        body = b"".join(answer)
        if hasattr(answer, "close"):
            answer.close()
        return body

    return call


def rate(call: Call) -> float:
    count, until = 0, time.perf_counter() + SECONDS
    begun = time.perf_counter()
    while time.perf_counter() < until:
        for _ in range(20):
            call()
        count += 20
    return count / (time.perf_counter() - begun)


def queries(app: Flask, call: Call) -> int:
    """How many statements one request asks of the database."""
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement != "BEGIN":
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    call()
    sa.event.remove(engine, "before_cursor_execute", note)
    return len(seen)


@command
def somebody() -> str:
    """The session cookie's content of a new person who is signed in."""
    person: User = registration.create_user("Người Thử Máy", "bốn từ để thử", handle="thu.may")
    return lifecycle.begin_sign_in(person).token


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.from_environment(
            {"INSTANCE": folder, "ORIGINS": "http://localhost", "JOBS": "0", "CONTENT": str(ROOT / "content")}
        )
        app = create_app(settings)
        with app.app_context():
            db.create_all()
            load_content(settings.content)
            signing = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
            cookie = "session=" + signing.dumps({"_user_id": somebody(), "_fresh": True})
        visitor, signed_in = caller(app), caller(app, cookie)
        html = visitor().decode()
        assert "Đăng nhập" not in signed_in().decode()
        bare = Flask("bare")
        bare.add_url_rule("/lessons/<slug>/<int:number>", view_func=lambda slug, number: html)
        plain = caller(bare)
        assert plain() == visitor()

        visitor_cache.forget()
        first, kept, own = queries(app, visitor), queries(app, visitor), queries(app, signed_in)

        def anew() -> bytes:
            visitor_cache.forget()
            return visitor()

        calls = (plain, visitor, anew, signed_in)
        rounds = [tuple(rate(call) for call in calls) for _ in range(ROUNDS)]
        ratio = statistics.median(turn[1] / turn[0] for turn in rounds)
        figures = [statistics.median(column) for column in zip(*rounds, strict=True)]
        with app.app_context():
            db.engine.dispose()
    names = (
        f"bare Flask route, same {len(html.encode()):,} bytes",
        f"lesson step, visitor: {kept} queries",
        f"the same made anew (every 10 s): {first} queries",
        f"lesson step, signed in: {own} queries",
    )
    for name, figure in zip(names, figures, strict=True):
        print(f"{name:50} {figure:9,.0f} pages/s")
    good = ratio >= GOAL and first <= MOST_QUERIES
    print(f"visitor / bare = {ratio:.2f} (goal {GOAL}), at most {MOST_QUERIES} queries: {'met' if good else 'MISSED'}")
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
