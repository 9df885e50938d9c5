"""Notification rules for campaigns: users who may publish a draft of another author."""

from tutoring.campaigns.events import CampaignDrafted, CampaignSettled
from tutoring.community.memberships.queries import second_approvers
from tutoring.community.queries import unit
from tutoring.kernel.events import on
from tutoring.kernel.text import N_
from tutoring.notifications.inbox.commands import mark_handled, notify
from tutoring.policy.campaigns import PUBLISHERS


def _path(campaign_id: int) -> str:
    return f"/campaigns/{campaign_id}/manage"


@on(CampaignDrafted)
def notify_publishers_of_draft(event: CampaignDrafted) -> None:
    say = N_("%(unit)s có bản nháp chiến dịch chờ bạn xem và công bố.")
    for person in second_approvers(event.unit_id, PUBLISHERS, admins=False):
        if person.id != event.by_id:
            key = f"campaign-draft:{event.campaign_id}"
            notify(person.id, key, say, _path(event.campaign_id), unit=unit(event.unit_id).name)


@on(CampaignSettled)
def settle_campaign_notices(event: CampaignSettled) -> None:
    mark_handled(path=_path(event.campaign_id))
