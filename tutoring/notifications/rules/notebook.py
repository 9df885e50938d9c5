"""Notification rules for the private notebook: its owner only, without its content."""

from datetime import date

from tutoring.kernel.events import on
from tutoring.kernel.text import N_
from tutoring.notebook.events import LookAgainDue, LookAgainOver
from tutoring.notifications.inbox.commands import mark_handled, notify


def _key(entry_id: int, day: date) -> str:
    return f"look-again:{entry_id}:{day}"


@on(LookAgainDue)
def owner_is_reminded(event: LookAgainDue) -> None:
    say = N_("Đến ngày xem lại một hồ sơ trong sổ của bạn.")
    notify(event.owner_id, _key(event.entry_id, event.day), say, f"/notebook#entry-{event.entry_id}")


@on(LookAgainOver)
def nothing_waits_for_what_is_over(event: LookAgainOver) -> None:
    mark_handled(_key(event.entry_id, event.day))
