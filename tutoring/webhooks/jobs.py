"""Posts events to their addresses, outside any transaction."""

import http.client
import logging
from typing import Any

from tutoring.kernel import clock, outbound_http
from tutoring.kernel.db import db
from tutoring.kernel.jobs import POSTS, external_job
from tutoring.webhooks import commands as webhook_commands
from tutoring.webhooks.models import DELIVER, Webhook
from tutoring.webhooks.signatures import headers_of

log = logging.getLogger(__name__)


@external_job(DELIVER, POSTS)
def _deliver(payload: dict[str, Any]) -> None:
    """Makes one try, which holds a thread of the lane for eight seconds at most; further ones are jobs of their own."""
    message_id, tries = payload["message_id"], payload["tries"]
    found = webhook_commands.begin_try(message_id, tries)
    if found is None:
        return
    row, body, now = found.webhook, found.body, clock.now()
    url, headers = row.url, headers_of(message_id, now, body, _secrets(row))
    db.session.rollback()  # nothing is held open while another machine answers
    webhook_commands.note_answer(message_id, tries, _post(url, body, headers))


def _secrets(row: Webhook) -> list[str]:
    """Returns the secrets that sign: for a day after a change, the old one too."""
    old = row.old_secret if row.old_until is not None and row.old_until > clock.now() else None
    return [row.secret, *([old] if old else [])]


def _post(url: str, body: str, headers: dict[str, str]) -> int | None:
    """Returns the status of the answer; None where there was none, or the address is not a public one."""
    try:
        return outbound_http.post(url, body.encode(), headers).status
    except outbound_http.DestinationNotAllowed as error:
        log.warning("a webhook leads to an address that is not posted to: %s", error)
    except (OSError, http.client.HTTPException) as error:
        log.info("a webhook did not answer: %s", type(error).__name__)
    return None
