"""The shapes of `/api/v1`: what operations take and answer."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from tutoring.api.operations import Shape

Slug = Annotated[str, Field(description="The permanent name in addresses.")]
Cursor = Annotated[str, Field(max_length=200, description="`next` of the page before; empty for the first page.")]
Next = Annotated[str | None, Field(description="The cursor of the next page; null on the last one.")]
_HIDDEN = "; null where too few people are behind it"


class PageQuery(Shape):
    """Which page of a list."""

    cursor: Cursor = ""
    limit: Annotated[int, Field(ge=1, le=100, description="How many items a page has at most.")] = 50


class Problem(Shape):
    """An error (RFC 9457). `code` is for programs, `detail` for people, in the language of `Accept-Language`."""

    class Field(Shape):
        """A field of the input that does not fit."""

        field: str
        reason: str

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[Field] = []
    retry_after: int | None = None
    request: str | None = None


# ---- lessons


class LessonHead(Shape):
    """A lesson in a list."""

    slug: Slug
    title: str
    summary: Annotated[str, Field(description="What a learner can do afterwards.")]
    minutes: int
    steps: int
    version: int
    path: Annotated[str, Field(description="The slug of its path.")]
    for_staff: Annotated[bool, Field(description="Whether its path is for staff.")]
    url: str


class LessonPage(Shape):
    items: list[LessonHead]
    next: Next


class Step(Shape):
    """One step of a lesson."""

    id: str
    number: int
    title: str
    html: Annotated[str, Field(description="Sanitized HTML with addresses on this site.")]
    url: str


class Lesson(LessonHead):
    """A lesson with its steps."""

    language: Annotated[str, Field(description="The language of the steps: Vietnamese where there is no other.")]
    content: list[Step]


class Path(Shape):
    """A path: lessons in order."""

    slug: Slug
    title: str
    summary: str
    for_staff: bool
    lessons: list[str]
    url: str


class PathPage(Shape):
    items: list[Path]
    next: Next


class SearchQuery(Shape):
    q: Annotated[str, Field(min_length=1, max_length=100, description="What is looked for, with or without accents.")]


class SearchStep(Shape):
    number: int
    title: str
    snippet: str


class SearchHit(Shape):
    """A lesson that was found, with its steps that match."""

    slug: Slug
    title: str
    summary: str
    steps: list[SearchStep]
    url: str


class SearchResult(Shape):
    """What was found, best first."""

    items: list[SearchHit]
    corrected: Annotated[str, Field(description="The search whose results these are, if it is not the one sent.")]
    danger: Annotated[bool, Field(description="The words suggest danger: show `safety_card` first.")]
    safety_card: Annotated[str, Field(description="The page that says whom to call.")]


class HalfYearFigure(Shape):
    section: str
    key: str
    measure: str
    value: Annotated[int | float | None, Field(description="Rounded" + _HIDDEN + ".")]


class HalfYear(Shape):
    """Published counts of a half-year, which never change."""

    name: Annotated[str, Field(examples=["2026-2"])]
    made_at: datetime
    figures: list[HalfYearFigure]


class HalfYearPage(Shape):
    items: list[HalfYear]
    next: Next


# ---- the holder of the token


class OwnToken(Shape):
    """What the token of this request reaches."""

    label: str
    kind: Literal["person", "unit"]
    unit_id: int | None
    scopes: list[str]
    expires_at: datetime


class CalendarQuery(Shape):
    first: Annotated[date | None, Field(description="The first day; today if it is left out.")] = None
    days: Annotated[int, Field(ge=1, le=62, description="How many days.")] = 14


class CalendarTime(Shape):
    """One appointment of the holder or of their child. It holds no name."""

    kind: str
    starts: datetime
    ends: datetime
    place: Annotated[str, Field(description="A public place; empty elsewhere.")]
    all_day: bool
    waiting: Annotated[bool, Field(description="Whether the holder is on a waiting list.")]
    for_child: bool
    url: str


class Calendar(Shape):
    items: list[CalendarTime]


State = Literal["none", "going", "stuck", "done", "witnessed"]


class LessonProgress(Shape):
    slug: Slug
    title: str
    state: State
    say: Annotated[str, Field(description="The state in words.")]


class Progress(Shape):
    """The holder's own progress."""

    items: list[LessonProgress]


# ---- units


UnitKind = Literal["city", "ward", "neighbourhood", "school", "class", "partner"]


class Unit(Shape):
    id: int
    name: str
    kind: UnitKind
    parent_id: int | None
    archived: bool


class UnitPage(Shape):
    items: list[Unit]
    next: Next


UnitTimeKind = Literal["duty", "group", "training", "campaign", "work"]


class UnitTime(Shape):
    """One time of a unit: what is on, and no name."""

    kind: UnitTimeKind
    title: Annotated[str, Field(description="What it is about; empty for `duty`.")]
    starts: datetime
    ends: datetime
    all_day: bool
    place: Annotated[str, Field(description="A public place; empty elsewhere.")]
    url: str


class UnitCalendar(Shape):
    """The times of a unit that the pages of its staff show. What is not theirs to see is left out."""

    unit_id: int
    items: list[UnitTime]


class ClassSums(Shape):
    """How far a class is, as sums. A pupil counts who agreed, with the family, that teachers see the progress."""

    unit_id: int
    name: str
    pupils: int
    shown: Annotated[int | None, Field(description="How many pupils agreed" + _HIDDEN + ".")]
    stuck: Annotated[int | None, Field(description="How many are stuck" + _HIDDEN + ".")]
    going: Annotated[int | None, Field(description="How many are going on" + _HIDDEN + ".")]
    done_lately: Annotated[int | None, Field(description="How many finished a lesson in seven days" + _HIDDEN + ".")]

    @classmethod
    def of(cls, sums: Any) -> "ClassSums":
        """Returns the sums of a class as its reader may see them."""
        return cls(
            unit_id=sums.unit.id, name=sums.unit.name, pupils=sums.pupils, shown=sums.shown, stuck=sums.stuck,
            going=sums.going, done_lately=sums.done_lately,
        )  # fmt: skip


class SchoolClasses(Shape):
    exact: Annotated[bool, Field(description="Whether the numbers are exact. For a unit they never are.")]
    items: list[ClassSums]


class OverviewQuery(Shape):
    path: Annotated[str, Field(max_length=100, description="A path; else the works set, or the path most are in.")] = ""


class OverviewColumn(Shape):
    title: str
    url: str


CellState = Literal["none", "going", "stuck", "done", "witnessed", "aside"]


class OverviewCell(Shape):
    state: CellState
    say: str


class OverviewPupil(Shape):
    """A pupil, with a cell for each column; none where the family does not show the progress."""

    id: int
    name: str
    shown: bool
    cells: list[OverviewCell]


class ClassOverview(Shape):
    """How far a class is: for its teacher by name, for a unit as sums alone."""

    sums: ClassSums
    columns: list[OverviewColumn]
    pupils: list[OverviewPupil]


Kind = Literal["lesson", "path", "quiz", "rehearsal", "help"]
Audience = Literal["class", "pupils", "guardians"]


class Work(Shape):
    """What is set for a class. Over a unit's token `band` is `none`, and `note` empty, because it may name a pupil."""

    id: int
    kind: Kind
    target: Annotated[str, Field(description="A slug; empty for `help`.")]
    title: str
    audience: Audience
    due: date
    note: str
    band: Annotated[
        Literal["none", "few", "some", "most"],
        Field(description="How many have done it, in a word; `none`: the group is too small, or the token a unit's."),
    ]
    done: Annotated[int | None, Field(description="Rounded down to five, with the band `some` alone.")]
    people: Annotated[int | None, Field(description="Of how many, with the band `some` alone.")]


class WorkList(Shape):
    items: list[Work]


class NewWork(Shape):
    kind: Kind
    target: Annotated[str, Field(max_length=100, pattern=r"^[^\x00-\x1f]*$")] = ""
    audience: Literal["class", "guardians"] = "class"
    due: Annotated[date, Field(description="A day from today on, at most half a year ahead.")]
    note: Annotated[str, Field(max_length=300, description="Pupils read it; it is checked like a message.")] = ""


# ---- devices


class DeviceCount(Shape):
    state: str
    count: int


class DeviceStock(Shape):
    """How many devices of a store are in which state."""

    unit_id: int
    items: list[DeviceCount]
