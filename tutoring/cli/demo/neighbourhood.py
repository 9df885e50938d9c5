"""The page of Khu phố 3 in the demonstration: posts, lessons of the month, a task, duty.

The duty slots are at the service centre. The users are created in community.py.
"""

from datetime import timedelta

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community.duty import commands as duty_commands
from tutoring.community.models import Unit
from tutoring.groups import commands as groups_commands
from tutoring.groups import queries as groups_queries
from tutoring.groups.announcements import commands as announcements_commands
from tutoring.groups.tasks import commands as tasks_commands
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db

LESSONS = ("bat-may-lam-quen", "otp-khong-doc-cho-ai", "nop-ho-so-dau-tien")
_SATURDAY = 5


@command
def furnish() -> None:
    """Fills the page with the ordinary commands, in the names of Mười and Mai."""
    people = {user.username: user for user in db.session.scalars(sa.select(User).where(User.demo))}
    units = {unit.code: unit for unit in db.session.scalars(sa.select(Unit).where(Unit.code.startswith("demo-")))}
    muoi, mai, hood, ward = people["muoi"], people["mai"], units["demo-kp3"], units["demo-phuong"]
    for weekday in (0, 3):
        duty_commands.add_slot(muoi, hood.id, muoi.id, weekday, 8 * 60, 10 * 60 + 30, "centre")
    duty_commands.add_slot(muoi, hood.id, mai.id, _SATURDAY, 8 * 60, 11 * 60, "centre")
    announcements_commands.write_post(
        mai, ward.id,
        announcements_commands.PostInput(
            "Nộp hồ sơ trên mạng: tập thử trước khi làm thật",
            "Bà con mở mục Luyện tập, làm thử một lần cho quen tay.\n"
            "Cần người chỉ thì bấm Nhờ người giúp, không ai thu tiền.",
        ),
    )  # fmt: skip
    announcements_commands.write_post(
        muoi, hood.id,
        announcements_commands.PostInput(
            "Sáng thứ Bảy cùng tập ở nhà văn hoá khu phố",
            "Bắt đầu lúc 8 giờ. Bà con mang theo điện thoại và cục sạc.\n"
            "Ai chưa có máy vẫn đến được, ngồi học chung với nhau.",
            pinned=True,
        ),
    )  # fmt: skip
    groups_commands.set_month(
        muoi, hood.id, groups_queries.this_month(), [slug for slug in LESSONS if groups_queries.known([slug])]
    )
    due = clock.today() + timedelta(days=6)
    task = tasks_commands.TaskInput("Dán áp phích ở nhà văn hoá", "Hai tờ, dán ngang tầm mắt.", due, muoi.id)
    tasks_commands.write_task(muoi, hood.id, task)
