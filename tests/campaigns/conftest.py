"""A campaign of the ward of the demonstration, as mai writes it."""

from datetime import timedelta

import pytest

from tests.factories import World, person
from tutoring.campaigns import commands, materials
from tutoring.campaigns.commands import Plan
from tutoring.campaigns.models import Campaign, Material
from tutoring.community import commands as community
from tutoring.community.join_codes.commands import sign_up
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.web import visitor_cache

LESSON = "vao-lop-bang-duong-dan"
TITLE = "Giúp nhau học trực tuyến"


def plan(**values: object) -> Plan:
    """A plan that is right, with some of it otherwise."""
    today = clock.today()
    usual: dict[str, object] = {
        "title": TITLE,
        "summary": "Cả phường rủ nhau học và giúp nhau học trực tuyến.",
        "counts": "asked",
        "goal": 200,
        "starts_on": today,
        "ends_on": today + timedelta(days=30),
    }
    return Plan(**(usual | values))  # type: ignore[arg-type]


def opened(world: World, **values: object) -> Campaign:
    """A campaign of the ward, written and published by mai, who is the only officer there."""
    made = commands.write_campaign(person(world["mai"]), world["phuong"], plan(**values))
    return commands.publish_campaign(person(world["mai"]), made.id)


def sheet(world: World, campaign_id: int, kind: str = "poster", lesson: str = LESSON) -> Material:
    """A material from a lesson."""
    return materials.make_material(person(world["mai"]), campaign_id, kind, lesson)


@command
def residents(world: World, number: int, name: str = "Cư dân", unit: str = "kp3") -> list[int]:
    """So many grown-ups who come into Khu phố 3 by one code."""
    code = community.create_code(person(world["muoi"]), world[unit], "learner", max_uses=number)
    return [sign_up(code.code, f"{name} {n}", f"bốn từ dễ nhớ {n}").id for n in range(number)]


def poster_code(world: World, unit: str = "kp3", uses: int = 100) -> str:
    """A code by which grown-ups come in."""
    return community.create_code(person(world["muoi"]), world[unit], "learner", max_uses=uses).code


@pytest.fixture(autouse=True)
def _made_anew() -> None:
    """Pages that visitors got in another test are not given out."""
    visitor_cache.forget()
