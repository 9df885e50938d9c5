"""What stands on the page of Khu phố 3 of the demonstration: an announcement, lessons of the month, a task, a turn at
the service centre. Its people are made in demo.py."""

from datetime import timedelta

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community import trust
from tutoring.community.models import Unit
from tutoring.groups import commands as groups
from tutoring.groups import months
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db

LESSONS = ("bat-may-lam-quen", "otp-khong-doc-cho-ai", "nop-ho-so-dau-tien")
_SATURDAY = 5


@command
def furnish() -> None:
    """Write it by the same commands as everybody, in the names of Mười and Mai."""
    people = {user.username: user for user in db.session.scalars(sa.select(User).where(User.demo))}
    units = {unit.code: unit for unit in db.session.scalars(sa.select(Unit).where(Unit.code.startswith("demo-")))}
    muoi, mai, hood, ward = people["muoi"], people["mai"], units["demo-kp3"], units["demo-phuong"]
    for weekday in (0, 3):
        trust.add_slot(muoi, hood.id, muoi.id, weekday, 8 * 60, 10 * 60 + 30, "centre")
    trust.add_slot(muoi, hood.id, mai.id, _SATURDAY, 8 * 60, 11 * 60, "centre")
    groups.write_post(
        mai, ward.id,
        groups.WrittenPost(
            "Nộp hồ sơ trên mạng: tập thử trước khi làm thật",
            "Bà con mở mục Luyện tập, làm thử một lần cho quen tay.\n"
            "Cần người chỉ thì bấm Nhờ người giúp, không ai thu tiền.",
        ),
    )  # fmt: skip
    groups.write_post(
        muoi, hood.id,
        groups.WrittenPost(
            "Sáng thứ Bảy cùng tập ở nhà văn hoá khu phố",
            "Bắt đầu lúc 8 giờ. Bà con mang theo điện thoại và cục sạc.\n"
            "Ai chưa có máy vẫn đến được, ngồi học chung với nhau.",
            pinned=True,
        ),
    )  # fmt: skip
    groups.set_month(muoi, hood.id, months.this_month(), [slug for slug in LESSONS if months.known([slug])])
    due = clock.today() + timedelta(days=6)
    task = groups.WrittenTask("Dán áp phích ở nhà văn hoá", "Hai tờ, dán ngang tầm mắt.", due, muoi.id)
    groups.write_task(muoi, hood.id, task)
