"""One lesson of each path, followed to its end on a small phone by somebody without an account."""

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.learner import Learner, kinds, lesson, questions
from tests.lessons import bank as banks
from tests.servers import Site
from tests.servers import site as site

LESSONS = {
    "lam-quen-thiet-bi": "go-tieng-viet-co-dau",  # single, multiple, order, confirm, type
    "hoc-truc-tuyen": "mic-camera-gio-tay",  # all five again
    "cha-me-cung-con": "thoi-gian-man-hinh",  # single, multiple, order, confirm; steps for the child and the parents
    "an-toan-so": "bi-bat-nat-goi-111",  # single, multiple, confirm, type
    "dich-vu-cong": "tuyen-sinh-dau-cap",  # all five again
    "nguoi-dong-hanh": "dieu-phoi-khu-pho-dien-tu",  # single, multiple, order, confirm
    "can-bo-so": "tham-muu-chuyen-doi-so",  # single, order, confirm
}


def test_there_is_a_lesson_for_each_path_and_every_kind_of_question_is_met() -> None:
    assert [path.id for path in banks.real().paths if path.id not in LESSONS] == []
    assert [slug for path, slug in LESSONS.items() if lesson(slug).path != path] == []
    assert set.union(*map(kinds, LESSONS.values())) == {"single", "multiple", "order", "confirm", "type"}


@pytest.mark.parametrize("path", LESSONS)
def test_a_visitor_follows_a_lesson_of_each_path_to_its_end(
    site: Site, browser: Browser, phone: dict[str, Any], path: str
) -> None:
    slug = LESSONS[path]
    visitor = Learner(browser, site.url(), **phone)
    visitor.goes_to(f"/lessons/paths/{path}").finds_the_page_accessible(f"path-{path}")
    visitor.opens_the_link(slug).finds_the_page_accessible(f"lesson-{path}")
    visitor.begins(slug).finds_the_page_accessible(f"step-{path}")
    tried: set[str] = set()
    for step in lesson(slug).steps:
        for block in questions(slug, step.position):
            if block["kind"] not in tried and visitor.tries_wrongly(block):
                visitor.opens_the_hints(block)
                if not tried:
                    visitor.finds_the_page_accessible(f"wrong-{path}")
                tried.add(block["kind"])
            visitor.answers_rightly(block)
        visitor.goes_on(slug, step.position)
    assert tried >= kinds(slug) - {"confirm"}  # some of which have no wrong answer
    visitor.finds_the_page_accessible(f"done-{path}")
    visitor.goes_to(f"/lessons/paths/{path}")
    expect(visitor.page.locator(f'[data-lesson="{slug}"]')).to_contain_text("Đã học xong")
    assert visitor.context.cookies() == []  # who only reads leaves nothing with the site
    visitor.leaves()
