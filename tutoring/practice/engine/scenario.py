"""The shape of a scenario: a rehearsal of one public service, as a file of content/scenarios/ writes it."""

from functools import cached_property
from typing import Annotated, Literal

from pydantic import Discriminator, Field, StringConstraints, Tag

from tutoring.lessons.content.schema import Order, SkillId, Slug, Strict
from tutoring.practice.engine.elements import MOST_DAYS, Condition, Name, Persona, Screen, SimDay, Status, Text

MOST_EVENTS = 400  # of one run


class Move(Strict):
    """Where a dossier goes."""

    to: Name
    when: Condition | None = None


class Turn(Move):
    """Where a dossier goes from these states."""

    from_: list[Name] = Field(alias="from", min_length=1)


class DossierState(Strict):
    """A state of the dossier, with the name that the one-stop systems give it."""

    status: Status
    explain: Text | None = None
    next_in_days: dict[Annotated[int, Field(ge=1, le=MOST_DAYS)], list[Move]] = {}


class Dossier(Strict):
    """The made-up dossier: its states, and what moves it on."""

    initial: Name
    states: dict[Name, DossierState]
    on: dict[Name, list[Turn]] = {}


class Goal(Strict):
    """Something that the rehearsal is for."""

    text: Text
    met: Condition


class Clock(Strict):
    """The day on which the rehearsal begins."""

    start: SimDay


class Fee(Strict):
    """What is paid, in practice đồng: a charge (phí), a fee (lệ phí) or a fine; when filing or after acceptance."""

    amount: int = Field(ge=0, le=10_000_000)
    kind: Literal["phi", "le-phi", "tien-phat"] = "le-phi"
    paid: Literal["filing", "acceptance"]


class BasedOn(Strict):
    """The real thing: its name, its address typed out, and the day a person last looked (nothing when nobody did)."""

    procedure: Text
    url: Annotated[str, StringConstraints(pattern=r"^https://[a-z0-9.-]+(/[^\s]*)?$")]
    checked: SimDay | None = None
    prepare: list[Text] = Field(min_length=1, max_length=8)  # what to have at hand for the real thing
    source: str | None = None


class Set(Strict):
    """Fill in one field."""

    set: Name
    value: str


class Do(Strict):
    """Press one button."""

    do: Name


class Choose(Strict):
    """Answer the trap that stands open."""

    choose: Name


class Back(Strict):
    """Go back one screen."""

    back: Literal[True]


_KINDS = ("set", "do", "choose", "back")


def _kind(event: object) -> str | None:
    return next((one for one in _KINDS if (one in event if isinstance(event, dict) else hasattr(event, one))), None)


_UNKNOWN = "mỗi việc trong lượt đi là {set: ô, value: …}, {do: nút}, {choose: cách trả lời} hoặc {back: true}"
WalkEvent = Annotated[
    Annotated[Set, Tag("set")]
    | Annotated[Do, Tag("do")]
    | Annotated[Choose, Tag("choose")]
    | Annotated[Back, Tag("back")],
    Discriminator(_kind, "content", "{say}", {"code": "event", "say": _UNKNOWN}),
]


class Scenario(Strict):
    """A rehearsal."""

    schema_: Literal[1] = Field(alias="schema")
    id: Slug
    version: int = Field(ge=1)
    training_only: Literal[True]
    title: Text
    summary: Text
    lesson: Slug
    skills: list[SkillId] = Field(min_length=1, max_length=4)
    order: Order
    minutes: int = Field(ge=1, le=60)
    based_on: BasedOn
    authors: list[str] = Field(min_length=1)
    unverified: list[str] = []
    persona: dict[Name, Persona]
    clock: Clock
    fee: Fee | None = None
    start: Name
    screens: dict[Name, Screen] = Field(min_length=2, max_length=40)
    dossier: Dossier | None = None
    goals: dict[Name, Goal] = Field(min_length=1)
    walks: dict[Name, list[WalkEvent]] = Field(min_length=1)

    @property
    def code(self) -> str:
        """The made-up dossier code; it looks like none of a real authority."""
        return f"TAP-{self.clock.start:%y%m%d}-0001"

    @cached_property
    def values(self) -> dict[str, str]:
        """What stands on the persona's card."""
        return {key: one.value for key, one in self.persona.items()}

    @cached_property
    def field_skills(self) -> dict[str, str]:
        """The skill that each field shows: its own, or that of its screen, or the scenario's first."""
        return {
            one.id: one.skill or screen.skill or self.skills[0]
            for screen in self.screens.values()
            for one in screen.fields
        }

    def events(self, walk: str) -> list[dict[str, object]]:
        """A walk as the engine takes it."""
        return [event.model_dump() for event in self.walks[walk]]
