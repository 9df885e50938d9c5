"""Reactions to device needs that were met or ended, for requests awaiting a device."""

from tutoring.devices.events import NeedEnded, NeedMet
from tutoring.kernel.events import on
from tutoring.pairing.awaiting_device import commands as awaiting_device_commands


@on(NeedMet)
def record_met_need(event: NeedMet) -> None:
    awaiting_device_commands.need_met(event.person_id, event.kind, event.need_id)


@on(NeedEnded)
def record_ended_need(event: NeedEnded) -> None:
    awaiting_device_commands.need_ended(event.person_id, event.kind, event.need_id)
