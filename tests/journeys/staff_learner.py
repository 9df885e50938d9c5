"""A program for a site: somebody (by user name) goes through all lessons of the track for neighbourhoods, and passes
their quizzes."""

import sys

import sqlalchemy as sa

from tests.training.fixtures import learns
from tutoring.accounts.models import User
from tutoring.cli import create_app
from tutoring.kernel.db import db
from tutoring.training.tracks import tracks


def main(username: str) -> None:
    learns(db.session.scalars(sa.select(User.id).where(User.username == username)).one(), *tracks()["khu-pho"].lessons)


if __name__ == "__main__":
    with create_app().app_context():
        main(sys.argv[1])
