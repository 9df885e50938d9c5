"""Two devices that begin in the same moment begin one run."""

from concurrent.futures import ThreadPoolExecutor

from flask import Flask

from tests.factories import World
from tests.practice.test_run_pages import NAME
from tutoring.kernel.errors import Conflict
from tutoring.practice.runs import commands, queries


def test_many_starts_in_the_same_moment_are_one_run(app: Flask, world: World) -> None:
    def start(_n: int) -> str:
        with app.app_context():
            return commands.start_run(world["minh"], NAME, "alone").id

    with ThreadPoolExecutor(8) as at_once:
        ids = set(at_once.map(start, range(8)))
    with app.app_context():
        assert [one.id for one in queries.open_runs(world["minh"])] == list(ids)


def test_many_who_begin_anew_leave_one_run_open(app: Flask, world: World) -> None:
    def start(_n: int) -> str:
        with app.app_context():
            try:
                return commands.start_run(world["minh"], NAME, "alone", again=True).id
            except Conflict:  # the run that another had just begun was given up by a third: they are asked to look anew
                return ""

    with ThreadPoolExecutor(8) as at_once:
        ids = set(at_once.map(start, range(8)))
    with app.app_context():
        (left,) = queries.open_runs(world["minh"])
        assert left.id in ids
