"""A program for a site: Bảy becomes a coordinator of the school, let in by two people."""

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.cli import create_app
from tutoring.community import commands
from tutoring.community.join_codes.commands import use_code
from tutoring.community.models import Unit
from tutoring.kernel.db import db


def main() -> None:
    one, two, bay = (
        db.session.scalars(sa.select(User).where(User.username == name)).one() for name in ("admin1", "admin2", "bay")
    )
    school = db.session.scalars(sa.select(Unit).where(Unit.code == "demo-truong")).one()
    code = commands.create_code(one, school.id, "coordinator")
    commands.confirm_code(two, code.id)
    member = use_code(bay, code.code)
    if member.state == "waiting":
        commands.confirm_member(two, member.id)


if __name__ == "__main__":
    with create_app().app_context():
        main()
