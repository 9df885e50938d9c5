"""The page that says how the site is: in plain words, with a database and without one, telling nothing of anybody."""

import re
import shutil
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tutoring import VERSION
from tutoring.config import ROOT
from tutoring.home import site_status
from tutoring.kernel import clock, jobs
from tutoring.kernel import site_settings as kernel_site_settings
from tutoring.kernel.commands import command
from tutoring.kernel.db import db

As = Callable[[str], FlaskClient]


@pytest.fixture(autouse=True)
def _looked_at_anew() -> Iterator[None]:
    site_status.forget()
    yield
    site_status.forget()


@contextmanager
def without_database(app: Flask) -> Iterator[None]:
    """The database of this application is taken away, and put back."""
    with app.app_context():
        engine = db.engine
        url = engine.url
        db.session.remove()
        engine.dispose()
    if url.get_backend_name() == "sqlite":
        file = Path(url.database or "")
        shutil.move(file, file.with_suffix(".away"))
        file.mkdir()
        try:
            yield
        finally:
            engine.dispose()
            file.rmdir()
            shutil.move(file.with_suffix(".away"), file)
        return
    name = url.database or ""
    server = urlsplit(url.render_as_string(hide_password=False).replace("+psycopg", ""))._replace(path="/postgres")
    with psycopg.connect(server.geturl(), autocommit=True) as admin:
        admin.execute(f"alter database {name} with allow_connections false")
        admin.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", (name,))
        try:
            yield
        finally:
            admin.execute(f"alter database {name} with allow_connections true")
            engine.dispose()


@command
def put_down(minutes_ago: int) -> None:
    jobs.enqueue("rooms.erase", "late:1", clock.now() - timedelta(minutes=minutes_ago))


def test_it_says_that_all_is_well_and_that_ways_out_are_not_set_up(app: Flask, client: FlaskClient) -> None:
    page = client.get("/status")
    assert page.status_code == 200 and page.headers["Cache-Control"] == "no-store"
    assert "Mọi việc chạy bình thường." in page.text and "trả lời nhanh" in page.text
    assert page.text.count("chưa dùng ở đây") == 3 and VERSION in page.text


def test_late_work_is_said_in_minutes(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        put_down(7)
    page = client.get("/status").text
    assert "Mọi việc chạy bình thường" not in page
    assert "Lời nhắc và thông báo có thể đến muộn" in page and "chậm 7 phút" in page


def test_without_a_database_it_says_so_to_everybody_and_gives_numbers_to_call(
    app: Flask, world: World, as_: As, client: FlaskClient
) -> None:
    pupil = as_("minh")
    with without_database(app):
        for who in (client, pupil):
            page = who.get("/status")
            assert page.status_code == 200 and "chưa đọc được dữ liệu" in page.text
            assert 'href="tel:111"' in page.text and "Tác vụ ban đêm" not in page.text
        broken = pupil.get("/account")
        # PostgreSQL comes back by itself; a file of SQLite that cannot be opened needs somebody.
        on_sqlite = app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite")
        assert broken.status_code == (500 if on_sqlite else 503)
        assert 'href="/status"' in broken.text and 'href="tel:111"' in broken.text and 'href="/help"' in broken.text
    site_status.forget()
    assert "chưa đọc được dữ liệu" not in client.get("/status").text
    assert pupil.get("/account").status_code == 200


def test_what_was_announced_stays_while_the_database_is_gone(
    app: Flask, world: World, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        kernel_site_settings.put(
            person(world["admin1"]), "announcement", "Tối nay từ 22 giờ trang nghỉ 30 phút.", "bảo trì máy chủ"
        )
    assert "Tối nay từ 22 giờ" in client.get("/status").text
    with without_database(app):
        monkeypatch.setattr(site_status, "FRESH", 0.0)
        page = client.get("/status").text
    assert "chưa đọc được dữ liệu" in page and "Tối nay từ 22 giờ" in page


def test_many_who_ask_at_once_cost_the_database_one_look(client: FlaskClient, queries: list[str]) -> None:
    client.get("/status")
    seen = len(queries)
    for _ in range(20):
        assert client.get("/status").status_code == 200
    assert len(queries) == seen


def test_nothing_of_the_machine_or_of_anybody_is_told(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        url = db.engine.url
    page = as_("minh").get("/status").text
    for secret in (str(url), url.database or "", "sqlite", "postgres", "Python", "Flask", "Minh", str(ROOT)):
        assert secret not in page, secret


def test_the_version_is_that_of_the_project() -> None:
    built = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert built["project"]["dynamic"] == ["version"]
    where = built["tool"]["hatch"]["version"]
    found = re.search(where["pattern"], (ROOT / where["path"]).read_text("utf-8"))
    assert found is not None and found["version"] == VERSION
