"""Reactions that end certificates when a minor's consent or their minutes are gone."""

from tutoring.accounts.events import ConsentWithdrawn, DataErasureDue
from tutoring.accounts.queries import user
from tutoring.kernel.events import on
from tutoring.pairing.certificates import commands as certificates_commands
from tutoring.rooms.events import MinutesChanged

_RESTS_ON = frozenset({"hours", "profile"})


@on(ConsentWithdrawn)
def revoke_certificates_after_withdrawal(event: ConsentWithdrawn) -> None:
    if event.purpose in _RESTS_ON and user(event.subject_id).is_minor:
        certificates_commands.end_papers_of(event.subject_id)


@on(DataErasureDue)
def delete_certificates_after_withdrawal(event: DataErasureDue) -> None:
    if event.purpose in _RESTS_ON and user(event.subject_id).is_minor:
        certificates_commands.erase_papers(event.subject_id)


@on(MinutesChanged)
def recheck_certificates_of_helper(event: MinutesChanged) -> None:
    if event.what in ("nobody", "struck"):
        certificates_commands.check_papers_of(event.helper_id, event.day)
