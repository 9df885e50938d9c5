"""People of the demonstration who wish for a weekly meeting, and tell when they are free."""

from tests.factories import World, person
from tutoring.lessons.skills import commands as skills_commands
from tutoring.lessons.skills.queries import topics
from tutoring.pairing.requests import commands as requests_commands
from tutoring.pairing.scheduling import commands as scheduling_commands
from tutoring.pairing.scheduling.week_grid import of_cells
from tutoring.pairing.vetting import commands as vetting_commands
from tutoring.pairing.vetting.conduct_texts import conduct_for

EVENINGS = of_cells((day, half) for day in range(7) for half in range(22, 28))  # 18:00–21:00


def wishes(world: World, name: str) -> int:
    """This person asks for a weekly meeting; returns the request."""
    learner = person(world[name])
    return requests_commands.ask_for_help(learner, learner, topics("vi")[0][0], wish="weekly").id


def tells_hours(world: World, *names: str, pairs: int = 2) -> None:
    """These people are free every evening."""
    for name in names:
        scheduling_commands.set_hours(person(world[name]), world[name], EVENINGS, pairs)


def may_help(world: World, name: str) -> None:
    """This member of staff promises and holds the skill."""
    someone = person(world[name])
    vetting_commands.accept_conduct(someone, conduct_for(someone.is_minor).text_hash)
    giver = person(world["hang" if name != "hang" else "quang"])
    skills_commands.grant_skill(giver, world[name], topics("vi")[0][0], 2)
