"""Open pages hear of seats; who leaves a ward, is suspended or erased leaves the training too."""

from tutoring.accounts.events import AccountErased
from tutoring.community.events import MembershipEnded, Suspended
from tutoring.kernel.commands import after_commit
from tutoring.kernel.events import on
from tutoring.training import commands
from tutoring.training.events import SeatFreed, SeatsChanged
from tutoring.training.queries import session_of
from tutoring.web import live


def _nudge(user_ids: tuple[int, ...]) -> None:
    for user_id in dict.fromkeys(user_ids):
        live.push("changed", {"what": "training"}, f"user:{user_id}")


def pages_look_again(event: SeatsChanged | SeatFreed) -> None:
    after_commit(_nudge, (event.user_id, session_of(event.session_id).leader_id))


for kind in (SeatsChanged, SeatFreed):
    on(kind)(pages_look_again)  # type: ignore[arg-type]  # each has session and person


@on(MembershipEnded)
def leave_with_the_unit(event: MembershipEnded) -> None:
    commands.leave_with_the_unit(event.user_id, event.unit_id)


@on(Suspended)
def give_seats_back(event: Suspended) -> None:
    commands.stop_person(event.user_id)


@on(AccountErased)
def erase_with_the_account(event: AccountErased) -> None:
    commands.forget_person(event.user_id)
