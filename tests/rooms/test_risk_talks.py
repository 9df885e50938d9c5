"""The scripted talks of tests/safety once more, by the one way on which messages are written."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from tests.factories import World
from tests.rooms.conftest import new_id
from tests.safety.dialogues import START, Talk, talks
from tutoring.accounts.models import User
from tutoring.kernel import clock, events
from tutoring.kernel.errors import DomainError
from tutoring.rooms.events import RiskRaised
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.models import Message
from tutoring.rooms.sessions import commands as sessions_commands
from tutoring.safety.free_text import SaidDanger

Who = Callable[[str], User]
pytestmark = pytest.mark.usefixtures("unhurried")

# People of the demonstration who can play the parts: Bảy is no guardian of Minh, An or Khoa.
PEOPLE = {
    ("minor helper", "minor learner"): ("khoa", "minh"),
    ("adult helper", "minor learner"): ("bay", "minh"),
    ("adult parent", "minor helper"): ("bay", "khoa"),
    ("minor helper", "adult learner"): ("khoa", "bay"),
}
ROLES = {"helper": "helper", "learner": "learner", "parent": "guardian"}


@pytest.fixture
def raised() -> Iterator[list[RiskRaised]]:
    """What is announced during a test."""
    heard: list[RiskRaised] = []
    events.on(RiskRaised)(heard.append)
    yield heard
    events._reactions[RiskRaised].remove(heard.append)


def write(author: User, room_id: int, text: str) -> Message | None:
    """What was stored, warned of or not; None for what was refused: its author has been silenced."""
    try:
        return messages_commands.post_message(author, room_id, new_id(), text, confirm=True)
    except (DomainError, SaidDanger):
        return None


def open_room(talk: Talk, world: World) -> tuple[int, dict[str, str]]:
    parts = dict(zip(talk.who, PEOPLE[tuple(talk.who.values())], strict=True))  # type: ignore[index]
    seats = [(world[parts[letter]], ROLES[part.split()[1]]) for letter, part in talk.who.items()]
    return sessions_commands.open_room(world["lop6a"], seats, "join-class", minors=True, observed=True).id, parts


BAD = talks("bad")


@pytest.mark.parametrize(
    ("backend", "talk"),
    [
        pytest.param(backend, talk, id=f"{backend}-{talk.name}", marks=() if talk in BAD[::4] else pytest.mark.full)
        for backend in ("sqlite", "postgres")
        for talk in BAD
    ],
    indirect=["backend"],
    scope="session",
)
def test_a_bad_talk_reaches_a_teacher_before_its_invitation_elsewhere_is_read(
    talk: Talk, who: Who, inside: World, raised: list[RiskRaised]
) -> None:
    room_id, parts = open_room(talk, inside)
    for turn in talk.turns:
        with clock.travel(turn.at - START + clock.now()):
            made = write(who(parts[turn.speaker]), room_id, turn.text)
        if turn.away:
            assert raised or made is None or made.status == "held"
            assert made is None or made.status == "held", "and it is itself kept back"


@pytest.mark.full  # tests/safety takes the same talks through the rules alone
def test_of_the_good_talks_at_most_one_has_something_held_for_risk(who: Who, inside: World) -> None:
    held = []
    for number, talk in enumerate(talks("benign")):
        room_id, parts = open_room(talk, inside)
        begun = clock.now().replace(hour=0, minute=0) - timedelta(hours=7) + timedelta(days=40 * (number + 1))
        for turn in talk.turns:
            with clock.travel(turn.at - START + begun):
                made = write(who(parts[turn.speaker]), room_id, turn.text)
            if made is not None and made.held_for == "risk":
                held.append((talk.name, turn.text))
    print(f"\nheld for risk: {held}")
    assert len({name for name, _text in held}) <= 1, held
