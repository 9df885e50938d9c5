"""The schema of the fenced blocks of a step: checkpoints, mistakes, stuck, sim.

Also parses and checks the blocks, and merges translations into them.
"""

from collections.abc import Callable, Iterator
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, ValidationError, model_validator

from tutoring.lessons.content import strict_yaml
from tutoring.lessons.content.diagnostics import Diagnostics
from tutoring.lessons.content.markdown import SCREEN, RawBlock
from tutoring.lessons.content.schema import SkillId, Slug, Strict, Words, refuse
from tutoring.lessons.content.strict_yaml import Parsed, YamlFault
from tutoring.lessons.content.validation_messages import problems

Share = Literal["lesson", "step", "attempts", "sim_screen"]


class Option(Strict):
    """One answer of a checkpoint."""

    id: Slug
    text: Words
    correct: bool = False
    say: Words | None = None
    back_to: Slug | None = None


class Checkpoint(Strict):
    """A question that lets learners check whether they are still on track."""

    type: Literal["checkpoint"] = "checkpoint"
    id: Slug
    kind: Literal["single", "multiple", "order", "confirm", "type"]
    prompt: Words
    options: list[Option] = Field(min_length=1)
    say: Words | None = None  # feedback to a wrong order or a wrong typed answer
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
    """A usual mistake at this step, and what to do instead."""

    wrong: Words
    fix: Words
    danger: bool = False
    see: Slug | None = None  # the lesson of the safety path that teaches it


class Mistakes(Strict):
    """The usual mistakes of a step."""

    type: Literal["mistakes"] = "mistakes"
    items: list[Mistake] = Field(min_length=1)


class Stuck(Strict):
    """What a help request from this step shares with a helper, and what it never shares."""

    type: Literal["stuck"] = "stuck"
    ask: Annotated[str, StringConstraints(min_length=5, max_length=200)]
    topic: SkillId
    share: list[Share] = Field(default=["lesson", "step", "attempts"], min_length=1)
    never_share: list[Slug] = Field(default=["otp", "mat-khau", "so-can-cuoc"], min_length=1)
    escalate_to: Slug | None = None


class Sim(Strict):
    """A link to a scenario of the practice portal."""

    type: Literal["sim"] = "sim"
    scenario: Slug
    start: Slug | None = None
    goal: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]+$")]


BlockSchema = Checkpoint | Mistakes | Stuck | Sim
BLOCKS: dict[str, type[BlockSchema]] = {"checkpoint": Checkpoint, "mistakes": Mistakes, "stuck": Stuck, "sim": Sim}


Block = dict[str, Any]
TEXTS = {"prompt", "text", "say", "hints", "wrong", "fix", "ask"}  # the fields that a translation may replace


def parse(raw: RawBlock, notes: Diagnostics) -> Parsed | None:
    """Returns the YAML of a block, or None after recording a fault."""
    if raw.type not in BLOCKS:
        notes.fault(raw.line - 1, "block-type", f"không có khối “{raw.type}”; chỉ dùng {', '.join((*BLOCKS, SCREEN))}")
        return None
    try:
        return strict_yaml.parse(raw.body)
    except YamlFault as error:
        notes.fault(raw.line + error.line - 1, "yaml", error.say)
        return None


def check(raw: RawBlock, parsed: Parsed, data: Any, notes: Diagnostics) -> Block | None:
    """Returns `data` (the content of a block) in its full form, ready for JSON.

    Returns None after recording a fault.
    """
    model = BLOCKS[raw.type]
    try:
        block = model.model_validate({"items": data} if raw.type == "mistakes" else data)
    except ValidationError as error:
        for line, code, say in problems(error, parsed):
            notes.fault(raw.line + line - 1, code, say)
        return None
    return block.model_dump(mode="json")


def sentences(data: Any, path: tuple[int | str, ...] = ()) -> Iterator[tuple[tuple[int | str, ...], str]]:
    """Yields (path, text) of every text in a block that learners read."""
    if isinstance(data, dict):
        for key, value in data.items():
            nested = isinstance(value, list) and any(isinstance(one, dict) for one in value)
            if key in TEXTS or nested:  # lists of ids, such as `never_share`, are not read by learners
                yield from sentences(value, (*path, key))
    elif isinstance(data, list):
        for n, value in enumerate(data):
            yield from sentences(value, (*path, n))
    elif isinstance(data, str):
        yield path, data


def filled(data: Any, fill: Callable[[str], str]) -> Any:
    """Returns the same data with every text passed through `fill`."""
    if isinstance(data, dict):
        return {key: filled(value, fill) for key, value in data.items()}
    if isinstance(data, list):
        return [filled(value, fill) for value in data]
    return fill(data) if isinstance(data, str) else data


def overlay(source: Any, translated: Any) -> Any:
    """Returns a source block with translated texts merged in.

    Raises ValueError where the two differ in more than texts.
    """
    if isinstance(source, dict) and isinstance(translated, dict):
        return _overlay_mapping(source, translated)
    if isinstance(source, list) and isinstance(translated, list):
        if all(isinstance(one, dict) and "id" in one for one in source):
            return _overlay_by_id(source, translated)
        if len(source) != len(translated):
            raise ValueError(f"bản gốc có {len(source)} mục, bản dịch có {len(translated)}")
        return [overlay(one, other) for one, other in zip(source, translated, strict=True)]
    if source != translated:
        raise ValueError(f"“{translated!s:.40}” khác bản gốc “{source!s:.40}”")
    return source


def _overlay_mapping(source: Block, translated: Block) -> Block:
    unknown = sorted(set(translated) - set(source))
    if unknown:
        raise ValueError(f"bản gốc không có “{unknown[0]}”")
    untold = sorted(key for key in set(source) & TEXTS if key not in translated and source[key] is not None)
    if untold:
        raise ValueError(f"thiếu bản dịch của “{untold[0]}”")
    made = dict(source)
    for key, value in translated.items():
        if key == "hints" or (key in TEXTS and isinstance(value, str)):
            made[key] = value
        else:
            made[key] = overlay(source[key], value)
    return made


def _overlay_by_id(source: list[Block], translated: list[Any]) -> list[Block]:
    ids = [one["id"] for one in source]
    others = [one.get("id") if isinstance(one, dict) else None for one in translated]
    if ids != others:
        raise ValueError(f"id của bản gốc là {', '.join(ids)}; bản dịch là {', '.join(map(str, others))}")
    return [overlay(one, other) for one, other in zip(source, translated, strict=True)]
