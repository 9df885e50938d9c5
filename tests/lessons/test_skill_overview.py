"""The page of what a person can do: which lesson counts why, since when and by whose word, and who may read it."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tutoring.accounts.models import Guardian, User
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.lessons.catalogue.models import Lesson, LessonPath
from tutoring.lessons.catalogue.queries import paths, pictures_for
from tutoring.lessons.progress import commands as progress_commands
from tutoring.lessons.progress import mastery
from tutoring.lessons.progress.models import LessonProgress
from tutoring.lessons.quizzes.models import QuizTry
from tutoring.lessons.skills import commands as skills_commands
from tutoring.lessons.skills.models import SkillGrant
from tutoring.lessons.skills.overview import Evidence, LessonSkill, Overview, overview
from tutoring.web.i18n import said_day

As = Callable[[str], FlaskClient]
FIRST, SECOND, THIRD = "bat-may-lam-quen", "vao-lop-bang-duong-dan", "ket-noi-wifi-4g"


@pytest.fixture
def nobody_holds_a_skill(world: World, app: Flask) -> None:
    with app.app_context():
        db.session.execute(sa.delete(SkillGrant))
        db.session.execute(sa.delete(LessonProgress))
        db.session.commit()


pytestmark = pytest.mark.usefixtures("nobody_holds_a_skill")


def skills_in(found: Overview) -> dict[str, LessonSkill]:
    return {one.head.slug: one for path in found.paths for one in path.skills}


def why(user_id: int, slug: str = FIRST) -> Evidence | None:
    one = skills_in(overview(user_id, "vi")).get(slug)
    return one.evidence if one is not None else None


def how(user_id: int, slug: str = FIRST) -> str:
    found = why(user_id, slug)
    return found.how if found is not None else ""


def taught(slug: str = FIRST) -> list[str]:
    return list(db.session.get_one(Lesson, slug).facts["teaches"])


def main(page: str) -> str:
    return page[page.index("<main") : page.index("</main>")]


def filled(page: str) -> list[str]:
    return re.findall(r'class="btn(?: big)?"', main(page))


def label(page: str, slug: str) -> str:
    """What stands on the label of a lesson."""
    found = re.search(rf'<li class="label[^>]*>(?:(?!</li>).)*/lessons/{slug}".*?</li>', page, re.DOTALL)
    assert found is not None, slug
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[0])).strip()


# ---- why a lesson counts -----------------------------------------------------------------------------------


def test_a_lesson_is_open_then_learning_then_earned_on_a_day(inside: World) -> None:
    minh = inside["minh"]
    assert overview(minh, "vi").empty
    progress_commands.reach_step(minh, FIRST, 2)
    one = skills_in(overview(minh, "vi"))[FIRST]
    assert one.begun and one.evidence is None
    progress_commands.finish_lesson(minh, FIRST)
    found = why(minh)
    row = db.session.scalars(sa.select(LessonProgress).where(LessonProgress.user_id == minh)).one()
    assert found is not None and (found.how, found.at, found.by) == ("self", row.finished_at, None)
    assert overview(minh, "vi").earned == 1


def test_the_strongest_evidence_is_shown(inside: World) -> None:
    minh, hang = inside["minh"], person(inside["hang"])
    progress_commands.finish_lesson(minh, FIRST)
    mastery.confirm(minh, db.session.get_one(Lesson, FIRST), "quiz")
    assert how(minh) == "quiz"
    mastery.practised(minh, FIRST)
    assert how(minh) == "practised"
    for skill in taught():
        skills_commands.grant_skill(hang, minh, skill, 2)
    found = why(minh)
    assert found is not None and (found.how, found.by) == ("practised", None)  # the same level: nothing is granted anew
    clock.move(timedelta(days=1))
    mastery.witnessed(minh, FIRST, inside["khoa"], by_teacher=False)
    found = why(minh)
    grant = db.session.scalars(sa.select(SkillGrant).where(SkillGrant.revoked_at.is_(None))).first()
    assert found is not None and grant is not None and found.by is not None
    assert (found.how, found.by.username, found.at) == ("witnessed", "khoa", grant.at)


def test_a_quiz_counts_on_the_day_on_which_it_was_passed(inside: World) -> None:
    minh = inside["minh"]
    at = datetime(2026, 11, 3, 9, tzinfo=UTC)
    for day, passed in ((1, False), (0, True)):
        db.session.add(
            QuizTry(user_id=minh, lesson_slug=FIRST, version=1, questions=[], right=5, passed=passed,
                    closed_at=at - timedelta(days=day))
        )  # fmt: skip
    db.session.flush()
    mastery.confirm(minh, db.session.get_one(Lesson, FIRST), "quiz")
    found = why(minh)
    assert found is not None and (found.how, found.at) == ("quiz", at)


def test_a_teacher_says_so_of_a_lesson_that_was_never_opened(inside: World) -> None:
    for skill in taught():
        skills_commands.grant_skill(person(inside["hang"]), inside["minh"], skill, 2)
    found = why(inside["minh"])
    assert found is not None and found.by is not None and (found.how, found.by.username) == ("granted", "hang")
    assert overview(inside["an"], "vi").empty


def test_a_skill_from_one_lesson_does_not_earn_another_that_teaches_it(inside: World) -> None:
    other = db.session.get_one(Lesson, SECOND)
    other.facts = {**other.facts, "teaches": taught()}
    db.session.flush()
    mastery.practised(inside["minh"], FIRST)
    assert (how(inside["minh"]), how(inside["minh"], SECOND)) == ("practised", "")


def test_what_a_teacher_took_back_is_no_evidence_but_the_lesson_stays_learnt(inside: World) -> None:
    minh, hang = inside["minh"], person(inside["hang"])
    mastery.practised(minh, FIRST)
    skills_commands.revoke_skill(hang, minh, taught()[0])
    assert how(minh) == "" and skills_in(overview(minh, "vi"))[FIRST].begun
    progress_commands.finish_lesson(minh, FIRST)
    assert how(minh) == "self"


def test_a_witness_whose_account_is_erased_has_no_name(inside: World) -> None:
    mastery.witnessed(inside["minh"], FIRST, inside["khoa"], by_teacher=False)
    db.session.get_one(User, inside["khoa"]).erased_at = clock.now()
    db.session.flush()
    found = why(inside["minh"])
    assert found is not None and (found.how, found.by) == ("witnessed", None)


def test_what_was_learnt_in_a_lesson_that_is_gone_is_not_lost(inside: World) -> None:
    minh = inside["minh"]
    progress_commands.finish_lesson(minh, FIRST)
    progress_commands.reach_step(minh, SECOND, 1)
    for slug in (FIRST, SECOND):
        db.session.get_one(Lesson, slug).retired_at = clock.now()
    db.session.flush()
    found = overview(minh, "vi")
    assert [(one.head.slug, one.current) for one in found.older] == [(FIRST, False)]
    assert found.paths == [] and found.earned == 1 and not found.empty


def test_paths_of_staff_are_shown_to_those_who_learn_on_them_alone(inside: World) -> None:
    staff = next(path for path in paths("vi") if path.for_staff)
    assert staff.slug not in [path.slug for path in overview(inside["bay"], "vi").others]
    progress_commands.reach_step(inside["bay"], staff.lessons[0].slug, 1)
    assert [one.path.slug for one in overview(inside["bay"], "vi").paths] == [staff.slug]


# ---- the next thing ----------------------------------------------------------------------------------------------


def test_the_next_thing_is_the_begun_lesson_then_the_next_one_of_the_path_touched_last(inside: World) -> None:
    minh, (first, second, *_rest) = inside["minh"], paths("vi")
    progress_commands.reach_step(minh, second.lessons[0].slug, 2)
    found = overview(minh, "vi").resume
    assert found is not None and (found.slug, found.number) == (second.lessons[0].slug, 2)
    progress_commands.finish_lesson(minh, second.lessons[0].slug)
    found_next = overview(minh, "vi")
    assert found_next.resume is None and found_next.next_lesson == second.lessons[1]
    for path in paths("vi"):
        for head in path.lessons if not path.for_staff else ():
            progress_commands.finish_lesson(minh, head.slug)
    all_done = overview(minh, "vi")
    assert all_done.next_lesson is None and all(one.complete for one in all_done.paths) and first.lessons


def test_pictures_for_skills_are_those_of_the_lessons_that_teach_them(inside: World) -> None:
    lesson = db.session.get_one(Lesson, FIRST)
    path = db.session.get_one(LessonPath, lesson.path_slug)
    assert pictures_for([*taught(), "khong-co"]) == dict.fromkeys(taught(), lesson.picture or path.picture)


# ---- the page --------------------------------------------------------------------------------------------------------


def test_who_has_learnt_nothing_yet_gets_one_sentence_and_one_way_on(world: World, as_: As) -> None:
    first = paths_first(as_)
    for name, sentence in (
        ("minh", "Em học xong bài nào thì việc em làm được hiện ở đây."),
        ("bay", "Bạn học xong bài nào thì việc bạn làm được hiện ở đây."),
    ):
        page = as_(name).get("/skills").text
        assert sentence in page and "dau-nang" in page and filled(page) == ['class="btn big"']
        assert f'href="/lessons/{first}"' in main(page) and "<h2" not in main(page) and "<li" not in main(page)


def paths_first(as_: As) -> str:
    page = as_("minh").get("/lessons").text
    found = re.search(r'data-lesson="([a-z0-9-]+)"', page)
    assert found is not None
    return found[1]


def test_the_page_says_what_who_and_when_and_shows_quiet_places(app: Flask, world: World, as_: As) -> None:
    with app.app_context(), clock.travel(datetime(2026, 11, 29, 5, tzinfo=UTC)):
        mastery.witnessed(world["minh"], SECOND, world["hang"], by_teacher=True)
        progress_commands.finish_lesson(world["minh"], FIRST)
        progress_commands.reach_step(world["minh"], THIRD, 2)
    with clock.travel(datetime(2026, 12, 24, 5, tzinfo=UTC)):
        page = as_("minh").get("/skills").text
    assert "<h1>Việc em làm được</h1>" in page and "Em làm được 2 việc." in page
    assert label(page, SECOND).endswith("Cô Hằng đã thấy làm được 29 tháng 11")
    assert label(page, FIRST).endswith("Đã học xong 29 tháng 11")
    assert label(page, THIRD).endswith("Đang học") and label(page, "go-tieng-viet-co-dau").endswith("chưa học")
    assert re.search(r'<time datetime="2026-11-29">29 tháng 11</time>', page)
    assert filled(page) == ['class="btn big"'] and f'action="/lessons/{THIRD}/start"' in page
    for unkind in ("chuỗi", "điểm", "hạng", "%"):
        assert unkind not in re.sub(r"<[^>]+>", "", main(page)).lower(), unkind


def test_adults_read_it_in_their_words_and_days_of_another_year_have_it(app: Flask, world: World, as_: As) -> None:
    with app.app_context(), clock.travel(datetime(2025, 3, 4, 5, tzinfo=UTC)):
        progress_commands.finish_lesson(world["bay"], FIRST)
    page = as_("bay").get("/skills").text
    assert "<h1>Việc tôi làm được</h1>" in page and "Bạn làm được 1 việc." in page
    assert label(page, FIRST).endswith("Đã học xong 4 tháng 3, 2025")
    english = as_("bay").get("/skills?lang=en").text
    assert "4 Mar 2025" in label(english, FIRST) and "What I can do" in english


def test_a_day_is_said_in_the_time_of_vietnam(app: Flask) -> None:
    with app.test_request_context(), clock.travel(datetime(2026, 12, 1, tzinfo=UTC)):
        assert str(said_day(datetime(2026, 11, 29, 18, tzinfo=UTC))) == '<time datetime="2026-11-30">30 tháng 11</time>'


def test_a_confirmed_guardian_reads_the_page_of_the_child_and_nobody_else(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        mastery.witnessed(world["minh"], SECOND, world["khoa"], by_teacher=False)
    path = f"/children/{world['minh']}/skills"
    page = as_("lan").get(path).text
    assert "<h1>Việc Minh làm được</h1>" in page and "Em Khoa đã thấy làm được" in label(page, SECOND)
    assert filled(page) == [] and "Lúc nào muốn học thêm" not in page
    assert path in as_("lan").get(f"/children/{world['minh']}").text
    for name in ("minh", "an", "khoa", "hang", "quang", "mai", "bay", "admin1"):
        assert as_(name).get(path).status_code == 404, name
    with app.app_context():
        db.session.execute(sa.update(Guardian).where(Guardian.child_id == world["minh"]).values(confirmed_at=None))
        db.session.commit()
    assert as_("lan").get(path).status_code == 404
    assert path not in as_("lan").get(f"/children/{world['minh']}").text


def test_a_guardian_of_a_youth_of_16_has_no_such_page(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        db.session.add(Guardian(child_id=world["khoa"], guardian_id=world["lan"], confirmed_at=clock.now()))
        db.session.commit()
    assert as_("lan").get(f"/children/{world['khoa']}/skills").status_code == 404


def test_ones_own_page_shows_nobody_elses_lessons(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        progress_commands.finish_lesson(world["minh"], FIRST)
    for name in ("an", "lan", "khoa", "hang"):
        assert "Em học xong bài nào" in (page := as_(name).get("/skills").text) or "Bạn học xong bài nào" in page
    assert as_("khoa").get(f"/skills/{world['minh']}").status_code == 404
    assert app.test_client().get("/skills").status_code == 302


def test_a_teacher_still_sees_only_what_was_recorded(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        progress_commands.finish_lesson(world["minh"], FIRST)
        mastery.practised(world["minh"], SECOND)
    page = main(as_("hang").get(f"/skills/{world['minh']}").text)
    assert page.count('<li class="row-card">') == 1 and '<img class="pic s"' in page
    assert "Bật máy" not in page.split("<h2>Ghi nhận thêm")[0]


def test_it_takes_as_many_statements_for_many_lessons_as_for_one(
    app: Flask, world: World, as_: As, queries: list[str]
) -> None:
    def count(client: FlaskClient) -> int:
        client.get("/skills")
        queries.clear()
        assert client.get("/skills").status_code == 200
        return len(queries)

    with app.app_context():
        progress_commands.finish_lesson(world["minh"], FIRST)
        progress_commands.reach_step(world["minh"], SECOND, 1)
    few = count(as_("minh"))
    with app.app_context():
        for path in paths("vi"):
            for head in path.lessons:
                progress_commands.finish_lesson(world["minh"], head.slug)
                mastery.witnessed(world["minh"], head.slug, world["hang"], by_teacher=True)
        progress_commands.reach_step(world["minh"], SECOND, 1)
    assert count(as_("minh")) <= few


# ---- where it is found ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "words"), [("minh", "Việc em làm được"), ("khoa", "Việc em làm được"), ("lan", "Việc tôi làm được"),
                        ("bay", "Việc tôi làm được")]
)  # fmt: skip
def test_the_start_page_of_every_learner_leads_there(world: World, as_: As, name: str, words: str) -> None:
    for path in ("/", "/account"):
        page = main(as_(name).get(path).text)
        link = re.search(r'<a[^>]* href="/skills"[^>]*>(.*?)</a>', page, re.DOTALL)
        assert link is not None and words in link[1], path


def test_the_end_of_a_lesson_leads_there_for_who_is_signed_in(app: Flask, world: World, as_: As) -> None:
    assert 'href="/skills"' in main(as_("minh").get(f"/lessons/{FIRST}/done").text)
    assert 'href="/skills"' not in main(app.test_client().get(f"/lessons/{FIRST}/done").text)
