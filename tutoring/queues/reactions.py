"""Reactions of queues: pages of clerks are renewed, an erased account leaves its desk."""

from tutoring.accounts.events import AccountErased
from tutoring.kernel.commands import after_commit
from tutoring.kernel.events import on
from tutoring.queues.commands import release_desks_of
from tutoring.queues.events import QueueMoved
from tutoring.queues.queries import desks_of
from tutoring.web.socket_io import realtime


@on(QueueMoved)
def renew_pages_of_clerks(event: QueueMoved) -> None:
    clerks = sorted({desk.clerk_id for desk in desks_of(event.unit_id) if desk.clerk_id is not None} | {*event.left})
    after_commit(realtime.push_each, "changed", {"what": "queue"}, clerks)


@on(AccountErased)
def leave_desk_with_the_account(event: AccountErased) -> None:
    release_desks_of(event.user_id)
