"""Devices moved by anybody in any order, beside a small model that was written without the rules of the product."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import permutations
from typing import ClassVar

import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.devices import ledger_fixtures
from tests.factories import World, person
from tutoring.devices.inventory import ledger
from tutoring.devices.models import Device, DeviceMove, DeviceWipe
from tutoring.devices.needs.models import DeviceNeed
from tutoring.kernel.db import db
from tutoring.kernel.errors import DomainError, NotFound

# What leads where, as the issue tells it; an end leads nowhere.
LEADS = {
    "offered": ("expected", "declined", "withdrawn"),
    "expected": ("stored", "declined", "withdrawn"),
    "stored": ("ready", "repair", "scrapped", "sent_back"),
    "repair": ("stored", "scrapped"),
    "ready": ("reserved", "stored", "sent_back"),
    "reserved": ("lent", "given", "ready"),
    "lent": ("stored", "lost"),
    "lost": ("stored",),
}
EVERY = (*LEADS, "declined", "withdrawn", "given", "sent_back", "scrapped")
HELD, CLEAN = {"reserved", "lent", "given"}, {"ready", "reserved", "lent", "given"}
OF_THE_WARD = ("mai", "tam", "lan", "cao")  # run its store; cao from the city, and lan is the mother of minh and an
OTHERS = ("ba", "bay", "minh", "muoi", "quang", "admin1", "hang")  # another ward, a donor, a pupil, below, a site admin
ANYBODY = st.sampled_from((*OF_THE_WARD, *OF_THE_WARD, *OTHERS))
DONORS = (None, "bay", "tam", "cao", "lan")
NEEDS = (("minh", "lan"), ("an", "lan"), ("bay", "bay"), ("khoa", "khoa"), ("hang", "hang"))  # who, and who receives
FAMILY = {"minh": {"minh", "an", "lan"}, "an": {"minh", "an", "lan"}}


@dataclass
class Need:
    id: int
    who: str
    receiver: str
    open: bool = True

    @property
    def family(self) -> set[str]:
        return FAMILY.get(self.who, {self.who})


@dataclass
class Wipe:
    id: int
    device: int
    after: int
    by: str


@dataclass
class Line:
    before: str
    after: str
    by: str
    second: str | None = None
    need: Need | None = None
    wipe: Wipe | None = None


@dataclass
class Machine:
    """A device as the model has it."""

    id: int
    donor: str | None
    terms: str
    lines: list[Line]

    @property
    def state(self) -> str:
        return self.lines[-1].after

    @property
    def need(self) -> Need | None:
        return self.lines[-1].need if self.state in HELD else None

    @property
    def came_in(self) -> int:
        """The line by which it last came in from outside."""
        return max((n for n, one in enumerate(self.lines, 1) if one.after == "stored" and one.before != "ready"),
                   default=0)  # fmt: skip


@dataclass
class Try:
    """A move that somebody tries."""

    by: str
    device: Machine
    after: str
    before: str
    second: str | None = None
    need: Need | None = None
    wipe: Wipe | None = None


@dataclass
class Model:
    devices: list[Machine] = field(default_factory=list)
    needs: list[Need] = field(default_factory=list)
    wipes: list[Wipe] = field(default_factory=list)

    def allows(self, it: Try) -> bool:
        """Whether the issue lets this happen."""
        device = it.device
        if it.before != device.state or it.after not in LEADS.get(device.state, ()):
            return False
        if device.need is not None and it.need not in (None, device.need):
            return False  # what it is held for is nobody's to change on the way
        staff, donor = it.by in OF_THE_WARD, it.by == device.donor
        if it.after == "withdrawn":
            return staff or donor
        if not staff:
            return False
        return {"ready": self._readies, "reserved": self._reserves, "lent": self._hands, "given": self._hands,
                "sent_back": self._sends_back}.get(it.after, self._stores)(it)  # fmt: skip

    def _stores(self, it: Try) -> bool:
        """A family's own staff do not say what became of the family's device."""
        return not (it.device.state == "lent" and it.device.need and it.by in it.device.need.family)

    def _readies(self, it: Try) -> bool:
        if it.device.state == "reserved":
            return True
        wipe = it.wipe
        fresh = wipe is not None and wipe.device == it.device.id
        fresh = fresh and it.device.came_in <= wipe.after <= len(it.device.lines)  # type: ignore[union-attr]
        return fresh and it.device.donor not in (it.by, wipe.by)  # type: ignore[union-attr]

    def _reserves(self, it: Try) -> bool:
        if it.need is None or not it.need.open or it.second is None or it.second == it.by:
            return False
        barred = it.need.family | {it.device.donor}
        taken = any(one.need is it.need for one in self.devices)
        return it.second in OF_THE_WARD and not {it.by, it.second} & barred and not taken

    def _hands(self, it: Try) -> bool:
        need = it.device.need
        assert need is not None
        gift = it.after == "lent" or it.device.terms == "gift"
        own = it.by in need.family or it.by == it.device.donor
        return gift and not own and it.second == need.receiver

    def _sends_back(self, it: Try) -> bool:
        return it.device.state == "ready" or all(one.after != "lent" for one in it.device.lines)

    def does(self, it: Try) -> None:
        device = it.device
        need = device.need or it.need
        wipe = None
        if it.after in CLEAN:
            wipe = device.lines[-1].wipe if device.state in CLEAN else it.wipe
        device.lines.append(Line(device.state, it.after, it.by, it.second, need, wipe))


class Books(RuleBasedStateMachine):
    """The rules: machines and needs come, people move, wrongly more often than not."""

    app: ClassVar[Flask]
    world: ClassVar[World]
    again: ClassVar[Callable[[], None]]
    done: ClassVar[Counter[str]]

    def __init__(self) -> None:
        super().__init__()
        type(self).again()
        self.inside = self.app.app_context()
        self.inside.push()
        self.people = ledger_fixtures.staffed(self.world)
        self.names = {id_: name for name, id_ in self.people.items()}
        self.model = Model()
        self.done["cases"] += 1

    def teardown(self) -> None:
        db.session.remove()
        self.inside.pop()

    # ---- what comes ----

    @initialize()
    def begins(self) -> None:
        for who, receiver in NEEDS:
            id_ = ledger_fixtures.needed(self.world["phuong"], self.people[who], self.people[receiver])
            self.model.needs.append(Need(id_, who, receiver))
        for far, (donor, terms) in enumerate((("bay", "gift"), ("tam", "loan"), (None, "gift"), ("cao", "loan"))):
            self.offers(donor, terms)
            for _ in range(2 + far):
                self.goes_rightly(far, 0)

    @rule(donor=st.sampled_from(DONORS), terms=st.sampled_from(("gift", "loan")))
    def offers(self, donor: str | None, terms: str) -> None:
        if len(self.model.devices) >= 6:
            return
        by = donor or "mai"
        id_ = ledger_fixtures.offered(
            self.world["phuong"], person(self.people[by]), self.people[donor] if donor else None, terms
        )
        self.model.devices.append(Machine(id_, donor, terms, [Line("", "offered", by)]))

    @rule(which=st.integers(0, 5), by=ANYBODY, off=st.sampled_from((0, 0, 0, 0, -1, -2, 1)))
    def wipes(self, which: int, by: str, off: int) -> None:
        device = self._device(which)
        after = len(device.lines) + off
        id_ = ledger_fixtures.wiped(device.id, self.people[by], after)
        self.model.wipes.append(Wipe(id_, device.id, after, by))

    @rule(which=st.integers(0, 4))
    def ends_or_waits_again(self, which: int) -> None:
        need = self.model.needs[which]
        (ledger_fixtures.ends if need.open else ledger_fixtures.waits_again)(need.id)
        need.open = not need.open

    # ---- who moves ----

    @rule(
        which=st.integers(0, 5), by=ANYBODY, after=st.sampled_from(EVERY), before=st.sampled_from((None, *LEADS)),
        second=st.sampled_from((None, *OF_THE_WARD, *OTHERS)), need=st.integers(-1, 4), wipe=st.integers(-1, 20),
    )  # fmt: skip
    def tries_anything(
        self, which: int, by: str, after: str, before: str | None, second: str | None, need: int, wipe: int
    ) -> None:
        device = self._device(which)
        wipes = self.model.wipes
        self._tries(
            Try(by, device, after, before or device.state, second, self.model.needs[need] if need >= 0 else None,
                wipes[wipe % len(wipes)] if wipe >= 0 and wipes else None)
        )  # fmt: skip

    @rule(which=st.integers(0, 5), way=st.integers(0, 3))
    def goes_rightly(self, which: int, way: int) -> None:
        """By the people whom the move asks for, with the papers that it asks for, where there are such people."""
        device = self._device(which)
        if device.state not in LEADS:
            return
        after = LEADS[device.state][way % len(LEADS[device.state])]
        if after == "ready" and device.state == "stored":
            self.wipes(which, "mai", 0)
        wipe = next((one for one in reversed(self.model.wipes) if one.device == device.id), None)
        for need in self.model.needs if after == "reserved" else [device.need]:
            for by, second in permutations((*OF_THE_WARD[:2], "cao"), 2):
                receiver = need.receiver if need else None
                other = {"reserved": second, "lent": receiver, "given": receiver}.get(after)
                it = Try(by, device, after, device.state, other, need, wipe)
                if self.model.allows(it):
                    return self._tries(it)

    @rule(which=st.integers(0, 5), way=st.integers(0, 3), by=ANYBODY, second=ANYBODY, need=st.integers(0, 4))
    def goes_on_by_anybody(self, which: int, way: int, by: str, second: str, need: int) -> None:
        """Along a way that is open, by people who may be the wrong ones, with papers that may be old."""
        device = self._device(which)
        if device.state not in LEADS:
            return
        wipe = next((one for one in reversed(self.model.wipes) if one.device == device.id), None)
        after = LEADS[device.state][way % len(LEADS[device.state])]
        asked = device.need or self.model.needs[need]
        other = {"reserved": second, "lent": asked.receiver, "given": asked.receiver}.get(after)
        self._tries(Try(by, device, after, device.state, other, asked if after in HELD else None, wipe))

    def _device(self, which: int) -> Machine:
        return self.model.devices[which % len(self.model.devices)]

    def _tries(self, it: Try) -> None:
        right = self.model.allows(it)
        stranger = it.by not in OF_THE_WARD and it.by != it.device.donor
        try:
            ledger.move(
                person(self.people[it.by]), it.device.id, it.before, it.after,
                second_id=self.people[it.second] if it.second else None, need_id=it.need.id if it.need else None,
                wipe=db.session.get_one(DeviceWipe, it.wipe.id) if it.wipe else None,
            )  # fmt: skip
        except DomainError as no:
            assert not right, f"{it} was refused: {no}"
            assert isinstance(no, NotFound) == stranger, f"{it}: {no!r}"
            self.done["refused"] += 1
            return
        assert right, f"{it} was let through"
        self.model.does(it)
        self.done[f"{it.before} > {it.after}"] += 1

    # ---- what holds ----

    @invariant()
    def the_books_are_those_of_the_model(self) -> None:
        """So what was refused changed nothing; and each device is in one state, to which its moves lead."""
        db.session.rollback()
        self.done["steps"] += 1
        rows = db.session.scalars(sa.select(DeviceMove).order_by(DeviceMove.device_id, DeviceMove.n)).all()
        for device in self.model.devices:
            found = db.session.get_one(Device, device.id)
            assert (found.state, found.moves) == (device.state, len(device.lines))
            assert found.need_id == (device.need.id if device.need else None)
            mine = [row for row in rows if row.device_id == device.id]
            assert [row.n for row in mine] == list(range(1, len(device.lines) + 1))
            for row, line in zip(mine, device.lines, strict=True):
                assert (row.from_state, row.to_state, self.names[row.by_id]) == (line.before, line.after, line.by)
                assert row.second_id == (self.people[line.second] if line.second else None)
                assert row.need_id == (line.need.id if line.need else None)
                assert row.wipe_id == (line.wipe.id if line.wipe else None)
        assert len(rows) == sum(len(device.lines) for device in self.model.devices)
        assert ledger.faults() == []

    @invariant()
    def the_law_holds_of_every_line_ever_written(self) -> None:
        """Said once more of the rows alone, so that a fault of the model itself would be seen."""
        needs = {one.id: one for one in db.session.scalars(sa.select(DeviceNeed))}
        wipes = {one.id: one for one in db.session.scalars(sa.select(DeviceWipe))}
        devices = {one.id: one for one in db.session.scalars(sa.select(Device))}
        family = {one.id: {self.people[name] for name in one.family} for one in self.model.needs}
        holders = [one.need_id for one in devices.values() if one.state in HELD]
        assert None not in holders and len(holders) == len(set(holders)), "two devices for one need"
        at, came_in, was_lent = dict.fromkeys(devices, ""), dict.fromkeys(devices, 0), set[int]()
        for row in db.session.scalars(sa.select(DeviceMove).order_by(DeviceMove.device_id, DeviceMove.n)):
            device = devices[row.device_id]
            donor = device.offer.donor_id
            assert row.from_state == at[row.device_id] and (row.from_state == "") == (row.to_state == "offered")
            at[row.device_id] = row.to_state
            if row.to_state == "stored" and row.from_state in {"expected", "repair", "lent", "lost"}:
                came_in[row.device_id] = row.n
            if row.to_state in {"reserved", "lent", "given"}:
                need = needs[row.need_id or 0]
                assert row.by_id not in {donor, row.second_id, *family[need.id]}, "their own"
                # Two others may decide that a machine goes home to the family that gave it.
                assert row.second_id is not None and (row.to_state != "reserved" or row.second_id != donor)
                assert (row.second_id == need.receiver_id) == (row.to_state != "reserved")
            if row.to_state in CLEAN:
                wipe = wipes[row.wipe_id or 0]
                assert wipe.device_id == row.device_id and wipe.after_move >= came_in[row.device_id]
                assert wipe.by_id != donor
            assert row.to_state != "given" or device.terms == "gift"
            if row.to_state == "lent":
                was_lent.add(row.device_id)
            assert not (row.to_state == "sent_back" and row.device_id in was_lent and row.from_state != "ready")
        assert at == {one.id: one.state for one in devices.values()}


def walk(
    app: Flask, world: World, again: Callable[[], None], cases: int, steps: int, quickly: bool = False
) -> Counter[str]:
    """So many cases of at most so many steps; returns what was done in them. `quickly`: always the same ones, and the
    first that fails is not made smaller."""
    machine = type("Walk", (Books,), {"app": app, "world": world, "again": staticmethod(again), "done": Counter()})
    how = settings(
        max_examples=cases, stateful_step_count=steps, deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )  # fmt: skip
    if quickly:
        how = settings(how, derandomize=True, database=None, phases=[Phase.generate], report_multiple_bugs=False)
    run_state_machine_as_test(machine, settings=how)
    counted: Counter[str] = machine.done  # type: ignore[attr-defined]
    return counted
