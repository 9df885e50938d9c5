"""Events of the overview."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PupilNudged:
    """A teacher asks a stuck pupil whether to call a helper."""

    nudge_id: int
    pupil_id: int
    by_id: int
    lesson_slug: str
    step_number: int


@dataclass(frozen=True)
class NudgesWithdrawn:
    """The progress of a pupil is no longer shown: what teachers asked because of it is taken back."""

    pupil_id: int
    nudge_ids: tuple[int, ...]
