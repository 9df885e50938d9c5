"""Reads of webhooks: those of a unit, the log of one, those that an event concerns."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.community.queries import above, roles_for, unit
from tutoring.kernel.db import db
from tutoring.kernel.encryption import blind_index
from tutoring.kernel.errors import NotFound
from tutoring.kernel.jobs import Job
from tutoring.policy import webhooks as policy
from tutoring.webhooks.models import DELIVER, Webhook, WebhookDelivery

LOG = 50  # deliveries that a page shows


def unit_with_webhooks(viewer: User, unit_id: int) -> Unit:
    """Returns a unit whose webhooks the viewer sees; raises NotFound for all others."""
    place = unit(unit_id)
    if not policy.may_see(roles_for(viewer, unit_id), place.kind):
        raise NotFound
    return place


def webhooks_of(unit_id: int, *, ended: bool = False) -> list[Webhook]:
    """Returns the webhooks of a unit that post, or the newest of those that have ended."""
    query = sa.select(Webhook).options(joinedload(Webhook.made_by)).where(Webhook.unit_id == unit_id)
    query = query.where(Webhook.ended_at.is_not(None) if ended else Webhook.ended_at.is_(None))
    return list(db.session.scalars(query.order_by(Webhook.id.desc()).limit(policy.MOST_WEBHOOKS)))


def webhook_of(viewer: User, webhook_id: int, *, lock: bool = False) -> Webhook:
    """Returns a webhook of a unit that the viewer sees; raises NotFound."""
    query = sa.select(Webhook).where(Webhook.id == webhook_id)
    found = db.session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound
    unit_with_webhooks(viewer, found.unit_id)
    return found


def log_of(webhook_id: int) -> list[WebhookDelivery]:
    """Returns the newest deliveries of a webhook."""
    query = sa.select(WebhookDelivery).where(WebhookDelivery.webhook_id == webhook_id)
    return list(db.session.scalars(query.order_by(WebhookDelivery.id.desc()).limit(LOG)))


def given_up(webhook_id: int) -> set[int]:
    """Returns the ids of deliveries that wait, but for which no job is left: it was given up after errors."""
    left = sa.exists().where(
        Job.kind == DELIVER, Job.done_at.is_(None), Job.failed_at.is_(None),
        Job.key.startswith(DELIVER + ":" + WebhookDelivery.message_id + ":"),
    )  # fmt: skip
    of_it = WebhookDelivery.webhook_id == webhook_id, WebhookDelivery.state == "waiting"
    return set(db.session.scalars(sa.select(WebhookDelivery.id).where(*of_it, ~left)))


def mark_of_secret(row: Webhook) -> str:
    """Returns a mark of the secret that signs now; a form sent twice holds the mark of one that is replaced."""
    return blind_index(row.secret, "webhook secret")


def concerned(kind: str, unit_id: Any, beside: Collection[int] = ()) -> list[Webhook]:
    """Returns the webhooks of a unit, of those above it and of the units `beside` it that post this kind.

    `unit_id` may be a subquery.
    """
    lines = above(unit_id)
    here = sa.or_(Webhook.unit_id.in_(sa.select(lines.c.id)), Webhook.unit_id.in_(list(beside)))
    query = sa.select(Webhook).where(here, Webhook.ended_at.is_(None))
    return [one for one in db.session.scalars(query.order_by(Webhook.id)) if kind in one.kind_list]
