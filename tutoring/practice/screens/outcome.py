"""The outcome of a run for its user: goals, skills, traps, and why it counts or not."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext

from tutoring.practice.engine import scoring, simulator
from tutoring.practice.engine.scenario import Scenario
from tutoring.practice.engine.scoring import Result
from tutoring.practice.engine.simulator import State
from tutoring.practice.labels import LEVELS
from tutoring.practice.runs.models import COUNTING_MODES
from tutoring.practice.screens import screen


@dataclass(frozen=True)
class MetTrap:
    """A trap, the answer to it, and the feedback."""

    text: str
    answer: str
    say: str
    fell: bool


@dataclass(frozen=True)
class Outcome:
    """The outcome of a finished run."""

    goals: list[tuple[str, bool]]
    skills: list[tuple[str, str, str]]  # name, level, label of the level
    traps: list[MetTrap]
    result: Result
    counts: bool  # whether a run in its mode can be passed
    in_part: bool = False  # it began at a later screen

    @property
    def passed(self) -> bool:
        return self.counts and not self.in_part and self.result.passed

    @property
    def avoided(self) -> int:
        return self.result.traps - self.result.fallen

    @property
    def because(self) -> list[str]:
        """Returns why the run did not pass, one sentence for each reason."""
        said = []
        if self.result.fallen:
            said.append(str(gettext("Bạn đã làm theo kẻ lừa đảo. Xem lại phần An toàn bên dưới.")))
        if self.result.reached < self.result.goals:
            said.append(str(gettext("Còn mục tiêu chưa đạt.")))
        said += [
            str(gettext("“%(skill)s” cần tập lại.", skill=name)) for name, level, _ in self.skills if level == "again"
        ]
        return said


def outcome(
    scenario: Scenario, state: State, mode: str, names: Mapping[str, str], language: str, in_part: bool = False
) -> Outcome:
    """Returns the outcome of this run; `names` are the names of skills."""
    result = scoring.result(scenario, state)
    reached = simulator.goals(scenario, state)
    fill = screen.filled(scenario, state, language)
    return Outcome(
        goals=[(fill(goal.text), reached[name]) for name, goal in scenario.goals.items()],
        skills=[(names.get(one.skill, one.skill), one.level, str(gettext(LEVELS[one.level]))) for one in result.skills],
        traps=[
            MetTrap(fill(trap.text), fill(option.text), fill(option.say), option.bad)
            for trap, option in (simulator.met_trap(scenario, one) for one in state.traps)
        ],
        result=result,
        counts=mode in COUNTING_MODES,
        in_part=in_part,
    )
