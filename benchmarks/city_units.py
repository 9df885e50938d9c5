"""A city of any size, seeded: places and people around the demonstration community, all in a few bulk writes.

The demonstration's ward is filled first, up to 15,000 people, which is what a ward of a city of 2.6 million pupils in
168 wards has; whoever is left lives in further wards of the same size. So from 2,000 to 20,000 people the ward grows
to its size and a second one comes; from 20,000 to 200,000 the ward stays and the city grows.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from benchmarks.bulk_insert import Bulk
from tutoring.accounts.models import Consent, Guardian, LiveSocket, SignIn, User
from tutoring.community.models import DutySlot, Membership, Nomination, Unit
from tutoring.community.units.search_names import place_words
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.text import search_text
from tutoring.lessons.skills.models import SkillGrant
from tutoring.lessons.skills.queries import topics

WARD = 15_000
CLASS, CLASSES, NEIGHBOURHOOD = 40, 20, 450  # pupils of a class, classes of a school, people of a neighbourhood
PUPILS, PARENTS = 0.56, 0.30  # of all people; the others belong to neighbourhoods
HELPERS, ONLINE = 0.03, 0.02  # of all people: who helps, who has a page open in the evening
FAMILY = "Nguyễn Trần Lê Phạm Hoàng Phan Vũ Đặng Bùi Đỗ Hồ Ngô Dương Lý"
GIVEN = (
    "An Bình Chi Dũng Giang Hà Hải Hạnh Hoa Hùng Khánh Lâm Linh Long "
    "Mai Nam Nga Ngọc Oanh Phúc Quân Sơn Thảo Thu Trang Tú Tuấn Uyên Vân Yến"
)
PURPOSES = ("profile", "pairing", "chat", "lessons")


@dataclass
class Ward:
    """One ward: its units, and who is who."""

    id: int
    schools: list[int] = field(default_factory=list)
    classes: list[int] = field(default_factory=list)
    neighbourhoods: list[int] = field(default_factory=list)
    pupils: range = range(0)
    parents: range = range(0)
    residents: range = range(0)
    teachers: range = range(0)

    @property
    def people(self) -> Iterator[int]:
        for some in (self.pupils, self.parents, self.residents):
            yield from some

    def class_of(self, pupil: int) -> int:
        return self.classes[(pupil - self.pupils.start) // CLASS]

    def home_of(self, resident: int) -> int:
        return self.neighbourhoods[(resident - self.residents.start) % len(self.neighbourhoods)]


class City:
    """Places and people; `top` is the coordinator of the whole city."""

    def __init__(self, people: int, seed: int = 7) -> None:
        self.people, self.chance, self.now = people, random.Random(seed), clock.now()
        self.wards: list[Ward] = []
        self.units: list[tuple[Any, ...]] = []
        first = db.session.scalar(sa.select(sa.func.max(User.id))) or 0
        self.top = self.next_person = first + 1
        self.next_unit = (db.session.scalar(sa.select(sa.func.max(Unit.id))) or 0) + 1
        found = {one.code.removeprefix("demo-"): one.id for one in db.session.scalars(sa.select(Unit))}
        self.city, self.ward, self.school = found["tp"], found["phuong"], found["truong"]
        self.paths = {row[0]: row[1] for row in db.session.execute(sa.select(Unit.id, Unit.path))}
        self.home_classes = [found[name] for name in ("lop6a", "lop4a", "lop11a")]
        self.topics = [name for name, _ in topics("vi")]
        self.helpers: list[int] = []
        self.online: list[int] = []

    def fill(self, bulk: Bulk) -> None:
        """Write all of it."""
        self._people(1)
        left = self.people
        while left > 0:
            self.wards.append(self._ward(min(WARD, left), home=not self.wards))
            left -= WARD
        names = "id code kind form name sort name_words parent_id ward_id school_id grade path"
        bulk.write(Unit, names, self.units)
        bulk.write(User, "id kind full_name called_name name_words address_form username birth_year grade created_at "
                   "password_hash", self._everybody())  # fmt: skip
        bulk.write(Membership, "user_id unit_id role state created_at confirmed_at", self._memberships())
        bulk.write(Guardian, "child_id guardian_id relation created_at confirmed_at", self._families())
        bulk.write(Consent, "subject_id given_by_id kind purpose text_version text_hash given_at", self._consents())
        bulk.write(DutySlot, "unit_id user_id weekday starts ends", self._duty())
        self._help(bulk)
        self._devices(bulk)

    def somebody(self, ward: Ward) -> int:
        """Anybody of a ward who learns."""
        return self.chance.choice(ward.pupils if self.chance.random() < 0.8 else ward.residents)

    def at(self, days: float, since: float = 0) -> datetime:
        """A moment between so many days ago and `since` days ago."""
        return self.now - timedelta(days=self.chance.uniform(since, days))

    # ---- places ----------------------------------------------------------------------------------------------

    def _unit(self, kind: str, name: str, parent: int, ward: int | None, school: int | None, grade: int | None) -> int:
        made, self.next_unit = self.next_unit, self.next_unit + 1
        form = {"ward": "phường", "neighbourhood": "khu phố"}.get(kind, "")
        own_ward, own_school = made if kind == "ward" else ward, made if kind == "school" else school
        # Kept by triggers, which a bulk write passes by.
        self.paths[made] = f"{self.paths[parent]}{made}/"
        self.units.append((made, f"c{made}", kind, form, name, f"{grade or 0:02d}{name.casefold()}", place_words(name),
                           parent, own_ward, own_school, grade, self.paths[made]))  # fmt: skip
        return made

    def _ward(self, people: int, home: bool) -> Ward:
        number = len(self.wards) + 1
        ward = Ward(self.ward if home else self._unit("ward", f"Phường {number}", self.city, None, None, None))
        classes = max(3, round(people * PUPILS / CLASS))
        for place in range(classes):
            if place % CLASSES == 0:
                name = f"Trường {self.chance.choice(GIVEN.split())} {number}.{place // CLASSES + 1}"
                first = home and place == 0
                ward.schools.append(self.school if first else self._unit("school", name, ward.id, ward.id, None, None))
            if home and place < len(self.home_classes):
                ward.classes.append(self.home_classes[place])
                continue
            grade = place % 12 + 1
            name, school = f"Lớp {grade}A{place % CLASSES + 1}", ward.schools[-1]
            ward.classes.append(self._unit("class", name, school, ward.id, school, grade))
        for place in range(max(2, people // NEIGHBOURHOOD)):
            ward.neighbourhoods.append(
                self._unit("neighbourhood", f"Khu phố {place + 10}", ward.id, ward.id, None, None)
            )
        ward.pupils = self._people(classes * CLASS)
        ward.parents = self._people(round(people * PARENTS))
        ward.residents = self._people(max(20, people - len(ward.pupils) - len(ward.parents)))
        ward.teachers = self._people(classes + len(ward.schools) + len(ward.neighbourhoods) + 2)
        return ward

    # ---- people ----------------------------------------------------------------------------------------------

    def _people(self, how_many: int) -> range:
        first, self.next_person = self.next_person, self.next_person + how_many
        return range(first, self.next_person)

    def _everybody(self) -> Iterator[tuple[Any, ...]]:
        year = self.now.year
        for one in range(self.top, self.next_person):
            pupil = next((ward for ward in self.wards if one in ward.pupils), None)
            called = self.chance.choice(GIVEN.split())
            full = f"{self.chance.choice(FAMILY.split())} {self.chance.choice(GIVEN.split())} {called}"
            grade = self.wards and pupil and (pupil.class_of(one) % 12) + 1
            kind = "adult" if not grade else "youth" if grade >= 11 else "child"
            born = None if not grade else year - grade - 6
            yield (one, kind, full, called, search_text(f"{called} {full}"), "em" if grade else "cô", f"p{one}", born,
                   grade or None, self.at(400, 200), "$argon2id$v=19$m=19456,t=2,p=1$" + "c" * 66)  # fmt: skip

    def _memberships(self) -> Iterator[tuple[Any, ...]]:
        def row(person: int, unit: int, role: str) -> tuple[Any, ...]:
            since = self.at(380, 190)
            return person, unit, role, "active", since, since

        yield row(self.top, self.city, "coordinator")
        for ward in self.wards:
            for one in ward.pupils:
                yield row(one, ward.class_of(one), "learner")
            for number, one in enumerate(ward.parents):
                for child in self._children(ward, number):
                    yield row(one, ward.class_of(child), "parent")
                    break
            for one in ward.residents:
                yield row(one, ward.home_of(one), "learner")
            staff = iter(ward.teachers)
            for units, role in ((ward.classes, "teacher"), (ward.schools, "coordinator"),
                                (ward.neighbourhoods, "lead"), ([ward.id] * 2, "officer")):  # fmt: skip
                for unit, one in zip(units, staff, strict=False):
                    yield row(one, unit, role)

    def _children(self, ward: Ward, parent: int) -> list[int]:
        many = len(ward.pupils)
        return [ward.pupils.start + (parent * 2 + more) % many for more in (0, 1)]

    def _families(self) -> Iterator[tuple[Any, ...]]:
        for ward in self.wards:
            for number, one in enumerate(ward.parents):
                for child in self._children(ward, number):
                    yield child, one, "mẹ", self.at(380, 190), self.at(190, 180)

    def _consents(self) -> Iterator[tuple[Any, ...]]:
        for ward in self.wards:
            for one in ward.pupils:
                for purpose in PURPOSES:
                    yield one, one, "consent", purpose, "2026-1", "0" * 64, self.at(380, 190)

    def _duty(self) -> Iterator[tuple[Any, ...]]:
        for ward in self.wards:
            for school, one in zip(ward.schools, ward.teachers[len(ward.classes) :], strict=False):
                for weekday in range(7):
                    yield school, one, weekday, 0, 1440

    def _help(self, bulk: Bulk) -> None:
        """Helpers, with who vouches for them and what they can do."""
        for ward in self.wards:
            many = max(2, round((len(ward.pupils) + len(ward.residents)) * HELPERS))
            old = [one for one in ward.pupils if ward.class_of(one) % 12 >= 9]
            self.helpers += self.chance.sample(old, min(len(old), many // 2))
            self.helpers += self.chance.sample(list(ward.residents), min(len(ward.residents), many // 2))
        by, since = self.top, self.at(300, 190)
        bulk.write(Nomination, "user_id unit_id state nominated_by_id nominated_at confirmed_by_id confirmed_at",
                   ((one, self.ward, "active", by, since, by, since) for one in self.helpers))  # fmt: skip
        bulk.write(SkillGrant, "user_id skill_id level granted_by_id at", (
            (one, topic, 2, by, since) for one in self.helpers for topic in self.chance.sample(self.topics, 3)
        ))  # fmt: skip

    def _devices(self, bulk: Bulk) -> None:
        """Sign-ins of the last months, and open pages."""
        first = (db.session.scalar(sa.select(sa.func.max(SignIn.id))) or 0) + 1
        people = range(self.top, self.next_person)
        until = self.now + timedelta(days=60)
        ended = self.at(60, 30)
        bulk.write(SignIn, "id user_id token_hash device created_at seen_at expires_at ended_at", (
            (first + number, one, f"{number:064x}", "Chrome · Android", self.at(80), self.at(30), until,
             ended if number % 2 else None)
            for number, one in enumerate(some for some in people for _ in range(2))
        ))  # fmt: skip
        self.online = self.chance.sample(people, max(20, round(self.people * ONLINE)))
        bulk.write(LiveSocket, "sid sign_in_id user_id opened_at seen_at", (
            (f"s{one}", first + (one - self.top) * 2, one, self.now, self.now) for one in self.online
        ))  # fmt: skip
