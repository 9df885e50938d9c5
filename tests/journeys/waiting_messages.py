"""A program for a site: three messages of Minh's wait on the desk of his school, and a case about Khoa."""

import uuid

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.cli import create_app
from tutoring.community.models import Unit
from tutoring.kernel.db import db
from tutoring.moderation.reports.commands import report
from tutoring.rooms.messages.commands import post_message
from tutoring.rooms.moderation.commands import hold_everything
from tutoring.rooms.sessions.commands import open_room


def main() -> None:
    minh, khoa, quang = (
        db.session.scalars(sa.select(User).where(User.username == name)).one() for name in ("minh", "khoa", "quang")
    )
    unit = db.session.scalars(sa.select(Unit).where(Unit.code == "demo-lop6a")).one()
    for number in range(3):
        seats = [(minh.id, "learner"), (khoa.id, "helper")]
        room = open_room(unit.id, seats, "join-class", minors=True, observed=True)
        hold_everything(quang, room.id)
        post_message(minh, room.id, str(uuid.uuid4()), f"Em làm đến bài {number}")
    report(minh, "room", str(room.id), "other")


if __name__ == "__main__":
    with create_app().app_context():
        main()
