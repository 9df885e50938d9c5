"""The first steps of each role: a short checklist, ticked off from facts in one query.

Every fact is one row found by an index of the user, their units or their children. So the query costs the same on a
site of any size.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from tutoring.accounts.models import Consent, Guardian, User
from tutoring.community.alarm_tests.models import AlarmCall, AlarmTest
from tutoring.community.models import DutyShift, DutySlot, JoinCode, Membership, Nomination, Unit
from tutoring.groups.models import GroupPost
from tutoring.home.models import FirstSteps
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.text import N_
from tutoring.lessons.progress.models import LessonProgress
from tutoring.lessons.quizzes.models import QuizTry
from tutoring.pairing.models import ConductAcceptance, HelpRequest
from tutoring.pairing.scheduling.models import WeeklyHours
from tutoring.pairing.vetting.queries import SAFETY, TRAINING
from tutoring.policy.access import STAFF
from tutoring.policy.alarm_tests import HOLDS
from tutoring.practice.runs.models import PracticeRun
from tutoring.rooms.models import Seat

MAY_HELP = frozenset({"pupil", "resident"})
UNDO_FOR = timedelta(minutes=10)  # how long the page offers to undo the dismissal

Me = sa.BindParameter[int]
Fact = Callable[[Me], sa.ColumnElement[bool]]


@dataclass(frozen=True)
class Step:
    """One thing to do. `endpoint` leads there; with `unit` it needs one of the user's units."""

    fact: str
    title: str
    endpoint: str = ""
    unit: bool = False
    slug: str = ""

    @property
    def values(self) -> dict[str, Any]:
        """What the address of a lesson or a path takes."""
        return {"path" if self.endpoint == "lessons.path" else "slug": self.slug} if self.slug else {}


@dataclass(frozen=True)
class ShownStep:
    """A step as the page shows it."""

    step: Step
    done: bool


@dataclass(frozen=True)
class FirstStepsShown:
    """The list, or the fact that it was dismissed a moment ago.

    `lens` is the role whose page is shown; it is known only once the query tells whether the user is a helper.
    """

    lens: str
    steps: list[ShownStep] = field(default_factory=list)
    just_put_away: bool = False

    @property
    def next(self) -> Step | None:
        """Returns the next open step; steps that depend on others have no endpoint and are skipped."""
        return next((one.step for one in self.steps if not one.done and one.step.endpoint), None)

    @property
    def done(self) -> int:
        return sum(one.done for one in self.steps)

    @property
    def begun(self) -> bool:
        """Returns whether a step is done, apart from the second factor, without which staff have no page."""
        return any(one.done and one.step.fact != "factor" for one in self.steps)


_LESSON = Step("lesson", N_("Mở một bài học"), "lessons.index")
_PRACTICE = Step("practice", N_("Làm thử một thủ tục với giấy tờ mẫu"), "practice.index")
_CALLS = Step("calls", N_("Lưu các số gọi khi có chuyện"), "home.help")
_ASK = Step("asked", N_("Khi kẹt, nhờ một người giúp"), "pairing.ask")
_FACTOR = Step("factor", N_("Bật mã trên điện thoại khi đăng nhập"), "accounts.set_up_second_factor")
_CODE = Step("code", N_("Mời người đầu tiên bằng mã"), "community.unit", unit=True)
_PHONE = Step("phone", N_("Đặt số điện thoại trực của đơn vị"), "community.unit", unit=True)
_POST = Step("post", N_("Viết thông báo đầu tiên cho người dân"), "groups.new_post", unit=True)
_READY = Step("ready", N_("Hai người trả lời báo động thử"), "community.duty", unit=True)
_DUTY = Step("duty", N_("Đặt giờ trực của mình"), "community.duty", unit=True)

STEPS: dict[str, tuple[Step, ...]] = {
    "waiting": (
        Step("true", N_("Xin tham gia")),
        _LESSON,
        _PRACTICE,
        Step("active", N_("Chờ thầy cô hoặc điều phối viên xác nhận")),
    ),
    "pupil": (_LESSON, _PRACTICE, _CALLS, _ASK),
    "resident": (_LESSON, _PRACTICE, _CALLS, _ASK),
    "parent": (
        Step("child", N_("Thêm con của bạn"), "community.add_child"),
        Step("consent", N_("Đọc và trả lời các lời đồng ý thay con"), "accounts.account"),
        _CALLS,
        _LESSON,
    ),
    "helper": (
        Step("trained", N_("Học bài “Hướng dẫn, không làm thay” và làm câu hỏi"), "lessons.lesson", slug=TRAINING),
        Step("promise", N_("Đọc và đồng ý cách cư xử khi giúp"), "pairing.helping"),
        Step("hours", N_("Chọn giờ rảnh trong tuần"), "pairing.hours"),
        Step("safety", N_("Học ba bài: mã OTP, bị bắt nạt, giữ thông tin của trẻ"), "lessons.path", slug="an-toan-so"),
        Step("vouched", N_("Chờ người thứ hai xác nhận bạn được phép giúp người khác")),
    ),
    "teacher": (
        _FACTOR,
        _DUTY,
        _READY,
        Step("confirmed", N_("Xác nhận học sinh đầu tiên của lớp"), "community.unit", unit=True),
        Step("watched", N_("Xem bảng phòng và vào thử một phòng"), "moderation.board"),
    ),
    "lead": (_FACTOR, _CODE, _POST),  # the coordinator sets the emergency number, not the lead
    "officer": (_FACTOR, _CODE, _POST),
    "coordinator": (
        _FACTOR,
        _PHONE,
        _CODE,
        Step("rota", N_("Xếp lịch trực"), "community.duty", unit=True),
        _READY,
    ),
    "site_admin": (
        _FACTOR,
        Step("places", N_("Lập tỉnh, thành phố và phường, xã đầu tiên"), "community.units"),
        Step("codes", N_("Tạo mã cho điều phối viên đầu tiên"), "community.units"),
    ),
}


def _units(me: Me) -> sa.Select[Any]:
    return sa.select(Membership.unit_id).where(
        Membership.user_id == me, Membership.state == "active", Membership.role.in_(sorted(STAFF))
    )


def _units_below(me: Me) -> sa.Select[Any]:
    """Selects the units directly below the user's.

    A school's teachers confirm pupils in its classes.
    """
    return sa.select(Unit.id).where(Unit.parent_id.in_(_units(me)))


def _confirmed_in(units: sa.Select[Any], me: Me) -> sa.ColumnElement[bool]:
    return _any(Membership.unit_id.in_(units), Membership.confirmed_by_id == me)


def _code_in(units: sa.Select[Any], me: Me) -> sa.ColumnElement[bool]:
    return _any(JoinCode.unit_id.in_(units), JoinCode.created_by_id == me)


def _children(me: Me) -> sa.Select[Any]:
    return sa.select(Guardian.child_id).where(Guardian.guardian_id == me)


def _answered(me: Me) -> sa.ColumnElement[bool]:
    """Two people answered test alarms of the user's units, or of the units above.

    Whether these two may still observe is checked where it matters.
    """
    mine = sa.union(_units(me), sa.select(Unit.parent_id).where(Unit.id.in_(_units(me)), Unit.parent_id.is_not(None)))
    first, second = aliased(AlarmCall), aliased(AlarmCall)
    since: sa.BindParameter[datetime] = sa.bindparam("since", type_=AlarmTest.started_at.type)
    tests = sa.select(AlarmTest.id).where(AlarmTest.unit_id.in_(mine), AlarmTest.started_at > since)
    return _any(
        first.test_id.in_(tests), first.answered_at > since, second.test_id.in_(tests), second.answered_at > since,
        first.user_id < second.user_id,
    )  # fmt: skip


def _any(*which: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return sa.exists().where(*which)


def _passed(slug: str, me: Me) -> sa.ColumnElement[bool]:
    return _any(QuizTry.user_id == me, QuizTry.lesson_slug == slug, QuizTry.passed.is_(True))


FACTS: dict[str, Fact] = {
    "lesson": lambda me: _any(LessonProgress.user_id == me),
    "practice": lambda me: _any(PracticeRun.user_id == me),
    # Two subqueries: for a single one with OR, PostgreSQL reads the whole table of requests.
    "asked": lambda me: sa.or_(_any(HelpRequest.learner_id == me), _any(HelpRequest.learner_id.in_(_children(me)))),
    "calls": lambda me: _any(FirstSteps.user_id == me, FirstSteps.calls_saved_at.is_not(None)),
    "child": lambda me: _any(Guardian.guardian_id == me),
    "consent": lambda me: _any(
        Consent.subject_id.in_(_children(me)), Consent.given_by_id == me, Consent.kind == "consent"
    ),
    "trained": lambda me: _passed(TRAINING, me),
    "safety": lambda me: sa.and_(*(_passed(slug, me) for slug in SAFETY)),
    "promise": lambda me: _any(ConductAcceptance.user_id == me),
    "hours": lambda me: _any(WeeklyHours.user_id == me),
    "vouched": lambda me: _any(Nomination.user_id == me, Nomination.state == "active"),
    "duty": lambda me: sa.or_(_any(DutySlot.user_id == me), _any(DutyShift.user_id == me)),
    # Two subqueries each, for the same reason.
    "confirmed": lambda me: sa.or_(_confirmed_in(_units(me), me), _confirmed_in(_units_below(me), me)),
    "ready": _answered,
    "watched": lambda me: _any(Seat.user_id == me, Seat.role == "observer"),
    "phone": lambda me: _any(Unit.id.in_(_units(me)), Unit.duty_phone != ""),
    "code": lambda me: sa.or_(_code_in(_units(me), me), _code_in(_units_below(me), me)),
    "post": lambda me: _any(GroupPost.author_id == me),
    "rota": lambda me: _any(DutySlot.unit_id.in_(_units(me))),
    "places": lambda me: sa.and_(_any(Unit.id > 0), me > 0),
    "codes": lambda me: sa.and_(_any(JoinCode.id > 0), me > 0),
    "true": lambda _me: sa.true(),
    "active": lambda _me: sa.false(),  # an active account gets other steps
    "factor": lambda _me: sa.true(),  # the sign-in decides it
}


def first_steps(person: User, lens: str, lacks_factor: bool) -> FirstStepsShown:
    """Returns the first steps of this user; none once all are done, or while dismissed.

    One query. It also tells whether a learner is nominated as a helper; such a user gets the helpers' steps.
    """
    helps = lens in MAY_HELP
    asked = [*STEPS[lens], *(STEPS["helper"] if helps else ())]
    facts = tuple(one.fact for one in asked)
    away, nominated, *told = db.session.execute(_query(facts), {"me": person.id, "since": clock.now() - HOLDS}).one()
    if helps and nominated:
        lens, told = "helper", told[len(STEPS[lens]) :]
    if away is not None:
        return FirstStepsShown(lens, just_put_away=_just_now(away))
    steps = STEPS[lens]
    shown = [
        ShownStep(one, bool(fact) and not (one.fact == "factor" and lacks_factor))
        for one, fact in zip(steps, told, strict=False)
    ]
    return FirstStepsShown(lens, [] if all(one.done for one in shown) else shown)


@cache  # on every start page; building it takes longer than running it
def _query(facts: tuple[str, ...]) -> Any:
    me: Me = sa.bindparam("me", type_=sa.Integer)
    away = sa.select(FirstSteps.put_away_at).where(FirstSteps.user_id == me).scalar_subquery()
    told = (FACTS[fact](me).label(f"fact_{n}") for n, fact in enumerate(facts))
    return sa.select(away, _any(Nomination.user_id == me), *told)


def _just_now(at: datetime) -> bool:
    return clock.now() - at < UNDO_FOR
