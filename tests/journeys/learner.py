"""A person who follows a lesson; what is right and wrong is read from the lesson bank."""

import re
from typing import Any

from playwright.sync_api import Locator, expect

from tests.journeys.person import Person
from tests.lessons import bank as banks
from tests.servers import Site
from tutoring.lessons.content import Lesson

OFFLINE = "net::ERR_INTERNET_DISCONNECTED"


def lesson(slug: str) -> Lesson:
    return next(one for one in banks.real().lessons if one.id == slug)


def questions(slug: str, number: int) -> list[dict[str, Any]]:
    """The checkpoints of a step."""
    return [block for block in lesson(slug).steps[number - 1].text("vi").blocks if block["type"] == "checkpoint"]


def kinds(slug: str) -> set[str]:
    """Kinds of checkpoints that somebody meets in a lesson."""
    return {block["kind"] for step in lesson(slug).steps for block in questions(slug, step.position)}


def right(block: dict[str, Any]) -> list[str]:
    """An answer that is right: ids of options, for "type" the words."""
    if block["kind"] == "order":
        return [option["id"] for option in block["options"]]
    if block["kind"] == "type":
        return [block["options"][0]["text"].upper()]
    good = [option["id"] for option in block["options"] if option["correct"]]
    return good if block["kind"] == "multiple" else good[:1]


def wrong(block: dict[str, Any]) -> tuple[list[str], str] | None:
    """An answer that is wrong, and what is said to it; None where nothing is wrong."""
    if block["kind"] == "order":
        return right(block)[::-1], block["say"] or "Hãy xem gợi ý rồi chọn lại."
    if block["kind"] == "type":
        return ["không phải từ này"], block["say"] or "Hãy xem gợi ý rồi chọn lại."
    bad = next((option for option in block["options"] if not option["correct"]), None)
    return ([bad["id"]], bad["say"]) if bad else None


class Learner(Person):
    """Opens lessons, answers, goes on; every error in the console is a fault but for a network that is cut."""

    def _heard(self, message: object) -> None:
        if getattr(message, "type", "") == "error" and OFFLINE not in str(getattr(message, "text", "")):
            self.faults.append(str(getattr(message, "text", "")))

    def finds_by_path(self, slug: str) -> "Learner":
        """From the list of paths to a lesson's own page."""
        path = next(one for one in banks.real().paths if one.id == lesson(slug).path)
        self.goes_to("/lessons").presses(path.texts["vi"].title).is_at(f"/lessons/paths/{path.id}$")
        return self.opens_the_link(slug)

    def opens_the_link(self, slug: str) -> "Learner":
        title = re.escape(lesson(slug).texts["vi"].title)
        self.page.locator("main").get_by_role("link", name=re.compile(rf"^(\d+\. )?{title}$")).click()
        self.is_at(f"/lessons/{slug}$")
        return self

    def begins(self, slug: str) -> "Learner":
        self.presses("Bắt đầu học").is_at(f"/lessons/{slug}/1$")
        return self

    def asked(self, block: dict[str, Any]) -> Locator:
        return self.page.locator(f'[data-checkpoint="{block["id"]}"]')

    def answers(self, block: dict[str, Any], answer: list[str]) -> "Learner":
        """Give an answer as it is given on the page, and have it judged."""
        asked = self.asked(block)
        if block["kind"] == "type":
            asked.get_by_role("textbox").fill(answer[0])
        elif block["kind"] == "order":
            for place, one in enumerate(answer):
                asked.get_by_role("combobox").nth(place).select_option(one)
        else:
            for option in block["options"]:
                choice = asked.locator(f'input[value="{option["id"]}"]')
                if option["id"] in answer:
                    choice.check()
                elif block["kind"] == "multiple":
                    choice.uncheck()
        asked.get_by_role("button", name="Xem đúng chưa").click()
        return self

    def is_told(self, block: dict[str, Any], said: str) -> "Learner":
        expect(self.asked(block).get_by_role("status")).to_contain_text(said)
        return self

    def tries_wrongly(self, block: dict[str, Any]) -> bool:
        """Whether there was something wrong to say; what is said then is said for this very answer."""
        found = wrong(block)
        if found is None:
            return False
        answer, said = found
        self.answers(block, answer).is_told(block, "Chưa đúng.").is_told(block, said)
        return True

    def opens_the_hints(self, block: dict[str, Any]) -> "Learner":
        """One after the other; each stands inside the one before."""
        for hint in block["hints"]:
            closed = self.asked(block).locator("details:not([open]) > summary").filter(visible=True)
            closed.click()
            expect(self.asked(block).locator(".hint-box p").get_by_text(hint, exact=True)).to_be_visible()
        return self

    def answers_rightly(self, block: dict[str, Any]) -> "Learner":
        return self.answers(block, right(block)).is_told(block, "Đúng rồi!")

    def goes_on(self, slug: str, number: int) -> "Learner":
        """From this step to the next, or to the end."""
        if number < len(lesson(slug).steps):
            self.presses("Bước tiếp theo").is_at(f"/lessons/{slug}/{number + 1}$")
            return self
        self.presses("Hoàn thành").is_at(f"/lessons/{slug}/done$").sees(re.compile("học xong bài này"))
        return self

    def follows(self, slug: str, start: int = 1, until: int = 99) -> "Learner":
        """Every question of every step is answered rightly; stands at step `until`, or at the end."""
        for step in lesson(slug).steps[start - 1 :]:
            if step.position == until:
                return self
            expect(
                self.page.get_by_text(re.compile(f"Bước {step.position} trên {len(lesson(slug).steps)}"))
            ).to_be_visible()
            for block in questions(slug, step.position):
                self.answers_rightly(block)
            self.goes_on(slug, step.position)
        return self

    def remembers(self, key: str = "lessons:") -> Any:
        """What this device holds under a key."""
        return self.page.evaluate("(key) => JSON.parse(localStorage.getItem(key))", key)


def attempts(site: Site, username: str) -> list[tuple[str, str, bool]]:
    """What stands in the account: the lesson, the question, whether it was right; one for each answer."""
    rows = site.rows(
        'select lesson_slug, checkpoint_id, correct from lesson_attempt join "user" on "user".id = user_id'
        " where username = :username", username=username,
    )  # fmt: skip
    return [(slug, name, bool(correct)) for slug, name, correct in rows]
