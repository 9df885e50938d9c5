"""Notification rules for the private notebook: its owner only, without its content."""

from datetime import date

from tutoring.kernel.events import on
from tutoring.kernel.text import N_
from tutoring.notebook.events import RecheckDue, RecheckObsolete
from tutoring.notifications.inbox.commands import mark_handled, notify


def _key(entry_id: int, day: date) -> str:
    return f"look-again:{entry_id}:{day}"


@on(RecheckDue)
def remind_owner_of_entry(event: RecheckDue) -> None:
    say = N_("Đến ngày xem lại một hồ sơ trong sổ của bạn.")
    notify(event.owner_id, _key(event.entry_id, event.day), say, f"/notebook#entry-{event.entry_id}")


@on(RecheckObsolete)
def settle_entry_reminder(event: RecheckObsolete) -> None:
    mark_handled(_key(event.entry_id, event.day))
