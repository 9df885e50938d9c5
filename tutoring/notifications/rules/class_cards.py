"""Notification rules for class cards: two people claimed one card, a claim was refused."""

import sqlalchemy as sa

from tutoring.community.events import CardClaimedTwice, ClaimRefused, ClaimsSettled
from tutoring.community.models import Membership
from tutoring.community.queries import ancestors, unit
from tutoring.kernel.db import db
from tutoring.kernel.events import on
from tutoring.kernel.text import N_
from tutoring.notifications.inbox.commands import mark_handled, notify
from tutoring.policy.community import member_seers


@on(CardClaimedTwice)
def notify_staff_of_second_claim(event: CardClaimedTwice) -> None:
    place = unit(event.unit_id)
    # A school has cards of adults alone.
    roles = ("coordinator",) if place.kind == "school" else member_seers(place.kind)
    query = sa.select(Membership.user_id).where(
        Membership.unit_id.in_(ancestors(place.id)), Membership.role.in_(roles),
        Membership.state == "active",
    )  # fmt: skip
    say = N_("Hai người cùng nhận một thẻ của %(unit)s. Hãy hỏi ba mẹ trước khi xác nhận.")
    if place.kind == "school":
        say = N_("Hai người cùng nhận một thẻ của %(unit)s. Hãy gặp cả hai trước khi xác nhận.")
    for staff_id in sorted(set(db.session.scalars(query))):
        path = f"/units/{place.id}/class-list/claims"
        notify(staff_id, f"card-twice:{event.line_id}", say, path, again=True, unit=place.name)


@on(ClaimsSettled)
def settle_notices_of_second_claim(event: ClaimsSettled) -> None:
    mark_handled(f"card-twice:{event.line_id}")


@on(ClaimRefused)
def notify_claimant_of_refusal(event: ClaimRefused) -> None:
    say = N_("Nhà trường chưa nhận thẻ bạn đã gửi: %(why)s")
    notify(event.user_id, f"card-refused:{event.claim_id}", say, "/card", why=event.reason)
