"""What the lessons themselves still need: faults in files, reviews, claims nobody could check, translations."""

from collections.abc import Iterator
from datetime import date, timedelta

import sqlalchemy as sa

from tutoring.insights.queries.scope import Line, Scope
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.text import N_
from tutoring.lessons.models import SOURCE, ContentNote

SOON = timedelta(days=7)  # a review that comes due in a week is on the list


def care(scope: Scope) -> list[Line]:
    """Work to do, the most pressing kind first; `what` is the kind, a msgid."""
    return [*_faults(), *_due(scope), *_unverified(scope), *_translations(scope), *_unread(scope)]


def _faults() -> Iterator[Line]:
    """Of all paths: a file that cannot be read does not say which one it belongs to."""
    query = sa.select(ContentNote).order_by(ContentNote.file, ContentNote.line, ContentNote.id)
    for note in db.session.scalars(query):
        yield Line(what=N_("Lỗi trong tệp, trang đang giữ bản cũ"), more=f"{note.file}:{note.line}: {note.say}")


def _due(scope: Scope) -> Iterator[Line]:
    found = [(due, slug) for slug, one in scope.lessons.items() if (due := one.facts["review_due"])]
    for text, slug in sorted(found):
        if (due := date.fromisoformat(text)) <= clock.today() + SOON:
            kind = N_("Quá ngày hoặc sắp đến ngày xem lại")
            yield Line(scope.place(slug), what=kind, more=due.strftime("%d/%m/%Y"))


def _unverified(scope: Scope) -> Iterator[Line]:
    for slug, lesson in scope.lessons.items():
        for claim in lesson.facts.get("unverified", ()):
            place = scope.step(slug, claim["step"]) if claim["step"] else None
            yield Line(place or scope.place(slug), what=N_("Chưa kiểm tra được"), more=claim["what"])


def _translations(scope: Scope) -> Iterator[Line]:
    """Steps without a present translation, in lessons that are translated at all."""
    for slug, lesson in scope.lessons.items():
        for lang in lesson.texts:
            stale = lesson.facts.get("stale", {}).get(lang, ())
            for number, step in enumerate(lesson.outline, 1):
                if lang != SOURCE and lang not in step["titles"]:
                    kind = N_("Bản dịch đã cũ") if step["id"] in stale else N_("Bản dịch còn thiếu")
                    yield Line(scope.place(slug, number), what=kind, more=lang)


def _unread(scope: Scope) -> Iterator[Line]:
    for slug, lesson in scope.lessons.items():
        if not lesson.facts["reviewed_by"]:
            yield Line(scope.place(slug), what=N_("Chưa có người thứ hai duyệt"))
