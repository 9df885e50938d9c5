"""The shape of content/training.yml: who has to learn what, what is seen done, how often it is renewed. Pure."""

from typing import Annotated, Literal

from pydantic import Field

from tutoring.lessons.content.bank import SOURCE
from tutoring.lessons.content.schema import Named, Slug, Strict

Role = Literal["officer", "coordinator", "lead"]


class Track(Strict):
    """One track: its lessons in order, those of them that somebody has to see done, and for how long a training
    session counts."""

    id: Slug
    title: Named
    summary: Named
    roles: list[Role]  # who belongs to it by a membership; the others are put on it by hand
    lessons: Annotated[list[Slug], Field(min_length=1, max_length=20)]
    witnessed: Annotated[list[Slug], Field(max_length=20)] = []
    renew_months: int = Field(ge=1, le=36)

    def title_in(self, lang: str) -> str:
        return self.title.en if lang != SOURCE and self.title.en else self.title.vi

    def summary_in(self, lang: str) -> str:
        return self.summary.en if lang != SOURCE and self.summary.en else self.summary.vi


class TracksFile(Strict):
    """content/training.yml"""

    schema_: Literal[1] = Field(alias="schema")
    tracks: Annotated[list[Track], Field(min_length=1, max_length=12)]
