"""Site settings that are edited in the browser at run time; `config.Settings` stays frozen.

A feature declares a setting beside its use and reads the value by calling it:

    MOST_OPEN = site_settings.declare("most_open", "number", 5, N_("…"), N_("…"), floor=1, ceiling=20)
    …
    if open_requests >= MOST_OPEN(): …

A value is at most a few seconds old in every process (`overrides.FRESH`); in between, reading it costs no query. Bounds
enforce the shipped safety: where `floor` or `ceiling` is the default itself, a rule can only become stricter.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar, cast, overload

from tutoring.kernel import overrides
from tutoring.kernel.commands import command
from tutoring.kernel.errors import InvalidInput, NotFound
from tutoring.kernel.text import N_

AREA = "option"
KINDS = ("text", "number", "yes_no", "time", "lines")
Kind = Literal["text", "number", "yes_no", "time", "lines"]
LONGEST_TEXT = 300
_TIME = re.compile(r"([01]?\d|2[0-3])[:hg]([0-5]\d)")

T = TypeVar("T", str, int, bool, list[str])


@dataclass(frozen=True, eq=False)
class SiteSetting(Generic[T]):
    """A setting; calling it returns its value.

    A time is stored as minutes since midnight, lines as a list of texts.
    """

    name: str
    kind: Kind
    default: T
    label: str
    hint: str
    group: str
    floor: int | None = None
    ceiling: int | None = None
    longest: int = LONGEST_TEXT
    check: Callable[[Any], None] | None = None  # raises InvalidInput

    def __call__(self) -> T:
        kept_value = overrides.read(AREA, self.name)
        return self.default if kept_value is None else self._within(kept_value)

    def _within(self, value: Any) -> T:
        """Clamps a stored value that is older than a tightened bound."""
        if self.kind == "number":
            if self.floor is not None:
                value = max(value, self.floor)
            if self.ceiling is not None:
                value = min(value, self.ceiling)
        return cast(T, value)


_declared: dict[str, SiteSetting[Any]] = {}


@overload
def declare(
    name: str, kind: Literal["text"], default: str, label: str, hint: str = "", **more: Any
) -> SiteSetting[str]: ...
@overload
def declare(
    name: str, kind: Literal["number", "time"], default: int, label: str, hint: str = "", **more: Any
) -> SiteSetting[int]: ...
@overload
def declare(
    name: str, kind: Literal["yes_no"], default: bool, label: str, hint: str = "", **more: Any
) -> SiteSetting[bool]: ...
@overload
def declare(
    name: str, kind: Literal["lines"], default: list[str], label: str, hint: str = "", **more: Any
) -> SiteSetting[list[str]]: ...
def declare(name: str, kind: Any, default: Any, label: str, hint: str = "", **more: Any) -> Any:
    """Declares a setting; `label` and `hint` are msgids.

    More options: `group` (a heading), `floor`, `ceiling`, `longest` (of texts), `check`.
    """
    if name in _declared:
        raise ValueError(f"the option {name} is declared twice")
    found: SiteSetting[Any] = SiteSetting(name, kind, default, label, hint, more.pop("group", ""), **more)
    _declared[name] = found
    return found


def declared() -> list[SiteSetting[Any]]:
    """Returns every setting, in the order in which features were loaded."""
    return list(_declared.values())


def option(name: str) -> SiteSetting[Any]:
    """Returns the setting of this name; raises NotFound."""
    if name not in _declared:
        raise NotFound
    return _declared[name]


def value(name: str) -> Any:
    """Returns the setting's current value, at most a few seconds old."""
    return option(name)()


def parse_value(which: SiteSetting[Any], typed: str) -> Any:
    """Parses user input as a value of this kind; raises InvalidInput."""
    typed = typed.strip()
    if which.kind == "yes_no":
        if typed.lower() not in ("1", "0", "yes", "no", "true", "false"):
            raise InvalidInput(N_("Hãy chọn có hoặc không."), field="value")
        return typed.lower() in ("1", "yes", "true")
    if which.kind == "number":
        if not re.fullmatch(r"-?\d{1,9}", typed):
            raise InvalidInput(N_("Hãy ghi một số, như 30."), field="value")
        return int(typed)
    if which.kind == "time":
        if not (hit := _TIME.fullmatch(typed)):
            raise InvalidInput(N_("Hãy ghi giờ và phút, như 21:30."), field="value")
        return int(hit[1]) * 60 + int(hit[2])
    if which.kind == "lines":
        return sorted({line.strip() for line in typed.splitlines() if line.strip()})
    return " ".join(typed.split())


def format_value(which: SiteSetting[Any], held: Any) -> str:
    """Formats a value as it is entered."""
    if which.kind == "yes_no":
        return "1" if held else "0"
    if which.kind == "time":
        return f"{held // 60:02d}:{held % 60:02d}"
    return "\n".join(held) if which.kind == "lines" else str(held)


def checked(which: SiteSetting[Any], value: Any) -> Any:
    """Returns the value if it may be set; raises InvalidInput."""
    if which.kind == "number":
        low, high = which.floor, which.ceiling
        if (low is not None and value < low) or (high is not None and value > high):
            if low is not None and high is not None:
                raise InvalidInput(N_("Hãy ghi từ %(least)s đến %(most)s."), field="value", least=low, most=high)
            if low is not None:
                raise InvalidInput(N_("Ít nhất là %(least)s."), field="value", least=low)
            raise InvalidInput(N_("Nhiều nhất là %(most)s."), field="value", most=high)
    if which.kind in ("text", "lines"):
        size = len(value) if which.kind == "text" else max(map(len, value), default=0)
        if size > which.longest:
            raise InvalidInput(N_("Dài quá: nhiều nhất %(most)s chữ cái."), field="value", most=which.longest)
    if which.check is not None:
        which.check(value)
    return value


@command
def put(actor: overrides.Actor | None, name: str, value: Any, reason: str, version: int | None = None) -> bool:
    """Sets a setting (None or its default: as shipped); returns False when it was so already.

    The caller has checked that the actor may do this.
    """
    which = option(name)
    if not reason.strip():
        raise InvalidInput(N_("Hãy ghi vì sao sửa."), field="reason")
    if value is not None:
        value = checked(which, value)
    return overrides.write(actor, AREA, name, None if value == which.default else value, reason.strip(), version)


@command
def put_back(actor: overrides.Actor | None, change_id: int, reason: str, version: int | None = None) -> bool:
    """Undoes a change: the value before it is set again, as a new change."""
    found = overrides.change(AREA, change_id)
    return put(actor, found.name, found.before, reason, version)
