"""The one verb of presence: a page says whether somebody looks at it."""

from typing import Any

from tutoring.accounts.arriving import Look, look_at
from tutoring.kernel import limits
from tutoring.kernel.errors import Invalid
from tutoring.web import live


@live.verb("here")
def here(caller: live.Caller, data: dict[str, Any]) -> None:
    look_at([_look(caller, data)])


@live.batch("here")
def here_together(calls: list[live.Call]) -> list[live.Done]:
    """Many pages say so in the same moment: all that come back after a disturbance."""
    counted = limits.hit_each("act", [caller.user.id for caller, _data in calls])
    fit = [
        (caller, data)
        for (caller, data), refusal in zip(calls, counted, strict=True)
        if refusal is None and type(data.get("visible")) is bool
    ]
    look_at([_look(caller, data) for caller, data in fit])
    return [
        refusal or ({} if type(data.get("visible")) is bool else Invalid())
        for (_caller, data), refusal in zip(calls, counted, strict=True)
    ]


def _look(caller: live.Caller, data: dict[str, Any]) -> Look:
    visible = data.get("visible")
    if type(visible) is not bool:
        raise Invalid
    return Look(caller.sid, caller.user.id, visible)
