"""What tests of requests kept at the desk share: who asks without a device, and what becomes of a need."""

import sqlalchemy as sa

from tests.factories import World, person
from tutoring.devices.events import NeedEnded, NeedMet
from tutoring.devices.needs.models import DeviceNeed
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.events import publish
from tutoring.lessons.skills.queries import topics
from tutoring.pairing.requests import commands as requests_commands


def lacks(world: World, name: str = "bay", lack: str = "device", *, by: str = "", words: str = "Tôi muốn nộp hồ sơ",
          wish: str = "now") -> int:  # fmt: skip
    """Somebody asks who has no device, no internet, or neither."""
    learner = person(world[name])
    asker = person(world[by or name])
    return requests_commands.ask_for_help(asker, learner, topics("vi")[0][0], words, lack=lack, wish=wish).id


def needs(person_id: int) -> dict[str, DeviceNeed]:
    """The newest need of each kind of somebody."""
    query = sa.select(DeviceNeed).where(DeviceNeed.person_id == person_id).order_by(DeviceNeed.id)
    return {need.kind: need for need in db.session.scalars(query)}


@command
def met(person_id: int, kind: str = "device") -> None:
    """What somebody needed has come."""
    publish(NeedMet(0, kind, person_id, person_id))


@command
def ended(person_id: int, kind: str = "device", state: str = "refused") -> None:
    """Nothing comes of what somebody needed."""
    publish(NeedEnded(0, kind, person_id, person_id, state))


@command
def end(need_id: int, state: str) -> None:
    """A need ends, as its own feature ends it."""
    need = db.session.get_one(DeviceNeed, need_id)
    need.state, need.ended_at = state, clock.now()
