"""Notification rules for the overview of a class: a teacher asks a stuck pupil whether to call a helper."""

from tutoring.accounts.queries import user
from tutoring.classes.overview.events import NudgesWithdrawn, PupilNudged
from tutoring.kernel.events import on
from tutoring.kernel.text import N_
from tutoring.notifications.inbox.commands import notify, retract


def _key(nudge_id: int) -> str:
    return f"nudge:{nudge_id}"


@on(PupilNudged)
def notify_stuck_pupil(event: PupilNudged) -> None:
    """Leads to the sheet that asks for help at this step; nothing is asked before the pupil sends it."""
    say = N_("%(who)s thấy bạn dừng ở bước %(n)s. Bạn muốn nhờ ai không? Không nhờ cũng không sao.")
    path = f"/ask?lesson={event.lesson_slug}&step={event.step_number}"
    notify(event.pupil_id, _key(event.nudge_id), say, path, who=user(event.by_id), n=event.step_number)


@on(NudgesWithdrawn)
def retract_nudges(event: NudgesWithdrawn) -> None:
    for nudge_id in event.nudge_ids:
        retract(_key(nudge_id))
