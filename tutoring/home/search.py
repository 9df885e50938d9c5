"""The site search: lessons, published answers, practice, rooms, own messages, people, units, help, requests.

Each feature finds its own results; this module calls them and groups the results. The search text is never stored: not
in the database, not in the log.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from flask import url_for

from tutoring.accounts.models import User
from tutoring.accounts.queries import children
from tutoring.community.units import search as places
from tutoring.community.units.search import FoundPerson, FoundPlace
from tutoring.home.help import search
from tutoring.home.help.search import FoundHelp
from tutoring.kernel.text import nfc, words
from tutoring.lessons.search import queries as lesson_search
from tutoring.lessons.search.hits import Found
from tutoring.lessons.skills import queries as skills_queries
from tutoring.pairing import search as asked
from tutoring.pairing.search import RequestHit
from tutoring.policy.access import STAFF
from tutoring.policy.community import GROUPS
from tutoring.practice import scenarios as rehearsals
from tutoring.practice.engine.scenario import Scenario
from tutoring.published_answers import queries as published_answers
from tutoring.published_answers.queries import AnswerHit
from tutoring.rooms import search as rooms_search
from tutoring.rooms.room_lists import RoomRow
from tutoring.rooms.search import OwnWords

MAX_QUERY_CHARS = 200
MAX_WORDS = 8
MIN_QUERY_CHARS = 2  # letters
LESSONS = 5


@dataclass(frozen=True)
class SearchResults:
    """Search results in groups."""

    lessons: Found = field(default_factory=Found)
    scenarios: list[Scenario] = field(default_factory=list)
    rooms: list[RoomRow] = field(default_factory=list)
    words: list[OwnWords] = field(default_factory=list)
    people: list[FoundPerson] = field(default_factory=list)
    places: list[FoundPlace] = field(default_factory=list)
    help: list[FoundHelp] = field(default_factory=list)
    asked: list[RequestHit] = field(default_factory=list)
    answers: list[AnswerHit] = field(default_factory=list)

    def __len__(self) -> int:
        groups = (
            self.lessons, self.scenarios, self.rooms, self.words, self.people, self.places, self.help, self.asked,
            self.answers,
        )  # fmt: skip
        return sum(len(group) for group in groups)


def words_of(typed: str) -> list[str]:
    """Splits the input into folded words; the last may be unfinished. None for a single letter."""
    found = words(nfc(typed)[:MAX_QUERY_CHARS])[:MAX_WORDS]
    return found if len("".join(found)) >= MIN_QUERY_CHARS or any(word.isdigit() for word in found) else []


def find(
    person: User | None, held: frozenset[str], typed: str, language: str, *, care: bool = False, as_typed: bool = False
) -> SearchResults:
    """Finds everything with these words that the user may see; visitors find what is public.

    Lessons that match only some of the words are shown only when nothing else was found. Otherwise a search for a name
    would list lessons. With `care`, for a search that names danger, the lessons that say whom to call come first.
    """
    looked_for = words_of(typed)
    if not looked_for:
        return SearchResults()
    found = _public(looked_for, language, held) if person is None else _all(person, held, looked_for, language)
    if care:
        return replace(found, lessons=lesson_search.search_in_danger(typed, language, LESSONS))
    lessons = lesson_search.search(typed, language, LESSONS, loosely=not len(found), as_typed=as_typed)
    return replace(found, lessons=lessons, answers=published_answers.search(typed, language))


def _public(looked_for: Sequence[str], language: str, held: frozenset[str]) -> SearchResults:
    return SearchResults(
        scenarios=rehearsals.find(looked_for, language),
        help=search.find(looked_for, language, held),
        places=places.places(None, looked_for),
    )


def _all(person: User, held: frozenset[str], looked_for: Sequence[str], language: str) -> SearchResults:
    seen, ties = places.sight(person), children(person.id)
    topics = skills_queries.topic_names(language)
    rooms, own = rooms_search.find_mine(person, looked_for, language, topics, watches=not STAFF.isdisjoint(held))
    family = [tie.child_id for tie in ties if tie.confirmed_at and tie.child.kind == "child"]
    return SearchResults(
        scenarios=rehearsals.find(looked_for, language),
        rooms=rooms,
        words=own,
        people=places.people(looked_for, seen, [tie.child for tie in ties if tie.child.kind == "child"]),
        places=places.places(person, looked_for, seen),
        help=search.find(looked_for, language, held),
        asked=asked.find_mine(person, family, looked_for, topics),
    )


def above(found: SearchResults) -> dict[int, str]:
    """Returns the names of the parent units: many units share a name such as "Khu phố 3"."""
    return places.names({one.unit.parent_id for one in found.places if one.unit.parent_id is not None})


def place_href(found: FoundPlace) -> str:
    """Returns the URL of a unit's page that the user may open, or an empty string."""
    if found.unit.kind in GROUPS and (found.belongs or found.runs):
        return url_for("groups.show", unit_id=found.unit.id)
    return url_for("community.unit", unit_id=found.unit.id) if found.runs else ""


def person_href(found: FoundPerson) -> str:
    """Returns the URL of a user whom the reader may see."""
    if found.child:
        return url_for("accounts.child", child_id=found.user.id)
    return url_for("community.member", membership_id=found.membership_id)
