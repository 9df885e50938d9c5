"""Rules of school subjects as topics: only pupils help with them, and only where the school has switched them on.

The topic of a subject names the grade too, as `mon.toan.6`. So a helper holds it grade by grade, like every other
skill.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

PREFIX = "mon."
LAST_PRIMARY_GRADE = 5
GRADES = range(1, 13)


@dataclass(frozen=True)
class SubjectSwitches:
    """Where a school has switched subjects on. Both are off until its coordinator decides."""

    primary: bool = False  # grades 1–5
    secondary: bool = False  # grades 6–12

    def on_for(self, grade: int | None) -> bool:
        """Returns whether pupils of this grade may ask about their subjects."""
        if grade is None:
            return False
        return self.primary if grade <= LAST_PRIMARY_GRADE else self.secondary


def topic_of(subject: str, grade: int) -> str:
    """Returns the topic of a subject in a grade."""
    return f"{PREFIX}{subject}.{grade}"


def is_school_subject(topic: str) -> bool:
    """Returns whether a topic is a school subject."""
    return topic.startswith(PREFIX)


def subject_and_grade(topic: str) -> tuple[str, int]:
    """Returns the subject and the grade that the topic of a school subject names."""
    subject, _, grade = topic.removeprefix(PREFIX).rpartition(".")
    return subject, int(grade)


def in_ranges(grades: Iterable[int]) -> str:
    """Returns grades as ranges, as "3, 6–9"."""
    runs: list[list[int]] = []
    for grade in sorted(set(grades)):
        if runs and grade == runs[-1][-1] + 1:
            runs[-1].append(grade)
        else:
            runs.append([grade])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)


def may_ask_about(topic: str, minor: bool, grade: int | None, switches: SubjectSwitches) -> bool:
    """A pupil asks about the subjects of their own grade, where the school has switched them on."""
    return minor and switches.on_for(grade) and subject_and_grade(topic)[1] == grade


def may_hold(topic: str, minor: bool, grade: int | None) -> bool:
    """Only pupils hold a school subject, of their own grade and of those below."""
    return minor and grade is not None and subject_and_grade(topic)[1] <= grade


def may_switch_subjects(held: Collection[str]) -> bool:
    """The coordinator of a school, or of a unit above it, switches its subjects on and off."""
    return "coordinator" in held
