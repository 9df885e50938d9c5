"""Commands of announcements: write, change, pin, withdraw, restore."""

from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.community.queries import link_hosts
from tutoring.groups.access import led_place
from tutoring.groups.announcements import queries as announcements_queries
from tutoring.groups.events import PostNotified, PostWithdrawn
from tutoring.groups.models import GroupPost
from tutoring.kernel import audit, clock, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_, nfc
from tutoring.policy.groups import LONGEST_POST, LONGEST_TITLE
from tutoring.safety.free_text import OPEN_TO, for_minor

MAX_AHEAD = timedelta(days=366)
CHANGED_MEANWHILE = "changed_meanwhile"


@dataclass(frozen=True)
class PostInput:
    """The input of an announcement."""

    title: str
    text: str
    until: date | None = None
    pinned: bool = False
    tell: bool = False


@command
def write_post(actor: User, unit_id: int, written: PostInput) -> GroupPost:
    """Publishes an announcement, which all members of the unit read.

    The same text sent twice creates one announcement.
    """
    _leading(actor, unit_id)
    title, text = _checked(written, unit_id, None)
    if (there := announcements_queries.just_written(unit_id, actor.id, title, text)) is not None:
        return there
    rate_limits.hit("group_post", actor.id)
    row = GroupPost(unit_id=unit_id, author_id=actor.id, title=title, text=text, until=written.until)
    if written.pinned:
        _unpin(unit_id)
        row.pinned = True
    db.session.add(row)
    db.session.flush()
    if written.tell:
        _notify_members(actor, row)
    return row


@command
def change_post(actor: User, post_id: int, version: int, written: PostInput) -> GroupPost:
    """Overwrites an announcement.

    Raises Conflict if it was changed since the submitted page was rendered.
    """
    row = _led(actor, post_id)
    if row.version != version:
        raise Conflict(
            N_("Thông báo này vừa được sửa ở một trang khác. Xem lại rồi bấm Lưu lần nữa nếu vẫn muốn ghi như dưới."),
            code=CHANGED_MEANWHILE,
        )
    row.title, row.text = _checked(written, row.unit_id, row.until)
    row.until, row.changed_at, row.version = written.until, clock.now(), row.version + 1
    _set_pin(row, written.pinned)
    if row.author_id != actor.id:
        audit.record(actor.id, "change_post", f"post:{row.id}", unit=row.unit_id)
    if written.tell and row.told_on is None:
        _notify_members(actor, row)
    return row


@command
def pin_post(actor: User, post_id: int, on: bool) -> GroupPost:
    """Pins one announcement to the top. The previously pinned one returns to its place by date."""
    row = _led(actor, post_id)
    if on and row.taken_back_at is not None:
        raise Conflict(N_("Thông báo này đã gỡ. Hãy đưa lại trước khi ghim."))
    _set_pin(row, on)
    return row


@command
def withdraw_post(actor: User, post_id: int) -> GroupPost:
    """Withdraws an announcement: it is no longer shown, and unread notices of it are removed."""
    row = _led(actor, post_id)
    if row.taken_back_at is None:
        row.taken_back_at = clock.now()
        row.version += 1
        audit.record(actor.id, "take_back_post", f"post:{row.id}", unit=row.unit_id)
        publish(PostWithdrawn(row.id))
    return row


@command
def restore_post(actor: User, post_id: int) -> GroupPost:
    """Restores an announcement withdrawn by mistake.

    It returns to its former place, pinned unless another one was pinned meanwhile. Members who had not read it are
    notified again.
    """
    row = _led(actor, post_id)
    if row.taken_back_at is not None:
        row.taken_back_at = None
        row.version += 1
        audit.record(actor.id, "put_back_post", f"post:{row.id}", unit=row.unit_id)
        if row.told_on is not None and not row.over:
            publish(PostNotified(row.id, row.unit_id, actor.id))
    return row


def _leading(actor: User, unit_id: int) -> None:
    led_place(actor, unit_id)
    # Serializes commands of one unit, so that two do not pin or notify at the same time.
    db.session.scalars(sa.select(Unit.id).where(Unit.id == unit_id).with_for_update(key_share=True)).one()


def _led(actor: User, post_id: int) -> GroupPost:
    _leading(actor, announcements_queries.post(post_id).unit_id)
    return announcements_queries.post(post_id, lock=True)


def _checked(written: PostInput, unit_id: int, until_before: date | None) -> tuple[str, str]:
    title, text = nfc(written.title), nfc(written.text)
    if not title or len(title) > LONGEST_TITLE:
        raise InvalidInput(N_("Hãy ghi tên thông báo, không quá %(most)s ký tự."), field="title", most=LONGEST_TITLE)
    if not text or len(text) > LONGEST_POST:
        raise InvalidInput(N_("Hãy ghi nội dung, không quá %(most)s ký tự."), field="text", most=LONGEST_POST)
    hosts = link_hosts(unit_id)
    for_minor(title, field="title", allowed=hosts, open_to=OPEN_TO)  # pupils of the unit read it too
    for_minor(text, field="text", allowed=hosts, before=[title], open_to=OPEN_TO)
    until = written.until
    if until is not None and until != until_before and not clock.today() <= until <= clock.today() + MAX_AHEAD:
        raise InvalidInput(N_("Ngày cuối phải từ hôm nay trở đi, trong vòng một năm."), field="until")
    return title, text


def _set_pin(row: GroupPost, on: bool) -> None:
    if on and not row.pinned:
        _unpin(row.unit_id)
    row.pinned = on


def _unpin(unit_id: int) -> None:
    pinned = sa.select(GroupPost).where(GroupPost.unit_id == unit_id, GroupPost.pinned)
    for other in db.session.scalars(pinned.with_for_update()).all():
        other.pinned = False
    db.session.flush()  # before another row is pinned: the unique index allows only one


def _notify_members(actor: User, row: GroupPost) -> None:
    if row.over or row.taken_back_at is not None:
        raise InvalidInput(N_("Thông báo này không còn hiện, nên không báo cho ai được."), field="tell")
    if announcements_queries.is_notified_today(row.unit_id):
        raise InvalidInput(
            N_("Hôm nay đã báo cho mọi người một lần rồi. Thông báo vẫn đăng được; bỏ chọn ô này, mai báo sau."),
            field="tell",
        )
    row.told_on = clock.today()
    audit.record(actor.id, "tell_members", f"post:{row.id}", unit=row.unit_id)
    publish(PostNotified(row.id, row.unit_id, actor.id))
