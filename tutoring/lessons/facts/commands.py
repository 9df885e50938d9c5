"""Changes facts in the browser and reloads the lessons that show them.

Both happen in the same transaction.
"""

from datetime import date
from pathlib import Path

import sqlalchemy as sa
from pydantic import ValidationError

from tutoring.accounts.models import User
from tutoring.kernel import clock, overrides
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import InvalidInput, NotFound
from tutoring.kernel.text import N_
from tutoring.lessons.catalogue.loader import load_lesson
from tutoring.lessons.catalogue.models import ContentNote, Lesson
from tutoring.lessons.content.loader import facts_of
from tutoring.lessons.content.schema import WEB_ADDRESS, Fact
from tutoring.lessons.facts import queries as facts_queries
from tutoring.lessons.proposals import preview
from tutoring.policy import lessons as policy
from tutoring.safety.free_text import validate_reason

MAX_FACT_CHARS = 300


def read_fact(
    vi: str, en: str, source: str, source_url: str, as_of: date | None, verified_on: date | None
) -> Fact:  # fmt: skip
    """Returns the fact entered in the form; raises InvalidInput.

    The date of checking is set only when the form states it.
    """
    for field, text in (("vi", vi), ("source", source)):
        if not text.strip():
            raise InvalidInput(N_("Hãy ghi phần này."), field=field)
    for field, text in (("vi", vi), ("en", en), ("source", source), ("source_url", source_url)):
        if len(text) > MAX_FACT_CHARS:
            raise InvalidInput(N_("Dài quá: nhiều nhất %(most)s chữ cái."), field=field, most=MAX_FACT_CHARS)
        if "{" in text or "\n" in text:
            raise InvalidInput(N_("Chỉ ghi chữ và số, trên một dòng."), field=field)
    if source_url and not WEB_ADDRESS.fullmatch(source_url):
        raise InvalidInput(N_("Địa chỉ bắt đầu bằng https:// hoặc http://. Không có thì để trống."), field="source_url")
    today = clock.today()
    if as_of is None or as_of > today:
        raise InvalidInput(N_("Hãy ghi ngày ghi vào bài, không sau hôm nay."), field="as_of")
    if verified_on is not None and not as_of <= verified_on <= today:
        raise InvalidInput(N_("Ngày kiểm tra không trước ngày ghi vào bài và không sau hôm nay."), field="verified_on")
    said = {
        "value": {"vi": vi.strip(), "en": en.strip() or None}, "source": source.strip(),
        "source_url": source_url.strip() or None, "as_of": as_of, "verified_on": verified_on,
    }  # fmt: skip
    try:
        return Fact.model_validate(said)
    except ValidationError:
        raise InvalidInput from None


@command
def change_fact(actor: User, folder: Path, key: str, fact: Fact, reason: str, version: int | None = None) -> bool:
    """Overrides a fact of the file, except its meaning; returns False when nothing changes.

    A value equal to the file's removes the override. Only site administrators may change facts; raises NotFound for
    other users and unknown facts.
    """
    base = _shipped(actor, folder, key)
    fact = fact.model_copy(update={"meaning": base.meaning})
    return _put(actor, folder, key, None if fact == base else facts_queries.held(fact, base), reason, version)


@command
def revert_fact_change(actor: User, folder: Path, change_id: int, reason: str, version: int | None = None) -> bool:
    """Reverts a change: restores the value before it, as a change of its own."""
    found = overrides.change(facts_queries.AREA, change_id)
    _shipped(actor, folder, found.name)
    return _put(actor, folder, found.name, found.before, reason, version)


def _shipped(actor: User, folder: Path, key: str) -> Fact:
    base = facts_of(folder).get(key)
    held = {"site_admin"} if actor.site_admin and not actor.lacks_factor else set[str]()
    if base is None or not policy.may_change_facts(held):
        raise NotFound
    return base


def _put(
    actor: User, folder: Path, key: str, value: dict[str, object] | None, reason: str, version: int | None
) -> bool:
    # Lock all lessons: facts, file loads and publications all rebuild whole lessons and must not run concurrently.
    db.session.execute(sa.select(Lesson.slug).order_by(Lesson.slug).with_for_update())
    if not overrides.write(actor, facts_queries.AREA, key, value, validate_reason(reason), version):
        return False
    db.session.flush()
    for slug in facts_queries.users_of(folder, {key})[key]:
        _show(folder, slug)
    return True


def _show(folder: Path, slug: str) -> None:
    """Reloads a lesson. One whose files already have faults keeps its last good version."""
    text = preview.lesson_text(folder, slug)
    if text is None:
        return
    draft = preview.draft_of(folder, slug, text)
    if draft.lesson is not None:
        load_lesson(draft.lesson)
        return
    noted = db.session.scalar(sa.select(ContentNote.id).where(ContentNote.file.contains(f"lessons/{slug}/")).limit(1))
    if noted is None:
        say = N_("Với giá trị này bài “%(slug)s” không còn đúng mẫu: %(why)s")
        raise InvalidInput(say, field="vi", slug=slug, why=draft.faults[0].say)
