"""A program for a site: `basis` records the basis of the school; `cards` prints class 4A's cards anew, as codes."""

import json
import sys

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.cli import create_app
from tutoring.community.class_cards.commands import print_cards
from tutoring.community.class_lists.commands import record_basis
from tutoring.community.models import Unit
from tutoring.kernel.db import db


def main(act: str) -> None:
    person = {row.username: row for row in db.session.scalars(sa.select(User))}
    units = {row.code: row.id for row in db.session.scalars(sa.select(Unit))}
    if act == "basis":
        texts = "Ý kiến pháp lý mẫu cho bản thử", "Thoả thuận mẫu cho bản thử"
        record_basis(person["admin1"], units["demo-truong"], *texts)
    else:
        print(json.dumps({one.called: one.code for one in print_cards(person["hang"], units["demo-lop4a"])}))


if __name__ == "__main__":
    with create_app().app_context():
        main(sys.argv[1])
