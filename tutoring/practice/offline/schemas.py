"""Parses the runs that a device sends; every value has a type and a bound."""

import uuid
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from tutoring.kernel.errors import InvalidInput
from tutoring.kernel.text import N_
from tutoring.practice.engine.field_rules import MAX_VALUE_CHARS
from tutoring.practice.engine.scenario import MAX_EVENTS
from tutoring.practice.offline.commands import OfflineRun

MAX_RUNS = 20  # runs in one request

Word = Annotated[str, StringConstraints(max_length=MAX_VALUE_CHARS)]
Key = Literal["set", "value", "missed", "do", "choose", "back"]
Played = Annotated[dict[Key, Word | Literal[True]], Field(max_length=2)]
Moment = Annotated[float, Field(ge=0, le=1e11, allow_inf_nan=False)]


class _Run(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")

    id: Annotated[str, AfterValidator(lambda text: str(uuid.UUID(text)))]
    scenario: Annotated[str, StringConstraints(max_length=80, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    digest: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
    mode: Literal["together", "alone", "exam"]
    events: Annotated[list[Played], Field(max_length=MAX_EVENTS)]
    begun: Moment = 0
    at: Moment = 0


def read_runs(sent: Any) -> list[OfflineRun | None]:
    """Returns the runs of a device; None for each that cannot be parsed.

    Raises InvalidInput when the request as a whole is malformed.
    """
    runs = sent.get("runs") if isinstance(sent, dict) else None
    if not isinstance(runs, list):
        raise InvalidInput(N_("Máy gửi sai dạng. Hãy tải lại trang rồi thử lại."))
    if len(runs) > MAX_RUNS:
        raise InvalidInput(N_("Máy gửi quá nhiều một lần. Hãy tải lại trang, máy sẽ gửi từng phần."))
    return [_read(one) for one in runs]


def _read(one: Any) -> OfflineRun | None:
    try:
        read = _Run.model_validate(one)
    except ValidationError:
        return None
    return OfflineRun(**{**dict(read), "events": tuple(read.events)})
