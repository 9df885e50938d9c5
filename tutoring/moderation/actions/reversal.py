"""Removes the side effects of an undone action.

They are in pair trust, volunteer minutes and risk scores.
"""

from datetime import datetime

from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.moderation.models import ModerationAction
from tutoring.policy.moderation.actions import DECISION
from tutoring.rooms.moderation import reversible_actions
from tutoring.rooms.risk import commands as risk_commands
from tutoring.rooms.volunteer_minutes import commands as volunteer_minutes_commands


@command
def uncount(act_id: int) -> None:
    """Removes what was counted because of an undone action.

    The undo itself has already restored the direct effects. It also applies to actions that had expired.
    """
    act = db.session.get_one(ModerationAction, act_id)
    if act.undone_for not in ("reversed", "overturned") or act.about_id is None:
        return
    if act.kind in ("hide", "mask", DECISION) and act.room_id is not None and act.seq is not None:
        risk_commands.forgive(act.room_id, act.seq)
    if act.room_id is not None and (act.kind == "remove" or "seat" in act.was):
        volunteer_minutes_commands.count_again(act.room_id, act.about_id)
    if act.kind == "mute" and act.room_id is not None and act.until is not None:
        reversible_actions.forget_mute(act.room_id, act.about_id, act.until)
    if act.kind == "quarantine" and act.until is not None:
        for one in act.was["rooms"]:
            reversible_actions.forget_mute(one["room"], act.about_id, act.until)
    if act.room_id is not None and act.was.get("silence"):
        reversible_actions.forget_mute(act.room_id, act.about_id, datetime.fromisoformat(act.was["silence"]))
