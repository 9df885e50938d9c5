"""Validates a whole file of units or mergers against existing units, and plans it. Pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tutoring.community.bulk_import.csv_reader import Fault, MergerLine, UnitLine
from tutoring.kernel.text import N_
from tutoring.policy.community import AT_THE_TOP, KINDS_BELOW

DEEPEST = 50  # maximum depth of lines above one another


@dataclass(frozen=True)
class Known:
    """An existing unit."""

    id: int
    code: str
    kind: str
    form: str
    name: str
    parent: str  # the parent's code; empty at the top
    grade: int | None
    school_year: str
    merged: bool
    inside: bool  # whether the sender of the file coordinates it


@dataclass(frozen=True)
class Plan:
    """The changes of a valid file: new units with parents first, changed units, unchanged count."""

    new: Sequence[UnitLine]
    changed: Sequence[UnitLine]
    same: int


def check_units(
    lines: Sequence[UnitLine], known: Mapping[str, Known], kinds: Collection[str], everywhere: bool,
    names: Collection[tuple[str, str]] = (),
) -> tuple[list[Fault], Plan]:  # fmt: skip
    """Validates the lines of a file and returns its faults and its plan.

    `known` maps each code in the file to an existing unit. `kinds` are those the sender may create. `names` are the
    lowercase names of subunits of the named units, each with the code of its parent.
    """
    first: dict[str, UnitLine] = {}
    faults: list[Fault] = []
    for one in lines:
        if one.code in first:
            facts = {"code": one.code, "line": first[one.code].line}
            faults.append(Fault(one.line, "code", N_("Mã “%(code)s” đã có ở dòng %(line)s."), facts))
        else:
            first[one.code] = one
    seen = set(names)
    for one in first.values():
        faults += _wrong(one, first, known, kinds, everywhere)
        here = (one.parent, one.name.casefold())
        if one.code not in known and here in seen:
            faults.append(Fault(one.line, "name", N_("Ở đó đã có đơn vị tên này."), {}))
        seen.add(here)
    faults += _circles(first)
    new, changed, same = [], [], 0
    for one in _parents_first(first):
        there = known.get(one.code)
        if there is None:
            new.append(one)
        elif _differs(one, there):
            changed.append(one)
        else:
            same += 1
    return sorted(faults, key=lambda fault: (fault.line, fault.column)), Plan(new, changed, same)


def _differs(one: UnitLine, there: Known) -> bool:
    return (one.name, one.form, one.grade, one.school_year) != (
        there.name,
        there.form,
        there.grade,
        there.school_year,
    )


def _wrong(
    one: UnitLine, first: Mapping[str, UnitLine], known: Mapping[str, Known], kinds: Collection[str], everywhere: bool
) -> Iterator[Fault]:
    there, above = known.get(one.code), known.get(one.parent)
    beside = first.get(one.parent)
    if one.kind not in kinds:
        yield Fault(one.line, "kind", N_("Bạn không lập được loại đơn vị này. Hãy nhờ người quản trị trang."), {})
    if there is not None:
        yield from _wrong_known(one, there, everywhere)
        return
    if one.parent and above is None and beside is None:
        yield Fault(one.line, "parent", N_("Không tìm thấy mã cấp trên “%(code)s”."), {"code": one.parent[:40]})
    elif above is not None and above.merged:
        yield Fault(one.line, "parent", N_("Đơn vị cấp trên đã nhập vào nơi khác."), {})
    else:
        over = above.kind if above is not None else beside.kind if beside is not None else None
        fits = one.kind in KINDS_BELOW.get(over, frozenset()) if over else one.kind in AT_THE_TOP
        if not fits and one.kind in kinds:
            yield Fault(one.line, "parent", N_("Loại đơn vị này không đặt ở đây được."), {})
        if not everywhere and ((above is not None and not above.inside) or over is None):
            yield Fault(one.line, "parent", N_("Nơi này không thuộc đơn vị bạn phụ trách."), {})


def _wrong_known(one: UnitLine, there: Known, everywhere: bool) -> Iterator[Fault]:
    if not everywhere and not there.inside:
        yield Fault(one.line, "code", N_("Mã này thuộc đơn vị bạn không phụ trách."), {})
    elif there.merged:
        yield Fault(one.line, "code", N_("Đơn vị mang mã này đã nhập vào nơi khác."), {})
    elif one.kind != there.kind:
        yield Fault(one.line, "kind", N_("Mã này đang là của một đơn vị loại khác."), {})
    elif one.parent != there.parent:
        yield Fault(one.line, "parent", N_("Mã này đang ở dưới một đơn vị khác. Chuyển chỗ thì dùng tệp sáp nhập."), {})


def _circles(first: Mapping[str, UnitLine]) -> Iterator[Fault]:
    """Yields the lines that are their own ancestor."""
    for one in first.values():
        at, steps = one.parent, 0
        while at in first and at != one.code and steps < DEEPEST:
            at, steps = first[at].parent, steps + 1
        if at == one.code:
            yield Fault(one.line, "parent", N_("Đơn vị này đang là cấp trên của chính nó."), {})


def _parents_first(first: Mapping[str, UnitLine]) -> list[UnitLine]:
    depth: dict[str, int] = {}
    for one in first.values():
        at, steps = one.parent, 0
        while at in first and steps < DEEPEST:
            at, steps = first[at].parent, steps + 1
        depth[one.code] = steps
    return sorted(first.values(), key=lambda one: (depth[one.code], one.line))


def check_mergers(lines: Sequence[MergerLine], known: Mapping[str, Known], everywhere: bool) -> list[Fault]:
    """Checks that each unit merges into one other of its kind, which itself stays."""
    faults: list[Fault] = []
    first: dict[str, MergerLine] = {}
    for one in lines:
        if one.old in first:
            facts = {"code": one.old, "line": first[one.old].line}
            faults.append(Fault(one.line, "from", N_("Mã “%(code)s” đã có ở dòng %(line)s."), facts))
        first.setdefault(one.old, one)
    for one in lines:
        found = [(column, code, known.get(code)) for column, code in (("from", one.old), ("into", one.into))]
        gone = [
            Fault(one.line, column, N_("Không tìm thấy đơn vị mã “%(code)s”."), {"code": code[:40]})
            for column, code, there in found
            if there is None or not (everywhere or there.inside)
        ]
        faults += gone
        if not gone:
            faults += _wrong_merger(one, known[one.old], known[one.into], first)
    return sorted(faults, key=lambda fault: (fault.line, fault.column))


def _wrong_merger(one: MergerLine, old: Known, into: Known, first: Mapping[str, MergerLine]) -> Iterator[Fault]:
    if one.old == one.into:
        yield Fault(one.line, "into", N_("Một đơn vị không nhập vào chính nó."), {})
    elif old.kind != into.kind:
        yield Fault(one.line, "into", N_("Hai đơn vị khác loại thì không nhập vào nhau."), {})
    elif old.kind == "city":
        yield Fault(one.line, "from", N_("Thành phố không nhập bằng tệp này."), {})
    if old.merged:
        yield Fault(one.line, "from", N_("Đơn vị này đã nhập, hoặc đã hẹn nhập, vào nơi khác."), {})
    if one.old != one.into and (into.merged or one.into in first):
        yield Fault(one.line, "into", N_("Nơi nhận cũng nhập vào nơi khác. Hãy ghi thẳng nơi cuối cùng."), {})
