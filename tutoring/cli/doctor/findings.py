"""What a look finds: what was looked at, how it stands, and in one sentence how to mend it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """`state` is ok, warning or fault; `mend` is empty where all is well."""

    check: str
    state: str
    says: str
    mend: str = ""


def ok(check: str, says: str) -> Finding:
    return Finding(check, "ok", says)


def warning(check: str, says: str, mend: str) -> Finding:
    return Finding(check, "warning", says, mend)


def fault(check: str, says: str, mend: str) -> Finding:
    return Finding(check, "fault", says, mend)


def looked(check: str, look: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    """What a look finds; one that stumbles is a finding too, and the others go on. Never its message: it may hold a
    password or an address."""
    try:
        yield from look()
    except Exception as error:
        yield fault(
            check,
            f"could not be looked at: {type(error).__name__}",
            "Look at the findings above; one of them may be the reason.",
        )
