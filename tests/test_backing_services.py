"""The ground other tests stand on: databases of their own, a Redis of their own, a browser like a phone."""

import psycopg
import pytest
import redis
from playwright.sync_api import Page

from tests import backing_services, installed_services

NOBODY_LISTENS = "127.0.0.1:9"


def test_a_test_database_is_empty_and_reads_vietnamese(postgres_url: str) -> None:
    assert postgres_url.split("/")[3].startswith("test_")
    with psycopg.connect(postgres_url) as connection:
        row = connection.execute("select 'Nguyễn Thị Ánh', current_setting('server_encoding')").fetchone()
    assert row == ("Nguyễn Thị Ánh", "UTF8")


def test_one_test_may_have_a_database_alone(postgres_url: str, empty_postgres_url: str) -> None:
    assert empty_postgres_url != postgres_url


def test_a_fresh_database_is_gone_afterwards(postgres_url: str) -> None:
    with backing_services.fresh_database(postgres_url) as url, psycopg.connect(url) as connection:
        connection.execute("create table something (id int)")
        connection.commit()
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(url)


@pytest.mark.full  # two starts of a server, which is of the tests alone
def test_a_server_of_our_own_keeps_what_it_confirmed() -> None:
    """A private server must have what production has: nothing that trades safety for speed."""
    if not installed_services.postgres_programs():
        pytest.skip("PostgreSQL is running here but its programs are not installed")
    with backing_services._own_server() as server, backing_services.fresh_database(server.url) as url:
        with psycopg.connect(url) as connection:
            for setting in ("fsync", "full_page_writes", "synchronous_commit"):
                row = connection.execute("select current_setting(%s)", [setting]).fetchone()
                assert row == ("on",), setting
            connection.execute("create table kept (id int)")
            connection.execute("insert into kept values (7)")
        server.stop()
        server.start()
        with psycopg.connect(url) as connection:
            assert connection.execute("select id from kept").fetchall() == [(7,)]


def test_there_is_a_redis(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        client.set("test", "Ánh")
        assert client.get("test") == "Ánh".encode()
        client.delete("test")


def test_two_test_runs_never_borrow_the_same_redis_database() -> None:
    with backing_services.redis_server() as url:
        with backing_services._borrowed_redis(url) as one, backing_services._borrowed_redis(url) as two:
            assert one != two
            with redis.Redis.from_url(one) as client:
                client.set("mine", 1)
        with redis.Redis.from_url(one) as client:
            assert client.dbsize() == 0


def test_a_redis_database_that_holds_data_is_left_alone(redis_url: str) -> None:
    with backing_services._borrowed_redis(redis_url) as held, redis.Redis.from_url(held) as client:
        client.set("somebody's", 1)
        client.delete("cung-hoc:tests")
        with backing_services._borrowed_redis(redis_url) as other:
            assert other != held
        assert client.keys("*") == [b"somebody's"]


def test_a_named_database_that_does_not_answer_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_DATABASE_URL", f"postgresql://nobody@{NOBODY_LISTENS}/x")
    with pytest.raises(RuntimeError, match="TEST_DATABASE_URL"), backing_services.database():
        pass


def test_a_named_redis_that_does_not_answer_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_REDIS_URL", f"redis://{NOBODY_LISTENS}")
    with pytest.raises(RuntimeError, match="TEST_REDIS_URL"), backing_services.redis_server():
        pass


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installed_services, "postgres_programs", lambda: None)
    monkeypatch.setattr(installed_services, "redis_program", lambda: None)
    assert installed_services.missing() == ["PostgreSQL", "Redis"]


def test_pages_open_as_on_a_vietnamese_phone(page: Page) -> None:
    assert page.evaluate("[innerWidth, navigator.language]") == [360, "vi-VN"]
    # Chromium calls the zone by its older name.
    zone = page.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone")
    assert zone in {"Asia/Ho_Chi_Minh", "Asia/Saigon"}
