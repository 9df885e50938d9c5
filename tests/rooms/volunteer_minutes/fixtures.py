"""Sessions that take their time, for tests of minutes of help."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta

from tests.factories import World, person
from tests.rooms.conftest import new_id, open_adults, open_pair
from tutoring.accounts.models import User
from tutoring.accounts.sign_ins import lifecycle, open_sockets
from tutoring.kernel import clock
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.presence import commands as presence_commands
from tutoring.rooms.sessions import commands as sessions_commands
from tutoring.rooms.volunteer_minutes.models import HelpSession
from tutoring.rooms.volunteer_minutes.queries import sessions_of_room


@contextmanager
def at_noon(days: int = 0) -> Iterator[None]:
    """The clock runs on from noon in Vietnam, today or so many days from it: no test begins shortly before midnight."""
    with clock.travel(datetime.combine(clock.today() + timedelta(days=days), time(5), UTC)):
        yield


def comes(user: User, room_id: int) -> str:
    """This person opens the room's page and stays; returns the socket."""
    sid = new_id()
    open_sockets.open_sockets([(sid, lifecycle.begin_sign_in(user, "test").id, user.id)])
    presence_commands.enter(user, room_id, sid)
    return sid


def says(user: User, room_id: int, text: str = "Dạ") -> None:
    messages_commands.post_message(user, room_id, new_id(), text)


def talk(room_id: int, people: list[User], minutes: int, every: int = 4) -> None:
    """They write by turns of so many minutes, for so long; all write at the very beginning of each turn."""
    left = minutes
    while left > 0:
        for user in people:
            says(user, room_id)
        clock.move(timedelta(minutes=min(every, left)))
        left -= every


def helped(world: World, minutes: int = 20, word: str = "helped", *, learner: str = "minh") -> HelpSession:
    """Khoa helps Minh, or Lan helps Bảy, for so long, and the learner ends it with this word about the help."""
    room_id = open_pair(world) if learner == "minh" else open_adults(world)
    pair = [person(world[learner]), person(world["khoa" if learner == "minh" else "lan"])]
    for user in pair:
        comes(user, room_id)
    talk(room_id, pair, minutes)
    sessions_commands.end_session(person(world[learner]), room_id, "yes", True, "Cảm ơn nhiều", word)
    return sessions_of_room(room_id)[0]
