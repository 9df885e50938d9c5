"""Reactions of webhooks: which events of the site are posted, and what its staff hear when one ends."""

from datetime import timedelta

import sqlalchemy as sa

from tutoring.accounts.events import AccountErased
from tutoring.campaigns.events import CampaignCounted
from tutoring.campaigns.queries import partner_ids_of
from tutoring.community.queries import unit
from tutoring.devices.events import DeviceMoved
from tutoring.devices.models import Device
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.events import on
from tutoring.kernel.text import N_
from tutoring.notifications.inbox.commands import notify
from tutoring.pairing.events import HelpRequested
from tutoring.pairing.models import HelpRequest
from tutoring.policy.webhooks import CAMPAIGN, DEVICE, REQUEST, ROOM_CLOSED, ROOM_OPENED
from tutoring.rooms.events import RoomClosed, RoomOpened
from tutoring.rooms.models import Room
from tutoring.webhooks.commands import delete_webhooks_of, note_event
from tutoring.webhooks.events import WebhookEnded


@on(HelpRequested)
def post_request(event: HelpRequested) -> None:
    place = sa.select(HelpRequest.unit_id).where(HelpRequest.id == event.request_id).scalar_subquery()
    note_event(REQUEST, place, f"request:{event.request_id}:{clock.now().timestamp()}")


@on(RoomOpened)
def post_opened_room(event: RoomOpened) -> None:
    note_event(ROOM_OPENED, event.unit_id, f"opened:{event.room_id}:{clock.now().timestamp()}")


@on(RoomClosed)
def post_closed_room(event: RoomClosed) -> None:
    place = sa.select(Room.unit_id).where(Room.id == event.room_id).scalar_subquery()
    note_event(ROOM_CLOSED, place, f"closed:{event.room_id}:{clock.now().timestamp()}")


@on(CampaignCounted)
def post_campaign(event: CampaignCounted) -> None:
    """Posts at the end of an hour that a campaign counts more people: the moment would point at one person.

    The partners that support the campaign hear of it too.
    """
    end = clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    cause = f"campaign:{event.campaign_id}:{end:%Y-%m-%dT%H}"
    partners = partner_ids_of(event.campaign_id)
    note_event(CAMPAIGN, event.unit_id, cause, {"campaign_id": event.campaign_id}, at=end, beside=partners)


@on(DeviceMoved)
def post_device(event: DeviceMoved) -> None:
    kind = db.session.scalar(sa.select(Device.kind).where(Device.id == event.device_id))
    cause = f"device:{event.device_id}:{event.n}"
    note_event(DEVICE, event.unit_id, cause, {"kind": kind, "from": event.from_state, "to": event.to_state})


_ENDED = {
    "failing": N_(
        "Địa chỉ nhận tin của %(unit)s không trả lời nhiều ngày nên đã dừng. Hãy sửa bên nhận rồi tạo địa chỉ mới."
    ),
    "gone": N_(
        "Bên nhận tin của %(unit)s báo địa chỉ không còn nên trang đã dừng gửi. Hãy hỏi địa chỉ mới rồi tạo lại."
    ),
}


@on(WebhookEnded)
def tell_maker(event: WebhookEnded) -> None:
    say = _ENDED[event.why]
    path = f"/units/{event.unit_id}/webhooks"
    notify(event.made_by_id, f"webhook:{event.webhook_id}", say, path, unit=unit(event.unit_id).name)


@on(AccountErased)
def delete_webhooks_of_erased_user(event: AccountErased) -> None:
    delete_webhooks_of(event.user_id)
