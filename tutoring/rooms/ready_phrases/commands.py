"""Commands of ready phrases: write, change, order and archive them, and count what is used."""

from collections.abc import Collection

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.kernel import audit, clock
from tutoring.kernel.commands import command
from tutoring.kernel.database.sql import insert_if_absent
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound
from tutoring.kernel.text import N_, nfc
from tutoring.policy.rooms.ready_phrases import MAX_OWN_PHRASES, MAX_PHRASE_CHARS, MAX_UNIT_PHRASES
from tutoring.rooms.ready_phrases import queries
from tutoring.rooms.ready_phrases.blanks import SAMPLE, fill
from tutoring.rooms.ready_phrases.models import PhraseUse, ReadyPhrase
from tutoring.safety.free_text import for_minor, listen

_FULL = N_("Mỗi đơn vị có nhiều nhất %(num)s câu mẫu. Hãy cất bớt câu ít dùng rồi thêm.")


def checked(typed: str) -> str:
    """Returns the text of a phrase as it may be stored.

    It is judged like a text that minors read, with its blanks filled, since a brace could hide a word. Raises
    InvalidInput with the reason, or SaidDanger.
    """
    text = nfc(typed)
    said = fill(text, SAMPLE)
    listen(said)
    if not text:
        raise InvalidInput(N_("Hãy viết câu mẫu."), field="text", code="empty")
    if len(text) > MAX_PHRASE_CHARS:
        raise InvalidInput(
            N_("Câu mẫu dài quá %(max)d ký tự. Hãy viết ngắn hơn."), field="text", code="too_long", max=MAX_PHRASE_CHARS
        )
    for_minor(said, field="text")
    return text


# ---- a helper's own ------------------------------------------------------------------------------------------


@command
def add_own_phrase(owner: User, typed: str) -> ReadyPhrase:
    """Stores a phrase of the helper; the same text again changes nothing. Raises Conflict when the list is full."""
    text = checked(typed)
    if not queries.may_have_own(owner):
        raise NotFound
    # Serializes the commands of one owner: two devices must not exceed the limit.
    db.session.get_one(User, owner.id, with_for_update={"key_share": True})
    mine = queries.own_phrases(owner.id)
    if (same := next((one for one in mine if one.text == text), None)) is not None:
        return same
    if len(mine) >= MAX_OWN_PHRASES:
        raise Conflict(N_("Bạn đã có %(num)s câu mẫu. Hãy xoá bớt câu ít dùng rồi lưu tiếp."), num=MAX_OWN_PHRASES)
    row = ReadyPhrase(owner_id=owner.id, text=text)
    db.session.add(row)
    db.session.flush()
    return row


@command
def change_own_phrase(owner: User, phrase_id: int, typed: str) -> None:
    """Changes the text of one of the helper's phrases."""
    row = queries.own_phrase(owner.id, phrase_id, lock=True)
    row.text, row.changed_at = checked(typed), clock.now()


@command
def delete_own_phrase(owner: User, phrase_id: int) -> None:
    """Deletes one of the helper's phrases."""
    db.session.delete(queries.own_phrase(owner.id, phrase_id, lock=True))


@command
def count_use(helper: User, room_id: int, phrase_id: int) -> None:
    """Counts that a helper chose a phrase in a room; raises NotFound for one that is not offered there."""
    room, _known = queries.room_of_helper(helper, room_id)
    found = queries.usable_phrase(helper.id, room, phrase_id)
    insert_if_absent(PhraseUse, user_id=helper.id, phrase_id=found.id, uses=0)
    mine = PhraseUse.user_id == helper.id, PhraseUse.phrase_id == found.id
    db.session.execute(sa.update(PhraseUse).where(*mine).values(uses=PhraseUse.uses + 1))


# ---- those of a unit -----------------------------------------------------------------------------------------


def _locked_unit(actor: User, unit_id: int) -> Unit:
    """Returns the unit, whose phrases no other command changes meanwhile; raises NotFound."""
    queries.unit_for_phrases(actor, unit_id)
    return db.session.get_one(Unit, unit_id, with_for_update={"key_share": True})


def _add(unit: Unit, texts: Collection[str]) -> int:
    """Adds phrases at the end of the list; returns how many were new."""
    active = [one for one in queries.unit_phrases(unit.id) if one.archived_at is None]
    known = {one.text for one in active}
    fresh = [text for text in dict.fromkeys(texts) if text not in known]
    if len(active) + len(fresh) > MAX_UNIT_PHRASES:
        raise Conflict(_FULL, num=MAX_UNIT_PHRASES)
    last = max((one.position for one in active), default=0)
    for place, text in enumerate(fresh, last + 1):
        db.session.add(ReadyPhrase(unit_id=unit.id, text=text, position=place))
    db.session.flush()
    return len(fresh)


def _record(actor: User, unit_id: int, what: str, phrase_id: int | None = None) -> None:
    audit.record(actor.id, "change_phrases", f"unit:{unit_id}", unit=unit_id, what=what, phrase=phrase_id)


@command
def add_unit_phrase(actor: User, unit_id: int, typed: str) -> None:
    """Adds a phrase to a unit; the same text again changes nothing. Raises Conflict when the list is full."""
    text = checked(typed)
    if _add(_locked_unit(actor, unit_id), [text]):
        _record(actor, unit_id, "add")


@command
def take_starters(actor: User, unit_id: int, texts: Collection[str]) -> int:
    """Takes starter phrases over into a unit; returns how many are new."""
    if not texts:
        raise InvalidInput(N_("Hãy chọn ít nhất một câu."), field="starter")
    added = _add(_locked_unit(actor, unit_id), [checked(text) for text in texts])
    if added:
        _record(actor, unit_id, "take")
    return added


@command
def change_unit_phrase(actor: User, unit_id: int, phrase_id: int, typed: str) -> None:
    """Changes the text of a unit's phrase."""
    _locked_unit(actor, unit_id)
    row = queries.unit_phrase(unit_id, phrase_id, lock=True)
    text = checked(typed)
    if text != row.text:
        row.text, row.changed_at = text, clock.now()
        _record(actor, unit_id, "change", phrase_id)


@command
def move_unit_phrase(actor: User, unit_id: int, phrase_id: int, up: bool) -> None:
    """Moves a phrase one place up or down; at the end of the list nothing changes."""
    _locked_unit(actor, unit_id)
    rows = [one for one in queries.unit_phrases(unit_id) if one.archived_at is None]
    at = next((number for number, one in enumerate(rows) if one.id == phrase_id), None)
    if at is None:
        raise NotFound
    to = at - 1 if up else at + 1
    if 0 <= to < len(rows):
        rows[at], rows[to] = rows[to], rows[at]
    for place, one in enumerate(rows, 1):
        one.position = place


@command
def archive_unit_phrase(actor: User, unit_id: int, phrase_id: int) -> None:
    """Takes a phrase out of the rooms; it can be restored."""
    _locked_unit(actor, unit_id)
    row = queries.unit_phrase(unit_id, phrase_id, lock=True)
    if row.archived_at is None:
        row.archived_at = clock.now()
        _record(actor, unit_id, "archive", phrase_id)


@command
def restore_unit_phrase(actor: User, unit_id: int, phrase_id: int) -> None:
    """Offers an archived phrase again, at the end of the list. Raises Conflict when the list is full."""
    _locked_unit(actor, unit_id)
    row = queries.unit_phrase(unit_id, phrase_id, lock=True)
    if row.archived_at is None:
        return
    active = [one for one in queries.unit_phrases(unit_id) if one.archived_at is None]
    if len(active) >= MAX_UNIT_PHRASES:
        raise Conflict(_FULL, num=MAX_UNIT_PHRASES)
    checked(row.text)  # the detector may know more than when the phrase was written
    row.archived_at, row.position = None, max((one.position for one in active), default=0) + 1
    _record(actor, unit_id, "restore", phrase_id)


@command
def forget_phrases_of(user_id: int) -> None:
    """Deletes an erased user's own phrases, and what was counted of this user."""
    db.session.execute(sa.delete(PhraseUse).where(PhraseUse.user_id == user_id))
    own = sa.select(ReadyPhrase.id).where(ReadyPhrase.owner_id == user_id)
    db.session.execute(sa.delete(PhraseUse).where(PhraseUse.phrase_id.in_(own)))
    db.session.execute(sa.delete(ReadyPhrase).where(ReadyPhrase.owner_id == user_id))
