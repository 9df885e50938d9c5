"""What a run showed, as its person reads it: goals, skills, how each trap was met, and why it counts or not."""

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
    """A trap, what was answered, and what is said to that."""

    text: str
    answer: str
    say: str
    fell: bool


@dataclass(frozen=True)
class Outcome:
    """A finished run."""

    goals: list[tuple[str, bool]]
    skills: list[tuple[str, str, str]]  # name, level, what the level is called
    traps: list[MetTrap]
    result: Result
    counts: bool  # its mode is one in which people show what they can do
    in_part: bool = False  # it was begun in the middle

    @property
    def passed(self) -> bool:
        return self.counts and not self.in_part and self.result.passed

    @property
    def avoided(self) -> int:
        return self.result.traps - self.result.fallen

    @property
    def because(self) -> list[str]:
        """Why it did not pass, one sentence each."""
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
    """What this run showed; `names` are those of skills."""
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
