"""The schema of a scenario: a simulated public service, one file of content/scenarios/."""

from functools import cached_property
from typing import Annotated, Literal

from pydantic import Discriminator, Field, StringConstraints, Tag

from tutoring.lessons.content.schema import Order, SkillId, Slug, Strict
from tutoring.practice.engine.elements import MAX_DAYS, Condition, Name, Persona, Screen, SimDay, Status, Text

MAX_EVENTS = 400  # of one run


class Move(Strict):
    """A transition of a dossier to another state."""

    to: Name
    when: Condition | None = None


class Turn(Move):
    """A transition of a dossier from one of these states."""

    from_: list[Name] = Field(alias="from", min_length=1)


class DossierState(Strict):
    """A state of the dossier, with its status in the one-stop systems."""

    status: Status
    explain: Text | None = None
    next_in_days: dict[Annotated[int, Field(ge=1, le=MAX_DAYS)], list[Move]] = {}


class Dossier(Strict):
    """The invented dossier: its states and their transitions."""

    initial: Name
    states: dict[Name, DossierState]
    on: dict[Name, list[Turn]] = {}


class Goal(Strict):
    """A goal of the scenario."""

    text: Text
    met: Condition


class Clock(Strict):
    """The simulated day on which a run begins."""

    start: SimDay


class Fee(Strict):
    """The amount to pay, in practice đồng.

    It is a charge (phí), a fee (lệ phí) or a fine, paid when filing or after acceptance.
    """

    amount: int = Field(ge=0, le=10_000_000)
    kind: Literal["phi", "le-phi", "tien-phat"] = "le-phi"
    paid: Literal["filing", "acceptance"]


class BasedOn(Strict):
    """The real service: its name, its address, and the day a person last checked it.

    `checked` is None when no person has checked it.
    """

    procedure: Text
    url: Annotated[str, StringConstraints(pattern=r"^https://[a-z0-9.-]+(/[^\s]*)?$")]
    checked: SimDay | None = None
    prepare: list[Text] = Field(min_length=1, max_length=8)  # what to have ready for the real service
    source: str | None = None


class Set(Strict):
    """Fill in one field."""

    set: Name
    value: str


class Do(Strict):
    """Press one button."""

    do: Name


class Choose(Strict):
    """Answer the open trap."""

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
    """A scenario: the simulation of one public service."""

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
        """The invented dossier code; it differs from the codes of real authorities."""
        return f"TAP-{self.clock.start:%y%m%d}-0001"

    @cached_property
    def values(self) -> dict[str, str]:
        """The values on the persona's card."""
        return {key: one.value for key, one in self.persona.items()}

    @cached_property
    def computed(self) -> dict[str, tuple[str, ...]]:
        """What the engine searches once for each scenario (progress.py)."""
        return {}

    @cached_property
    def field_skills(self) -> dict[str, str]:
        """The skill that each field shows: its own, its screen's, or the scenario's first."""
        return {
            one.id: one.skill or screen.skill or self.skills[0]
            for screen in self.screens.values()
            for one in screen.fields
        }

    def events(self, walk: str) -> list[dict[str, object]]:
        """Returns a walk as events for the engine."""
        return [event.model_dump() for event in self.walks[walk]]
