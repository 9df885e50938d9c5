"""The paper for a path gone through: given, shown, withdrawn and opened again by its holder alone."""

import base64
import secrets

from tutoring.accounts.models import User
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import insert_if_absent
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from tutoring.kernel.text import N_
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.lessons.completion_records import queries as completion_records_queries
from tutoring.lessons.completion_records.models import SHOWN, Acknowledgement
from tutoring.lessons.progress import queries as progress_queries
from tutoring.policy.lessons import may_show_name


def _code() -> str:
    """80 random bits in letters and digits that can be read out and typed."""
    return base64.b32encode(secrets.token_bytes(10)).decode().lower()


@command
def acknowledge(user: User, path_slug: str) -> Acknowledgement:
    """The paper for a path whose every lesson is finished; asked for again it is brought up to date, code and all."""
    path, progress = catalogue_queries.path(path_slug, "vi"), progress_queries.progress_of(user.id)
    if not path.lessons or completion_records_queries.lessons_left(path, progress):
        raise Conflict(N_("Còn bài chưa học xong trong lộ trình này. Hãy học hết rồi lấy Giấy ghi nhận."))
    reached = completion_records_queries.lessons_reached(path, progress)
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
    """What others may read of the holder; a minor's public page never shows a name."""
    row = _own(user, path_slug)
    if shown not in SHOWN:
        raise InvalidInput(N_("Hãy chọn điều người khác được thấy."), field="shown")
    if shown != "nothing" and not may_show_name(user.kind, user.is_minor):
        raise Forbidden(N_("Giấy ghi nhận của người dưới 18 tuổi không hiện tên trên mạng."))
    row.shown = shown


@command
def withdraw_acknowledgement(user: User, path_slug: str) -> None:
    """Its public page is gone; safe to say twice."""
    row = _own(user, path_slug)
    row.withdrawn_at = row.withdrawn_at or clock.now()


@command
def reopen_acknowledgement(user: User, path_slug: str) -> None:
    """Its public page is there again, under the same code."""
    _own(user, path_slug).withdrawn_at = None
