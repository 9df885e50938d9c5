"""What happens in such a city in half a year and three weeks: requests, rooms and their messages, notices, lessons,
cases. A twentieth is older than half a year, so that the nightly work has something to do.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from benchmarks.bulk_insert import Bulk
from benchmarks.city_units import City, Ward
from tutoring.groups.models import GroupPost
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.db import db
from tutoring.kernel.text import search_text
from tutoring.lessons.catalogue.models import Lesson
from tutoring.lessons.progress.models import LessonProgress, StepDone
from tutoring.moderation.models import Case, ModerationAction, Report
from tutoring.notifications.models import Notice
from tutoring.pairing.models import HelpRequest, Offer, RequestStep
from tutoring.rooms.models import Attendance, Feedback, Message, Room, Seat
from tutoring.rooms.volunteer_minutes.models import HelpSession

DAYS = 200
WORDS = (
    "em anh chị bài toán phân số cộng trừ nhân chia làm sao chưa hiểu bước này xong rồi cảm ơn mai gặp lại điện thoại "
    "mật khẩu mở trang nộp đơn giấy khai sinh phường xã hồ sơ"
)
MESSAGE = "room_id seq author_id client_id text folded at status"


@dataclass(frozen=True)
class Share:
    """How much of what there is: for each person, or for each room."""

    sessions: float = 1.0  # in half a year, for each person
    messages: int = 10  # of a session, on average
    of_class: int = 150  # of the room of a class
    notices: int = 6
    steps: int = 5
    open: float = 0.005  # rooms that stand open in the evening, for each person
    waiting: float = 0.002
    cases: float = 0.004  # of which one in eight is open
    held: float = 0.02  # of the messages of open rooms


class Life:
    """Writes it; `share` says how much."""

    def __init__(self, city: City, share: Share | None = None) -> None:
        self.city, self.chance, self.share = city, city.chance, share or Share()
        some = [" ".join(self.chance.choices(WORDS.split(), k=self.chance.randint(4, 18))) for _ in range(2_000)]
        self.sentences = [(one, search_text(one)) for one in some]
        self.lessons = list(db.session.scalars(sa.select(Lesson.slug).order_by(Lesson.slug)))
        self.first_room = (db.session.scalar(sa.select(sa.func.max(Room.id))) or 0) + 1
        self.rooms: list[tuple[int, Ward, int, int, datetime, datetime | None, int]] = []
        self.class_rooms: list[tuple[int, Ward, int]] = []

    def fill(self, bulk: Bulk) -> None:
        """Write all of it."""
        self._plan()
        self._rooms(bulk)
        bulk.write(Message, MESSAGE, self._messages())
        self._asked(bulk)
        self._around(bulk)
        self._desk(bulk)
        self._learned(bulk)

    # ---- rooms ---------------------------------------------------------------------------------------------------

    def _plan(self) -> None:
        """Which sessions there were and are: number, ward, learner, helper, when, messages."""
        city, number = self.city, self.first_room
        size = {ward.id: len(ward.pupils) + len(ward.parents) + len(ward.residents) for ward in city.wards}
        for ward in city.wards:
            done, open_now = round(size[ward.id] * self.share.sessions), max(3, round(size[ward.id] * self.share.open))
            for nth in range(done + open_now):
                learner, helper = city.somebody(ward), self.chance.choice(city.helpers)
                at = city.at(DAYS, 0.1) if nth < done else city.now - timedelta(minutes=self.chance.uniform(2, 50))
                until = at + timedelta(minutes=self.chance.uniform(10, 45)) if nth < done else None
                many = max(2, int(self.chance.expovariate(1 / self.share.messages)))
                self.rooms.append((number, ward, learner, helper if helper != learner else city.top, at, until, many))
                number += 1
            for unit in ward.classes:
                self.class_rooms.append((number, ward, unit))
                number += 1

    def _rooms(self, bulk: Bulk) -> None:
        pick = self.chance.choice
        names = "id unit_id kind topic minors observed lesson_slug opened_at closed_at close_reason last_seq"
        bulk.write(Room, names, (
            (id, self._place(ward, learner), "pair", pick(self.city.topics), True, True, pick(self.lessons), at, until,
             "ended" if until else "", many)
            for id, ward, learner, _helper, at, until, many in self.rooms
        ))  # fmt: skip
        bulk.write(Room, "id unit_id kind topic minors observed opened_at last_seq", (
            (id, unit, "class", "class", True, True, self.city.at(DAYS, 190), self.share.of_class)
            for id, _ward, unit in self.class_rooms
        ))  # fmt: skip
        bulk.write(Seat, "room_id user_id role joined_at seen_seq", self._seats())
        bulk.write(Attendance, "room_id user_id from_at until_at sid", self._stays())

    def _place(self, ward: Ward, learner: int) -> int:
        return ward.class_of(learner) if learner in ward.pupils else ward.home_of(learner)

    def _seats(self) -> Iterator[tuple[Any, ...]]:
        for id, _ward, learner, helper, at, _until, many in self.rooms:
            yield id, learner, "learner", at, many
            yield id, helper, "helper", at, many
        for id, ward, unit in self.class_rooms:
            first = ward.pupils.start + ward.classes.index(unit) * 40
            for one in range(first, first + 25):
                yield id, one, "learner", self.city.at(150), self.share.of_class

    def _stays(self) -> Iterator[tuple[Any, ...]]:
        for id, _ward, learner, helper, at, until, _many in self.rooms:
            for one in (learner, helper):
                yield id, one, at, until, f"s{one}"

    def _messages(self) -> Iterator[tuple[Any, ...]]:
        """In the order of time as far as days go: those of one room lie among those of others."""
        chance = self.chance
        for id, _ward, learner, helper, at, until, many in self.rooms:
            for seq in range(1, many + 1):
                text, folded = chance.choice(self.sentences)
                held = until is None and chance.random() < self.share.held
                yield (id, seq, helper if seq % 2 else learner, _client(id, seq), text, folded,
                       at + timedelta(seconds=20 * seq), "held" if held else "sent")  # fmt: skip
        for seq in range(1, self.share.of_class + 1):
            back = timedelta(days=(self.share.of_class - seq) * DAYS / self.share.of_class)
            for id, ward, unit in self.class_rooms:
                text, folded = chance.choice(self.sentences)
                author = ward.pupils.start + ward.classes.index(unit) * 40 + seq % 25
                yield id, seq, author, _client(id, seq), text, folded, self.city.now - back, "sent"

    # ---- around rooms --------------------------------------------------------------------------------------------

    def _asked(self, bulk: Bulk) -> None:
        first = (db.session.scalar(sa.select(sa.func.max(HelpRequest.id))) or 0) + 1
        busy: set[int] = set()
        names = ("id learner_id asked_by_id unit_id ward_id topic minor state outcome created_at queued_at helper_id "
                 "room_id ended_at claimed_at state_since")  # fmt: skip

        def rows() -> Iterator[tuple[Any, ...]]:
            for nth, (id, ward, learner, helper, at, until, _many) in enumerate(self.rooms):
                if until is None and not busy.isdisjoint((learner, helper)):
                    continue  # a room beside it, as of a session of many
                busy.update((learner, helper) if until is None else ())
                state = "ended" if until else "helping"
                yield (first + nth, learner, learner, self._place(ward, learner), ward.id, "t", True, state,
                       "yes" if until else "", at, at, helper, id, until, at, until or at)  # fmt: skip

        bulk.write(HelpRequest, names, rows())
        more = first + len(self.rooms)
        names = "id learner_id asked_by_id unit_id ward_id topic minor created_at queued_at state_since"
        bulk.write(HelpRequest, names, self._waiting(more, busy))
        bulk.write(RequestStep, "request_id at from_state to_state", (
            (first + nth, at, *moved)
            for nth, (_id, _w, _l, _h, at, until, _m) in enumerate(self.rooms) if until
            for moved in (("", "waiting"), ("waiting", "offered"), ("offered", "helping"), ("helping", "ended"))
        ))  # fmt: skip
        bulk.write(Offer, "request_id helper_id wave ring score state offered_at reserved_until answered_at", (
            (first + nth, helper, 1, 1, 7_000, "accepted", at, at, at)
            for nth, (_id, _w, _l, helper, at, until, _m) in enumerate(self.rooms) if until
        ))  # fmt: skip

    def _waiting(self, first: int, busy: set[int]) -> Iterator[tuple[Any, ...]]:
        for ward in self.city.wards:
            for _ in range(max(2, round(len(ward.pupils) * self.share.waiting))):
                learner, at = self.city.somebody(ward), self.city.at(0.02)
                if learner not in busy:
                    busy.add(learner)
                    topic = self.chance.choice(self.city.topics)
                    yield first, learner, learner, self._place(ward, learner), ward.id, topic, True, at, at, at
                    first += 1

    def _around(self, bulk: Bulk) -> None:
        over = [one for one in self.rooms if one[5] is not None]
        bulk.write(Feedback, "room_id user_id solved solved_by thanks words at", (
            (id, learner, "yes", "helper", True, "Cảm ơn anh chị", until)
            for id, _w, learner, _h, _at, until, _m in over
        ))  # fmt: skip
        bulk.write(HelpSession, "room_id helper_id learner_id unit_id topic day ended_at minutes said_at word", (
            (id, helper, learner, self._place(ward, learner), "t", until.date(), until, 25, until, "helped")
            for id, ward, learner, helper, _at, until, _m in over if until
        ))  # fmt: skip
        people = range(self.city.top, self.city.next_person)
        bulk.write(Notice, "user_id key say params path created_at read_at", (
            (one, f"claimed:{one}:{nth}", "%(name)s muốn giúp bạn.", {"name": "Lan"}, f"/requests/{one}",
             at, at if nth > 1 else None)
            for nth in range(self.share.notices) for one in people for at in (self.city.at(179),)
        ))  # fmt: skip
        units = [(ward, unit) for ward in self.city.wards for unit in (ward.id, *ward.neighbourhoods)]
        bulk.write(GroupPost, "unit_id author_id title text created_at", (
            (unit, ward.teachers.start, "Sinh hoạt cuối tuần", "Tám giờ ở nhà văn hoá.", self.city.at(300))
            for ward, unit in units for _ in range(12)
        ))  # fmt: skip

    # ---- the desk ------------------------------------------------------------------------------------------------

    def _desk(self, bulk: Bulk) -> None:
        first = (db.session.scalar(sa.select(sa.func.max(Case.id))) or 0) + 1
        many = max(8, round(self.city.people * self.share.cases))
        chosen = self.chance.sample(self.rooms, min(many, len(self.rooms)))
        hours = timedelta(hours=4)

        def rows() -> Iterator[tuple[Any, ...]]:
            for nth, (id, ward, learner, helper, at, until, _many) in enumerate(chosen):
                waits = nth % 8 == 0
                came, decided = (self.city.at(0.3), None) if waits else (until or at, (until or at) + hours)
                yield (first + nth, "message", f"{id}/1", id, self._place(ward, learner), helper, True,
                       "S2" if nth % 3 else "S3", "open" if waits else "decided", came, came + hours, came + hours * 6,
                       decided, "" if waits else "reminded")  # fmt: skip

        bulk.write(Case, "id kind target room_id unit_id about_id minors grade state opened_at look_by decide_by "
                   "decided_at outcome", rows())  # fmt: skip
        bulk.write(Report, "case_id by_id kind words at place from_child", (
            (first + nth, learner, "other", "Bạn ấy nói không hay", at, "room", True)
            for nth, (_id, _w, learner, _h, at, _u, _m) in enumerate(chosen)
        ))  # fmt: skip
        bulk.write(ModerationAction, "kind case_id room_id unit_id seq about_id by_id reason words at", (
            ("hide", first + nth, id, self._place(ward, learner), 1, helper, ward.teachers.start, "other", "Ẩn đi", at)
            for nth, (id, ward, learner, helper, at, _u, _m) in enumerate(chosen) if nth % 8
        ))  # fmt: skip
        row = (db.session.scalar(sa.select(sa.func.max(AuditRow.id))) or 0) + 1
        bulk.write(AuditRow, "id at actor_id action target facts seal", (
            (row + nth, self.city.at(200), self.city.top, "confirm_member", f"membership:{nth}", {}, "0" * 64)
            for nth in range(self.city.people)
        ))  # fmt: skip

    def _learned(self, bulk: Bulk) -> None:
        people = range(self.city.top, self.city.next_person)
        bulk.write(LessonProgress, "user_id lesson_slug version step_id started_at updated_at finished_at state", (
            (one, lesson, 1, "s1", at, at, at if one % 2 else None, "finished" if one % 2 else "started")
            for one in people for lesson in self.chance.sample(self.lessons, 3) for at in (self.city.at(DAYS),)
        ))  # fmt: skip
        bulk.write(StepDone, "user_id lesson_slug step_id at", (
            (one, self.lessons[(one + nth) % len(self.lessons)], f"s{nth}", self.city.at(DAYS))
            for one in people for nth in range(self.share.steps)
        ))  # fmt: skip


def _client(room: int, seq: int) -> str:
    return str(uuid.UUID(int=room << 64 | seq))
