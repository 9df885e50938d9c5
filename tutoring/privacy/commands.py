"""Commands of data rights: export, erasure with a day to reconsider, requests to admins."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.accounts.queries import guardian_ids
from tutoring.accounts.sign_ins import lifecycle
from tutoring.community.erasure import unit_without_other_coordinator
from tutoring.kernel import audit, clock, file_storage, jobs
from tutoring.kernel.commands import after_commit, command
from tutoring.kernel.db import db, lock
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound, RateLimited
from tutoring.kernel.text import N_, fold
from tutoring.moderation.welfare.queries import protects
from tutoring.notifications.inbox.commands import mark_handled, notify
from tutoring.policy.privacy import EXPORT_EVERY, THINK_AGAIN, may_export_again, may_run_the_site, why_not_leave
from tutoring.privacy import data_export, queries
from tutoring.privacy.deadlines import clocks
from tutoring.privacy.models import DataRequest
from tutoring.rooms.hooks import file_owners
from tutoring.safety.free_text import validate_reason

EXPORT_JOB, THROW_JOB, DELETE_JOB = "privacy.export", "privacy.throw_away", "privacy.delete"
REMIND_JOB, REMINDED = "privacy.remind", timedelta(days=3)  # this long before an answer is due
KEPT_FOR = 7  # days that an export stays available
STAY = {
    "admin": N_("Bạn là quản trị duy nhất của trang. Hãy có thêm một quản trị nữa rồi xoá."),
    "coordinator": N_("Bạn là điều phối viên duy nhất của %(unit)s. Hãy có thêm một người nữa rồi xoá."),
}


@file_owners.register
def _files_of_exports(names: Collection[str]) -> Collection[str]:
    return queries.kept_files(list(names))


def page_of(row: DataRequest) -> str:
    """Returns the page where the asker follows the request."""
    return "/privacy" if row.by_id == row.subject_id else f"/privacy/people/{row.subject_id}"


def _begin(actor: User, subject: User, kind: str, **more: Any) -> DataRequest:
    moment = clock.now()
    open_one = sa.select(DataRequest.id).where(
        DataRequest.subject_id == subject.id,
        DataRequest.kind == kind,
        DataRequest.state.in_(("asked", "working", "held")),
    )
    db.session.get(User, subject.id, with_for_update={"key_share": True})  # race: two guardians ask at the same time
    if db.session.scalar(open_one) is not None:
        raise Conflict(N_("Yêu cầu này đang được làm rồi. Bạn xem tiến độ ở trang này."))
    acknowledge_by, due_by = clocks(kind, moment)
    made = DataRequest(
        by_id=actor.id, subject_id=subject.id, kind=kind, asked_at=moment,
        acknowledge_by=acknowledge_by, due_by=due_by, **more,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


# ---- export ----------------------------------------------------------------------------------------------------


@command
def ask_export(actor: User, user_id: int) -> int:
    """Requests an export, at most once a day.

    A job makes it, and it stays available for seven days.
    """
    subject = queries.for_rights(actor, user_id)
    last, moment = queries.last_export(subject.id, actor.id), clock.now()
    if not may_export_again(last, moment) and last is not None:
        wait = last + EXPORT_EVERY - moment
        raise RateLimited(
            N_("Mỗi ngày lấy được một lần. Lần trước còn ở trang này, hoặc hãy quay lại ngày mai."),
            retry_after=max(1, int(wait.total_seconds())),
        )
    _give_up_old(subject.id, moment)
    made = _begin(actor, subject, "export")
    audit.record(actor.id, "ask_export", f"user:{subject.id}")
    jobs.enqueue(EXPORT_JOB, f"{EXPORT_JOB}:{made.id}", moment, request_id=made.id)
    return made.id


def _give_up_old(subject_id: int, moment: datetime) -> None:
    """Refuses an export that is unfinished after a day, so that it does not block a new one."""
    old = sa.update(DataRequest).where(
        DataRequest.subject_id == subject_id,
        DataRequest.kind == "export",
        DataRequest.state.in_(("asked", "working")),
        DataRequest.asked_at <= moment - EXPORT_EVERY,
    )
    db.session.execute(old.values(state="refused", done_at=moment))


@jobs.long_job(EXPORT_JOB)  # outside any transaction: its long reads would block all writers
def _make_export(payload: dict[str, int]) -> None:
    row = db.session.get(DataRequest, payload["request_id"])
    if row is None or row.state not in ("asked", "working"):
        return
    subject_id, for_guardian = row.subject_id, row.by_id != row.subject_id
    db.session.rollback()
    name, size = data_export.make(subject_id, for_guardian)
    if not _ready(payload["request_id"], name, size):
        file_storage.delete([name])


@command
def _ready(request_id: int, name: str, size: int) -> bool:
    row = db.session.get(DataRequest, request_id, with_for_update={"key_share": True}, populate_existing=True)
    if row is None or row.state not in ("asked", "working") or queries.is_erased(row.subject_id):
        return False
    row.state, row.file, row.bytes, row.done_at = "ready", name, size, clock.now()
    row.gone_at = row.done_at + KEPT_FOR * THINK_AGAIN
    jobs.enqueue(THROW_JOB, f"{THROW_JOB}:{row.id}", row.gone_at, request_id=row.id)
    notify(row.by_id, f"export:{row.id}", N_("Bản sao dữ liệu đã sẵn sàng. Bạn tải về trong 7 ngày."), page_of(row))
    return True


@jobs.job(THROW_JOB)
def _throw_away(payload: dict[str, int]) -> None:
    row = db.session.get(DataRequest, payload["request_id"])
    if row is not None and row.file is not None:
        throw_away(row)


def throw_away(row: DataRequest) -> None:
    """Deletes the file of an export after the commit of the running command.

    The request itself stays.
    """
    after_commit(file_storage.delete, [row.file])
    row.file, row.state = None, "done"


@command
def forget_requests(user_id: int) -> None:
    """Empties the requests of an erased user: deletes their files and texts.

    All requests but the erasure itself are closed.
    """
    concerned = sa.or_(DataRequest.by_id == user_id, DataRequest.subject_id == user_id)
    for row in db.session.scalars(sa.select(DataRequest).where(concerned).order_by(DataRequest.id)).all():
        row.words = row.answer = ""
        if row.file is not None:
            throw_away(row)
        elif row.kind != "delete" and row.is_open:
            row.state, row.done_at = "done", clock.now()


@command
def taken(actor: User, request_id: int) -> str:
    """Records each download of an export in the audit chain; returns the name of its file."""
    row = queries.own_export(actor, request_id)
    audit.record(actor.id, "download_export", f"user:{row.subject_id}")
    return row.file or ""


# ---- erasure ---------------------------------------------------------------------------------------------------


def refuse_who_is_needed(subject: User) -> None:
    """Raises Forbidden while the site or a unit needs another admin or coordinator first."""
    alone = unit_without_other_coordinator(subject.id)
    admins = queries.site_admins() if subject.site_admin else 0
    why = why_not_leave(admins, alone.unit.name if alone else "")
    if why:
        raise Forbidden(STAY[why], unit=alone.unit.name if alone else "")


@command
def ask_deletion(actor: User, user_id: int, typed: str) -> DataRequest:
    """Requests the erasure of all data of a user, confirmed by the typed name.

    The asker can withdraw the request for a day. Sign-ins of the subject end at once, except the asker's current one.
    """
    subject = queries.for_rights(actor, user_id)
    refuse_who_is_needed(subject)
    if fold(typed) != fold(subject.called_name):
        raise InvalidInput(N_("Hãy gõ đúng tên gọi."), field="typed")
    made = _begin(actor, subject, "delete", begins_at=clock.now() + THINK_AGAIN)
    own = actor.id == subject.id
    if own or not protects(subject.id):  # another user must not cut off a child whom a case protects from help
        lifecycle.end_all_sign_ins(subject.id, actor.sign_in.id if own and actor.sign_in else None)
    audit.record(actor.id, "ask_erasure", f"user:{subject.id}")
    jobs.enqueue(DELETE_JOB, f"{DELETE_JOB}:{made.id}", made.begins_at or clock.now(), request_id=made.id)
    if not own:
        notify(
            subject.id, f"erasure:{made.id}",
            N_("Ba mẹ đã yêu cầu xoá tài khoản của em. Em chưa muốn thì nói với ba mẹ trong hôm nay nhé."), "/privacy",
        )  # fmt: skip
    for guardian_id in guardian_ids(subject.id):
        if guardian_id != actor.id:
            notify(
                guardian_id, f"erasure:{made.id}",
                N_("Có yêu cầu xoá dữ liệu của %(child)s. Trong 24 giờ, người yêu cầu còn lấy lại được."),
                f"/privacy/people/{subject.id}" if subject.kind == "child" else "", child=subject.called_name,
            )  # fmt: skip
    return made


@command
def take_back(actor: User, request_id: int) -> DataRequest:
    """Withdraws an erasure before it begins; until then only sign-ins have ended."""
    row = queries.request(request_id)
    if row.by_id != actor.id:
        raise NotFound
    lock(row)
    if not row.can_be_taken_back:
        raise Conflict(N_("Đã quá 24 giờ, hoặc việc này đã đổi."))
    row.state, row.done_at = "taken_back", clock.now()
    jobs.cancel(f"{DELETE_JOB}:{row.id}")
    audit.record(actor.id, "take_back_erasure", f"user:{row.subject_id}")
    return row


# ---- requests to site admins ----------------------------------------------------------------------------------


@command
def ask(actor: User, user_id: int, kind: str, words: str) -> DataRequest:
    """Asks a site admin to correct data or to restrict their use."""
    subject = queries.for_rights(actor, user_id)
    if kind not in ("correct", "restrict"):
        raise InvalidInput(N_("Hãy chọn một mục trong danh sách."), field="kind")
    made = _begin(actor, subject, kind, words=validate_reason(words))
    where = page_of(made)
    # Acknowledged at once, within the deadline of two working days; the deadline of the answer still runs.
    notify(
        actor.id, f"data_request:{made.id}", N_("Đã nhận yêu cầu của bạn về dữ liệu. Bạn theo dõi được ở đây."), where
    )
    _remind(made.id, "new", N_("Có người yêu cầu về dữ liệu của họ."))
    jobs.enqueue(REMIND_JOB, f"{REMIND_JOB}:{made.id}", made.due_by - REMINDED, request_id=made.id)
    return made


def _remind(request_id: int, key: str, say: str) -> None:
    for admin_id in queries.admin_ids():
        notify(admin_id, f"data_request:{request_id}:{key}", say, "/privacy/requests")


@jobs.job(REMIND_JOB)
def _runs_out(payload: dict[str, int]) -> None:
    row = db.session.get(DataRequest, payload["request_id"])
    if row is not None and row.is_open:
        _remind(row.id, "late", N_("Một yêu cầu về dữ liệu sắp hết hạn trả lời."))


@command
def answer(actor: User, request_id: int, done: bool, words: str) -> DataRequest:
    """Records the answer of a site admin: the request is done, or refused with a reason."""
    if not may_run_the_site({"site_admin"} if actor.site_admin and not actor.lacks_factor else ()):
        raise NotFound
    row = queries.request(request_id)
    lock(row)
    if row.kind not in ("correct", "restrict"):
        raise NotFound
    if not row.is_open:
        raise Conflict(N_("Việc này đã được trả lời rồi."))
    row.answer = validate_reason(words)
    row.state, row.done_at = "done" if done else "refused", clock.now()
    audit.record(actor.id, "answer_data_request", f"user:{row.subject_id}", kind=row.kind, done=done)
    mark_handled(f"data_request:{row.id}:new", f"data_request:{row.id}:late")
    notify(row.by_id, f"data_answer:{row.id}", N_("Yêu cầu của bạn về dữ liệu đã được trả lời."), page_of(row))
    return row
