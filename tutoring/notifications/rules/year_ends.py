"""Notification rules for the end of a school year: the other coordinators of the school are notified."""

import sqlalchemy as sa

from tutoring.accounts.queries import user
from tutoring.community.events import YearEnded
from tutoring.community.models import Membership
from tutoring.community.queries import unit
from tutoring.kernel.db import db
from tutoring.kernel.events import on
from tutoring.kernel.text import N_
from tutoring.notifications.inbox.commands import notify


@on(YearEnded)
def notify_coordinators_of_year_end(event: YearEnded) -> None:
    here = (Membership.unit_id == event.school_id, Membership.role == "coordinator", Membership.state == "active")
    say = N_("%(name)s cho cả %(unit)s lên lớp. Mở để xem và hoàn tác nếu cần.")
    if event.undone:
        say = N_("%(name)s hoàn tác việc cho cả %(unit)s lên lớp.")
    key, path = f"year-end:{event.year_end_id}:{int(event.undone)}", f"/units/{event.school_id}/year-end"
    for staff_id in sorted(set(db.session.scalars(sa.select(Membership.user_id).where(*here)))):
        if staff_id != event.by_id:
            notify(staff_id, key, say, path, name=user(event.by_id), unit=unit(event.school_id).name)
