"""What teachers do with answers: release, return, refuse, check again, take down, endorse."""

from tutoring.accounts.models import User
from tutoring.community.queries import roles_of
from tutoring.kernel import audit, clock, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.database.sql import insert_if_absent
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_
from tutoring.policy import published_answers as policy
from tutoring.published_answers import queries
from tutoring.published_answers.commands import end, move
from tutoring.published_answers.events import AnswerDecided
from tutoring.published_answers.models import (
    REFUSED,
    RELEASED,
    RETURNED,
    WAITING,
    AnswerEndorsement,
    AnswerMark,
    PublishedAnswer,
)
from tutoring.safety.free_text import for_minor, validate_reason

MAX_REASON_CHARS = 200
# What a teacher presses, in which state, and what the audit calls it.
RELEASE, RETURN, REFUSE, CONFIRM, REMOVE = "release", "return", "refuse", "confirm", "remove"
DECISIONS = {RELEASE: WAITING, RETURN: WAITING, REFUSE: WAITING, CONFIRM: RELEASED, REMOVE: RELEASED}
_CHANGED = N_("Lời giải này vừa thay đổi. Hãy đọc lại rồi bấm.")


@command
def decide(actor: User, answer_id: int, what: str, digest: str, reason: str = "") -> PublishedAnswer:
    """Releases, returns or refuses a text that waits; confirms or takes down a released one. The text stays as it is.

    `digest` names the step's text that the page showed beside the answer. Returning, refusing and taking down need a
    reason, which the writer reads. Raises NotFound for users who may not decide, Conflict when the answer or its step
    has changed.
    """
    rate_limits.hit("act", actor.id)
    found = queries.find_answer(answer_id, lock=True)
    if not queries.may_decide(actor, found):
        raise NotFound
    if what not in DECISIONS:
        raise InvalidInput(N_("Hãy chọn một trong các câu trả lời."), field="what")
    if found.state != DECISIONS[what]:
        raise Conflict(_CHANGED)
    if what in (RELEASE, CONFIRM):
        _release(actor, found, digest)
    else:
        found.reason = _reason(reason)
        if what == RETURN:
            move(found, RETURNED)
        else:
            end(found, REFUSED)
    found.decided_by_id = actor.id
    audit.record(actor.id, f"{what}_answer", f"published:{found.id}", found.reason, lesson=found.lesson_slug)
    if what != CONFIRM:
        _lesson, number = queries.place_of(found)
        words = {RELEASE: "released", RETURN: "returned", REFUSE: "refused", REMOVE: "removed"}
        publish(AnswerDecided(found.id, found.author_id, words[what], found.lesson_slug, number))
    return found


def _release(actor: User, found: PublishedAnswer, digest: str) -> None:
    """Makes an answer public for half a year; the teacher who read it is the first to endorse it."""
    now = queries.step_digest(found.lesson_slug, found.step_id)
    if not now or now != digest:
        raise Conflict(N_("Bước của bài vừa được sửa. Hãy đọc lại bước rồi bấm."))
    if found.state == WAITING and not queries.both_agree(found):
        raise Conflict(_CHANGED)
    found.step_digest, found.reason = now, ""
    found.check_by = clock.now() + policy.CHECKED_AGAIN
    move(found, RELEASED)
    _endorse(actor, found.id)


def _reason(typed: str) -> str:
    reason = " ".join(validate_reason(typed).split())
    if len(reason) > MAX_REASON_CHARS:
        raise InvalidInput(N_("Dài quá: nhiều nhất %(most)s chữ cái."), field="reason", most=MAX_REASON_CHARS)
    return for_minor(reason, field="reason")


def _role(actor: User) -> str:
    held = roles_of(actor.id) & policy.RELEASERS
    return "teacher" if "teacher" in held else "coordinator" if held else ""


def _endorse(actor: User, answer_id: int) -> None:
    insert_if_absent(AnswerEndorsement, answer_id=answer_id, user_id=actor.id, role=_role(actor), at=clock.now())


@command
def endorse(actor: User, answer_id: int, *, undo: bool = False) -> PublishedAnswer:
    """Says, or no longer says, that a public answer is right. Raises NotFound for other users and other answers."""
    rate_limits.hit("act", actor.id)
    found, role = queries.public_answer(answer_id), _role(actor)
    if actor.lacks_factor or not policy.may_endorse({role}, queries.took_part(actor, found)):
        raise NotFound
    if undo:
        _remove(AnswerEndorsement, answer_id, actor.id)
    else:
        _endorse(actor, answer_id)
    return found


@command
def mark(reader: User, answer_id: int, *, undo: bool = False) -> PublishedAnswer:
    """Says, or no longer says, that the reader had this problem too; once for each reader. Raises NotFound."""
    rate_limits.hit("act", reader.id)
    found = queries.public_answer(answer_id)
    if not policy.may_mark(queries.took_part(reader, found)):
        raise NotFound
    if undo:
        _remove(AnswerMark, answer_id, reader.id)
    else:
        insert_if_absent(AnswerMark, answer_id=answer_id, user_id=reader.id, at=clock.now())
    return found


def _remove(table: type[AnswerMark] | type[AnswerEndorsement], answer_id: int, user_id: int) -> None:
    row = db.session.get(table, (answer_id, user_id))
    if row is not None:
        db.session.delete(row)
