"""The shape of every file in content/: what may stand in it and what must."""

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from tutoring.lessons.strict_yaml import Parsed

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
SkillId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([-.][a-z0-9]+)*$", max_length=60)]
Lang = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[a-z]+)?$")]
Words = Annotated[str, StringConstraints(min_length=1, max_length=400, strip_whitespace=True)]
Alt = Annotated[str, StringConstraints(min_length=5, max_length=160)]
Title = Annotated[str, StringConstraints(min_length=3, max_length=90)]
Summary = Annotated[str, StringConstraints(min_length=3, max_length=200)]
Kns = Annotated[int, Field(ge=0, le=7)]

Audience = Literal["hoc-sinh", "phu-huynh", "nguoi-dan", "nguoi-huong-dan", "giao-vien", "can-bo"]
Device = Literal["dien-thoai", "may-tinh", "may-tinh-bang"]
Share = Literal["lesson", "step", "attempts", "sim_screen"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def _refuse(code: str, say: str) -> PydanticCustomError:
    return PydanticCustomError("content", "{say}", {"code": code, "say": say})


class Source(_Strict):
    """Where a claim comes from: an address, or a publisher with what is known of the text."""

    id: Slug
    title: str | None = None
    publisher: str | None = None
    date: dt.date | None = None
    ref: str | None = None  # the number the publisher gives the text
    url: str | None = None
    checked: dt.date | None = None  # the day a person opened it
    as_of: dt.date | None = None  # the day up to which the claim was known to stand
    says: str | None = None  # what is taken from it

    @model_validator(mode="after")
    def _known(self) -> "Source":
        if not self.url and not self.publisher:
            raise _refuse("source", "nguồn cần có url, hoặc nơi đăng (publisher)")
        if not (self.url or self.title or self.date or self.ref):
            raise _refuse("source", "nguồn không có url thì cần tên bài (title), ngày (date) hoặc số bài (ref)")
        if self.url and not self.url.startswith("https://"):
            raise _refuse("link", "url của nguồn phải bắt đầu bằng https://")
        return self


class Review(_Strict):
    """Who else has read the lesson, and how often it must be read again."""

    by: str = ""
    on: dt.date | None = None
    every_days: int = Field(ge=30, le=365)

    @model_validator(mode="after")
    def _dated(self) -> "Review":
        if self.by and self.on is None:
            raise _refuse("review", "có người duyệt (by) thì phải ghi ngày duyệt (on)")
        if self.on and not self.by:
            raise _refuse("review", "có ngày duyệt (on) thì phải ghi ai duyệt (by)")
        return self


class Medium(_Strict):
    """A picture or recording of a lesson."""

    id: Slug
    file: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+\.(svg|webp|png|jpg|opus|mp3)$")]
    alt: Alt | None = None
    decorative: bool = False
    long: str | None = None
    licence: str = "CC-BY-4.0"
    shot_of: str | None = None

    @model_validator(mode="after")
    def _described(self) -> "Medium":
        if self.decorative == bool(self.alt):
            raise _refuse("alt", "hình cần lời tả (alt), hoặc ghi decorative: true nếu chỉ để trang trí")
        return self


class Unverified(_Strict):
    """A claim nobody could check yet; editors find it in the report."""

    step: Slug | None = None
    what: Words


class Front(_Strict):
    """The head of vi.md."""

    schema_: Literal[1] = Field(alias="schema")
    id: Slug
    version: int = Field(ge=1)
    lang: Literal["vi"] = "vi"
    title: Title
    summary: Summary
    path: Slug
    order: int = Field(ge=0)
    level: Literal[1, 2, 3]
    minutes: int = Field(ge=1, le=30)
    audience: list[Audience] = Field(min_length=1)
    devices: list[Device] = Field(default=["dien-thoai"], min_length=1)
    requires: list[Slug] = []
    teaches: list[SkillId] = Field(min_length=1)
    aliases: list[Words] = []
    licence: Literal["CC-BY-4.0"] = "CC-BY-4.0"
    authors: list[Words] = Field(min_length=1)
    as_of: dt.date | None = None  # the day the lesson describes
    sources: list[Source] = []
    unverified: list[Unverified] = []
    media: list[Medium] = []
    review: Review

    @model_validator(mode="after")
    def _second_person(self) -> "Front":
        if self.review.by and self.review.by in self.authors:
            raise _refuse("reviewer", "người duyệt không được là người viết; để by trống đến khi có người thứ hai")
        return self


class MediumText(_Strict):
    """What a translation says of a picture."""

    alt: Alt | None = None
    long: str | None = None


class TranslatedFront(_Strict):
    """The head of en.md and its like."""

    schema_: Literal[1] = Field(alias="schema")
    translates: Slug
    lang: Lang
    source_version: int = Field(ge=1)
    source_hash: dict[Slug, Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{10}$")]]
    title: Title
    summary: Summary
    media: dict[Slug, MediumText] = {}
    review: Review | None = None


class Option(_Strict):
    """One answer of a checkpoint."""

    id: Slug
    text: Words
    correct: bool = False
    say: Words | None = None
    back_to: Slug | None = None


class Checkpoint(_Strict):
    """A question that lets people see whether they are still on the way."""

    type: Literal["checkpoint"] = "checkpoint"
    id: Slug
    kind: Literal["single", "multiple", "order", "confirm", "type"]
    prompt: Words
    options: list[Option] = Field(min_length=1)
    say: Words | None = None  # to a wrong order or a wrong word
    hints: list[Words] = Field(min_length=1, max_length=3)

    @model_validator(mode="after")
    def _answerable(self) -> "Checkpoint":
        ids = [option.id for option in self.options]
        if len(set(ids)) != len(ids):
            raise _refuse("option-id", "hai lựa chọn trùng id; mỗi lựa chọn một id")
        right = sum(option.correct for option in self.options)
        wrong = len(ids) - right
        if self.kind == "single" and (right != 1 or not wrong):
            raise _refuse("correct", "câu hỏi single cần đúng một lựa chọn correct: true và ít nhất một lựa chọn sai")
        if self.kind in {"multiple", "confirm"} and not right:
            raise _refuse("correct", f"câu hỏi {self.kind} cần ít nhất một lựa chọn correct: true")
        if self.kind == "order" and len(ids) < 2:
            raise _refuse("correct", "câu hỏi order cần ít nhất hai việc, viết theo thứ tự đúng")
        if self.kind == "type" and wrong:
            raise _refuse("correct", "câu hỏi type: mọi lựa chọn là một cách gõ đúng, ghi correct: true")
        if self.kind in {"single", "multiple", "confirm"}:
            silent = [option.id for option in self.options if not option.correct and not option.say]
            if silent:
                raise _refuse("feedback", f"lựa chọn sai “{silent[0]}” cần lời giải thích (say)")
        return self


class Mistake(_Strict):
    """What people do wrong here, and what to do instead."""

    wrong: Words
    fix: Words
    danger: bool = False
    see: Slug | None = None  # the lesson of the safety path that teaches it


class Mistakes(_Strict):
    """The usual mistakes of a step."""

    type: Literal["mistakes"] = "mistakes"
    items: list[Mistake] = Field(min_length=1)


class Stuck(_Strict):
    """What goes to a helper when somebody is stuck at this step, and what never does."""

    type: Literal["stuck"] = "stuck"
    ask: Annotated[str, StringConstraints(min_length=5, max_length=200)]
    topic: SkillId
    share: list[Share] = Field(default=["lesson", "step", "attempts"], min_length=1)
    never_share: list[Slug] = Field(default=["otp", "mat-khau", "so-can-cuoc"], min_length=1)
    escalate_to: Slug | None = None


class Sim(_Strict):
    """A piece of the practice portal."""

    type: Literal["sim"] = "sim"
    scenario: Slug
    start: Slug | None = None
    goal: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]+$")]


Block = Checkpoint | Mistakes | Stuck | Sim
BLOCKS: dict[str, type[Block]] = {"checkpoint": Checkpoint, "mistakes": Mistakes, "stuck": Stuck, "sim": Sim}


class Named(_Strict):
    """A word or sentence in Vietnamese and, if there is one, in English."""

    vi: Words
    en: Words | None = None


class PathFile(_Strict):
    """content/paths/<id>.yml"""

    schema_: Literal[1] = Field(alias="schema")
    id: Slug
    order: int = Field(ge=0)
    title: Named
    summary: Named


class SkillEntry(_Strict):
    """One line of content/skills.yml."""

    id: SkillId
    name: Named
    kns: Kns


class SkillsFile(_Strict):
    """content/skills.yml"""

    schema_: Literal[1] = Field(alias="schema")
    skills: list[SkillEntry]


class SynonymsFile(_Strict):
    """content/synonyms.yml"""

    schema_: Literal[1] = Field(alias="schema")
    synonyms: dict[Words, list[Words]]


class Fact(_Strict):
    """A number or name that may change, kept out of the lessons' sentences."""

    value: Named
    source: Words
    source_url: str | None = None
    as_of: dt.date
    verified_on: dt.date | None = None


class FactsFile(_Strict):
    """content/facts.yml"""

    schema_: Literal[1] = Field(alias="schema")
    facts: dict[Slug, Fact]


def problems(error: ValidationError, parsed: Parsed) -> list[tuple[int, str, str]]:
    """(line in the text, code, what is wrong) of a failed check, in words for the people who write lessons."""
    found = []
    for one in error.errors(include_url=False):
        loc = ["schema" if part == "schema_" else part for part in one["loc"]]
        if loc and loc[0] == "items":  # a list of mistakes is written without this word
            loc = loc[1:]
        found.append((parsed.line(loc), *_words(one, ".".join(str(part) for part in loc))))
    return found


def _words(one: Any, name: str) -> tuple[str, str]:
    context = one.get("ctx", {})
    if one["type"] == "content":
        return context["code"], context["say"]
    say = {
        "missing": f"thiếu mục “{name}”",
        "extra_forbidden": f"không có mục nào tên “{name}”; hãy sửa chính tả hoặc xoá",
        "string_too_long": f"“{name}” dài quá {context.get('max_length')} ký tự",
        "string_too_short": f"“{name}” ngắn hơn {context.get('min_length')} ký tự",
        "too_short": f"“{name}” cần ít nhất {context.get('min_length')} mục",
        "too_long": f"“{name}” nhiều quá {context.get('max_length')} mục",
        "literal_error": f"“{name}” phải là {context.get('expected')}",
        "string_pattern_mismatch": f"“{name}” viết sai mẫu (chữ thường không dấu, số, gạch nối)",
        "string_type": f"“{name}” phải là chữ; hãy đặt trong dấu ngoặc kép",
        "int_type": f"“{name}” phải là số nguyên, không có số 0 ở đầu, không đặt trong ngoặc kép",
        "bool_type": f"“{name}” phải là true hoặc false",
        "date_type": f"“{name}” phải là ngày kiểu 2026-11-24",
        "list_type": f"“{name}” phải là một danh sách",
        "greater_than_equal": f"“{name}” nhỏ nhất là {context.get('ge')}",
        "less_than_equal": f"“{name}” lớn nhất là {context.get('le')}",
    }.get(one["type"], f"“{name}” viết sai: {one['msg']}")
    return one["type"].replace("_", "-"), say
