"""Two days: the clock goes on in steps of some minutes, people do things, workers do what is due and are killed."""

import contextlib
import os
import random
import signal
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

from tests.forked_processes import Program, begin
from tests.simulation.population import Someone, named, unit
from tests.simulation.shared_clock import SharedClock
from tutoring.accounts.models import SignIn, User
from tutoring.accounts.sign_ins import lifecycle
from tutoring.groups.announcements.commands import PostInput, write_post
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import UtcDateTime, db, is_retryable
from tutoring.kernel.errors import DomainError
from tutoring.lessons.skills.queries import topics
from tutoring.notifications.channels.push import commands as push_commands
from tutoring.notifications.inbox import commands
from tutoring.notifications.models import Notice
from tutoring.notifications.preferences import commands as preferences_commands
from tutoring.notifications.preferences.topics import TOPICS, WAYS
from tutoring.pairing.group_sessions import commands as group_sessions_commands
from tutoring.pairing.group_sessions.commands import Plan
from tutoring.pairing.models import HelpRequest
from tutoring.pairing.offers import commands as offers_commands
from tutoring.pairing.requests import commands as requests_commands
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.moderation import commands as moderation_commands

PATIENCE = 4  # steps that a death in the middle of sending waits for its way
SECRET = "Zxcanaryw"  # stands in everything that somebody writes


def pid_behind(port: int, pids: list[int]) -> int | None:
    """Which of these processes holds a connection from or to this port of 127.0.0.1."""
    lines = map(str.split, Path("/proc/net/tcp").read_text("ascii").splitlines()[1:])
    here = f":{port:04X}"
    inodes = {f"socket:[{parts[9]}]" for parts in lines if here in (parts[1][-5:], parts[2][-5:])}
    for pid in pids:
        with contextlib.suppress(OSError):
            if any(os.readlink(one) in inodes for one in Path(f"/proc/{pid}/fd").iterdir()):
                return pid
    return None


_OPEN = sa.text(
    "SELECT count(CASE WHEN lease_until IS NULL OR lease_until < :now THEN 1 END), "
    "count(CASE WHEN lease_until >= :now THEN 1 END) FROM due_work "
    "WHERE done_at IS NULL AND failed_at IS NULL AND run_at <= :now"
).bindparams(sa.bindparam("now", type_=UtcDateTime()))


@dataclass
class Workers:
    """Processes that do what is due; one that dies is begun again."""

    clock: Path
    env: dict[str, str]
    log: Path
    running: list[Program] = field(default_factory=list)
    kills: Counter[str] = field(default_factory=Counter)
    armed: str = ""  # the way by which something has to be sent, or "any"
    _lock: Any = field(default_factory=threading.Lock)

    def start(self, count: int) -> None:
        self.running += [self._one() for _ in range(count)]

    def _one(self) -> Program:
        return begin("tests.simulation.worker", [str(self.clock)], self.env, self.log, self.log)

    def mend(self) -> bool:
        """Begin again what was killed; whether there was such a one."""
        dead = [n for n, one in enumerate(self.running) if one.poll() is not None]
        for n in dead:
            self.running[n] = self._one()
        return bool(dead)

    def kill(self, dice: random.Random) -> None:
        """At a random moment, whatever it does."""
        self._kill(dice.choice(self.running).pid, "at random")

    def arm(self, way: str) -> None:
        """The next that sends something by this way dies before it hears that it was taken."""
        self.armed = way

    def taken(self, way: str, port: int) -> None:
        with self._lock:
            if self.armed in (way, "any") and (pid := pid_behind(port, [one.pid for one in self.running])):
                self.armed = ""
                self._kill(pid, "between sending and marking")

    def _kill(self, pid: int, when: str) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
            self.kills[when] += 1

    def stop(self) -> None:
        for one in self.running:
            if one.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(one.pid, signal.SIGKILL)
            one.wait(10)


@dataclass
class Life:
    app: Flask
    people: dict[int, Someone]
    shared: SharedClock
    workers: Workers
    dice: random.Random
    step: timedelta = timedelta(minutes=10)
    told: list[tuple[int, str]] = field(default_factory=list)  # by us, one after the other
    left: dict[tuple[int, int], float] = field(default_factory=dict)  # (session, learner) → when it was given back
    sessions: dict[int, datetime] = field(default_factory=dict)
    announced: dict[int, float] = field(default_factory=dict)
    signed: dict[tuple[int, int], float] = field(default_factory=dict)  # (session, learner) → when it was signed up for
    cancelled: dict[int, float] = field(default_factory=dict)
    deeds: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    restless: int = 0
    _fates: int = 0
    _number: int = 0

    # ---- time ----

    def run(self, start: datetime, until: datetime, kills: int, busy: float = 1.0) -> None:
        moment, steps, waited = start, int((until - start) / self.step), 0
        fatal = sorted(self.dice.sample(range(3, max(steps, kills + 3)), kills)) if kills else []
        while moment < until:
            self.shared.set(moment)
            step = int((moment - start) / self.step)
            with self.app.app_context():
                self._things(moment, busy)
            if step in fatal:
                self._fatal()
            waited = waited + 1 if self.workers.armed else 0
            if waited > PATIENCE:
                self.workers.arm("any")
            self.settle_down()
            moment += self.step

    def rest(self, start: datetime, until: datetime) -> None:
        """Nobody does anything any more; what is due is done."""
        moment = start
        if self.workers.armed:
            self.workers.arm("any")
        while moment < until:
            self.shared.set(moment)
            self.settle_down()
            moment += max(self.step, timedelta(minutes=30))

    def _fatal(self) -> None:
        """Every other dies in the middle of sending, the next time that something is sent by this way."""
        number, self._fates = self._fates, self._fates + 1
        if number % 2 == 0:
            self.workers.arm(WAYS[number // 2 % len(WAYS)])
        else:
            time.sleep(self.dice.random() * 0.1)
            self.workers.kill(self.dice)

    def settle_down(self, most: float = 120.0) -> None:
        """Until nothing is due and nobody is at anything; what a dead worker held waits until its lease has run out."""
        ends, died = time.monotonic() + most, 0.0
        while time.monotonic() < ends:
            if self.workers.mend():
                died = time.monotonic()
            free, held = self._open_work()
            if free == 0 and (held == 0 or (died and time.monotonic() - died > 1.0)):
                return
            time.sleep(0.03)
        self.restless += 1  # what was due comes in a later step, as where a site is down for a while

    def _open_work(self) -> tuple[int, int]:
        """How many pieces nobody has taken yet, and how many somebody holds."""
        with self.app.app_context(), db.engine.connect() as connection:
            now = datetime.fromtimestamp(self.shared.now(), UTC)
            row = connection.execute(_OPEN, {"now": now}).one()
        return int(row[0]), int(row[1])

    # ---- deeds ----

    def _things(self, moment: datetime, busy: float) -> None:
        hour = clock.local(moment).hour
        for _ in range(self._often((8 if 6 <= hour < 21 else 3) * busy)):
            self._do("told", self._tell)
        rates: dict[str, tuple[float, Callable[[], None]]] = {
            "read": (2.0, self._read), "acted": (1.0, self._act), "post": (0.05, self._post),
            "asked": (0.3, self._ask), "helped": (0.6, self._help), "session": (0.15, self._session),
            "signed up": (1.2, self._sign_up), "gave back": (0.4, self._give_back), "cancelled": (0.04, self._cancel),
            "switched off": (0.2, self._switch_off), "signed out": (0.05, self._sign_out),
            "other came": (0.05, self._other_comes),
        }  # fmt: skip
        for name, (rate, deed) in rates.items():
            for _ in range(self._often(rate * busy)):
                self._do(name, deed)

    def _often(self, rate: float) -> int:
        return int(rate) + (self.dice.random() < rate % 1)

    def _do(self, name: str, deed: Callable[[], object]) -> None:
        try:
            if deed() is not False:
                self.deeds[name] += 1
        except DomainError as refusal:
            self.deeds[f"{name}, refused"] += 1
            self.refusals[f"{name}: {refusal.say}"] += 1
        except sa.exc.OperationalError as error:
            if not is_retryable(error):
                raise
            self.deeds[f"{name}, busy"] += 1  # as a page that says so: nothing was written
        db.session.rollback()

    def _someone(self, **what: str) -> Someone:
        fits = [one for one in self.people.values() if all(getattr(one, key) == value for key, value in what.items())]
        return self.dice.choice(fits)

    def _user(self, one: Someone) -> User:
        return db.session.get_one(User, one.id)

    def _tell(self) -> None:
        """As reactions do it, of any topic."""
        one, about = self._someone(), self.dice.choice([topic for topic in TOPICS.values() if topic.words])
        self._number += 1
        key = f"{self.dice.choice(about.words)}:life{self._number}"
        if self.dice.random() < 0.05:
            key = f"case:life{self._number}:S0"
        commands.notify(
            one.id, key, "%(child)s: %(helper)s viết “%(words)s”. Mở để xem.",
            self.dice.choice((f"/requests/{self._number}", "/helping", "")),
            child=self._someone(kind="child").name, helper=self._someone().name, words=SECRET,
        )  # fmt: skip
        self.told.append((one.id, key))

    def _read(self) -> None:
        commands.read_all(self._user(self._someone()))

    def _act(self) -> object:
        waiting = sa.select(Notice.key).where(Notice.read_at.is_(None), Notice.key.contains(":life"))
        key = db.session.scalar(waiting.order_by(Notice.id.desc()).offset(self.dice.randrange(20)).limit(1))
        return commands.mark_handled(key) if key else False

    def _post(self) -> None:
        title = f"Tin của khu phố {self.dice.randrange(10**6)}"
        write_post(named("muoi"), unit("kp3").id, PostInput(title, f"{title} {SECRET}", tell=True))

    def _ask(self) -> None:
        child = self._someone(role="pupil")
        parent = db.session.get_one(User, child.parent)
        requests_commands.ask_for_help(parent, self._user(child), topics("vi")[0][0], f"Em bị kẹt {SECRET}")

    def _help(self) -> object:
        """Whatever is the next step of a request: claimed, accepted, written, ended."""
        row = self._request()
        if row is None:
            return False
        hang = named("hang")
        if row.state == "waiting":
            return offers_commands.claim(hang, row.id)
        if row.room_id is None:
            return requests_commands.answer(row.learner, row.id, "accept" if self.dice.random() < 0.8 else "decline")
        if self.dice.random() < 0.7:
            return messages_commands.post_message(
                row.learner, row.room_id, str(uuid.uuid4()), f"Con làm đến đây rồi {SECRET}"
            )
        return moderation_commands.close_room(hang, row.room_id, "ended", "")

    def _request(self) -> HelpRequest | None:
        query = sa.select(HelpRequest).where(HelpRequest.ended_at.is_(None)).order_by(HelpRequest.id)
        found = db.session.scalars(query.limit(30)).all()
        return self.dice.choice(found) if found else None

    def _session(self) -> None:
        day = clock.today() + timedelta(days=self.dice.choice((0, 1, 1, 2)))
        at = datetime(day.year, day.month, day.day, self.dice.randrange(8, 20), 0, tzinfo=clock.LOCAL)
        plan = Plan(unit("truong").id, topics("vi")[0][0], 1, "Cùng vào lớp", at, 45, 8, True, 5, 7)
        session = group_sessions_commands.announce_session(named("hang"), plan).id
        self.sessions[session], self.announced[session] = at, self.shared.now()

    def _open_session(self) -> int | None:
        known = [one for one, at in self.sessions.items() if at > clock.now() and one not in self.cancelled]
        return self.dice.choice(known) if known else None

    def _sign_up(self) -> object:
        session, child = self._open_session(), self._someone(role="pupil")
        if session is None:
            return False
        group_sessions_commands.sign_up(db.session.get_one(User, child.parent), session, child.id)
        self.left.pop((session, child.id), None)
        self.signed[session, child.id] = self.shared.now()
        return None

    def _give_back(self) -> object:
        query = sa.text("SELECT session_id, learner_id FROM sign_up WHERE state <> 'gone' ORDER BY id")
        rows = [row for row in db.session.execute(query) if self.sessions[row[0]] > clock.now()]
        if not rows:
            return False
        session, learner = self.dice.choice(rows)
        parent = self.people[learner].parent or learner
        group_sessions_commands.withdraw(db.session.get_one(User, parent), session, learner)
        self.left[session, learner] = self.shared.now()
        return None

    def _cancel(self) -> object:
        session = self._open_session()
        if session is None:
            return False
        group_sessions_commands.cancel_session(named("hang"), session, "Cô bận")
        self.cancelled[session] = self.shared.now()
        return None

    def _switch_off(self) -> None:
        one, topic, way = self._someone(), self.dice.choice(list(TOPICS)), self.dice.choice(WAYS)
        preferences_commands.switch_off(self._user(one), [topic], way)
        if way not in TOPICS[topic].fixed and not TOPICS[topic].like:
            one.off.setdefault((topic, way), self.shared.now())

    def _phone(self) -> tuple[Someone, Any] | None:
        there = [(one, phone) for one in self.people.values() for phone in one.phones if phone.ended is None]
        return self.dice.choice(there) if there else None

    def _sign_out(self) -> object:
        if (found := self._phone()) is None:
            return False
        one, phone = found
        lifecycle.end_sign_in(self._user(one), phone.sign_in)
        phone.ended = self.shared.now()
        return None

    def _other_comes(self) -> object:
        """Somebody else signs in on a phone whose owner did not sign out."""
        if (found := self._phone()) is None:
            return False
        one, phone = found
        other = self._user(self.dice.choice([each for each in self.people.values() if each.id != one.id]))
        push_commands.handle_browser_sign_in(phone.cookie, other.id, _begin(other))
        phone.ended = self.shared.now()
        return None


@command
def _begin(person: User) -> SignIn:
    return lifecycle.begin_sign_in(person, "điện thoại", second_factor=True)
