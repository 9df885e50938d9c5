"""Erases the content of an erased account from the pages of groups."""

import sqlalchemy as sa

from tutoring.groups.events import PostWithdrawn, TaskLeft
from tutoring.groups.models import GroupPost, GroupTask
from tutoring.groups.tasks.commands import release_all_tasks
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.events import publish


@command
def forget_person(user_id: int) -> None:
    """Deletes the announcements of the user and the tasks that the user created.

    Tasks assigned to the user are released for another member.
    """
    posts = sa.select(GroupPost).where(GroupPost.author_id == user_id).order_by(GroupPost.id)
    for post in db.session.scalars(posts).all():
        publish(PostWithdrawn(post.id))
        db.session.delete(post)
    tasks = sa.select(GroupTask).where(GroupTask.created_by_id == user_id).order_by(GroupTask.id)
    for task in db.session.scalars(tasks).all():
        if task.assignee_id is not None:
            publish(TaskLeft(task.id, task.assignee_id))
        db.session.delete(task)
    db.session.flush()
    release_all_tasks(user_id)
    had = GroupTask.assignee_id == user_id
    db.session.execute(sa.update(GroupTask).where(had).values(assignee_id=None, agreed=False))
