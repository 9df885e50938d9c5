"""The scenes of the help page pictures: one help request of the demonstration, step by step.

All changes go through the ordinary commands. Each scene builds on the one before, so they run in this order.
"""

import uuid
from datetime import timedelta
from typing import Any, get_args

import sqlalchemy as sa

from tutoring.accounts.consents.commands import give_consent
from tutoring.accounts.models import User
from tutoring.accounts.registration import record_assent
from tutoring.classes.work import commands as class_work
from tutoring.community.class_cards import commands as class_cards
from tutoring.community.class_lists import commands as class_lists
from tutoring.community.models import Unit
from tutoring.home.help.loader import Page
from tutoring.home.help.schema import Scene, Shot
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.lessons.progress import commands as lesson_progress
from tutoring.lessons.progress.models import Attempt, LessonProgress
from tutoring.pairing.models import HelpRequest
from tutoring.pairing.offers import commands as offers_commands
from tutoring.pairing.requests import commands as requests_commands
from tutoring.policy.class_overview import FEWEST_TRIES, STUCK_AFTER
from tutoring.rooms.messages import commands as messages_commands

ORDER: tuple[str, ...] = get_args(Scene)
SCHOOL_AND_CLASS = ("demo-truong", "demo-lop4a")
LESSON, STEP, TOPIC = "vao-lop-bang-duong-dan", 2, "hoc.vao-lop"
SET_LESSON = "chup-va-nop-bai"


def _person(name: str) -> User:
    return db.session.scalars(sa.select(User).where(User.username == name)).one()


def _asked() -> HelpRequest:
    return db.session.scalars(sa.select(HelpRequest).order_by(HelpRequest.id.desc()).limit(1)).one()


def _ask() -> None:
    minh = _person("minh")
    said = "Em bấm đường dẫn mà máy hỏi mã phòng."
    requests_commands.ask_for_help(minh, minh, TOPIC, said, lesson_slug=LESSON, step_number=STEP)


def _offer() -> None:
    offers_commands.claim(_person("khoa"), _asked().id)


def _open() -> None:
    asked = requests_commands.answer(_person("minh"), _asked().id, "accept")
    assert asked.room_id is not None
    for name, said in (("minh", "Em chào anh ạ"), ("khoa", "Chào em, em đang thấy gì trên màn hình?")):
        messages_commands.post_message(_person(name), asked.room_id, str(uuid.uuid4()), said)


def _cards() -> None:
    """Stages four pupils of class 4A; the card of one is claimed, another's is open."""
    school, place = (db.session.scalars(sa.select(Unit).where(Unit.code == code)).one() for code in SCHOOL_AND_CLASS)
    class_lists.record_basis(
        _person("admin1"), school.id, "Căn cứ pháp lý mẫu của bản dùng thử", "Thoả thuận mẫu của bản dùng thử"
    )
    hang, year = _person("hang"), clock.today().year - 9
    text = "Họ tên,Năm sinh\n" + "".join(f"{name} Minh Hoạ {name},{year}\n" for name in ("Bình", "Chi", "Dũng", "Hà"))
    class_lists.accept_draft(hang, place.id, class_lists.check_file(hang, place.id, text.encode()))
    codes = {one.called: one.code for one in class_cards.print_cards(hang, place.id)}
    agreed = ["profile", "pairing", "chat"]
    answers = class_cards.Answers("mẹ", agreed, agreed)
    class_cards.claim_card(codes["Chi"], "scene", answers, _person("lan"), None)
    _card.append(codes["Bình"])


def _class() -> None:
    """Class 6A has a lesson to do; Minh's family lets the teacher see that Minh is stuck in it."""
    hang, lan, minh = (_person(name) for name in ("hang", "lan", "minh"))
    place = db.session.scalars(sa.select(Unit).where(Unit.code == "demo-lop6a")).one()
    due = clock.today() + timedelta(days=7)
    class_work.set_work(hang, place.id, class_work.WorkInput(due, kind="lesson", target=SET_LESSON))
    give_consent(lan, minh, "progress_shown")
    record_assent(lan, minh.id, {"progress_shown"})
    lesson_progress.reach_step(minh.id, SET_LESSON, STEP)
    row = db.session.scalars(
        sa.select(LessonProgress).where(LessonProgress.user_id == minh.id, LessonProgress.lesson_slug == SET_LESSON)
    ).one()
    for n in range(FEWEST_TRIES):  # rows, because no command answers days ago
        db.session.add(Attempt(
            id=str(uuid.uuid4()), user_id=minh.id, lesson_slug=SET_LESSON, version=row.version, step_id=row.step_id,
            checkpoint_id="c", correct=False, answer="", at=clock.now() - STUCK_AFTER - timedelta(hours=n + 1),
        ))  # fmt: skip
    db.session.commit()


_card: list[str] = []  # the code stands nowhere but on the card
_ACTS = {"begun": lambda: None, "asked": _ask, "offered": _offer, "room": _open, "cards": _cards, "class": _class}


def play(scene: str) -> None:
    """Plays the next scene."""
    _ACTS[scene]()


def facts() -> dict[str, Any]:
    """Returns the values that a page address may name in braces.

    They are the request, its room, a card, users by user name and units by the end of their code.
    """
    found: dict[str, Any] = {
        code.removeprefix("demo-"): unit_id for code, unit_id in db.session.execute(sa.select(Unit.code, Unit.id))
    }
    found |= {user.username: user.id for user in db.session.scalars(sa.select(User).where(User.demo))}
    asked = db.session.scalars(sa.select(HelpRequest).order_by(HelpRequest.id.desc()).limit(1)).first()
    found |= {"card": _card[-1]} if _card else {}
    return found | ({"request": asked.id, "room": asked.room_id} if asked else {})


def shots(pages: list[Page]) -> list[tuple[str, list[tuple[Page, Shot]]]]:
    """Returns the pictures of these pages grouped by scene, in the order of the scenes."""
    return [
        (scene, [(page, shot) for page in pages for shot in page.head.pictures if shot.scene == scene])
        for scene in ORDER
    ]
