"""Changing the display name: rarely, visible to contacts, and never to carry a message.

A name stands beside every message that a child reads, so it is screened together with earlier names. Higher features
register what they know of a user: muted, paused or under a case, and the names of teachers there.
"""

from itertools import chain

import sqlalchemy as sa

from tutoring.accounts.events import NameChanged
from tutoring.accounts.hooks import rename_blocks, staff_names
from tutoring.accounts.models import ADDRESS_FORMS, User
from tutoring.accounts.names.models import FormerName
from tutoring.accounts.queries import child_of, purposes_in_force
from tutoring.accounts.staff import has_power
from tutoring.kernel import audit, clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_, called_name, nfc
from tutoring.policy.accounts import MOST_RENAMES, RENAMES_WITHIN, may_rename, needs_assent
from tutoring.safety import names
from tutoring.safety.free_text import for_minor
from tutoring.safety.screening import screen_text

MOST_DIGITS = 2  # in a new user's name: "Minh 2" for a second Minh in a class
JUDGED_WITH = 6  # former names that are screened together with a new one

_SPELLING = N_("Tên chỉ gồm chữ cái, nhiều nhất 5 từ và 40 ký tự, không có số.")
_TITLE = N_("Hãy ghi tên riêng thôi, đừng ghi chức vụ như thầy, cô, giáo viên.")
_TAKEN = N_("Ở nơi của bạn có thầy cô tên như vậy. Hãy thêm chữ đệm cho khỏi nhầm, ví dụ: Thu Hằng.")
_TEACHER = N_("“Thầy” và “cô” dành cho thầy cô và người phụ trách. Hãy chọn cách xưng hô khác.")
_NOT_AGREED = N_("Muốn ghi họ tên đầy đủ thì bạn và con cần đồng ý mục đó trước.")
_TOGETHER = N_("Tên này ghép với tên cũ thành lời nhắn. Hãy chọn tên khác.")


def address_forms(user: User) -> tuple[str, ...]:
    """Returns the forms of address that a user may choose from."""
    staff = has_power(user)
    return tuple(form for form in ADDRESS_FORMS if staff or form not in names.TAUGHT)


def check_new_name(called: str, address_form: str, *, staff: bool) -> None:
    """Checks the name of a new user: no teacher's title unless staff, at most two digits."""
    refuse_title(called, address_form, staff=staff)
    if sum(map(str.isdecimal, nfc(called))) > MOST_DIGITS:
        raise InvalidInput(_SPELLING, field="called", code="spelling")


def refuse_title(called: str, address_form: str, *, staff: bool) -> None:
    """Rejects a teacher's title for users who are not staff."""
    if address_form in names.TAUGHT and not staff:
        raise InvalidInput(_TEACHER, field="address_form", code="title")
    if names.claims_office(nfc(called)) and not staff:
        raise InvalidInput(_TITLE, field="called", code="title")


@command
def update_profile(user: User, full_name: str, called: str, address_form: str) -> None:
    """Changes full name, display name and form of address; a child only the latter two."""
    called = " ".join(nfc(called).split())
    if user.kind == "child":  # a full name that the guardian agreed to stays
        full_name = called if user.full_name == user.called_name else user.full_name
    _rename(user, user, full_name, called, address_form)


@command
def set_child_full_name(guardian: User, child_id: int, full_name: str) -> None:
    """Stores a child's full name as its guardian confirms or corrects it.

    Raises NotFound for users who are no confirmed guardian, Conflict without consent and assent to the full name,
    InvalidInput for a name that no user may have.
    """
    link = child_of(guardian.id, child_id)
    if link.confirmed_at is None:
        raise NotFound
    if not may_have_full_name(link.child):
        raise Conflict(_NOT_AGREED)
    _rename(guardian, link.child, full_name, link.child.called_name, link.child.address_form)


def may_have_full_name(child: User) -> bool:
    """Returns whether consent and assent to the full name of a child are in force."""
    assents = purposes_in_force(child.id, "assent") if needs_assent(child.oldest_age or 0) else {"full_name"}
    return "full_name" in purposes_in_force(child.id) and "full_name" in assents


def _rename(actor: User, user: User, full_name: str, called: str, address_form: str) -> None:
    full_name = " ".join(nfc(full_name).split())
    if not 1 <= len(full_name.split()) <= 10 or len(full_name) > 80:
        raise InvalidInput(N_("Hãy ghi họ tên, từ 1 đến 10 từ."), field="full_name")
    if address_form not in ADDRESS_FORMS:
        raise InvalidInput(N_("Hãy chọn một cách xưng hô."), field="address_form")
    called = called or called_name(full_name)
    if (full_name, called, address_form) == (user.full_name, user.called_name, user.address_form):
        return
    before = FormerName(
        user_id=user.id, full_name=user.full_name, called_name=user.called_name, address_form=user.address_form,
        until_at=clock.now(),
    )  # fmt: skip
    _check_text(user, full_name, called, address_form)
    _check_moment(user)
    db.session.add(before)
    shown_before = user.shown_name
    user.full_name, user.called_name, user.address_form = full_name, called, address_form
    audit.record(actor.id, "change_name", f"user:{user.id}")
    if user.shown_name != shown_before:
        publish(NameChanged(user.id, shown_before, user.shown_name))


def _check_moment(user: User) -> None:
    """Checks whether the name may be changed now, without a reason that would reveal a case."""
    db.session.scalars(sa.select(User.id).where(User.id == user.id).with_for_update(key_share=True)).one()
    since = clock.now() - RENAMES_WITHIN
    count = sa.select(sa.func.count()).where(FormerName.user_id == user.id, FormerName.until_at > since)
    times = db.session.scalar(count) or 0
    if not may_rename(times, any(rename_blocks.collect(user.id))):
        if times >= MOST_RENAMES:
            raise Conflict(N_("Mỗi tháng chỉ đổi tên được hai lần. Hãy đợi ít hôm rồi đổi."), code="seldom")
        raise Conflict(N_("Lúc này chưa đổi tên được. Hãy hỏi thầy cô hoặc người trực."), code="not_now")


def _check_text(user: User, full_name: str, called: str, address_form: str) -> None:
    if (called, address_form) != (user.called_name, user.address_form):
        refuse_title(called, address_form, staff=has_power(user))
    if called != user.called_name and (names.has_digits(called) or not names.is_spelled(called)):
        raise InvalidInput(_SPELLING, field="called", code="spelling")
    if full_name != user.full_name and names.has_digits(full_name):
        raise InvalidInput(_SPELLING, field="full_name", code="spelling")
    if called != user.called_name and names.imitates(called, list(chain(*staff_names.collect(user.id)))):
        raise InvalidInput(_TAKEN, field="called", code="taken")
    earlier = former_names(user.id)
    for field, name, past in (
        ("full_name", full_name, [one.full_name for one in earlier] + [user.full_name]),
        ("called", called, [one.called_name for one in earlier] + [user.called_name]),
    ):
        _refuse_said(name, past[-JUDGED_WITH:], field)


def _refuse_said(name: str, past: list[str], field: str) -> None:
    """Rejects a name that carries a message, alone or with earlier names, in either order."""
    for_minor(name, field=field)
    others = [one for one in past if one != name]
    try:
        for_minor(name, field=field, before=others)
        for_minor(" ".join([name, *others[::-1]]), field=field)
    except InvalidInput:
        raise InvalidInput(_TOGETHER, field=field, code="together") from None
    if screen_text(name, others[-4:], minor=True).action not in ("send", "warn"):
        raise InvalidInput(_TOGETHER, field=field, code="together")


def former_names(user_id: int) -> list[FormerName]:
    """Returns a user's former names, oldest first."""
    query = sa.select(FormerName).where(FormerName.user_id == user_id)
    return list(db.session.scalars(query.order_by(FormerName.until_at, FormerName.id)))
