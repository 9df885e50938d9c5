"""What of a lesson can be found, as rows for the index."""

from collections.abc import Iterable, Iterator

from tutoring.lessons.content import SOURCE, Lesson
from tutoring.lessons.models import SearchDocument
from tutoring.lessons.search import ranking

LANGUAGES = ("vi", "en")
MOST_LESSONS, MOST_STEPS = 1000, 10  # of a path, of a lesson: what the order of the search has room for


def documents(one: Lesson, path: int) -> Iterator[SearchDocument]:
    """What a search may find: the lesson and its steps, in each language of the site."""
    place = (path * MOST_LESSONS + one.order) * MOST_STEPS
    for lang in LANGUAGES:
        head = one.texts.get(lang) or one.texts[SOURCE]
        yield document(one.id, 0, place, lang, head.title, head.summary, one.aliases)
        for step in one.steps:
            text = step.texts.get(lang) or step.texts[SOURCE]
            yield document(one.id, step.position, place + step.position, lang, text.title, text.plain)


def document(
    slug: str, number: int, place: int, lang: str, title: str, body: str, aliases: Iterable[str] = ()
) -> SearchDocument:
    """A text as it is kept to be found: folded, and with its accents, in rows of syllables."""
    whole = " ".join((title, *aliases, body))
    return SearchDocument(
        lesson_slug=slug,
        step_number=number,
        place=place,
        lang=lang,
        title=title,
        body=body,
        folded_title=ranking.row(ranking.syllables(title)),
        folded_aliases="\n".join(ranking.row(ranking.syllables(alias)) for alias in aliases),
        folded=ranking.row(ranking.syllables(whole)),
        title_keys=ranking.row(ranking.exact_keys(title)),
        keys=ranking.row(ranking.exact_keys(whole)),
    )
