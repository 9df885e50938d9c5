"""Events of requests that wait for a device or internet."""

from dataclasses import dataclass


@dataclass(frozen=True)
class HelpAwaitingDevice:
    """A request was made and waits for a device; `lack` is device, internet or both."""

    request_id: int
    learner_id: int
    lack: str


@dataclass(frozen=True)
class DeviceWaitEnded:
    """The request enters the queue, or is deferred until another request of the learner is over.

    `kind` is the need that was met; it is "" when the request's own side reported it.
    """

    request_id: int
    learner_id: int
    asked_by_id: int
    kind: str
    deferred: bool = False


@dataclass(frozen=True)
class DeviceWaitContinued:
    """The request still waits for a device.

    `came` is true when part of what is lacking has come, false when a need ended unmet.
    """

    request_id: int
    learner_id: int
    asked_by_id: int
    lack: str
    came: bool
    need_id: int


@dataclass(frozen=True)
class DeviceWaitLong:
    """The number of requests of a ward with no change for two weeks.

    A unit outside any ward is reported by itself.
    """

    place_id: int
    count: int
