"""Two applications with different settings in one process: what one stores, counts or signs is not the other's.

Each check is done in the first and in the second in turn, and by a thread of each at the same time.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade

from tests.practice.shipped_scenarios import SCENARIOS
from tests.training.fixtures import TRACKS
from tutoring import services as of_application
from tutoring.accounts import registration
from tutoring.accounts.models import User
from tutoring.app import create_app
from tutoring.config import ROOT, Settings
from tutoring.kernel import audit, audit_anchors, clock, encryption, file_storage, logs, mail, rate_limits, services
from tutoring.kernel.commands import command
from tutoring.kernel.content_folder import content_folder
from tutoring.kernel.db import db
from tutoring.kernel.errors import RateLimited
from tutoring.kernel.monitoring.heartbeat import OutsideMonitor
from tutoring.notifications.channels.push import channel as push
from tutoring.practice import scenarios
from tutoring.privacy import tombstones
from tutoring.safety.screening import screen_text
from tutoring.training import tracks
from tutoring.web import job_worker

NAMES = ("one", "two")
SCENARIO = "ban-sao-khai-sinh"
MOST = 5  # of "sign_in_account"
Apps = dict[str, Flask]


@pytest.fixture(scope="module")
def apps(tmp_path_factory: pytest.TempPathFactory) -> Apps:
    made: Apps = {}
    for name in NAMES:
        made[name] = _made(tmp_path_factory.mktemp(name), name, made.get("one"))
    for name, app in made.items():
        with app.app_context():
            _create_user(name)
            db.session.remove()
    return made


def _made(folder: Path, name: str, migrated: Flask | None) -> Flask:
    content = folder / "content"
    (content / "scenarios").mkdir(parents=True)
    if name == "one":  # the second has neither a scenario nor a track
        (content / "scenarios" / f"{SCENARIO}.yml").write_bytes((SCENARIOS / f"{SCENARIO}.yml").read_bytes())
        (content / "training.yml").write_text(TRACKS, "utf-8")
    app = create_app(Settings.from_environment(_environment(folder, name)), TESTING=True)
    if migrated is None:
        with app.app_context():
            upgrade(directory=str(ROOT / "migrations"))
    else:  # to migrate a second time takes seconds
        with closing(sqlite3.connect(_file(migrated))) as old, closing(sqlite3.connect(_file(app))) as new:
            old.backup(new)
    return app


def _file(app: Flask) -> str:
    with app.app_context():
        return str(db.engine.url.database)


def _environment(folder: Path, name: str) -> dict[str, str]:
    return {
        "INSTANCE": str(folder),
        "CONTENT": str(folder / "content"),
        "ORIGINS": f"http://{name}.localhost",
        "JOBS": "0",
        "SECRET_KEY": f"a key of application {name}, and long enough",
        "AUDIT_KEY": f"another key of application {name}, long enough",
        "FIELD_KEY": f"a third key of application {name}, long enough",
        "AUDIT_MAIL": f"audit@{name}.example.vn",
        "SMTP_URL": f"smtp://{name}.invalid:2525",
        "MAIL_FROM": f"site@{name}.example.vn",
        "VAPID_KEY": push.new_key()[0],
        "VAPID_SUBJECT": f"mailto:site@{name}.example.vn",
        "HEARTBEAT_URL": f"https://monitor.example.vn/{name}",
    }


@command
def _create_user(name: str) -> None:
    registration.create_user(f"Người Của {name.title()}", "bốn từ dễ nhớ", handle=f"{name}@example.vn")


@pytest.fixture(autouse=True)
def _no_counts(apps: Apps) -> Iterator[None]:
    for app in apps.values():
        with app.app_context():
            rate_limits.clear()
    yield


# ---- what is done in a context of the named application ---------------------------------------------------------


def stores_files(app: Flask, name: str) -> None:
    file = file_storage.save(name.encode())
    assert file_storage.path_of(file).is_relative_to(app.config["SETTINGS"].media)
    assert file_storage.read(file) == name.encode()
    assert [file_storage.read(one) for names in file_storage.older_than(-60) for one in names] == [name.encode()]
    file_storage.delete([file])


def encrypts(app: Flask, name: str) -> None:
    own = encryption.FieldKey(app.config["SETTINGS"].field_key)
    sealed = encryption.encrypt(name, "here")
    assert encryption.decrypt(sealed, "here") == name
    assert own.ciphers[0].decrypt(sealed[:12], sealed[12:], b"here") == name.encode()
    user = db.session.scalars(sa.select(User)).one()
    assert user.email == f"{name}@example.vn"  # None under another key
    db.session.remove()


def seals_the_audit_chain(app: Flask, name: str) -> None:
    _recorded(name)
    assert audit.verify().broken_at is None
    key = audit.AuditKey(app.config["SETTINGS"].audit_key)
    assert audit_anchors.Anchor.of("2026-01-01", 1, name, key).is_genuine(audit.current_key())
    assert services.current(audit_anchors.AnchorFile).mail_to == f"audit@{name}.example.vn"
    assert audit_anchors.default_file() == app.config["SETTINGS"].audit_anchors
    db.session.remove()


@command
def _recorded(name: str) -> None:
    audit.record(None, "test", f"application:{name}")


def writes_tombstones(app: Flask, name: str) -> None:
    tombstones.write(len(name), f"mark of {name}", clock.now())
    assert [mark for _user_id, mark in tombstones.read()] == [f"mark of {name}"]
    assert app.config["SETTINGS"].tombstones.is_file()


def reads_its_content(app: Flask, name: str) -> None:
    assert content_folder() == Path(app.config["SETTINGS"].content)
    assert list(scenarios.scenarios()) == ([SCENARIO] if name == "one" else [])
    assert bool(tracks.tracks()) == (name == "one")


def lets_its_own_links_pass(_app: Flask, name: str) -> None:
    (other,) = set(NAMES) - {name}
    assert screen_text(f"Em xem http://{name}.localhost/lessons nhé", minor=True).action == "send"
    assert screen_text(f"Em xem http://{other}.localhost/lessons nhé", minor=True).action != "send"


def names_people_by_its_key(app: Flask, name: str) -> None:
    other = logs.Pseudonyms(f"a key of application {name}, and long enough")
    assert services.current(logs.Pseudonyms).key == other.key
    assert len(logs.who(1)) == 10


def sends_by_its_own_ways(_app: Flask, name: str) -> None:
    server = services.current(mail.OutgoingMail).needed()
    assert (server.host, server.sender) == (f"{name}.invalid", f"site@{name}.example.vn")
    assert services.current(OutsideMonitor).url == f"https://monitor.example.vn/{name}"
    key = services.current(push.PushKey)
    assert push.public_key() == key.public and key.subject == f"mailto:site@{name}.example.vn"


CHECKS = [
    stores_files, encrypts, seals_the_audit_chain, writes_tombstones, reads_its_content, lets_its_own_links_pass,
    names_people_by_its_key, sends_by_its_own_ways,
]  # fmt: skip


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_in_turn_each_has_its_own(apps: Apps, check: Callable[[Flask, str], None]) -> None:
    for _ in range(2):
        with apps["one"].app_context():
            check(apps["one"], "one")
            with apps["two"].app_context():
                check(apps["two"], "two")
            check(apps["one"], "one")


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_in_threads_at_the_same_time_each_has_its_own(apps: Apps, check: Callable[[Flask, str], None]) -> None:
    together = threading.Barrier(len(NAMES), timeout=60)

    def run(name: str) -> None:
        for _ in range(10):
            together.wait()
            with apps[name].app_context():
                check(apps[name], name)

    with ThreadPoolExecutor(len(NAMES)) as threads:
        for done in [threads.submit(run, name) for name in NAMES]:
            done.result()


def test_no_two_have_a_key_in_common(apps: Apps) -> None:
    one, two = (apps[name].extensions[of_application.KEY] for name in NAMES)
    assert all(one.by_class[kind] is not two.by_class[kind] for kind in one.by_class)
    with apps["one"].app_context():
        sealed, mark, seal, who = (
            encryption.encrypt("x", "a"),
            encryption.blind_index("x", "a"),
            audit.head(),
            logs.who(1),
        )
        public, anchor = push.public_key(), audit_anchors.Anchor.of("2026-01-01", 0, "", audit.current_key())
    with apps["two"].app_context():
        with pytest.raises(encryption.DecryptionError):
            encryption.decrypt(sealed, "a")
        assert mark != encryption.blind_index("x", "a") and seal != audit.head() and who != logs.who(1)
        assert public != push.public_key() and not anchor.is_genuine(audit.current_key())


def test_hits_in_one_do_not_count_in_the_other(apps: Apps) -> None:
    for _ in range(MOST):
        for app in apps.values():
            with app.app_context():
                rate_limits.hit("sign_in_account", "lan")
    with apps["one"].app_context():
        with pytest.raises(RateLimited):
            rate_limits.hit("sign_in_account", "lan")
        rate_limits.clear()
        rate_limits.hit("sign_in_account", "lan")
    with apps["two"].app_context(), pytest.raises(RateLimited):
        rate_limits.hit("sign_in_account", "lan")


def test_threads_of_a_worker_have_the_services_of_their_application(
    apps: Apps, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = {name: threading.Event() for name in NAMES}
    found: dict[str, set[str]] = {name: set() for name in NAMES}
    of_folder = {apps[name].config["SETTINGS"].media: name for name in NAMES}

    def run_due(*_how: object, **_more: object) -> int:
        name = of_folder[services.current(file_storage.FileStorage).root]
        found[name].add(services.current(OutsideMonitor).url)
        looked[name].set()
        return 0

    monkeypatch.setattr(job_worker.jobs, "run_due", run_due)
    workers = [job_worker.Worker(app, every=0.01) for app in apps.values()]
    for worker in workers:
        worker.start()
    try:
        assert all(event.wait(60) for event in looked.values())
    finally:
        for worker in workers:
            worker.stop()
        for worker in workers:
            worker.join()
    assert found == {name: {f"https://monitor.example.vn/{name}"} for name in NAMES}


def test_without_a_context_there_are_no_services() -> None:
    with pytest.raises(RuntimeError, match="application context"):
        of_application.find_services()
