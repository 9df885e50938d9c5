"""The lesson panel of a room for one user: the step, stuck learners, progress."""

import json
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext
from markupsafe import Markup, escape

from tutoring.accounts.models import User
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.lessons.catalogue.fragments import SentAnswers, step_fragment
from tutoring.lessons.catalogue.sentence_markup import Sentence, marked
from tutoring.policy.rooms.participation import RoomFacts, may_follow, may_send_card, may_set_progress
from tutoring.rooms import queries
from tutoring.rooms.labels import listed
from tutoring.rooms.models import Room, Seat
from tutoring.rooms.shared_lesson import queries as shared_lesson_queries


@dataclass(frozen=True)
class LessonPane:
    """The data of the lesson panel."""

    viewer: User
    language: str
    slug: str
    title: str
    number: int
    of: int
    html: Markup
    shared: int  # the step of the room; another step is viewed alone
    step_id: str
    may_move: bool
    may_witness: bool
    unpractised: list[str]  # learners who have to pass the practice run before they can be confirmed
    may_sign: bool
    may_send_card: bool
    as_pupil: bool
    sentences: list[Sentence]
    learners: list[shared_lesson_queries.LearnerProgress]
    stuck: list[shared_lesson_queries.StuckMarker]

    @property
    def alone(self) -> bool:
        return self.number != self.shared

    @property
    def mine(self) -> shared_lesson_queries.LearnerProgress | None:
        """Returns the learner's own progress."""
        return next((one for one in self.learners if one.own), None)

    @property
    def stuck_here(self) -> dict[str, str]:
        """Returns the label before each sentence of this step at which a learner is stuck."""
        return _said([one for one in self.stuck if one.step_id == self.step_id], self.viewer, self.language)

    @property
    def stuck_json(self) -> str:
        return json.dumps(self.stuck_here, ensure_ascii=False, sort_keys=True)


def _said(some: list[shared_lesson_queries.StuckMarker], viewer: User, language: str) -> dict[str, str]:
    you = str(gettext("Bạn"))
    names: dict[str, list[str]] = {}
    for one in some:
        names.setdefault(one.sentence_id, []).append(you if one.own else one.person.shown_to(viewer, language))
    return {place: str(gettext("%(who)s bị kẹt ở câu này:", who=listed(who))) for place, who in names.items()}


def _pointed(html: Markup, said: dict[str, str]) -> Markup:
    """Highlights sentences, visually and for screen readers, like static/rooms/shared_lesson/shared-lesson.js."""
    text = str(html)
    for place, words in said.items():
        plain = f'<span data-sentence="{place}">'
        text = text.replace(
            plain, f'<span data-sentence="{place}" class="stuck-here"><span class="sr">{escape(words)} </span>'
        )
    return Markup(text)  # the input is safe HTML; the additions are escaped


def lesson_pane(
    viewer: User, room: Room, known: RoomFacts, language: str, seats: list[Seat] | None = None,
    sent: SentAnswers | None = None, alone: str = "",
) -> LessonPane | None:  # fmt: skip
    """Builds the panel of the shared step, or of another step viewed alone ("lesson/number").

    Returns None when the room has no lesson. `sent` gives the answers just submitted.
    """
    lesson = catalogue_queries.find_lesson(room.lesson_slug) if room.lesson_slug else None
    if lesson is None or room.step_number is None:
        return None
    may_move, signing = may_follow(known), may_set_progress(known)
    by_number = room.step_number if lesson.step_id(room.step_number) else 1
    shared = lesson.number_of(room.step_id or "") or by_number  # the id stays when an update renumbers the steps
    number = shared
    slug, _, chosen = alone.rpartition("/")
    if slug == lesson.slug and not may_move:
        number = next((n for n in range(1, lesson.step_count + 1) if str(n) == chosen), shared)
    text = catalogue_queries.find_step(lesson.slug, number, language)
    answer_at = url_for("rooms.answer", room_id=room.id) if signing else None
    html = step_fragment(lesson.slug, number, language, sent, answer_at)
    if text is None or html is None:
        return None
    seen = shared_lesson_queries.signs_in(room.id)
    places = [block["id"] for block in text.checkpoints]
    here = queries.seats(room.id) if seats is None else seats
    witnessing = queries.may_confirm(room, known, viewer)
    waiting = queries.learners_without_practice(room, here) if witnessing else []
    came = sum(one.role == "learner" and one.joined_at is not None for one in here)
    stuck = shared_lesson_queries.stuck(viewer, room, known, lesson, seen)
    return LessonPane(
        viewer=viewer,
        language=language,
        slug=lesson.slug,
        title=lesson.title(language),
        number=number,
        of=lesson.step_count,
        html=_pointed(html, _said([one for one in stuck if one.step_id == text.step_id], viewer, language)),
        shared=shared,
        step_id=text.step_id,
        may_move=may_move,
        may_witness=witnessing and (not waiting or len(waiting) < came),
        unpractised=[one.user.shown_to(viewer, language) for one in waiting],
        may_sign=signing,
        may_send_card=may_send_card(known),
        as_pupil=viewer.kind != "adult",
        sentences=marked(text.html)[1] if signing else [],
        learners=shared_lesson_queries.shown(viewer, known, here, lesson, seen, places),
        stuck=stuck,
    )
