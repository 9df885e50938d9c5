"""Commands of webhooks: make, end, change the secret, note events, note answers, send again."""

import json
import re
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.community.queries import acting_roles_at, roles_at, unit
from tutoring.kernel import audit, clock, jobs, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.database.sql import insert_if_absent
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_
from tutoring.policy import webhooks as policy
from tutoring.webhooks import queries as webhook_queries
from tutoring.webhooks.events import WebhookEnded
from tutoring.webhooks.models import DELIVER, Webhook, WebhookDelivery
from tutoring.webhooks.signatures import new_secret

_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")


@dataclass(frozen=True)
class WebhookInput:
    """What a person chooses: the address and the events."""

    url: str
    kinds: Collection[str]


@command
def make_webhook(actor: User, unit_id: int, written: WebhookInput) -> tuple[int, str]:
    """Makes a webhook; returns its id and its secret, which is shown once.

    Raises NotFound, InvalidInput, or Conflict at the limit.
    """
    place = unit(unit_id)
    held = acting_roles_at(actor, unit_id)
    if not policy.may_manage(held, place.kind, place.effective_to is not None):
        raise NotFound
    url = _checked_address(written.url)
    offered = policy.offered_kinds(held, place.kind)
    kinds = [one for one in offered if one in written.kinds]
    if not kinds or len(kinds) != len(set(written.kinds)):
        raise InvalidInput(N_("Hãy chọn ít nhất một việc để báo."), field="kinds")
    # Serializes the commands of one unit: two pages must not exceed the limit.
    db.session.scalars(sa.select(Unit.id).where(Unit.id == unit_id).with_for_update(key_share=True)).one()
    known = webhook_queries.webhooks_of(unit_id)
    if url in [one.url for one in known]:  # or a form that is sent twice would post each event twice
        raise InvalidInput(N_("Địa chỉ này đã có ở đơn vị. Hãy mở địa chỉ đó nếu cần đổi mã ký."), field="url")
    if len(known) >= policy.MOST_WEBHOOKS:
        raise Conflict(N_("Đơn vị đã có %(num)s địa chỉ nhận tin. Hãy dừng bớt một."), num=policy.MOST_WEBHOOKS)
    rate_limits.hit("webhook_make", actor.id)
    row = Webhook(unit_id=unit_id, made_by_id=actor.id, url=url, kinds=" ".join(kinds), secret=new_secret())
    db.session.add(row)
    db.session.flush()
    audit.record(actor.id, "make_webhook", f"unit:{unit_id}", kinds=kinds)
    return row.id, row.secret


def _checked_address(typed: str) -> str:
    url = typed.strip()
    try:
        parts = urlsplit(url)
        fits = parts.scheme == "https" and _is_host(parts.hostname or "") and parts.port in (None, 443)
    except ValueError:
        fits = False
    if not fits or parts.username or parts.password or parts.fragment or not url.isascii() or not url.isprintable():
        raise InvalidInput(N_("Hãy gõ địa chỉ bắt đầu bằng https://, cổng 443, không có mật khẩu."), field="url")
    if len(url) > policy.LONGEST_ADDRESS or " " in url:
        raise InvalidInput(N_("Địa chỉ này dài quá hoặc có dấu cách. Hãy xem lại."), field="url")
    return url


def _is_host(name: str) -> bool:
    """Whether a name can be looked up; urlsplit has checked an IPv6 address, which stood in brackets."""
    return len(name) <= 253 and (":" in name or all(_LABEL.fullmatch(one) for one in name.split(".")))


def _own(actor: User, webhook_id: int) -> Webhook:
    """Returns a webhook that posts and that the actor may manage; locks it. Raises NotFound or Conflict."""
    row = webhook_queries.webhook_of(actor, webhook_id, lock=True)
    place = unit(row.unit_id)
    if not policy.may_manage(acting_roles_at(actor, row.unit_id), place.kind, place.effective_to is not None):
        raise NotFound
    if row.ended_at is not None:
        raise Conflict(N_("Địa chỉ này đã dừng. Hãy tạo địa chỉ mới."))
    return row


@command
def change_secret(actor: User, webhook_id: int, mark: str) -> str:
    """Gives a webhook a new secret and returns it, once; the old one signs too for a day.

    A second change within that day keeps the first old one, which the receiver surely has. Raises Conflict unless
    `mark` is that of the secret that signs now.
    """
    row = _own(actor, webhook_id)
    if mark != webhook_queries.mark_of_secret(row):
        raise Conflict(N_("Mã ký vừa được đổi rồi. Nếu chưa cất mã mới, hãy bấm “Đổi mã ký” lần nữa."))
    if row.old_until is None or row.old_until <= clock.now():
        row.old_secret, row.old_until = row.secret, clock.now() + policy.OLD_SECRET_HOLDS
    row.secret = new_secret()
    audit.record(actor.id, "change_webhook_secret", f"unit:{row.unit_id}")
    return row.secret


@command
def end_webhook(actor: User, webhook_id: int) -> None:
    """Ends a webhook; a site admin may as well. Ending it twice changes nothing."""
    row = webhook_queries.webhook_of(actor, webhook_id, lock=True)
    if row.ended_at is None:
        _end(row, "person")
        audit.record(actor.id, "end_webhook", f"unit:{row.unit_id}")


def _end(row: Webhook, why: str) -> None:
    row.ended_at, row.ended_why, row.old_secret, row.old_until = clock.now(), why, None, None
    waiting = WebhookDelivery.webhook_id == row.id, WebhookDelivery.state == "waiting"
    db.session.execute(sa.update(WebhookDelivery).where(*waiting).values(state="failed"))


@command
def end_all_webhooks() -> None:
    """Ends every webhook: after a restore, which would bring back those that were ended since the backup."""
    for row in db.session.scalars(sa.select(Webhook).where(Webhook.ended_at.is_(None)).order_by(Webhook.id)):
        _end(row, "")


# ---- events -----------------------------------------------------------------------------------------------------


def note_event(
    kind: str, unit_id: Any, cause: str, data: Mapping[str, object] | None = None, at: datetime | None = None,
    beside: Collection[int] = (),
) -> None:  # fmt: skip
    """Enqueues an event for each webhook that it concerns, inside the running command; once for each cause.

    `at` is when it is posted and the moment that it tells, where that of the event itself would tell too much.
    `beside` are units that it concerns too, without those above them.
    """
    for row in webhook_queries.concerned(kind, unit_id, beside):
        _enqueue(row, kind, cause, data or {}, at or clock.now())


def _enqueue(row: Webhook, kind: str, cause: str, data: Mapping[str, object], now: datetime) -> None:
    # The unit of the webhook, never the class below it where something happened.
    told = {"type": kind, "timestamp": now.isoformat(timespec="seconds"), "data": {"unit_id": row.unit_id, **data}}
    message_id = f"msg_{secrets.token_hex(12)}"
    made = insert_if_absent(
        WebhookDelivery, webhook_id=row.id, message_id=message_id, cause=cause, kind=kind, body=json.dumps(told),
        state="waiting", tries=0, made_at=now,
    )  # fmt: skip
    if made:
        jobs.enqueue(DELIVER, f"{DELIVER}:{message_id}:0", now, message_id=message_id, tries=0)


@command
def send_test(actor: User, webhook_id: int) -> None:
    """Enqueues an event of the kind `test`."""
    row = _own(actor, webhook_id)
    rate_limits.hit("webhook_send", actor.id)
    now = clock.now()
    _enqueue(row, policy.TEST, f"test:{now.isoformat(timespec='seconds')}", {}, now)


@command
def send_again(actor: User, webhook_id: int, delivery_id: int) -> None:
    """Enqueues a delivery once more, under its old id; raises Conflict while a job is left for it."""
    row = _own(actor, webhook_id)
    found = db.session.scalar(sa.select(WebhookDelivery).where(WebhookDelivery.id == delivery_id).with_for_update())
    if found is None or found.webhook_id != row.id:
        raise NotFound
    if found.state == "waiting" and found.id not in webhook_queries.given_up(row.id):
        raise Conflict(N_("Tin này đang chờ gửi. Hãy xem lại sau ít phút."))
    rate_limits.hit("webhook_send", actor.id)
    found.state, found.tries, now = "waiting", 0, clock.now()
    key = f"{DELIVER}:{found.message_id}:again:{now.timestamp()}"
    jobs.enqueue(DELIVER, key, now, message_id=found.message_id, tries=0)


# ---- deliveries -------------------------------------------------------------------------------------------------


def _due(message_id: str, tries: int) -> WebhookDelivery | None:
    """Returns a delivery whose next try is this one, and locks its webhook; None where it is no longer due."""
    of_it = WebhookDelivery.message_id == message_id
    row = db.session.scalar(
        sa.select(Webhook).join(WebhookDelivery, WebhookDelivery.webhook_id == Webhook.id).where(of_it)
        .with_for_update(of=Webhook).execution_options(populate_existing=True)
    )  # fmt: skip
    found = db.session.scalar(sa.select(WebhookDelivery).where(of_it).execution_options(populate_existing=True))
    if row is None or found is None or found.state != "waiting" or found.tries != tries or row.ended_at is not None:
        return None
    return found


@command
def begin_try(message_id: str, tries: int) -> WebhookDelivery | None:
    """Returns a delivery to post now, with its webhook; None where this try is no longer due.

    A webhook whose maker has lost the role ends here.
    """
    found = _due(message_id, tries)
    if found is None:
        return None
    row, now = found.webhook, clock.now()
    if row.old_until is not None and row.old_until <= now:
        row.old_secret = row.old_until = None
    maker, place = row.made_by, row.unit
    held = roles_at(maker.id, row.unit_id) if maker.state == "active" else frozenset[str]()
    kinds = (*policy.offered_kinds(held, place.kind), policy.TEST)
    if not policy.may_manage(held, place.kind, place.effective_to is not None) or found.kind not in kinds:
        _end(row, "maker")
        return None
    return found


@command
def note_answer(message_id: str, tries: int, status: int | None) -> None:
    """Stores the answer of a try, and enqueues the next one where it was not accepted; None: there was no answer."""
    found = _due(message_id, tries)
    if found is None:
        return
    row, now = found.webhook, clock.now()
    found.tries, found.status, found.tried_at = tries + 1, status, now
    if status is not None and policy.is_accepted(status):
        found.state, row.failing_since = "sent", None
        return
    row.failing_since = row.failing_since or now
    if policy.ends_now(status, found.tries, row.failing_since, now):
        _end(row, "gone" if status == 410 else "failing")
        publish(WebhookEnded(row.id, row.unit_id, row.made_by_id, row.ended_why))
        return
    delay = policy.next_delay(found.tries)
    if delay is None:
        found.state = "failed"
        return
    key = f"{DELIVER}:{message_id}:{found.tries}:{now.timestamp()}"
    jobs.enqueue(DELIVER, key, now + delay, message_id=message_id, tries=found.tries)


@command
def delete_webhooks_of(user_id: int) -> None:
    """Deletes the webhooks that an erased person made, with their log."""
    db.session.execute(sa.delete(Webhook).where(Webhook.made_by_id == user_id))
