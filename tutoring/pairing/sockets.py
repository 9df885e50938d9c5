"""The one verb of presence: a page says whether somebody looks at it."""

from typing import Any

from tutoring.accounts import sessions
from tutoring.kernel.errors import Invalid
from tutoring.web import live


@live.verb("here")
def here(caller: live.Caller, data: dict[str, Any]) -> None:
    visible = data.get("visible")
    if type(visible) is not bool:
        raise Invalid
    sessions.look_at(caller.sid, caller.user.id, visible)
