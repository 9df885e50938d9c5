"""A neighbourhood that learned for two months, and the months counted: `python -m tests.journeys.two_months_of_use`.

Residents come in by a code, ask on Monday evenings, are helped by a teacher and finish lessons, all by the commands
that everybody uses; only the clock is moved. Last month it was 24 people, the month before 14.
"""

from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.accounts.registration import create_user
from tutoring.cli import create_app
from tutoring.community import commands as community
from tutoring.community.join_codes.commands import use_code
from tutoring.community.models import Unit
from tutoring.insights.monthly_statistics.jobs import rebuild
from tutoring.insights.monthly_statistics.months import back, of_day
from tutoring.kernel import clock, rate_limits
from tutoring.kernel.db import db
from tutoring.lessons.progress import commands as progress_commands
from tutoring.lessons.skills import commands as skills_commands
from tutoring.pairing.offers import commands as offers_commands
from tutoring.pairing.requests import commands as requests_commands
from tutoring.pairing.requests.queries import request
from tutoring.rooms.sessions import commands as sessions_commands

TOPIC, LESSON = "an-toan.otp", "otp-khong-doc-cho-ai"
PEOPLE = {1: 24, 2: 14}  # by how many months ago


def person(handle: str) -> User:
    return db.session.scalars(sa.select(User).where(User.username == handle)).one()


def monday(month: date) -> datetime:
    """Seven in the evening of its first Monday."""
    day = month + timedelta(days=-month.weekday() % 7)
    return datetime(day.year, day.month, day.day, 19, tzinfo=clock.LOCAL)


def at(moment: datetime) -> AbstractContextManager[None]:
    rate_limits.clear()
    return clock.travel(moment)


def residents(many: int) -> list[str]:
    muoi = person("muoi")
    neighbourhood = db.session.scalars(sa.select(Unit).where(Unit.code == "demo-kp3")).one()
    code = community.create_code(muoi, neighbourhood.id, "learner", max_uses=many)
    for n in range(many):
        made = create_user(f"Cư Dân Số{n}", "bốn từ dễ nhớ", handle=f"cudan.{n}", birth_year=1980)
        member = use_code(made, code.code)
        if member.state == "waiting":
            community.confirm_member(person("muoi"), member.id)
    return [f"cudan.{n}" for n in range(many)]


def an_evening(begins: datetime, handles: list[str]) -> None:
    """Everybody asks; all but the last two are helped, after twelve minutes; everybody finishes the lesson."""
    asked = {}
    for handle in handles:
        with at(begins):
            learner = person(handle)
            asked[handle] = requests_commands.ask_for_help(
                learner, learner, TOPIC, lesson_slug=LESSON, step_number=1
            ).id
    for n, (handle, request_id) in enumerate(asked.items()):
        with at(begins + timedelta(minutes=12)):
            _helped(handle, request_id) if n < len(handles) - 2 else requests_commands.cancel(
                person(handle), request_id
            )
            progress_commands.reach_step(person(handle).id, LESSON, 2)
            progress_commands.finish_lesson(person(handle).id, LESSON)


def _helped(handle: str, request_id: int) -> None:
    offers_commands.claim(person("hang"), request_id)
    requests_commands.answer(person(handle), request_id, "accept")
    room = request(request_id).room_id
    assert room is not None
    sessions_commands.end_session(person(handle), room, "yes")


def main() -> None:
    this = of_day(clock.today())
    with create_app().app_context():
        with at(monday(back(this, 3))):
            handles = residents(max(PEOPLE.values()))
            skills_commands.grant_skill(person("quang"), person("hang").id, TOPIC, 3)
        for ago in sorted(PEOPLE, reverse=True):
            an_evening(monday(back(this, ago)), handles[: PEOPLE[ago]])
        for ago in (2, 1, 0):
            rebuild(back(this, ago))


if __name__ == "__main__":
    main()
