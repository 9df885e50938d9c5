"""Parses the progress that a device sends; every value has a type and a bound."""

import uuid
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from tutoring.kernel.errors import InvalidInput
from tutoring.kernel.text import N_
from tutoring.lessons.offline.commands import OfflineAnswer, OfflineProgress

T = TypeVar("T")

MAX_ITEMS = 200  # of each kind in one request

Name = Annotated[str, StringConstraints(max_length=80, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Names = Annotated[list[Name], Field(max_length=60)]
Count = Annotated[int, Field(ge=0, le=100)]
Version = Annotated[int, Field(ge=1, le=100_000)]
Moment = Annotated[float, Field(ge=0, le=1e11, allow_inf_nan=False)]
Uuid = Annotated[str, AfterValidator(lambda text: str(uuid.UUID(text)))]


class _Item(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")


class _Walked(_Item):
    lesson: Name
    version: Version
    step: Name
    done: Names = []
    finished: bool = False
    taught: Names = []
    at: Moment = 0


class _Answered(_Item):
    id: Uuid
    lesson: Name
    version: Version
    step: Name
    checkpoint: Name
    answer: Names = []
    correct: bool = False
    hints: Count = 0
    at: Moment = 0


def read_device(sent: Any) -> tuple[list[OfflineProgress | None], list[OfflineAnswer | None]]:
    """Returns the lessons and answers of a device; None for each item that cannot be parsed.

    Raises InvalidInput when the request as a whole is malformed.
    """
    if not isinstance(sent, dict):
        raise InvalidInput(N_("Máy gửi sai dạng. Hãy tải lại trang rồi thử lại."))
    return (
        _list(sent.get("lessons", []), lambda one: OfflineProgress(**_plain(_Walked, one))),
        _list(sent.get("answers", []), lambda one: OfflineAnswer(**_plain(_Answered, one))),
    )


def _plain(shape: type[_Item], item: Any) -> dict[str, Any]:
    read = shape.model_validate(item).model_dump()
    return {name: tuple(value) if isinstance(value, list) else value for name, value in read.items()}


def _list(items: Any, read: Callable[[Any], T]) -> list[T | None]:
    if not isinstance(items, list) or len(items) > MAX_ITEMS:
        raise InvalidInput(N_("Máy gửi quá nhiều một lần. Hãy tải lại trang, máy sẽ gửi từng phần."))
    found: list[T | None] = []
    for item in items:
        try:
            found.append(read(item))
        except ValidationError:
            found.append(None)
    return found
