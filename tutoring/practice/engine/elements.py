"""The elements of a scenario's screens: texts, conditions, fields, traps, buttons.

Conditions and rules are a closed list, so a file can never run code.
"""

import datetime as dt
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator

from tutoring.lessons.content.schema import Day, SkillId, Strict, refuse

MAX_DAYS = 60  # the maximum number of days that one action advances
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([_-][a-z0-9]+)*$", max_length=40)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=600, strip_whitespace=True)]
Place = Literal["portal", "app", "phone", "call", "message", "bank", "paper", "outside"]
CARD_RULES = ("equals_persona", "street")  # each names the entry of the card whose value is stored
Kind = Literal["text", "digits", "date", "choice", "mock_file", "check"]
Status = Literal[
    "chua-nop", "moi-dang-ky", "duoc-tiep-nhan", "khong-duoc-tiep-nhan", "dang-xu-ly", "yeu-cau-bo-sung",
    "yeu-cau-nghia-vu-tai-chinh", "cong-dan-rut", "dung-xu-ly", "da-xu-ly-xong", "da-tra-ket-qua",
]  # fmt: skip


def _day(value: object) -> object:
    try:
        return dt.date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        raise refuse("day", f"không có ngày “{value}”; viết kiểu 2026-11-24") from None


SimDay = Annotated[Day, BeforeValidator(_day)]


class Text(Strict):
    """A text in both languages.

    The placeholders {dossier}, {state}, {date}, {fee} and {persona:key} are filled in.
    """

    vi: Line
    en: Line

    def in_(self, language: str) -> str:
        return self.en if language == "en" else self.vi


class Condition(Strict):
    """A condition on the state of a run; it has exactly one kind."""

    field: Name | None = None
    eq: str | None = None
    dossier_in: list[Name] | None = Field(default=None, min_length=1)
    dossier_seen: Name | None = None
    screen: Name | None = None
    screen_seen: Name | None = None
    trap: Name | None = None
    chose: Name | None = None
    all: list["Condition"] | None = Field(default=None, min_length=1)
    any: list["Condition"] | None = Field(default=None, min_length=1)
    not_: "Condition | None" = Field(default=None, alias="not")

    @model_validator(mode="after")
    def _one(self) -> Self:
        kinds = (self.field, self.dossier_in, self.dossier_seen, self.screen, self.screen_seen, self.trap, self.all,
                 self.any, self.not_)  # fmt: skip
        if sum(one is not None for one in kinds) != 1:
            raise refuse("condition", "mỗi điều kiện hỏi đúng một điều (field, dossier_in, screen, trap, all…)")
        if (self.field is None) != (self.eq is None) or (self.trap is None) != (self.chose is None):
            raise refuse("condition", "field đi với eq, trap đi với chose")
        return self


class Persona(Strict):
    """One entry on the card of the invented person."""

    label: Text
    value: Annotated[str, StringConstraints(min_length=1, max_length=80, strip_whitespace=True)]


class Option(Strict):
    """One answer of a field.

    An answer with `say` is rejected with this message. One with `slip` is accepted but counts as a slip.
    """

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([._-][a-z0-9]+)*$", max_length=40)]
    text: Text
    say: Text | None = None
    slip: bool = False


def _single(rule: dict[str, str | int | bool]) -> dict[str, str | int | bool]:
    if len(rule) != 1:
        raise refuse("rule", "mỗi mục của rules là một quy tắc: tên quy tắc rồi giá trị")
    return rule


Rule = Annotated[dict[str, str | int | bool], AfterValidator(_single)]


class ScreenField(Strict):
    """A field to fill in.

    The stored value is the persona's own: rule equals_persona takes no other, rule street any well-formed address.
    Files are only chosen from options.
    """

    id: Name
    type: Kind
    label: Text
    required: bool = False
    rules: list[Rule] = []
    options: list[Option] = []
    when: Condition | None = None
    coach: Text | None = None
    skill: SkillId | None = None

    @model_validator(mode="after")
    def _answerable(self) -> Self:
        chosen = self.type in {"choice", "mock_file"}
        if chosen and not any(one.say is None for one in self.options):
            raise refuse("options", f"ô “{self.id}” cần ít nhất một lựa chọn nhận được (không có say)")
        if not chosen and self.options:
            raise refuse("options", f"ô “{self.id}” kiểu {self.type} không có options")
        if len({one.id for one in self.options}) != len(self.options):
            raise refuse("option-id", f"ô “{self.id}” có hai lựa chọn trùng id")
        return self

    @cached_property
    def persona_key(self) -> str:
        """Returns the persona entry whose value is accepted; empty for fields with options."""
        return next((str(rule[name]) for rule in self.rules for name in CARD_RULES if name in rule), "")


class TrapOption(Strict):
    """One answer to a trap, and its consequence."""

    id: Name
    text: Text
    bad: bool = False
    say: Text
    to: Name | None = None


class Trap(Strict):
    """A fraud attempt; the learner must answer it before any other action on its screen."""

    id: Name
    text: Text
    place: Place = "call"
    skill: SkillId = "an-toan.lua-dao"
    when: Condition | None = None
    options: list[TrapOption] = Field(min_length=2, max_length=5)

    @model_validator(mode="after")
    def _both(self) -> Self:
        if len({one.id for one in self.options}) != len(self.options):
            raise refuse("option-id", f"bẫy “{self.id}” có hai lựa chọn trùng id")
        if not any(one.bad for one in self.options) or all(one.bad for one in self.options):
            raise refuse("trap", f"bẫy “{self.id}” cần ít nhất một cách đúng và một cách sai (bad: true)")
        return self


class Action(Strict):
    """A button.

    `wrong`: the button is a mistake. `leaves`: it leaves a form without validating it.
    """

    id: Name
    label: Text
    to: Name
    when: Condition | None = None
    emit: Name | None = None
    advance_days: int = Field(default=0, ge=0, le=MAX_DAYS)
    wrong: bool = False
    leaves: bool = False
    quiet: bool = False
    coach: Text | None = None
    skill: SkillId | None = None


class InfoLine(Strict):
    """An information line on a screen: a label and a text."""

    label: Text
    text: Text
    when: Condition | None = None


class Screen(Strict):
    """One screen."""

    title: Text
    place: Place = "portal"
    text: list[Text] = []
    shows: list[InfoLine] = []
    fields: list[ScreenField] = []
    trap: Trap | None = None
    actions: list[Action] = []
    skill: SkillId | None = None
    final: bool = False
