"""Scores a run by skill; safety is counted separately."""

from dataclasses import dataclass
from typing import Any

from tutoring.practice.engine.scenario import Scenario
from tutoring.practice.engine.simulator import State, goals

SLIPS_FORGIVEN = 2  # of each skill, in a run that counts


@dataclass(frozen=True)
class SkillScore:
    """One skill: the number of completed tasks and of slips."""

    skill: str
    done: int
    slips: int

    @property
    def level(self) -> str:
        """firm, nearly or again."""
        if not self.slips:
            return "firm"
        return "nearly" if self.slips <= SLIPS_FORGIVEN else "again"


@dataclass(frozen=True)
class Result:
    """The result of a run.

    Safety is never offset by other results: after one trap that the learner fell for, the run does not count.
    """

    skills: tuple[SkillScore, ...]
    traps: int
    fallen: int
    goals: int
    reached: int

    @property
    def passed(self) -> bool:
        complete = self.reached == self.goals and not self.fallen
        return complete and all(one.slips <= SLIPS_FORGIVEN for one in self.skills)


def result(scenario: Scenario, state: State) -> Result:
    """Returns the result of the run so far."""
    done: dict[str, int] = {}
    slips: dict[str, int] = {}
    for name, skill in scenario.field_skills.items():
        if name in state.values:
            done[skill] = done.get(skill, 0) + 1
        if missed := state.misses.get(name):
            slips[skill] = slips.get(skill, 0) + missed
    for slip in state.slips:
        slips[slip.skill] = slips.get(slip.skill, 0) + 1
    met = {one.id: one.bad for one in state.traps}
    for trap in (screen.trap for screen in scenario.screens.values() if screen.trap and screen.trap.id in met):
        if met[trap.id]:  # a learner who fell for the trap must practise again
            slips[trap.skill] = slips.get(trap.skill, 0) + SLIPS_FORGIVEN + 1
        else:
            done[trap.skill] = done.get(trap.skill, 0) + 1
    for name in scenario.skills:  # a skill without its own field is shown by the progress of the run
        done.setdefault(name, 0)
    order = sorted({*done, *slips}, key=lambda one: (one not in scenario.skills, one))
    reached = goals(scenario, state)
    return Result(
        skills=tuple(SkillScore(one, done.get(one, 0), slips.get(one, 0)) for one in order),
        traps=len(state.traps),
        fallen=sum(one.bad for one in state.traps),
        goals=len(reached),
        reached=sum(reached.values()),
    )


def result_to_dict(found: Result) -> dict[str, Any]:
    """Returns a result as stored."""
    return {
        "skills": [[one.skill, one.done, one.slips] for one in found.skills],
        "traps": found.traps,
        "fallen": found.fallen,
        "goals": found.goals,
        "reached": found.reached,
    }


def result_from_dict(kept: dict[str, Any]) -> Result:
    """Returns a stored result."""
    skills = tuple(SkillScore(*one) for one in kept["skills"])
    return Result(skills, kept["traps"], kept["fallen"], kept["goals"], kept["reached"])
