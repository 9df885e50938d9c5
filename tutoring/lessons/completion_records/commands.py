"""Commands for the certificate of a completed path: issue, show, withdraw and reopen.

Only the holder may use them.
"""

import base64
import secrets

from tutoring.accounts.models import User
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.database.sql import insert_if_absent
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from tutoring.kernel.text import N_
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.lessons.completion_records import queries as completion_records_queries
from tutoring.lessons.completion_records.models import SHOWN, Acknowledgement
from tutoring.lessons.progress import queries as progress_queries
from tutoring.policy.lessons import may_show_name


def _code() -> str:
    """Returns 80 random bits as letters and digits that can be read aloud and typed."""
    return base64.b32encode(secrets.token_bytes(10)).decode().lower()


@command
def acknowledge(user: User, path_slug: str) -> Acknowledgement:
    """Issues the certificate of a path; raises Conflict while a lesson is unfinished.

    A second call updates the existing certificate and keeps its code.
    """
    path, progress = catalogue_queries.path(path_slug, "vi"), progress_queries.progress_of(user.id)
    if not path.lessons or completion_records_queries.list_unfinished_lessons(path, progress):
        raise Conflict(N_("Còn bài chưa học xong trong lộ trình này. Hãy học hết rồi lấy Giấy ghi nhận."))
    reached = completion_records_queries.serialize_finished_lessons(path, progress)
    insert_if_absent(Acknowledgement, code=_code(), user_id=user.id, path_slug=path_slug, lessons=reached)
    row = _own(user, path_slug)
    if row.lessons != reached:
        row.lessons, row.issued_at = reached, clock.now()
    return row


def _own(user: User, path_slug: str) -> Acknowledgement:
    row = completion_records_queries.acknowledgement(user.id, path_slug)
    if row is None:
        raise NotFound
    return row


@command
def show_on_acknowledgement(user: User, path_slug: str, shown: str) -> None:
    """Sets what others may read of the holder. A minor's public page never shows a name."""
    row = _own(user, path_slug)
    if shown not in SHOWN:
        raise InvalidInput(N_("Hãy chọn điều người khác được thấy."), field="shown")
    if shown != "nothing" and not may_show_name(user.kind, user.is_minor):
        raise Forbidden(N_("Giấy ghi nhận của người dưới 18 tuổi không hiện tên trên mạng."))
    row.shown = shown


@command
def withdraw_acknowledgement(user: User, path_slug: str) -> None:
    """Withdraws the certificate: its public page disappears. Idempotent."""
    row = _own(user, path_slug)
    row.withdrawn_at = row.withdrawn_at or clock.now()


@command
def reopen_acknowledgement(user: User, path_slug: str) -> None:
    """Publishes the certificate again under the same code."""
    _own(user, path_slug).withdrawn_at = None
