"""Who is told what of the private notebook: its owner alone, and nothing of what stands in it."""

from datetime import date

from tutoring.kernel.events import on
from tutoring.kernel.text import N_
from tutoring.notifications.commands import settle, tell
from tutoring.practice.notebook_events import LookAgainDue, LookAgainOver


def _key(entry_id: int, day: date) -> str:
    return f"look-again:{entry_id}:{day}"


@on(LookAgainDue)
def owner_is_reminded(event: LookAgainDue) -> None:
    say = N_("Đến ngày xem lại một hồ sơ trong sổ của bạn.")
    tell(event.owner_id, _key(event.entry_id, event.day), say, f"/notebook#entry-{event.entry_id}")


@on(LookAgainOver)
def nothing_waits_for_what_is_over(event: LookAgainOver) -> None:
    settle(_key(event.entry_id, event.day))
