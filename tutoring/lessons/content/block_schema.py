"""The shape of the fenced blocks of a step."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from tutoring.lessons.content.schema import SkillId, Slug, Strict, Words, refuse

Share = Literal["lesson", "step", "attempts", "sim_screen"]


class Option(Strict):
    """One answer of a checkpoint."""

    id: Slug
    text: Words
    correct: bool = False
    say: Words | None = None
    back_to: Slug | None = None


class Checkpoint(Strict):
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
            raise refuse("option-id", "hai lựa chọn trùng id; mỗi lựa chọn một id")
        right = sum(option.correct for option in self.options)
        wrong = len(ids) - right
        if self.kind == "single" and (right != 1 or not wrong):
            raise refuse("correct", "câu hỏi single cần đúng một lựa chọn correct: true và ít nhất một lựa chọn sai")
        if self.kind in {"multiple", "confirm"} and not right:
            raise refuse("correct", f"câu hỏi {self.kind} cần ít nhất một lựa chọn correct: true")
        if self.kind == "order" and len(ids) < 2:
            raise refuse("correct", "câu hỏi order cần ít nhất hai việc, viết theo thứ tự đúng")
        if self.kind == "type" and wrong:
            raise refuse("correct", "câu hỏi type: mọi lựa chọn là một cách gõ đúng, ghi correct: true")
        if self.kind in {"single", "multiple", "confirm"}:
            silent = [option.id for option in self.options if not option.correct and not option.say]
            if silent:
                raise refuse("feedback", f"lựa chọn sai “{silent[0]}” cần lời giải thích (say)")
        return self


class Mistake(Strict):
    """What people do wrong here, and what to do instead."""

    wrong: Words
    fix: Words
    danger: bool = False
    see: Slug | None = None  # the lesson of the safety path that teaches it


class Mistakes(Strict):
    """The usual mistakes of a step."""

    type: Literal["mistakes"] = "mistakes"
    items: list[Mistake] = Field(min_length=1)


class Stuck(Strict):
    """What goes to a helper when somebody is stuck at this step, and what never does."""

    type: Literal["stuck"] = "stuck"
    ask: Annotated[str, StringConstraints(min_length=5, max_length=200)]
    topic: SkillId
    share: list[Share] = Field(default=["lesson", "step", "attempts"], min_length=1)
    never_share: list[Slug] = Field(default=["otp", "mat-khau", "so-can-cuoc"], min_length=1)
    escalate_to: Slug | None = None


class Sim(Strict):
    """A piece of the practice portal."""

    type: Literal["sim"] = "sim"
    scenario: Slug
    start: Slug | None = None
    goal: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]+$")]


Block = Checkpoint | Mistakes | Stuck | Sim
BLOCKS: dict[str, type[Block]] = {"checkpoint": Checkpoint, "mistakes": Mistakes, "stuck": Stuck, "sim": Sim}
