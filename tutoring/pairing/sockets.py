"""The socket event of presence: a page reports whether it is visible."""

from typing import Any

from tutoring.accounts.sign_ins.open_sockets import Look, look_at
from tutoring.kernel import rate_limits
from tutoring.kernel.errors import InvalidInput
from tutoring.web.socket_io import realtime
from tutoring.web.socket_io.batching import Call, Caller, Done, batch


@realtime.on_event("here")
def here(caller: Caller, data: dict[str, Any]) -> None:
    look_at([_look(caller, data)])


@batch("here")
def here_together(calls: list[Call]) -> list[Done]:
    """Handles many pages that report at once, for example when all reconnect after an outage."""
    counted = rate_limits.hit_each("act", [caller.user.id for caller, _data in calls])
    fit = [
        (caller, data)
        for (caller, data), refusal in zip(calls, counted, strict=True)
        if refusal is None and type(data.get("visible")) is bool
    ]
    look_at([_look(caller, data) for caller, data in fit])
    return [
        refusal or ({} if type(data.get("visible")) is bool else InvalidInput())
        for (_caller, data), refusal in zip(calls, counted, strict=True)
    ]


def _look(caller: Caller, data: dict[str, Any]) -> Look:
    visible = data.get("visible")
    if type(visible) is not bool:
        raise InvalidInput
    return Look(caller.sid, caller.user.id, visible)
