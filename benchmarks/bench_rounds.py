"""From the database to the engine: 30,000 helpers and 1,000 weekly requests of one ward, on SQLite. Prints seconds.

python3 dev.py bench rounds
"""

import random
import sys
import tempfile
import time
from datetime import timedelta

import sqlalchemy as sa
from flask_migrate import upgrade

from tutoring.accounts.models import User
from tutoring.app import create_app
from tutoring.community.models import Membership, Nomination, Unit
from tutoring.config import ROOT, Settings
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.lessons.catalogue.loader import load_content
from tutoring.lessons.quizzes.models import QuizTry
from tutoring.lessons.skills.models import SkillGrant
from tutoring.lessons.skills.queries import topics
from tutoring.pairing.models import ConductAcceptance, HelpRequest
from tutoring.pairing.rounds import problem
from tutoring.pairing.scheduling.models import WeeklyHours
from tutoring.pairing.scheduling.week_grid import of_cells, week_to_bytes
from tutoring.pairing.vetting.conduct_texts import conduct_for
from tutoring.pairing.vetting.queries import TRAINING

HELPERS, REQUESTS, CLASSES, RUNS = 30_000, 1_000, 300, 5
GOAL = 1.0  # seconds


def fill() -> int:
    """Grown-up helpers, past all steps, and adult learners, in 300 groups of a ward; returns the ward."""
    chance, moment = random.Random(5), clock.now()
    skills = [skill for skill, _ in topics("vi")]
    add = db.session.execute
    place = {"form": "", "school_year": "", "youth_help_adults": True, "link_hosts": "", "duty_phone": ""}
    add(sa.insert(Unit), [{"id": 1, "code": "w", "kind": "ward", "name": "W", "ward_id": 1, **place}])
    groups = range(2, 2 + CLASSES)
    add(sa.insert(Unit), [
        {"id": n, "code": f"g{n}", "kind": "neighbourhood", "name": f"G{n}", "parent_id": 1, "ward_id": 1, **place}
        for n in groups
    ])  # fmt: skip
    people = range(1, 1 + HELPERS + REQUESTS)
    add(sa.insert(User), [
        {"id": n, "full_name": "N", "called_name": "N", "username": f"n{n}", "language": "vi"} for n in people
    ])  # fmt: skip
    add(sa.insert(Membership), [
        {"user_id": n, "unit_id": chance.choice(groups), "role": "helper" if n <= HELPERS else "learner",
         "confirmed_at": moment} for n in people
    ])  # fmt: skip
    add(
        sa.insert(WeeklyHours),
        [
            {
                "user_id": n,
                "free": week_to_bytes(of_cells((chance.randrange(7), half) for half in range(18, 30))),
                "pairs": 2,
            }
            for n in people
        ],
    )
    helpers = people[:HELPERS]
    add(sa.insert(Nomination), [
        {"user_id": n, "unit_id": 1, "state": "active", "nominated_by_id": n % HELPERS + 1, "confirmed_at": moment}
        for n in helpers
    ])  # fmt: skip
    yes = conduct_for(False)
    add(sa.insert(ConductAcceptance), [
        {"user_id": n, "kind": yes.kind, "text_version": "v", "text_hash": yes.text_hash} for n in helpers
    ])  # fmt: skip
    add(sa.insert(QuizTry), [
        {"user_id": n, "lesson_slug": TRAINING, "questions": [], "passed": True, "closed_at": moment, "version": 1}
        for n in helpers
    ])  # fmt: skip
    add(sa.insert(SkillGrant), [
        {"user_id": n, "skill_id": skill, "level": chance.randint(1, 3), "granted_by_id": n % HELPERS + 1}
        for n in helpers for skill in chance.sample(skills, 3)
    ])  # fmt: skip
    add(sa.insert(HelpRequest), [
        {"learner_id": n, "asked_by_id": n, "unit_id": chance.choice(groups), "ward_id": 1, "minor": False,
         "topic": chance.choice(skills), "wish": "weekly", "queued_at": moment - timedelta(hours=chance.randrange(500))}
        for n in people[HELPERS:]
    ])  # fmt: skip
    db.session.commit()
    return 1


def main() -> int:
    env = {"INSTANCE": tempfile.mkdtemp(), "ORIGINS": "http://localhost", "JOBS": "0"}
    app = create_app(Settings.from_environment(env))
    with app.app_context():
        upgrade(directory=str(ROOT / "migrations"))
        load_content(ROOT / "content")
        ward = fill()
        taken = []
        for _ in range(RUNS):
            begun = time.perf_counter()
            asked, helpers = problem.of_unit(ward)
            taken.append(time.perf_counter() - begun)
            db.session.remove()
    print(f"{len(helpers):,} helpers and {len(asked):,} requests read in {sorted(taken)[RUNS // 2]:.2f} s "
          f"(best {min(taken):.2f}, worst {max(taken):.2f}); goal: under {GOAL} s")  # fmt: skip
    return 0 if len(helpers) == HELPERS and sorted(taken)[RUNS // 2] < GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
