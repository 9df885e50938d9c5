"""Fifty claims a second over HTTP, on SQLite with one server process and on PostgreSQL with Redis and two.

In one ward 1,500 requests of pupils wait; 1,400 helpers (half pupils, half grown-ups) are signed in, 120 of them have a
page open. After two seconds to warm up, for twenty seconds fifty helpers a second take a request: each of them for the
first time, each tenth the one that another takes in the same moment. Times count from when a press was due, so that a
server that falls behind shows it. Before and after, helpers read a page that writes nothing (/requests) at the same
rate: what a signed-in page costs on this machine. Both databases keep what they acknowledged through a power cut.

At the end: each request has one helper, each helper one request, and each press an answer. Goal: p95 under 30 ms.
"""

import os
import random
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path

import sqlalchemy as sa

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.backing_services import private_postgres, private_redis
from tests.servers import Site
from tutoring.accounts.consents.texts import PURPOSES
from tutoring.accounts.models import Consent, Guardian, LiveSocket, SignIn, User
from tutoring.accounts.sign_ins.lifecycle import _hash
from tutoring.app import create_app
from tutoring.cli.demo.community import _cookie
from tutoring.community.models import DutySlot, Membership, Nomination, Unit
from tutoring.config import Settings
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.lessons.quizzes.models import QuizTry
from tutoring.lessons.skills.models import SkillGrant
from tutoring.lessons.skills.queries import topics
from tutoring.pairing.models import ConductAcceptance, HelpRequest, RequestStep
from tutoring.pairing.vetting.conduct_texts import conduct_for
from tutoring.pairing.vetting.queries import TRAINING

HELPERS, REQUESTS, PRESENT, CLASSES = 1_400, 1_500, 120, 40
RATE, SECONDS, READING, WARM = 50, 20, 5, 2
CONTENDED = 10  # each so manieth press is on the request of the one before, in the same moment
GOAL = 30.0  # ms, p95
LINES = 24  # connections, as of so many phones at once


@dataclass(frozen=True)
class Helper:
    """A signed-in helper, as the browser has it."""

    cookie: str
    csrf: str


def fill() -> tuple[list[Helper], list[int]]:
    """A school of a ward whose pupils wait, and who could help them; returns the helpers and the requests."""
    chance, moment = random.Random(3), clock.now()
    year = clock.today().year
    skills = [skill for skill, _ in topics("vi")][:8]
    add = lambda table, rows: db.session.execute(sa.insert(table), rows)  # noqa: E731
    place = {"school_year": "", "youth_help_adults": True, "link_hosts": "", "duty_phone": "", "form": ""}
    ward, school, classes = 1_001, 1_002, range(1_003, 1_003 + CLASSES)
    add(Unit, [
        {"id": ward, "code": "w", "kind": "ward", "name": "Phường", "ward_id": ward, **place},
    ])  # fmt: skip
    add(Unit, [
        {"id": school, "code": "s", "kind": "school", "name": "Trường", "parent_id": ward, "ward_id": ward,
         "school_id": school, "opens": 0, "closes": 1440, **place},
    ])  # fmt: skip
    add(Unit, [
        {"id": n, "code": f"c{n}", "kind": "class", "name": f"Lớp {n}", "parent_id": school, "ward_id": ward,
         "school_id": school, "grade": 8, **place} for n in classes
    ])  # fmt: skip
    watcher, helpers = 1_001, range(1_002, 1_002 + HELPERS)
    pupils = range(helpers.stop, helpers.stop + REQUESTS)
    parents = range(pupils.stop, pupils.stop + REQUESTS)
    young = {n for n in helpers if n % 2}

    def person(n: int) -> dict[str, object]:
        kind = "youth" if n in young else "child" if n in pupils else "adult"
        born = {"youth": year - 17, "child": year - 14}.get(kind)
        grade = {"youth": 11, "child": 8}.get(kind)
        return {"id": n, "full_name": f"N {n}", "called_name": f"N{n}", "username": f"n{n}", "language": "vi",
                "kind": kind, "birth_year": born, "grade": grade}  # fmt: skip

    add(User, [person(n) for n in (watcher, *helpers, *pupils, *parents)])
    add(Membership, [
        {"user_id": watcher, "unit_id": school, "role": "teacher", "confirmed_at": moment},
        *({"user_id": n, "unit_id": chance.choice(classes), "role": "learner" if n in young else "helper",
           "confirmed_at": moment} for n in helpers),
        *({"user_id": n, "unit_id": chance.choice(classes), "role": "learner", "confirmed_at": moment} for n in pupils),
    ])  # fmt: skip
    add(DutySlot, [
        {"unit_id": school, "user_id": watcher, "weekday": day, "starts": 0, "ends": 1440} for day in range(7)
    ])  # fmt: skip
    add(Guardian, [
        {"child_id": n, "guardian_id": parent, "confirmed_at": moment}
        for n, parent in zip(pupils, parents, strict=True)
    ])  # fmt: skip
    add(Consent, [
        {"subject_id": n, "given_by_id": n, "purpose": one.key, "text_version": one.version, "text_hash": "h"}
        for n in young for one in PURPOSES
    ])  # fmt: skip
    add(Nomination, [
        {"user_id": n, "unit_id": school, "state": "active", "nominated_by_id": watcher, "confirmed_at": moment}
        for n in helpers
    ])  # fmt: skip
    add(ConductAcceptance, [
        {"user_id": n, "kind": conduct_for(n in young).kind, "text_version": "v",
         "text_hash": conduct_for(n in young).text_hash} for n in helpers
    ])  # fmt: skip
    add(QuizTry, [
        {"user_id": n, "lesson_slug": TRAINING, "questions": [], "passed": True, "closed_at": moment, "version": 1}
        for n in helpers
    ])  # fmt: skip
    add(SkillGrant, [
        {"user_id": n, "skill_id": skill, "level": 2, "granted_by_id": watcher} for n in helpers for skill in skills
    ])  # fmt: skip
    units = dict(db.session.execute(sa.select(Membership.user_id, Membership.unit_id)).all())
    add(HelpRequest, [
        {"learner_id": n, "asked_by_id": n, "unit_id": units[n], "ward_id": ward, "minor": True,
         "topic": chance.choice(skills), "queued_at": moment - timedelta(seconds=chance.randrange(3600))}
        for n in pupils
    ])  # fmt: skip
    add(SignIn, [
        {"id": n, "user_id": n, "token_hash": _hash(f"token {n}"), "expires_at": moment + timedelta(days=1),
         "seen_at": moment + timedelta(hours=1)} for n in helpers
    ])  # fmt: skip
    add(LiveSocket, [
        {"sid": f"page {n}", "sign_in_id": n, "user_id": n, "seen_at": moment + timedelta(hours=1)}
        for n in helpers[:PRESENT]
    ])  # fmt: skip
    db.session.commit()
    if db.engine.dialect.name == "postgresql":
        for table in ("unit", "user", "sign_in"):
            again = f"SELECT setval(pg_get_serial_sequence('\"{table}\"', 'id'), (SELECT max(id) FROM \"{table}\"))"
            db.session.execute(sa.text(again))
        db.session.execute(sa.text("ANALYZE"))  # as autovacuum does a minute after
        db.session.commit()
    asked = list(db.session.scalars(sa.select(HelpRequest.id).order_by(HelpRequest.id)))
    chance.shuffle(asked)
    return [Helper(*_cookie(f"token {n}")) for n in helpers], asked


class Lines:
    """Connections that are kept open, each used by one press at a time."""

    def __init__(self, ports: list[int]) -> None:
        self._ports, self._own, self._made = ports, threading.local(), 0

    def ask(self, method: str, path: str, helper: Helper) -> int:
        """One request; returns the status."""
        if not hasattr(self._own, "line"):
            self._made += 1
            self._own.line = HTTPConnection("127.0.0.1", self._ports[self._made % len(self._ports)], timeout=30)
        headers = {"Cookie": helper.cookie, "X-CSRFToken": helper.csrf, "Content-Length": "0"}
        self._own.line.request(method, path, headers=headers)
        answer = self._own.line.getresponse()
        answer.read()
        return int(answer.status)


def paced(calls: list[Callable[[], int]], moments: list[float]) -> tuple[list[float], Counter[int]]:
    """Make each call at its moment (seconds from now); returns the milliseconds of each from then on, and statuses."""
    begun = time.perf_counter() + 0.2

    def one(n: int) -> tuple[float, int]:
        due = begun + moments[n]
        if (early := due - time.perf_counter()) > 0:
            time.sleep(early)
        status = calls[n]()
        return (time.perf_counter() - due) * 1000, status

    with ThreadPoolExecutor(LINES) as pool:
        found = list(pool.map(one, range(len(calls))))
    return [taken for taken, _ in found], Counter(status for _, status in found)


def reads(lines: Lines, helpers: list[Helper], seconds: float) -> list[float]:
    count = int(RATE * seconds)
    calls = [lambda who=helpers[-1 - n]: lines.ask("GET", "/requests", who) for n in range(count)]  # type: ignore[misc]
    taken, statuses = paced(calls, [n / RATE for n in range(count)])
    assert set(statuses) == {200}, statuses
    return taken


def p(values: list[float], share: float) -> float:
    return statistics.quantiles(values, n=100)[round(share * 100) - 1]


def measure(name: str, site: Site, processes: int) -> bool:
    """Fill the site, press, and look at what is in its database afterwards."""
    site.flask("prepare")
    app = create_app(Settings.from_environment({**site.env, "JOBS": "0", "ORIGINS": "http://localhost"}))
    with app.app_context():
        helpers, asked = fill()
        db.session.remove()
        db.engine.dispose()
    site.start(processes)
    lines = Lines(site.ports)
    reads(lines, helpers, WARM)
    before = reads(lines, helpers, READING)
    calls, moments, targets = [], [], []
    cold = RATE * WARM
    for n in range(RATE * SECONDS + cold):
        late = n % CONTENDED == CONTENDED - 1
        targets.append(targets[-1] if late else asked[n])
        moments.append((n - late) / RATE)
        path = f"/requests/{targets[-1]}/claim"
        calls.append(lambda path=path, who=helpers[n]: lines.ask("POST", path, who))  # type: ignore[misc]
    _, early = paced(calls[:cold], moments[:cold])
    moments = [moment - WARM for moment in moments[cold:]]
    taken, statuses = paced(calls[cold:], moments)
    after = reads(lines, helpers, READING)
    with app.app_context():
        rows = db.session.execute(
            sa.select(HelpRequest.id, HelpRequest.helper_id).where(HelpRequest.state == "offered")
        ).all()  # fmt: skip
        steps = db.session.scalar(sa.select(sa.func.count()).select_from(RequestStep))
        db.session.remove()
        db.engine.dispose()
    assert {row.id for row in rows} <= set(targets)
    assert len({row.helper_id for row in rows}) == len(rows) == steps, "somebody was taken twice"
    lost = len(calls) - statuses[302] - early[302]
    assert lost or len(rows) == len(set(targets)), "a request was taken by nobody"
    reading = before + after
    ratio = p(taken, 0.95) / p(reading, 0.95)
    print(
        f"{name:32} {len(taken)} claims, {RATE} a second: p50 {p(taken, 0.5):5.1f}, p95 {p(taken, 0.95):5.1f},"
        f" p99 {p(taken, 0.99):5.1f} ms (goal p95 under {GOAL:.0f})\n"
        f"{'':32} a page that writes nothing: p50 {p(reading, 0.5):5.1f}, p95 {p(reading, 0.95):5.1f},"
        f" p99 {p(reading, 0.99):5.1f} ms; claims {ratio:.1f} times as long\n"
        f"{'':32} {len(rows)} requests have one helper each, {len(calls) - len(rows) - lost} came second and were told,"
        f" {lost} had no answer"
    )
    return p(taken, 0.95) < GOAL and not lost


def main() -> int:
    print(
        f"load of this machine before: {', '.join(f'{one:.2f}' for one in os.getloadavg())} on {os.cpu_count()} cores"
    )
    with Site(LIMITS_SCALE="1000") as site:
        good = measure("SQLite, one process", site, 1)
    with private_postgres() as url, private_redis() as redis, Site(url, redis, LIMITS_SCALE="1000") as site:
        good &= measure("PostgreSQL and Redis, two", site, 2)
    print("goals:", "met" if good else "MISSED")
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
