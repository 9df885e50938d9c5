"""Asking on after a session: a new request whose first offer goes to the same helper, by all the rules of any other."""

from tutoring.accounts.models import User
from tutoring.kernel.commands import command
from tutoring.kernel.errors import Conflict, Missing
from tutoring.kernel.events import announce
from tutoring.kernel.text import N_
from tutoring.pairing.asking_on import pair_to_go_on
from tutoring.pairing.board import may_take
from tutoring.pairing.commands.asking import ask_for_help
from tutoring.pairing.commands.handing import ask_by_name
from tutoring.pairing.events import AskedOn
from tutoring.pairing.models import HelpRequest
from tutoring.pairing.queries import request_of_room
from tutoring.pairing.ranking import MOST_ASKED_OF_RULES, fit_to_help_on, shut
from tutoring.rooms import queries as rooms


@command
def ask_on(asker: User, room_id: int, words: str = "") -> tuple[HelpRequest, bool]:
    """The learner, or a child's guardian, asks the same helper on. Also says whether that helper is asked first: they
    are when they are here, free and still allowed; otherwise whoever is free comes, as ever, and they are told."""
    room = rooms.room(room_id)
    if room.closed_at is None:
        rooms.readable(asker, room_id)
        raise Conflict(N_("Buổi học này chưa kết thúc. Cứ hỏi ngay trong phòng."), code="open")
    pair = pair_to_go_on(asker, room)
    if pair is None:
        raise Missing
    before = request_of_room(room_id)
    asked = ask_for_help(
        asker, pair.learner, room.topic, words, device=before.device if before else "",
        lesson_slug=room.lesson_slug, step_number=room.step_number,
    )  # fmt: skip
    asked.follows_room_id = room_id
    fit = [] if shut(asked) else fit_to_help_on(asked, MOST_ASKED_OF_RULES, {asker.id})
    same = next((one for one in fit if one.helper_id == pair.helper.id), None)
    if same is not None:
        ask_by_name(asked, same)
    elif any(one.id == asked.id for one in may_take(pair.helper)):
        announce(AskedOn(asked.id, pair.helper.id, pair.learner.id))
    return asked, same is not None
