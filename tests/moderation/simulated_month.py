"""A month at the desk, simulated: 2,000 pupils, sixty people who look after them, half a per cent of bad messages.

What is real: every message in which anything is found or that is bad, reported or a picture goes through post_message;
reports, looks, decisions and due work are the real commands, under a clock that is moved. What is simulated: how people
behave (`Habits`), and that a plain message in which the detector and the signs of risk find nothing is counted and not
stored, for it makes no work for anybody. Limits of rate are off. Rooms stand open from five to nine in the evening.
"""

import random
import statistics
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from heapq import heappop, heappush

import sqlalchemy as sa

from tests.moderation.simulated_messages import INSULTS, bad_talks, contacts, ordinary
from tutoring.accounts.models import Guardian, User
from tutoring.community.models import DutySlot, Membership, Unit
from tutoring.community.queries import on_duty
from tutoring.kernel import clock, jobs
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import DomainError
from tutoring.moderation.cases import commands as cases_commands
from tutoring.moderation.cases import queries as cases_queries
from tutoring.moderation.cases.commands import outcomes_for
from tutoring.moderation.cases.queries import Viewer
from tutoring.moderation.models import Case
from tutoring.moderation.reports import commands as reports_commands
from tutoring.notifications.models import Notice
from tutoring.policy.moderation.cases import may_decide_case
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.messages.store import StoredPicture
from tutoring.rooms.models import Message, MessageAppeal, Room
from tutoring.rooms.moderation import commands as moderation_commands
from tutoring.rooms.moderation import queries as moderation_queries
from tutoring.rooms.sessions import commands as sessions_commands
from tutoring.safety import risk
from tutoring.safety.screening import screen_text

MONDAY = datetime(2026, 10, 5, tzinfo=UTC) - timedelta(hours=7)  # midnight in Vietnam
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@dataclass(frozen=True)
class Habits:
    """How people behave; none of it is measured."""

    schools: int = 4
    classes: int = 10  # of a school
    pupils: int = 50  # of a class
    teachers: int = 13  # of a school, beside two coordinators
    active: float = 0.4  # pupils in a session on a weekday, half as many on Saturday and Sunday
    messages: int = 20  # of a session of two
    bad: float = 0.005  # of the messages
    insults: float = 0.4  # of the bad ones; the others give or ask for contacts, and talks from tests/safety/dialogues
    pictures: float = 0.05  # sessions with a picture, which waits for a teacher
    talks: int = 20  # bad talks of days or weeks, in the month and all schools together
    tells: float = 0.4  # of those who read an insult, who report it within half an hour
    tells_masked: float = 0.1  # of those who read that a contact was masked
    false_reports: float = 0.5  # a day and school, of something harmless
    dangers: int = 4  # cries of danger in the month; every second one is none
    appeals: float = 0.1  # of those whose message was masked or hidden
    weekly: float = 15  # minutes that a teacher who is not on duty gives the desk on a weekday, at an hour of their own
    costs: tuple[tuple[str, float], ...] = (
        ("message", 0.7), ("picture", 0.3), ("appeal", 2), ("look", 1.5), ("decide", 3), ("grave", 8),
    )  # fmt: skip
    tick: int = 5  # minutes between two looks of those who are on duty


@dataclass
class Person:
    """One of those who look after a school."""

    id: int
    coordinator: bool
    minute: int  # of the evening at which the own quarter of an hour begins
    left: float = 0.0
    items: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    minutes: dict[int, float] = field(default_factory=lambda: defaultdict(float))


@dataclass
class School:
    unit_id: int
    classes: list[int]
    pupils: dict[int, list[int]]
    helpers: list[int]
    people: list[Person]


class Month:
    """The simulation: a queue of what happens, and people who work off what comes of it."""

    def __init__(self, days: int, habits: Habits, seed: int = 1) -> None:
        self.days, self.habits, self.chance = days, habits, random.Random(seed)
        self.queue: list[tuple[datetime, int, Callable[[], None]]] = []
        self.good: set[tuple[int, int]] = set()  # (room, number) of harmless messages that were stored
        self.true_cases: set[int] = set()
        self.posted = self.said = self.bad = self.stopped = self.masked_good = self.pictures = 0
        self.waits: list[float] = []
        self.held_good = self.held_all = 0
        self.open_rooms: dict[tuple[int, ...], int] = {}
        self.left_alone: dict[int, object] = {}
        self.schools = _build(habits, self.chance)

    # ---- what happens --------------------------------------------------------------------------------------------

    def at(self, moment: datetime, what: Callable[[], None]) -> None:
        heappush(self.queue, (moment, self.chance.getrandbits(60), what))

    def run(self) -> "Month":
        for day in range(self.days):
            self._plan(day)
        for _ in range(self.habits.dangers):
            self._danger()
        with clock.travel(MONDAY):
            while self.queue:
                moment, _order, what = heappop(self.queue)
                if moment > clock.now():
                    clock.move(moment - clock.now())
                what()
            self._work_off()
        return self

    def _plan(self, day: int) -> None:
        habits, midnight = self.habits, MONDAY + day * DAY
        share = habits.active * (0.5 if day % 7 >= 5 else 1)
        for school in self.schools:
            for unit_id in school.classes:
                for _ in range(round(len(school.pupils[unit_id]) * share / 2)):
                    self._session(school, unit_id, midnight)
            if self.chance.random() < habits.false_reports:
                self._false_report(school, midnight)
        for minute in (*range(7 * 60, 16 * 60 + 30, 60), *range(16 * 60 + 30, 22 * 60, habits.tick)):
            self.at(midnight + minute * MINUTE, lambda day=day, minute=minute: self._tick(day, minute))  # type: ignore[misc]
        self.at(midnight + 23 * 60 * MINUTE, self._work_off)
        for number, talk in enumerate(bad_talks()[: habits.talks]):
            if number * self.days // habits.talks == day:
                self._talk(self.schools[number % len(self.schools)], talk, midnight)

    def _pair(self, school: School, unit_id: int) -> tuple[int, int]:
        return self.chance.choice(school.pupils[unit_id]), self.chance.choice(school.helpers)

    def _session(self, school: School, unit_id: int, midnight: datetime) -> None:
        """Twenty messages of two people within half an hour; only those that could matter to anybody are stored."""
        habits, chance = self.habits, self.chance
        begins = midnight + (17 * 60 + chance.randrange(0, 220)) * MINUTE
        learner, helper = self._pair(school, unit_id)
        stored: list[tuple[datetime, int, str, str]] = []
        for number in range(habits.messages):
            at, author = begins + (number * 1.4) * MINUTE, (learner, helper)[number % 2]
            if chance.random() < habits.bad:
                kind = "insult" if chance.random() < habits.insults else "contact"
                stored.append((at, author, chance.choice(INSULTS if kind == "insult" else contacts()), kind))
                self.bad += 1
                continue
            text = chance.choice(ordinary())
            if _matters(text):
                stored.append((at, author, text, "good"))
        if chance.random() < habits.pictures:
            stored.append((begins + 10 * MINUTE, helper, "Em xem hình này nhé", "picture"))  # new pupils may send none
        self.said += habits.messages
        if not stored:
            return
        self.at(begins, lambda: self._open(unit_id, learner, helper))
        for at, author, text, kind in stored:
            other = helper if author == learner else learner
            self.at(at, lambda w=(unit_id, author, other, text, kind): self._says(learner, helper, *w))  # type: ignore[misc]
        self.at(begins + 32 * MINUTE, lambda: self._ends(learner, helper))

    def _talk(self, school: School, talk: list[tuple[timedelta, bool, str]], midnight: datetime) -> None:
        """One of the bad talks of tests/safety, over as many days as it takes."""
        unit_id = self.chance.choice(school.classes)
        learner, helper = self._pair(school, unit_id)
        for after, by_helper, text in talk:
            if midnight + after > MONDAY + self.days * DAY:
                continue
            at = min(
                max(midnight + after, _day(midnight + after) + 17 * 60 * MINUTE), _day(midnight + after) + 1275 * MINUTE
            )
            author, other = (helper, learner) if by_helper else (learner, helper)
            self.bad += by_helper
            kind = "contact" if by_helper else "plain"
            self.at(at, lambda w=(unit_id, author, other, text, kind): self._says(learner, helper, *w))  # type: ignore[misc]
            self.at(at + 30 * MINUTE, lambda: self._ends(learner, helper))

    def _false_report(self, school: School, midnight: datetime) -> None:
        unit_id = self.chance.choice(school.classes)
        learner, helper = self._pair(school, unit_id)
        at = midnight + (17 * 60 + self.chance.randrange(0, 220)) * MINUTE

        def happens() -> None:
            self._says(learner, helper, unit_id, helper, learner, "Em làm lại bước hai nhé", "plain")
            room_id = self.open_rooms.get((learner, helper))
            if room_id is not None:
                self._reports(learner, room_id, db.session.get_one(Room, room_id).last_seq, "bullied", false=True)

        self.at(at, happens)
        self.at(at + 30 * MINUTE, lambda: self._ends(learner, helper))

    def _danger(self) -> None:
        school = self.chance.choice(self.schools)
        unit_id = self.chance.choice(school.classes)
        learner, helper = self._pair(school, unit_id)
        at = MONDAY + self.chance.randrange(self.days) * DAY + (17 * 60 + self.chance.randrange(220)) * MINUTE
        false = self.chance.random() < 0.5

        def happens() -> None:
            self._open(unit_id, learner, helper)
            found = reports_commands.report(_user(learner), "room", str(self.open_rooms[learner, helper]), "danger")
            if not false:
                self.true_cases.add(found.case_id)

        self.at(at, happens)
        self.at(at + 30 * MINUTE, lambda: self._ends(learner, helper))

    def _open(self, unit_id: int, learner: int, helper: int) -> int:
        if (learner, helper) not in self.open_rooms:
            seats = [(learner, "learner"), (helper, "helper")]
            made = sessions_commands.open_room(unit_id, seats, "join-class", minors=True, observed=True)
            self.open_rooms[learner, helper] = made.id
        return self.open_rooms[learner, helper]

    def _ends(self, learner: int, helper: int) -> None:
        room_id = self.open_rooms.pop((learner, helper), None)
        if room_id is not None and db.session.get_one(Room, room_id).closed_at is None:
            moderation_commands.close_room(None, room_id, "ended")

    def _says(self, learner: int, helper: int, unit_id: int, author: int, other: int, text: str, kind: str) -> None:
        room_id = self._open(unit_id, learner, helper)
        picture = StoredPicture(uuid.uuid4().hex, 800, 600, 40_000) if kind == "picture" else None
        try:
            made = messages_commands.post_message(
                _user(author), room_id, str(uuid.uuid4()), text, confirm=True, picture=picture
            )
        except DomainError:
            self.stopped += kind in ("contact", "insult")
            return
        self.posted += 1
        seq, status = made.seq, made.status
        self.pictures += kind == "picture"
        if kind in ("good", "plain"):
            self.good.add((room_id, seq))
            self.masked_good += status == "masked"
        if status in ("held", "masked"):
            self.held_all += status == "held" and kind != "picture"
            self.held_good += status == "held" and kind in ("good", "plain")
        if status == "masked" and self.chance.random() < self.habits.appeals:
            self.at(clock.now() + 5 * MINUTE, lambda: self._appeals(author, room_id, seq))
        tells = self.habits.tells_masked if status == "masked" else self.habits.tells
        if kind in ("insult", "contact") and status != "held" and self.chance.random() < tells:
            what = "bullied" if kind == "insult" else "contact"
            after = self.chance.randrange(1, 30) * MINUTE
            self.at(clock.now() + after, lambda: self._reports(other, room_id, seq, what))

    def _reports(self, by: int, room_id: int, seq: int, what: str, false: bool = False) -> None:
        try:
            found = reports_commands.report(_user(by), "message", f"{room_id}/{seq}", what)
        except DomainError:
            return
        if not false:
            self.true_cases.add(found.case_id)

    def _appeals(self, author: int, room_id: int, seq: int) -> None:
        try:
            moderation_commands.appeal(_user(author), room_id, seq)
        except DomainError:
            pass

    # ---- what people do about it ---------------------------------------------------------------------------------

    def _work_off(self) -> None:
        while jobs.run_due(50):
            pass

    def _tick(self, day: int, minute: int) -> None:
        """Those on duty look in every hour, in the evening every few minutes; the others have their quarter of an hour
        (of a weekend one coordinator). Who was on duty stays half an hour for what came in; a coordinator comes when
        told of a danger, or that a grave case is to be decided soon. Whoever is there takes what is most urgent, in
        turn, as long as the minutes last."""
        self._work_off()
        for number, school in enumerate(self.schools):
            waits = _what_waits(school)
            if not any(waits):
                continue
            moments = clock.now(), clock.now() - 30 * MINUTE
            duty = {one.id for moment in moments for one in on_duty(school.unit_id, moment, minors=True)}
            told = _called()
            there = [one for one in school.people if one.id in duty | told or self._gives_time(one, day, minute)]
            for one in there:
                one.left = self.habits.tick
            seen = (waits, {one.id for one in there})
            if self.left_alone.get(number) == seen:  # nothing is new since they could do no more
                continue
            self._share(there, day)
            if all(one.left > 0 for one in there) and _what_waits(school) == waits:
                self.left_alone[number] = seen

    def _gives_time(self, one: Person, day: int, minute: int) -> bool:
        if day % 7 >= 5 and not (one.coordinator and (one.id + day) % 2 == 0):
            return False
        return one.minute <= minute < one.minute + self.habits.weekly

    def _share(self, there: list[Person], day: int) -> None:
        busy = True
        while busy:
            busy = False
            for one in sorted(there, key=lambda one: (len(one.items[day]), one.id)):
                if one.left > 0 and (item := self._take(one)) is not None:
                    name, cost = item
                    one.left -= cost
                    one.items[day].add(name)
                    one.minutes[day] += cost
                    busy = True

    def _take(self, one: Person) -> tuple[str, float] | None:
        """Do the first thing that this person sees and may do: grave cases, messages that wait, cases, appeals."""
        person, costs = _user(one.id), dict(self.habits.costs)
        viewer = Viewer(person)
        found = cases_queries.visible(viewer)
        for case in sorted(found, key=lambda case: (case.grade > "S1", case.looked_at is not None, case.look_by)):
            if case.grade > "S1" and (name := self._judges(person)):
                return name, costs["picture" if name.startswith("picture") else "message"]
            if (act := self._does(viewer, case)) is not None:
                return f"case {case.id}", costs[act]
        if name := self._judges(person):
            return name, costs["picture" if name.startswith("picture") else "message"]
        for wait in moderation_queries.appeals_for(person):
            message = wait.message
            good = (message.room_id, message.seq) in self.good
            try:
                moderation_commands.decide_appeal(person, message.room_id, message.seq, good, "Đã xem lại.")
            except DomainError:
                continue
            return f"appeal {message.id}", costs["appeal"]
        return None

    def _judges(self, person: User) -> str | None:
        for wait in moderation_queries.held_for(person)[:3]:
            message, room_id, seq = wait.message, wait.message.room_id, wait.message.seq
            self.waits.append((clock.now() - message.at) / MINUTE)
            name = f"{'picture' if message.held_for == 'picture' else 'message'} {message.id}"
            try:
                if (room_id, seq) in self.good or message.held_for == "picture":
                    moderation_commands.release_message(person, room_id, seq)
                else:
                    moderation_commands.refuse_message(person, room_id, seq, "Không gửi liên lạc riêng")
            except DomainError:
                continue
            return name
        return None

    def _does(self, viewer: Viewer, case: Case) -> str | None:
        person, known = viewer.person, viewer.facts(case)
        if may_decide_case(known) and (case.looked_at is not None or case.grade > "S1"):
            bad = case.id in self.true_cases or bool(case.reasons)
            possible = outcomes_for(case, person)
            outcome = "none" if not bad else "hidden" if "hidden" in possible else "reminded"
            grave = case.grade <= "S1"
            cases_commands.look(person, case.id)
            cases_commands.decide(
                person, case.id, outcome if outcome in possible else "none", "Đã xem và nhắc hai bên."
            )
            return "grave" if grave else "decide"
        if case.looked_at is None:
            cases_commands.look(person, case.id)
            return "look"
        return None


# ---- the figures -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Figures:
    """What came of it."""

    said: int
    bad: int
    posted: int
    pictures: int
    stopped: int
    held: int
    held_good: int
    masked_good: int
    cases: dict[str, int]
    late: dict[str, int]
    look: dict[str, tuple[float, float]]  # by grade, minutes: median and 95 of 100
    waits: tuple[float, float]
    items: tuple[float, float, int]  # of a person and working day: median of those who had any, 95 of 100, most
    minutes: tuple[float, float, float]
    a_day: float  # items of a whole day and school


def figures(month: Month) -> Figures:
    found = list(db.session.scalars(sa.select(Case).where(Case.unit_id.is_not(None)).order_by(Case.id)))
    people = [one for school in month.schools for one in school.people]
    items = [len(some) for one in people for some in one.items.values() if some]
    minutes = [some for one in people for some in one.minutes.values() if some]
    grades = sorted({case.grade for case in found})
    end = MONDAY + month.days * DAY
    look = {
        grade: [(one.looked_at - one.opened_at) / MINUTE for one in found if one.grade == grade and one.looked_at]
        for grade in grades
    }
    return Figures(
        month.said, month.bad, month.posted, month.pictures, month.stopped, month.held_all, month.held_good,
        month.masked_good,
        {grade: sum(case.grade == grade for case in found) for grade in grades},
        {grade: sum(_late(case, end) for case in found if case.grade == grade) for grade in grades},
        {grade: (statistics.median(some), _of_hundred(some, 95)) for grade, some in look.items() if some},
        (statistics.median(month.waits or [0]), _of_hundred(month.waits or [0], 95)),
        (statistics.median(items), _of_hundred(items, 95), max(items)),
        (statistics.median(minutes), _of_hundred(minutes, 95), max(minutes)),
        sum(items) / month.days / len(month.schools),
    )  # fmt: skip


def _late(case: Case, until: datetime) -> bool:
    """Not looked at or not decided in time, or ever alarmed as such."""
    end = case.decided_at or clock.now() + 365 * DAY
    looked = case.looked_at or end
    open_in_time = case.decided_at is None and case.decide_by > until
    return case.alarm > 0 or looked > case.look_by or (end > case.decide_by and not open_in_time)


def _of_hundred(values: Iterable[float], share: int) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * share // 100)]


# ---- small things ------------------------------------------------------------------------------------------------


def _day(moment: datetime) -> datetime:
    return moment - (moment - MONDAY) % DAY


def _user(user_id: int) -> User:
    return db.session.get_one(User, user_id)


@cache
def _matters(text: str) -> bool:
    """Whether anything is found in a message written to a child: only then can it make work for somebody."""
    return bool(screen_text(text, minor=True).hits or risk.find_signals(text, hour=19, minor=True))


def _called() -> set[int]:
    """Whom a notice that is not settled calls: of a danger, or of a grave case that is to be decided soon."""
    calls = sa.or_(Notice.key.like("case:%:soon"), Notice.key.like("case:%:S0"))
    return set(db.session.scalars(sa.select(Notice.user_id).where(calls, Notice.read_at.is_(None))))


def _what_waits(school: School) -> tuple[list[int], list[tuple[int, bool]], list[int]]:
    """Messages, cases (looked at or not) and appeals that wait for the people of a school."""
    here = sa.select(Room.id).where(Room.unit_id.in_(school.classes))
    held = sa.select(Message.id).where(Message.status == "held", Message.room_id.in_(here)).order_by(Message.id)
    case = (
        sa.select(Case.id, Case.looked_at.is_not(None))
        .where(Case.state == "open", Case.unit_id.in_(school.classes))
        .order_by(Case.id)
    )
    appeal = (
        sa.select(MessageAppeal.message_id)
        .join(Message, Message.id == MessageAppeal.message_id)
        .where(MessageAppeal.decided_at.is_(None), Message.room_id.in_(here))
        .order_by(MessageAppeal.message_id)
    )
    cases_here = [(row[0], bool(row[1])) for row in db.session.execute(case)]
    return list(db.session.scalars(held)), cases_here, list(db.session.scalars(appeal))


@command
def _build(habits: Habits, chance: random.Random) -> list[School]:
    """A ward with its schools, classes, pupils, older helpers, teachers, coordinators and their rota."""
    ward = _unit("ward", "month-ward", "Phường Thử", None)
    schools = []
    for number in range(habits.schools):
        place = _unit("school", f"month-{number}", f"Trường {number + 1}", ward)
        school = School(place.id, [], {}, [], [])
        staff = [_member(f"s{number}-{n}", "adult", 1985, place, "coordinator" if n < 2 else "teacher")
                 for n in range(habits.teachers + 2)]  # fmt: skip
        school.people = [
            Person(one.id, n < 2, chance.randrange(16 * 60 + 30, 20 * 60, habits.tick)) for n, one in enumerate(staff)
        ]
        for n in range(habits.classes):
            unit = _unit("class", f"month-{number}-{n}", f"Lớp {n + 1}", place)
            school.classes.append(unit.id)
            children = [_member(f"c{number}-{n}-{k}", "child", 2014, unit, "learner") for k in range(habits.pupils)]
            school.pupils[unit.id] = [one.id for one in children]
        school.helpers = [_member(f"h{number}-{n}", "youth", 2009, place, "helper").id for n in range(60)]
        _rota(place.id, [one.id for one in staff])
        schools.append(school)
    parents = [_person(f"p{n}", "adult", 1985) for n in range(10)]
    db.session.flush()
    first = schools[0].pupils[schools[0].classes[0]]
    for parent, child_id in zip(parents, first, strict=False):
        db.session.add(Guardian(guardian_id=parent.id, child_id=child_id, confirmed_at=MONDAY))
    return schools


def _rota(unit_id: int, staff: list[int]) -> None:
    """Three turns a day of two people each, all in turn."""
    turn = 0
    for weekday in range(7):
        for starts, ends in ((390, 720), (720, 1020), (1020, 1290)):
            for _ in range(2):
                user_id = staff[turn % len(staff)]
                db.session.add(DutySlot(unit_id=unit_id, user_id=user_id, weekday=weekday, starts=starts, ends=ends))
                turn += 1


def _unit(kind: str, code: str, name: str, above: Unit | None) -> Unit:
    ward_id = above.ward_id or above.id if above else None
    school_id = (above.id if above.kind == "school" else None) if above else None
    made = Unit(kind=kind, code=code, name=name, parent_id=above.id if above else None, ward_id=ward_id,
                school_id=school_id)  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


def _person(name: str, kind: str, born: int) -> User:
    made = User(kind=kind, full_name=f"Người {name}", called_name=name, username=name, birth_year=born,
                grade=6 if kind == "child" else None, created_at=MONDAY - 60 * DAY)  # fmt: skip
    db.session.add(made)
    return made


def _member(name: str, kind: str, born: int, unit: Unit, role: str) -> User:
    made = _person(name, kind, born)
    db.session.flush()
    db.session.add(Membership(user_id=made.id, unit_id=unit.id, role=role, confirmed_at=MONDAY - 30 * DAY))
    return made
