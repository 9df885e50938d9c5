"""Commands of letters to a class: save a draft, publish, take back."""

from datetime import date

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.classes.access import run_class
from tutoring.classes.letters import queries as letters_queries
from tutoring.classes.letters.events import LetterPublished, LetterWithdrawn
from tutoring.classes.letters.models import ClassLetter
from tutoring.community.models import Unit
from tutoring.community.queries import active_unit, link_hosts
from tutoring.kernel import audit, clock, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_, nfc
from tutoring.policy.classes import LONGEST_LETTER
from tutoring.safety.free_text import OPEN_TO, for_minor


@command
def save_letter(actor: User, unit_id: int, week: date, version: int, text: str, *, publishes: bool) -> ClassLetter:
    """Saves the letter of a week, and publishes it if so wished; `version` is 0 for a new one.

    Raises Conflict if another one was saved since the submitted page was rendered.
    """
    run_class(actor, unit_id)
    active_unit(unit_id)
    # Serializes the commands of one class: two teachers must not write two letters of one week.
    db.session.scalars(sa.select(Unit.id).where(Unit.id == unit_id).with_for_update(key_share=True)).one()
    row = letters_queries.letter_of_week(unit_id, week, lock=True)
    words = _checked(unit_id, text)
    if (row.version if row else 0) != version:
        raise Conflict(
            N_("Thư tuần này vừa được lưu ở một trang khác. Phần bạn viết còn nguyên; xem lại rồi lưu lần nữa.")
        )
    rate_limits.hit("class_work", actor.id)
    if row is None:
        row = ClassLetter(unit_id=unit_id, week=week, author_id=actor.id, text=words)
        db.session.add(row)
    else:
        row.text, row.author_id, row.version, row.written_at = words, actor.id, row.version + 1, clock.now()
    db.session.flush()
    if publishes and row.published_at is None:
        row.published_at = clock.now()
        publish(LetterPublished(row.id, unit_id, actor.id))
    return row


@command
def withdraw_letter(actor: User, letter_id: int) -> ClassLetter:
    """Makes a published letter a draft again; unread notices of it are removed."""
    row = letters_queries.letter(letter_id)
    run_class(actor, row.unit_id)
    if row.published_at is not None:
        row.published_at, row.version = None, row.version + 1
        audit.record(actor.id, "withdraw_class_letter", f"class_letter:{row.id}", unit=row.unit_id)
        publish(LetterWithdrawn(row.id))
    return row


def _checked(unit_id: int, text: str) -> str:
    words = nfc(text)
    if not words:
        raise InvalidInput(N_("Hãy viết vài câu cho lớp."), field="text")
    if len(words) > LONGEST_LETTER:
        raise InvalidInput(N_("Thư dài quá %(most)s ký tự. Hãy viết ngắn hơn."), field="text", most=LONGEST_LETTER)
    return for_minor(words, field="text", allowed=link_hosts(unit_id), open_to=OPEN_TO)
