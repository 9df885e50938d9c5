"""A class with pupils whose progress is shown or not, for tests of the overview."""

from datetime import timedelta

import sqlalchemy as sa

from tests.factories import World, person
from tutoring.accounts.consents.commands import give_consent
from tutoring.accounts.consents.texts import BY_KEY
from tutoring.accounts.models import Consent, User
from tutoring.accounts.registration import record_assent
from tutoring.community.models import Membership
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.lessons.catalogue.models import Lesson
from tutoring.lessons.progress.commands import finish_lesson, reach_step
from tutoring.lessons.progress.models import Attempt, LessonProgress

LESSON = "vao-lop-bang-duong-dan"
PATH = "hoc-truc-tuyen"


def let_see(world: World, child: str = "minh", guardian: str = "lan") -> None:
    """The guardian and the child agree that the teacher sees the progress."""
    give_consent(person(world[guardian]), person(world[child]), "progress_shown")
    record_assent(person(world[guardian]), world[child], {"progress_shown"})


@command
def answer_wrong(user_id: int, slug: str = LESSON, times: int = 2, days: int = 3) -> None:
    """Wrong answers at the step where the pupil is, the first so many days ago."""
    row = db.session.scalars(
        sa.select(LessonProgress).where(LessonProgress.user_id == user_id, LessonProgress.lesson_slug == slug)
    ).one()
    first = clock.now() - timedelta(days=days)
    for n in range(times):
        db.session.add(
            Attempt(
                id=f"{user_id}-{slug}-{n}", user_id=user_id, lesson_slug=slug, version=row.version, step_id=row.step_id,
                checkpoint_id="c", correct=False, answer="x", at=first + timedelta(minutes=n),
            )
        )  # fmt: skip


def get_stuck(user_id: int, slug: str = LESSON, step: int = 2) -> None:
    """The pupil reaches a step and answers wrong there."""
    reach_step(user_id, slug, step)
    answer_wrong(user_id, slug)


def finish(user_id: int, slug: str = LESSON) -> None:
    finish_lesson(user_id, slug)


@command
def add_pupils(unit_id: int, count: int, *, shown: bool = True, tag: str = "") -> list[int]:
    """Many children of one guardian in a class, who and whose guardian agreed; returns their ids."""
    guardian = db.session.scalars(sa.select(User.id).where(User.username == "lan")).one()
    born = clock.today().year - 12
    ids = []
    for n in range(count):
        name = f"Bạn {tag}{n:03}"
        child = User(
            full_name=name, called_name=name, username=f"b{unit_id}{tag}{n}", kind="child", birth_year=born, grade=6
        )
        db.session.add(child)
        db.session.flush()
        ids.append(child.id)
    member = {"unit_id": unit_id, "role": "learner", "state": "active", "confirmed_at": clock.now()}
    db.session.execute(sa.insert(Membership), [{"user_id": one, **member} for one in ids])
    purposes = ["profile", *(["progress_shown"] if shown else [])]
    given = [
        {
            "subject_id": one, "given_by_id": guardian, "kind": kind, "purpose": purpose,
            "text_version": BY_KEY[purpose].version, "text_hash": "", "given_at": clock.now(),
        }
        for one in ids for kind in ("consent", "assent") for purpose in purposes
    ]  # fmt: skip
    if given:
        db.session.execute(sa.insert(Consent), given)
    return ids


@command
def give_progress(pupil_ids: list[int], slugs: list[str]) -> None:
    """Every pupil has begun every lesson: some are stuck, some are done, some seen by a witness."""
    lessons = {one.slug: one for one in db.session.scalars(sa.select(Lesson).where(Lesson.slug.in_(slugs)))}
    moment, rows, tries = clock.now(), [], []
    for p, user_id in enumerate(pupil_ids):
        for s, slug in enumerate(slugs):
            lesson = lessons[slug]
            kind = 0 if s == p % 4 and p % 3 == 0 else 1 + (p * 7 + s * 3) % 4
            step = lesson.step_id(1 + (p + s) % lesson.step_count)
            done = kind >= 3
            rows.append({
                "user_id": user_id, "lesson_slug": slug, "version": lesson.version, "step_id": step,
                "state": "finished" if done else "started", "confirmed": "witnessed" if kind == 4 else "",
                "updated_at": moment - timedelta(days=(p + s) % 9), "finished_at": moment if done else None,
            })  # fmt: skip
            if kind == 0:
                tries += [
                    {
                        "id": f"{user_id}-{slug}-{n}", "user_id": user_id, "lesson_slug": slug, "version": 1,
                        "step_id": step, "checkpoint_id": "c", "correct": False, "answer": "x",
                        "at": moment - timedelta(days=3 + n),
                    }
                    for n in range(2)
                ]  # fmt: skip
    db.session.execute(sa.insert(LessonProgress), rows)
    db.session.execute(sa.insert(Attempt), tries)
