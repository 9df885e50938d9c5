"""The schema of every file in content/: which entries are allowed and which are required."""

import datetime as dt
import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

MAX_SLUG_CHARS = 60
MIN_STEPS, MAX_STEPS = 2, 16  # of a lesson
SLUG = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")
Slug = Annotated[str, StringConstraints(pattern=SLUG.pattern, max_length=MAX_SLUG_CHARS)]
SkillId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([-.][a-z0-9]+)*$", max_length=60)]
Lang = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[a-z]+)?$")]
Words = Annotated[str, StringConstraints(min_length=1, max_length=400, strip_whitespace=True)]
Alt = Annotated[str, StringConstraints(min_length=5, max_length=160)]
Title = Annotated[str, StringConstraints(min_length=3, max_length=90)]
Summary = Annotated[str, StringConstraints(min_length=3, max_length=200)]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{10}$")]
TeachBack = Annotated[list[Words], Field(min_length=3, max_length=6)]
Kns = Annotated[int, Field(ge=0, le=7)]

Audience = Literal["hoc-sinh", "phu-huynh", "nguoi-dan", "nguoi-huong-dan", "giao-vien", "can-bo"]
Device = Literal["dien-thoai", "may-tinh", "may-tinh-bang"]
Hue = Literal["sky", "plum", "rose", "leaf", "sun", "teal", "clay", "slate"]


class Strict(BaseModel):
    """The base of all models: no unknown entries, no type conversion."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def refuse(code: str, say: str) -> PydanticCustomError:
    """Returns a validation error with a rule code and a message for editors."""
    return PydanticCustomError("content", "{say}", {"code": code, "say": say})


def _near(day: dt.date) -> dt.date:
    if not 2000 <= day.year <= 2100:
        raise refuse("day", "ngày phải từ năm 2000 đến năm 2100")
    return day


Day = Annotated[dt.date, AfterValidator(_near)]  # a day that other dates are computed from
Order = Annotated[int, Field(ge=0, le=999)]
STAFF_FROM = 90  # paths of this order and above are for staff: they are listed last and marked


class Source(Strict):
    """The source of a claim: an address, or a publisher with further details."""

    id: Slug
    title: str | None = None
    publisher: str | None = None
    date: dt.date | None = None
    ref: str | None = None  # the number the publisher gives the text
    url: str | None = None
    checked: dt.date | None = None  # the day a person opened it
    as_of: dt.date | None = None  # the day up to which the claim was known to be true
    says: str | None = None  # the statement that is taken from it

    @model_validator(mode="after")
    def _known(self) -> "Source":
        if not self.url and not self.publisher:
            raise refuse("source", "nguồn cần có url, hoặc nơi đăng (publisher)")
        if not (self.url or self.title or self.date or self.ref):
            raise refuse("source", "nguồn không có url thì cần tên bài (title), ngày (date) hoặc số bài (ref)")
        if self.url and not self.url.startswith("https://"):
            raise refuse("link", "url của nguồn phải bắt đầu bằng https://")
        return self


class Review(Strict):
    """The second person who has read the lesson, and how often it must be read again."""

    by: str = ""
    on: Day | None = None
    every_days: int = Field(ge=30, le=365)

    @model_validator(mode="after")
    def _dated(self) -> "Review":
        if self.by and self.on is None:
            raise refuse("review", "có người duyệt (by) thì phải ghi ngày duyệt (on)")
        if self.on and not self.by:
            raise refuse("review", "có ngày duyệt (on) thì phải ghi ai duyệt (by)")
        return self


class Medium(Strict):
    """A picture of a lesson, or a recording that reads one of its steps aloud in one language."""

    id: Slug
    file: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+\.(svg|webp|png|jpg|opus|mp3)$")]
    alt: Alt | None = None
    decorative: bool = False
    long: str | None = None
    licence: str = "CC-BY-4.0"
    shot_of: str | None = None
    reads: Slug | None = None
    lang: Lang = "vi"
    source_hash: Digest | None = None  # of the step read aloud; after a change the recording is not played

    @property
    def is_sound(self) -> bool:
        return self.file.endswith((".opus", ".mp3"))

    @model_validator(mode="after")
    def _described(self) -> "Medium":
        if self.is_sound != bool(self.reads) or self.is_sound != bool(self.source_hash):
            raise refuse("sound", "tệp âm thanh cần reads (mã bước) và source_hash (mã bản gốc); hình thì không")
        if not self.is_sound and self.decorative == bool(self.alt):
            raise refuse("alt", "hình cần lời tả (alt), hoặc ghi decorative: true nếu chỉ để trang trí")
        return self


class Unverified(Strict):
    """A claim that could not be checked yet; editors find it in the report."""

    step: Slug | None = None
    what: Words


class Front(Strict):
    """The head of vi.md."""

    schema_: Literal[1] = Field(alias="schema")
    id: Slug
    version: int = Field(ge=1, le=1_000_000)
    lang: Literal["vi"] = "vi"
    title: Title
    summary: Summary
    picture: Slug | None = None  # of content/pictures.txt; the path's where it is left out
    path: Slug
    order: Order
    level: Literal[1, 2, 3]
    minutes: int = Field(ge=1, le=30)
    audience: list[Audience] = Field(min_length=1)
    devices: list[Device] = Field(default=["dien-thoai"], min_length=1)
    requires: list[Slug] = []
    teaches: list[SkillId] = Field(min_length=1)
    aliases: list[Words] = []
    licence: Literal["CC-BY-4.0"] = "CC-BY-4.0"
    authors: list[Words] = Field(min_length=1)
    as_of: Day | None = None  # the day the lesson describes
    sources: list[Source] = []
    unverified: list[Unverified] = []
    media: list[Medium] = []
    teach_back: TeachBack | None = None  # what a parent then has the child do: "dạy lại cho con"
    review: Review


class MediumText(Strict):
    """The translated texts of a picture."""

    alt: Alt | None = None
    long: str | None = None


class TranslatedFront(Strict):
    """The head of a translation such as en.md."""

    schema_: Literal[1] = Field(alias="schema")
    translates: Slug
    lang: Lang
    source_version: int = Field(ge=1)
    source_hash: dict[Slug, Digest]
    title: Title
    summary: Summary
    media: dict[Slug, MediumText] = {}
    teach_back: TeachBack | None = None
    review: Review | None = None


class Named(Strict):
    """A word or sentence in Vietnamese and optionally in English."""

    vi: Words
    en: Words | None = None


class PathFile(Strict):
    """The file content/paths/<id>.yml."""

    schema_: Literal[1] = Field(alias="schema")
    id: Slug
    order: Order
    picture: Slug | None = None  # of content/pictures.txt
    hue: Hue | None = None
    title: Named
    summary: Named


class SkillEntry(Strict):
    """One entry of content/skills.yml."""

    id: SkillId
    name: Named
    kns: Kns


class SkillsFile(Strict):
    """The file content/skills.yml."""

    schema_: Literal[1] = Field(alias="schema")
    skills: list[SkillEntry]


class SubjectEntry(Strict):
    """One entry of content/subjects.yml; `grades` are the first and the last grade that have the subject."""

    id: Annotated[str, Field(pattern=r"^[a-z]+(-[a-z]+)*$")]
    name: Named
    grades: Annotated[list[Annotated[int, Field(ge=1, le=12)]], Field(min_length=2, max_length=2)]


class SubjectsFile(Strict):
    """The file content/subjects.yml."""

    schema_: Literal[1] = Field(alias="schema")
    subjects: list[SubjectEntry]


MAX_SYNONYM_WORDS = 6  # syllables of a term that has synonyms; the search looks for no longer ones


class SynonymsFile(Strict):
    """The file content/synonyms.yml."""

    schema_: Literal[1] = Field(alias="schema")
    synonyms: dict[Words, list[Words]]


class LabelsFile(Strict):
    """The file content/screens.yml: the words of pictures of screens, in other languages."""

    schema_: Literal[1] = Field(alias="schema")
    labels: dict[Lang, dict[Words, Words]]


def _web_address(text: str) -> str:
    if not WEB_ADDRESS.fullmatch(text):
        raise refuse("url", "địa chỉ bắt đầu bằng https:// hoặc http://")
    return text


WEB_ADDRESS = re.compile(r"https?://[^\s/]+\.[^\s]+")


class Fact(Strict):
    """A number or name that may change, stored outside the lessons' sentences.

    `meaning` says what it is the number or name of.
    """

    meaning: Named | None = None
    value: Named
    source: Words
    source_url: Annotated[str, AfterValidator(_web_address)] | None = None
    as_of: dt.date
    verified_on: dt.date | None = None


class FactsFile(Strict):
    """The file content/facts.yml."""

    schema_: Literal[1] = Field(alias="schema")
    facts: dict[Slug, Fact]
