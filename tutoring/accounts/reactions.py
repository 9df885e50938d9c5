"""Ended sign-ins take their sockets with them, on every process."""

from tutoring.accounts.events import SignInEnded
from tutoring.accounts.sessions import sids_of_sign_in
from tutoring.kernel.commands import after_commit
from tutoring.kernel.events import on
from tutoring.web import live


@on(SignInEnded)
def cut_sockets(event: SignInEnded) -> None:
    after_commit(_cut, event.sign_in_id)


def _cut(sign_in_id: int) -> None:
    live.cut(sids_of_sign_in(sign_in_id))
