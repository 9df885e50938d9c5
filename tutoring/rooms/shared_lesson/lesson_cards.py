"""Lesson cards in the conversation, and the lessons offered to a helper who sends one."""

from collections.abc import Collection
from dataclasses import dataclass

from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.lessons.catalogue.models import Lesson
from tutoring.lessons.search.queries import search
from tutoring.rooms.models import Message, Room

MOST = 8


@dataclass(frozen=True)
class LessonCard:
    """A lesson, or one step of it, as a card. `gone`: the lesson has left the catalogue since."""

    slug: str
    number: int | None
    title: str = ""
    step_title: str = ""
    minutes: int = 0
    steps: int = 0

    @property
    def gone(self) -> bool:
        return not self.title

    @property
    def step(self) -> int:
        """Returns the step at which the card opens."""
        return self.number or 1


def _card(lesson: Lesson | None, slug: str, number: int | None, language: str) -> LessonCard:
    if lesson is None:
        return LessonCard(slug, number)
    step = number if number is not None and lesson.step_id(number) else None
    step_title = lesson.step_titles(language)[step - 1] if step else ""
    return LessonCard(slug, step, lesson.title(language), step_title, lesson.minutes, lesson.step_count)


def cards_of(messages: Collection[Message], language: str) -> dict[int, LessonCard]:
    """Returns the cards among messages, by message number, with one query if there are any."""
    some = [one for one in messages if one.lesson_slug is not None]
    if not some:
        return {}
    found = catalogue_queries.found_lessons({str(one.lesson_slug) for one in some})
    return {
        one.seq: _card(found.get(str(one.lesson_slug)), str(one.lesson_slug), one.step_number, language) for one in some
    }


@dataclass(frozen=True)
class Choice:
    """A lesson offered for a card, with step titles; `number` is the step a search found."""

    card: LessonCard
    titles: list[str]


def choices(room: Room, typed: str, language: str) -> list[Choice]:
    """Returns search results, or else the room's lesson, next lessons, and lessons on its topic."""
    wanted: list[tuple[str, int | None]] = []
    if typed:
        wanted += search(typed, language, MOST).places()[:MOST]
    else:
        around = [room.lesson_slug, *catalogue_queries.next_slugs(room.lesson_slug)] if room.lesson_slug else []
        teaching = [slug for slug, _ in catalogue_queries.lessons_teaching(room.topic, language, MOST)]
        wanted += [(slug, None) for slug in dict.fromkeys([*around, *teaching])][:MOST]
    found = catalogue_queries.found_lessons({slug for slug, _ in wanted})
    return [
        Choice(_card(found[slug], slug, number, language), found[slug].step_titles(language))
        for slug, number in wanted
        if slug in found
    ]
