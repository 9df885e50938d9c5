"""A program for a site: Hoa, another mother of class 4A, comes in; Thầy Quang becomes a lesson editor. Prints Hoa's
card."""

import json

import sqlalchemy as sa

from tests.circles.parents import parent
from tests.factories import World
from tests.journeys import coordinator
from tutoring.accounts.models import User
from tutoring.cli import create_app
from tutoring.community.models import Unit
from tutoring.kernel.db import db
from tutoring.lessons.proposals.commands import name_editor


def main() -> None:
    people = {row.username: row.id for row in db.session.execute(sa.select(User.username, User.id))}
    units = {code.removeprefix("demo-"): id for code, id in db.session.execute(sa.select(Unit.code, Unit.id))}
    world = World(people, units)
    hoa = parent(world, "Hoa")
    coordinator.main()  # Bảy, who names the editor: nobody names themselves
    name_editor(db.session.get_one(User, world["bay"]), world["quang"], True)
    name = db.session.get_one(User, hoa).username
    print(json.dumps({"username": name, "passphrase": "bốn từ dễ nhớ"}))


if __name__ == "__main__":
    with create_app().app_context():
        main()
