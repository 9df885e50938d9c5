"""Schemas of the files in content/help/."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from tutoring.lessons.content.schema import Order, Slug, Strict, Summary, Title, refuse

Alt = Annotated[str, StringConstraints(min_length=5, max_length=200)]
Words = Annotated[str, StringConstraints(min_length=1, max_length=240)]
Path = Annotated[str, StringConstraints(pattern=r"^/[a-z0-9/{}?=&._-]*$", max_length=120)]
Label = Annotated[str, StringConstraints(min_length=1, max_length=120)]
UserName = Annotated[str, StringConstraints(pattern=r"^[a-z]+[0-9]?$", max_length=20)]
# The state of Minh's help request; then a class has staged pupils and cards, and at last another one has set work.
Scene = Literal["begun", "asked", "offered", "room", "cards", "class"]
Role = Literal["learner", "parent", "helper", "teacher", "lead", "officer", "coordinator", "site_admin"]


class Shot(Strict):
    """A screenshot: the user, the page, the moment in the story, and what is framed on it."""

    id: Slug
    who: UserName | None = None  # None: not signed in
    page: Path
    mark: Label  # how the label of the framed link, button or heading begins
    scene: Scene = "begun"
    height: Annotated[int, Field(ge=400, le=740)] = 560
    alt: Alt


class Head(Strict):
    """The front matter of a help page."""

    schema_: Literal[1] = Field(alias="schema")
    id: Slug
    lang: Literal["vi"]
    kind: Literal["role", "topic"]
    order: Order
    title: Title
    summary: Summary
    roles: list[Role] = []
    pictures: list[Shot] = []


class Translation(Strict):
    """The front matter of a translated help page."""

    schema_: Literal[1] = Field(alias="schema")
    id: Slug
    lang: Literal["en"]
    title: Title
    summary: Summary
    pictures: dict[str, Alt] = {}


class Both(Strict):
    """A text in both languages."""

    vi: Words
    en: Words


class Act(Strict):
    """One thing to do at a stop of the tour; labels are the Vietnamese ones of the product."""

    press: Label | None = None
    field: Label | None = None
    write: Both | None = None
    tick: Label | None = None
    open: Label | None = None
    tab: Literal["lesson", "talk"] | None = None
    see: Label | None = None
    hear: Both | None = None

    @model_validator(mode="after")
    def _one(self) -> "Act":
        told = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if told not in (["press"], ["field", "write"], ["tick"], ["open"], ["tab"], ["see"], ["hear"], ["write"]):
            raise refuse("act", "mỗi việc là một trong: press, field cùng write, write, tick, open, tab, see, hear")
        return self


class Stop(Strict):
    """A stop of the tour: the user, the page, the acts, and the reason for them."""

    id: Slug
    who: UserName
    title: Both
    page: Path | None = None  # None: continue on the page where this user is
    acts: Annotated[list[Act], Field(min_length=1, max_length=8)]
    why: Both


class Tour(Strict):
    """One walk of the tour."""

    id: Slug
    title: Both
    summary: Both
    stops: Annotated[list[Stop], Field(min_length=2, max_length=12)]


class TourFile(Strict):
    """The file content/help/tour.yml."""

    schema_: Literal[1] = Field(alias="schema")
    tours: list[Tour]
