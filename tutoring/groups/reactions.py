"""Reactions of groups: merged units, ended memberships, suspensions, erased accounts."""

import sqlalchemy as sa

from tutoring.accounts.events import AccountErased
from tutoring.community.events import MembershipEnded, Suspended, UnitsMerged
from tutoring.groups import erasure as groups_erasure
from tutoring.groups.models import GroupPost, GroupTask
from tutoring.groups.tasks import commands as tasks_commands
from tutoring.kernel.db import db
from tutoring.kernel.events import on


@on(UnitsMerged)
def move_posts_and_tasks_to_merged_unit(event: UnitsMerged) -> None:
    """Moves announcements and tasks to the new unit.

    Announcements lose their pin, because a page has only one. The lessons of the month stay with the old unit; those of
    the new unit apply.
    """
    posts = sa.update(GroupPost).where(GroupPost.unit_id == event.from_id)
    db.session.execute(posts.values(unit_id=event.into_id, pinned=False, told_on=None))
    db.session.execute(sa.update(GroupTask).where(GroupTask.unit_id == event.from_id).values(unit_id=event.into_id))


@on(MembershipEnded)
def release_tasks_of_departed_member(event: MembershipEnded) -> None:
    tasks_commands.release_tasks(event.user_id)


@on(Suspended)
def release_tasks_of_suspended_user(event: Suspended) -> None:
    tasks_commands.release_all_tasks(event.user_id)


@on(AccountErased)
def erase_user_data(event: AccountErased) -> None:
    groups_erasure.forget_person(event.user_id)
