"""Stores recorded sentences, lets a second person release them, and joins the sentences of a step."""

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import undefer

from tutoring.accounts.models import User
from tutoring.kernel import audit, clock, rate_limits
from tutoring.kernel.commands import command, in_command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound
from tutoring.kernel.text import N_, nfc
from tutoring.lessons.catalogue.models import Lesson
from tutoring.lessons.proposals import queries as proposals_queries
from tutoring.lessons.recordings import queries as recordings_queries
from tutoring.lessons.recordings.models import RELEASED, RETURNED, WAITING, SentenceRecording, StepRecording
from tutoring.lessons.recordings.queries import ReadStep
from tutoring.policy import lessons as policy
from tutoring.safety import sound_sanitizer
from tutoring.safety.free_text import reject_private_data
from tutoring.safety.sound_sanitizer import Sound

MAX_NOTE_CHARS = 200
MAX_WAITING = 300  # recordings of one teacher that no second person has heard: about 15 MB
_CHANGED = N_("Câu này vừa được sửa trong bài. Hãy đọc câu mới rồi thu lại.")


def clean(actor: User, data: bytes) -> Sound:
    """Sanitizes a recording, which takes up to two seconds; raises InvalidInput or RateLimited."""
    if in_command():
        raise RuntimeError("cleaning a recording takes too long for a transaction")
    rate_limits.hit("recording", actor.id)
    db.session.rollback()  # ends the transaction: no database lock is held during the slow work
    return sound_sanitizer.sanitize(data)


@command
def record_sentence(
    actor: User, held: Collection[str], lesson_slug: str, step_id: str, lang: str, sentence: str, sound: Sound
) -> SentenceRecording:
    """Stores a teacher's recording of one sentence; it waits for a second person and replaces the teacher's last one.

    `sentence` is the digest of the text that the page showed. Raises NotFound for other users and unknown steps, and
    Conflict when the sentence has changed or a colleague's recording of it waits.
    """
    if not policy.may_record(held):
        raise NotFound
    step = _step(lesson_slug, step_id, lang)
    here = next((one for one in step.sentences if one.digest == sentence), None)
    if here is None:
        raise Conflict(_CHANGED)
    if here.waiting and here.waiting.recorded_by_id != actor.id:
        raise Conflict(N_("Câu này đã có người khác thu, đang chờ nghe duyệt. Hãy thu câu khác."))
    mine = sa.select(sa.func.count()).where(
        SentenceRecording.recorded_by_id == actor.id, SentenceRecording.state == WAITING
    )
    if not here.waiting and (db.session.scalar(mine) or 0) >= MAX_WAITING:
        raise InvalidInput(N_("Nhiều câu của bạn đang chờ nghe duyệt. Hãy nhờ người thứ hai nghe trước."), field="file")
    for before in (here.waiting, here.returned):
        if before is not None:
            db.session.delete(before)
    db.session.flush()
    row = SentenceRecording(
        lesson_slug=lesson_slug, step_id=step_id, lang=lang, sentence=sentence, milliseconds=sound.milliseconds,
        opus=sound.opus, aac=sound.aac, recorded_by_id=actor.id,
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


@command
def decide_recordings(
    actor: User, held: Collection[str], lesson_slug: str, step_id: str, lang: str,
    ids: Collection[int], release: bool, note: str = "",
) -> int:  # fmt: skip
    """Releases or returns those of these recordings of a step that wait; returns how many.

    Only a named editor decides, and never about a recording of their own. A returned recording needs a reason.
    Raises NotFound for others, and Conflict when none of them waits any more.
    """
    if not policy.may_review(held, proposals_queries.is_editor(actor.id)):
        raise NotFound
    reason = _reason(note) if not release else ""
    step = _step(lesson_slug, step_id, lang)
    count = 0
    for one in {found.digest: found for found in step.sentences}.values():
        row = one.waiting
        if row is None or row.id not in ids or not policy.may_release(row.recorded_by_id == actor.id):
            continue
        before = one.released if release else one.returned
        if before is not None:
            db.session.delete(before)
            db.session.flush()
        row.state = RELEASED if release else RETURNED
        row.decided_by_id, row.decided_at, row.note = actor.id, clock.now(), reason
        count += 1
    if not count:
        raise Conflict(N_("Các câu này không còn chờ nghe duyệt. Trang dưới đây là bản mới."))
    if release:
        _drop_step(lesson_slug, step_id, lang)
    audit.record(
        actor.id, "release_recordings" if release else "return_recordings", f"lesson:{lesson_slug}", reason,
        step=step_id, lang=lang, count=count,
    )  # fmt: skip
    return count


@command
def withdraw_recording(actor: User, held: Collection[str], recording_id: int) -> SentenceRecording:
    """Deletes a recording: its teacher any time, a named editor any one; the step falls silent at once."""
    row = recordings_queries.recording(recording_id)
    own = row.recorded_by_id == actor.id
    if not own and not policy.may_review(held, proposals_queries.is_editor(actor.id)):
        raise NotFound
    db.session.execute(sa.select(Lesson.slug).where(Lesson.slug == row.lesson_slug).with_for_update())
    # Read again under the lock: a second press finds it deleted or released.
    found = db.session.get(SentenceRecording, recording_id, populate_existing=True)
    if found is None:
        raise NotFound
    row = found
    if row.state == RELEASED:
        _drop_step(row.lesson_slug, row.step_id, row.lang)
        audit.record(actor.id, "withdraw_recording", f"lesson:{row.lesson_slug}", step=row.step_id, lang=row.lang)
    db.session.delete(row)
    return row


@command
def withdraw_own_recordings(actor: User) -> int:
    """Deletes all recordings of a user, who needs no role for that; returns how many. Their steps fall silent."""
    steps = _drop_steps_of(actor.id)
    count = db.session.scalar(sa.select(sa.func.count()).where(SentenceRecording.recorded_by_id == actor.id)) or 0
    db.session.execute(sa.delete(SentenceRecording).where(SentenceRecording.recorded_by_id == actor.id))
    if count:
        audit.record(actor.id, "withdraw_own_recordings", f"user:{actor.id}", count=count, steps=steps)
    return count


def join_step(lesson_slug: str, number: int, lang: str) -> bool:
    """Joins the sentences of a step once all are released; returns whether the step now has its sound.

    It takes about a second: never call it within a command.
    """
    step = recordings_queries.read_step(lesson_slug, number, lang)
    if not step.is_whole:
        return False
    ids = step.released_ids
    query = sa.select(SentenceRecording).where(SentenceRecording.id.in_(ids))
    rows = {one.id: one for one in db.session.scalars(
        query.options(undefer(SentenceRecording.opus), undefer(SentenceRecording.aac)),
        execution_options={"populate_existing": True},
    )}  # fmt: skip
    parts = [Sound(rows[one].opus, rows[one].aac, rows[one].milliseconds) for one in ids if one in rows]
    db.session.rollback()
    if len(parts) != len(ids):
        return False
    return store_step(step, ids, sound_sanitizer.join(parts))


@command
def store_step(step: ReadStep, ids: Sequence[int], sound: Sound) -> bool:
    """Stores the joined sound of a step unless its text or its recordings have changed meanwhile."""
    lesson = _locked(step.lesson_slug)
    now = recordings_queries.read_step(step.lesson_slug, step.number, step.lang)
    if (now.step_id, now.text_digest, now.released_ids) != (step.step_id, step.text_digest, list(ids)):
        return False
    _drop_step(step.lesson_slug, step.step_id, step.lang)
    row = StepRecording(
        lesson_slug=step.lesson_slug, step_id=step.step_id, lang=step.lang, text_digest=step.text_digest,
        parts=" ".join(map(str, ids)), milliseconds=sound.milliseconds, opus=sound.opus, aac=sound.aac,
    )  # fmt: skip
    db.session.add(row)
    entry = {"text": step.text_digest, "bytes": len(sound.opus)}
    recorded = dict(lesson.recordings)
    recorded[step.step_id] = {**recorded.get(step.step_id, {}), step.lang: entry}
    lesson.recordings = recorded
    return True


@command
def drop_old_sounds(lesson_slug: str, lang: str, present: Collection[tuple[str, str]]) -> None:
    """Deletes the sound of steps whose text has changed; `present` are ids of steps with digests of their texts."""
    query = sa.select(StepRecording.step_id, StepRecording.text_digest).where(
        StepRecording.lesson_slug == lesson_slug, StepRecording.lang == lang
    )
    for step_id, digest in db.session.execute(query).all():
        if (step_id, digest) not in present:
            _drop_step(lesson_slug, step_id, lang)


def forget_recordings(user_id: int) -> None:
    """Deletes all recordings of a user and the sound of the steps that held one; call it within a command."""
    _drop_steps_of(user_id)
    db.session.execute(sa.delete(SentenceRecording).where(SentenceRecording.recorded_by_id == user_id))
    decided = SentenceRecording.decided_by_id == user_id
    db.session.execute(sa.update(SentenceRecording).where(decided).values(decided_by_id=None, note=""))


def _drop_steps_of(user_id: int) -> int:
    """Deletes the joined sound of the steps in which a user is heard; returns how many steps those are."""
    query = sa.select(SentenceRecording.id, SentenceRecording.lesson_slug)
    slug_of = {
        str(id): slug for id, slug in db.session.execute(query.where(SentenceRecording.recorded_by_id == user_id))
    }
    if not slug_of:
        return 0
    slugs = set(slug_of.values())
    # Locked first: a join that is not committed yet would else be missed. In one order: two who withdraw at once wait.
    db.session.execute(sa.select(Lesson.slug).where(Lesson.slug.in_(slugs)).order_by(Lesson.slug).with_for_update())
    row = StepRecording
    joined = sa.select(row.lesson_slug, row.step_id, row.lang, row.parts).where(row.lesson_slug.in_(slugs))
    # A step holds what was released; a colleague's step stays when this user's recording of it waits or came back.
    steps = [step for *step, parts in db.session.execute(joined) if not slug_of.keys().isdisjoint(parts.split())]
    for slug, step_id, lang in steps:
        _drop_step(slug, step_id, lang)
    return len(steps)


def _step(lesson_slug: str, step_id: str, lang: str) -> ReadStep:
    lesson = _locked(lesson_slug)
    number = lesson.number_of(step_id)
    if number is None:
        raise Conflict(_CHANGED)
    return recordings_queries.read_step(lesson_slug, number, lang)


def _locked(lesson_slug: str) -> Lesson:
    """Returns the lesson, locked: two people at its recordings come one after the other."""
    query = sa.select(Lesson).where(Lesson.slug == lesson_slug, Lesson.retired_at.is_(None)).with_for_update()
    found = db.session.scalar(query, execution_options={"populate_existing": True})
    if found is None:
        raise NotFound
    return found


def _drop_step(lesson_slug: str, step_id: str, lang: str) -> None:
    # Locked first: a join that is not committed yet would else stay without an entry at its lesson.
    query = sa.select(Lesson).where(Lesson.slug == lesson_slug).with_for_update()
    lesson = db.session.scalar(query, execution_options={"populate_existing": True})
    db.session.execute(
        sa.delete(StepRecording).where(
            StepRecording.lesson_slug == lesson_slug, StepRecording.step_id == step_id, StepRecording.lang == lang
        )
    )
    if lesson is not None and lang in lesson.recordings.get(step_id, {}):
        recorded: dict[str, Any] = {key: dict(langs) for key, langs in lesson.recordings.items()}
        del recorded[step_id][lang]
        lesson.recordings = {key: langs for key, langs in recorded.items() if langs}


def _reason(typed: str) -> str:
    reason = " ".join(nfc(typed).split())
    if not reason:
        raise InvalidInput(N_("Ghi một dòng để người thu biết cần đọc lại thế nào."), field="note")
    if len(reason) > MAX_NOTE_CHARS:
        raise InvalidInput(N_("Dài quá: nhiều nhất %(most)s chữ cái."), field="note", most=MAX_NOTE_CHARS)
    return reject_private_data(reason, minor=True, field="note")
