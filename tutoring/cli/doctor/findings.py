"""The result of a check: what was checked, its state, and how to fix it in one sentence."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """The result of one check. `state` is ok, warning or fault; `mend` is empty for ok."""

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
    """Yields the findings of one check; an exception becomes a finding.

    The other checks still run. The message of the exception is never shown: it may hold a password or an address.
    """
    try:
        yield from look()
    except Exception as error:
        yield fault(
            check,
            f"could not be looked at: {type(error).__name__}",
            "Look at the findings above; one of them may be the reason.",
        )
