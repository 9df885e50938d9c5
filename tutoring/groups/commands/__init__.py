"""What people do on the pages of neighbourhoods and wards."""

from tutoring.groups.commands.erasing import forget_person
from tutoring.groups.commands.months import set_month
from tutoring.groups.commands.posters import make_poster
from tutoring.groups.commands.posts import (
    WrittenPost,
    change_post,
    pin_post,
    put_back_post,
    take_back_post,
    write_post,
)
from tutoring.groups.commands.tasks import (
    WrittenTask,
    answer_task,
    change_task,
    move_task,
    release_all_tasks,
    release_tasks,
    write_task,
)

__all__ = [
    "WrittenPost",
    "WrittenTask",
    "answer_task",
    "change_post",
    "change_task",
    "forget_person",
    "make_poster",
    "move_task",
    "pin_post",
    "put_back_post",
    "release_all_tasks",
    "release_tasks",
    "set_month",
    "take_back_post",
    "write_post",
    "write_task",
]
