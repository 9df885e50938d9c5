"""The sums that the database counts are those of the states that the table of each class shows."""

import random
from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.classes.overview_class import add_pupils
from tests.factories import World
from tests.parametrize import some
from tutoring.accounts.consents.texts import BY_KEY
from tutoring.accounts.models import Consent, User, Withdrawal
from tutoring.classes.overview import queries, sums
from tutoring.classes.overview.states import GOING, STUCK, Glance
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.lessons.catalogue.models import Lesson
from tutoring.lessons.progress.models import Attempt, LessonProgress
from tutoring.lessons.skills.queries import topics
from tutoring.pairing.models import HelpRequest
from tutoring.policy.class_overview import DONE_LATELY, LOOKS_BACK

DAYS = (0, 1, 3, 6, 8, 29, 31, 60)


def from_the_table(unit_id: int) -> Glance:
    """A class at a glance, from the states of its pupils one by one."""
    now, pupils = clock.now(), queries.pupils_of([unit_id])
    rows = queries.states_of({one.id for one in pupils if one.shown}, now)
    lately = sa.select(sa.func.count(sa.distinct(LessonProgress.user_id))).where(
        LessonProgress.user_id.in_(rows), LessonProgress.finished_at >= now - DONE_LATELY,
        LessonProgress.updated_at > now - LOOKS_BACK,
    )  # fmt: skip
    stuck = going = 0
    for mine in rows.values():
        states = {one.state for one in mine.values()}
        stuck += STUCK in states
        going += STUCK not in states and GOING in states
    return Glance(len(pupils), len(rows), stuck, going, db.session.scalar(lately) or 0)


def at_random(unit_id: int, seed: int, helper_id: int) -> None:
    """Twenty-four pupils of any age and kind, with any consents, tries and requests."""
    chance, now = random.Random(seed), clock.now()
    ids = add_pupils(unit_id, 24, shown=False, tag=f"r{seed}")
    db.session.execute(sa.delete(Consent).where(Consent.subject_id.in_(ids)))
    lessons = list(db.session.scalars(sa.select(Lesson).order_by(Lesson.slug).limit(3)))
    for user_id in ids:
        user = db.session.get_one(User, user_id)
        user.kind, age = chance.choice(
            [("child", 6), ("child", 7), ("child", 8), ("child", 14), ("youth", 17), ("adult", 30)]
        )
        user.birth_year = chance.choice([clock.today().year - age] * 4 + [None])
        user.grade = None if user.kind == "adult" else user.grade
        for kind in ("consent", "assent"):
            for purpose in ("profile", "progress_shown"):
                if chance.random() < 0.96:
                    version = chance.choice([BY_KEY[purpose].version] * 30 + ["0"])
                    db.session.add(Consent(
                        subject_id=user_id, given_by_id=user_id, kind=kind, purpose=purpose, text_version=version,
                        text_hash="", given_at=now - timedelta(days=chance.choice([0] * 30 + [900])),
                        withdrawn_at=chance.choice([None] * 30 + [now]),
                    ))  # fmt: skip
        begun = chance.sample(lessons, chance.randint(0, 3))
        for lesson in begun:
            progress(chance, user_id, lesson)
        if begun and (user_id == ids[0] or chance.random() < 0.4):
            ask(chance, unit_id, user_id, begun[0], helper_id if user_id == ids[0] else None)
    db.session.commit()


def progress(chance: random.Random, user_id: int, lesson: Lesson) -> None:
    now, step = clock.now(), lesson.step_id(1)
    finished = chance.random() < 0.3
    db.session.add(LessonProgress(
        user_id=user_id, lesson_slug=lesson.slug, version=lesson.version, step_id=step,
        state="finished" if finished else "started", confirmed=chance.choice(["", "", "", "quiz", "witnessed"]),
        updated_at=now - timedelta(days=chance.choice(DAYS), minutes=1),
        finished_at=now - timedelta(days=chance.choice(DAYS), minutes=1) if finished else None,
    ))  # fmt: skip
    for n in range(chance.randint(1, 4)):
        db.session.add(Attempt(
            id=f"{user_id}-{lesson.slug}-{n}", user_id=user_id, lesson_slug=lesson.slug, version=lesson.version,
            step_id=chance.choice([step, step, lesson.step_id(2)]), checkpoint_id="c", answer="x",
            correct=chance.random() < 0.1, at=now - timedelta(days=chance.choice(DAYS), minutes=n),
        ))  # fmt: skip


def ask(chance: random.Random, unit_id: int, user_id: int, lesson: Lesson, helper_id: int | None) -> None:
    state = "helping" if helper_id else chance.choice(["waiting", "ended"])
    db.session.add(HelpRequest(
        learner_id=user_id, asked_by_id=user_id, unit_id=unit_id, minor=True, topic=topics("vi")[0][0],
        lesson_slug=lesson.slug,
        state=state, helper_id=helper_id, wish="now" if helper_id else chance.choice(["now", "now", "weekly"]),
        outcome="solved" if state == "ended" else "",
    ))  # fmt: skip


@pytest.mark.parametrize("seed", some(0, rest=range(1, 4)))
def test_the_sums_of_a_class_are_those_of_its_table(inside: World, seed: int) -> None:
    at_random(inside["lop6a"], seed, inside["khoa"])
    at_random(inside["lop4a"], seed + 100, inside["bay"])
    units = [inside["lop6a"], inside["lop4a"], inside["lop11a"], 999_999]
    found = sums.glances(units)
    assert found == {unit_id: from_the_table(unit_id) for unit_id in units}
    some = [found[inside[name]] for name in ("lop6a", "lop4a")]
    assert any(one.stuck for one in some) and all(0 < one.shown < one.pupils for one in some)  # the case says something


def test_a_refusal_of_another_guardian_counts_in_the_sums(inside: World) -> None:
    (child,) = add_pupils(inside["lop6a"], 1, tag="w")
    assert sums.glances([inside["lop6a"]])[inside["lop6a"]].shown == 1
    db.session.add(Withdrawal(
        subject_id=child, purpose="progress_shown", by_id=inside["lan"], at=clock.now(), why="withdrawn",
        clean_at=clock.now(),
    ))  # fmt: skip
    db.session.commit()
    found = sums.glances([inside["lop6a"]])[inside["lop6a"]]
    assert found == from_the_table(inside["lop6a"]) and found.shown == 0


def test_a_class_without_pupils_and_no_class_have_sums_too(inside: World) -> None:
    assert sums.glances([]) == {}
    assert sums.glances([999_999]) == {999_999: Glance()}
