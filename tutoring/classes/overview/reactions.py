"""Reactions of the overview: a consent that ends or comes hides or shows a pupil on open pages; merged classes."""

from tutoring.accounts.events import ConsentRestored, ConsentWithdrawn
from tutoring.classes.overview import queries
from tutoring.classes.overview.commands import move_nudges, withdraw_nudges
from tutoring.community.events import UnitsMerged
from tutoring.kernel.commands import after_commit
from tutoring.kernel.events import on
from tutoring.policy.class_overview import NEEDED
from tutoring.web.socket_io import realtime


@on(ConsentWithdrawn)
def hide_progress(event: ConsentWithdrawn) -> None:
    if event.purpose in NEEDED:
        withdraw_nudges(event.subject_id)
        _push(event.subject_id)


@on(ConsentRestored)
def show_progress_again(event: ConsentRestored) -> None:
    if event.purpose in NEEDED:
        _push(event.subject_id)


@on(UnitsMerged)
def move_nudges_to_merged_class(event: UnitsMerged) -> None:
    move_nudges(event.from_id, event.into_id)


def _push(pupil_id: int) -> None:
    after_commit(realtime.push_each, "changed", {"what": "overview"}, queries.teachers_of(pupil_id))
