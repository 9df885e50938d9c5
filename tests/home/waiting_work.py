"""One of each kind of thing that waits for staff: who makes it wait, for whom, and where its row leads."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from tests.campaigns.conftest import plan as campaign_plan
from tests.circles.parents import called, parent
from tests.community.class_cards.cards import claimed, printed, staged
from tests.devices import donation_fixtures, loan_fixtures, need_fixtures, voucher_fixtures
from tests.factories import World, change, person
from tests.groups.test_tasks import given
from tests.pairing.awaiting_device.fixtures import lacks
from tests.pairing.test_rounds import begun
from tests.pairing.test_vetting import grown_up
from tests.published_answers import solved as published_fixtures
from tests.queues.desk import draw, make_queue
from tests.rooms.conftest import new_id, open_pair
from tests.visits import fixtures as visit_fixtures
from tutoring.campaigns.commands import write_campaign
from tutoring.circles import commands as circles_commands
from tutoring.circles import lesson_suggestions
from tutoring.classes.work.models import ClassWork
from tutoring.community import commands as community
from tutoring.community.alarm_tests.commands import start_test
from tutoring.community.alarm_tests.models import AlarmCall
from tutoring.community.bulk_import.models import UnitImport
from tutoring.community.memberships.nominations import nominate
from tutoring.community.models import FactorReset, Membership, Nomination
from tutoring.config import ROOT
from tutoring.devices.events import VouchersExpired
from tutoring.devices.loans.models import DeviceLoan, DeviceThanks, Handover
from tutoring.devices.models import Device
from tutoring.devices.needs.models import DeviceNeed
from tutoring.devices.vouchers.models import InternetVoucher
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.events import publish
from tutoring.kernel.jobs import Job
from tutoring.kernel.monitoring.heartbeat import BackgroundJobsStalled
from tutoring.kernel.monitoring.outages import Outage
from tutoring.lessons.catalogue.models import LessonPath
from tutoring.lessons.proposals import commands as proposals_commands
from tutoring.lessons.proposals.models import LessonEditor, Proposal
from tutoring.lessons.recordings.models import SentenceRecording
from tutoring.lessons.skills.models import SkillGrant
from tutoring.lessons.skills.queries import topics
from tutoring.moderation.actions import commands as actions_commands
from tutoring.moderation.appeals.commands import appeal_act
from tutoring.moderation.emergency_access.commands import ask_reading
from tutoring.moderation.models import Case
from tutoring.moderation.reports import commands as reports_commands
from tutoring.pairing.models import HelpRequest
from tutoring.pairing.requests import commands as requests_commands
from tutoring.policy.accounts import HELP_PURPOSES
from tutoring.policy.rooms.comfort import UNEASY
from tutoring.privacy import breaches
from tutoring.privacy import commands as privacy_commands
from tutoring.published_answers.models import PublishedAnswer
from tutoring.rooms.comfort.commands import answer_comfort
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.moderation import commands as moderation_commands
from tutoring.safety.screening import screen_text
from tutoring.site_setup.models import SiteSetup
from tutoring.training.events import RenewalNear, WardDue
from tutoring.training.models import TrainingSession
from tutoring.visits.models import Visit
from tutoring.welfare.commands import disclose

CONTENT, LESSON = ROOT / "content", "vao-lop-bang-duong-dan"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Make = Callable[[World], str]


@dataclass(frozen=True)
class Waiting:
    """`make` lets one thing wait and returns where its row leads. `others` must not get the row."""

    kind: str
    make: Make
    whom: str
    others: tuple[str, ...]
    years: int = 0  # how much later it is looked at


@command
def _add(*rows: Any) -> list[int]:
    db.session.add_all(rows)
    db.session.flush()
    return [row.id for row in rows if hasattr(row, "id")]


@command
def _publish(event: object) -> None:
    publish(event)


def _membership(user_id: int, unit_id: int) -> int:
    query = sa.select(Membership.id).where(Membership.user_id == user_id, Membership.unit_id == unit_id)
    return db.session.scalars(query.order_by(Membership.id)).first() or 0


# ---- moderation --------------------------------------------------------------------------------------------------


def _pair(world: World) -> int:
    """The room of Minh, Khoa and Minh's mother, with one message of Khoa's."""
    room = open_pair(world)
    messages_commands.post_message(person(world["khoa"]), room, new_id(), "Sao em học chậm vậy")
    return room


def disclosure(world: World) -> str:
    text = "Bố em say rượu đánh em chảy máu"
    disclose(person(world["minh"]), "ask", text, screen_text(text, minor=True).hits)
    return f"/desk/cases/{db.session.scalars(sa.select(sa.func.max(Case.id))).one()}"


def case(world: World) -> str:
    minh, room = person(world["minh"]), _pair(world)
    return f"/desk/cases/{reports_commands.report(minh, 'message', f'{room}/1', 'contact', '', ()).case_id}"


def uneasy(world: World) -> str:
    answer_comfort(person(world["minh"]), _pair(world), UNEASY)
    return f"/desk/cases/{db.session.scalars(sa.select(sa.func.max(Case.id))).one()}"


def held_message(world: World) -> str:
    room = _pair(world)
    moderation_commands.hold_everything(person(world["hang"]), room)
    made = messages_commands.post_message(person(world["minh"]), room, new_id(), "Dạ em làm lại")
    return f"/desk?item=m{made.id}"


def masked_words(world: World) -> str:
    room = _pair(world)
    for number in ("0912345678", "0912345679", "0912345670"):
        messages_commands.post_message(person(world["khoa"]), room, new_id(), f"Số anh là {number}")
    return f"/board?room={room}"


def message_appeal(world: World) -> str:
    room, minh = _pair(world), person(world["minh"])
    made = messages_commands.post_message(minh, room, new_id(), "Số em là 0912345678")
    moderation_commands.appeal(minh, room, made.seq, "Đó là số bài tập")
    return f"/desk?item=m{made.id}"


def action_appeal(world: World) -> str:
    khoa, room = person(world["khoa"]), _pair(world)
    act = actions_commands.act(
        person(world["quang"]), "warn", room_id=room, about_id=khoa.id, reason="insult", words="Hãy nói tử tế."
    )
    appeal_act(khoa, act.id, "Em không có ý đó")
    return f"/desk/second-looks/{act.id}"


def emergency_reading(world: World) -> str:
    ward = community.create_unit(person(world["admin1"]), "xa", "ward", "Phường Xa")
    _add(Membership(user_id=world["mai"], unit_id=ward.id, role="coordinator", confirmed_at=clock.now()))
    asked = ask_reading(person(world["mai"]), _pair(world), "Có dấu hiệu một em bị doạ, cần xem ngay")
    return f"/desk/readings/{asked.id}"


# ---- learners ----------------------------------------------------------------------------------------------------


def _asked(world: World, name: str, **values: Any) -> HelpRequest:
    user = person(world[name])
    made = requests_commands.ask_for_help(user, user, topics("vi")[0][0], "Tôi bị kẹt")
    if values:
        change(HelpRequest, made.id, **values)
    db.session.expire_all()
    return db.session.get_one(HelpRequest, made.id)


def child_waiting(world: World) -> str:
    _asked(world, "minh", later_at=clock.now())
    return "/board"


def learner_waiting(world: World) -> str:
    _add(Membership(user_id=world["mai"], unit_id=world["phuong"], role="coordinator", confirmed_at=clock.now()))
    return f"/units/{_asked(world, 'bay', alarmed_at=clock.now()).unit_id}/waiting"


def answer_owed(world: World) -> str:
    return f"/units/{_asked(world, 'minh', later_at=clock.now(), answer_calls=1).unit_id}/waiting"


def awaiting_device(world: World) -> str:
    lacks(world)
    return f"/units/{world['kp3']}/parked"


def weekly_round(world: World) -> str:
    return f"/rounds/{begun(world)}"


# ---- units and their people --------------------------------------------------------------------------------------


def alarm_test(world: World) -> str:
    return f"/alarm-tests/{start_test(person(world['quang']), world['truong']).id}"


def unit_not_ready(world: World) -> str:
    _forget_answers()
    return f"/units/{world['truong']}/duty"


@command
def _forget_answers() -> None:
    db.session.execute(sa.delete(AlarmCall))


def member(world: World) -> str:
    year = clock.today().year - 10
    community.add_child(person(world["lan"]), world["lop4a"], "Bé Na", 4, year, "mẹ", HELP_PURPOSES)
    return f"/units/{world['lop4a']}#waiting"


def join_code(world: World) -> str:
    return f"/codes/{community.create_code(person(world['admin1']), world['phuong'], 'officer').id}"


def nomination(world: World) -> str:
    nominate(person(world["muoi"]), grown_up(world), world["kp3"])
    return f"/units/{world['kp3']}#nominations"


def helper_renewal(world: World) -> str:
    row = db.session.scalars(sa.select(Nomination).where(Nomination.user_id == world["khoa"])).one()
    change(Nomination, row.id, confirmed_at=clock.now() - 350 * DAY, nominated_by_id=world["hang"])
    return f"/members/{_membership(world['khoa'], row.unit_id)}"


def factor_reset(world: World) -> str:
    _add(FactorReset(user_id=world["hang"], reason="Mất điện thoại", asked_by_id=world["quang"], asked_at=clock.now()))
    return f"/members/{_membership(world['hang'], world['truong'])}/factor-reset"


def class_claim(world: World) -> str:
    staged(world, ("Nguyễn Zulu An", 2016))
    claimed(printed(world)["An"])
    return f"/units/{world['lop4a']}/class-list/claims"


def class_claim_twice(world: World) -> str:
    staged(world, ("Nguyễn Zulu An", 2016))
    code = printed(world)["An"]
    for name in ("Trần Thị Mẹ", "Lê Văn Lạ"):
        claimed(code, name)
    return f"/units/{world['lop4a']}/class-list/claims#frozen"


def class_work_gone(world: World) -> str:
    path = LessonPath(slug="da-go", position=9, texts={"vi": {"title": "Đã gỡ"}}, retired_at=clock.now())
    due = clock.today() + 7 * DAY
    _add(path, ClassWork(unit_id=world["lop4a"], kind="path", target="da-go", audience="class", due=due))
    return f"/units/{world['lop4a']}/works"


def unit_import(world: World) -> str:
    row = UnitImport(by_id=world["admin1"], kind="units", file_name="don-vi.csv", text="", state="ready")
    return f"/units/imports/{_add(row)[0]}"


# ---- devices and internet ----------------------------------------------------------------------------------------


def device_offer(world: World) -> str:
    return f"/devices/offers/{donation_fixtures.offered(world)}"


def device_to_check(world: World) -> str:
    return f"/devices/{donation_fixtures.received(world)}"


def device_to_return(world: World) -> str:
    device_id = donation_fixtures.ready(world)
    change(Device, device_id, lend_until=clock.today() + 10 * DAY)
    return f"/devices/{device_id}"


def need_to_confirm(world: World) -> str:
    return f"/devices/needs/{need_fixtures.asked(world)}"


def need_to_meet(world: World) -> str:
    return f"/devices/needs/{need_fixtures.confirmed(world)}"


def need_second(world: World) -> str:
    _as_officer(world, "muoi")
    return f"/devices/needs/{need_fixtures.proposed(world, need_fixtures.confirmed(world))}"


def _as_officer(world: World, name: str) -> None:
    _add(Membership(user_id=world[name], unit_id=world["phuong"], role="officer", confirmed_at=clock.now()))


def need_basis(world: World) -> str:
    need_id = need_fixtures.confirmed(world)
    change(DeviceNeed, need_id, valid_until=clock.today() + 3 * DAY)
    return f"/devices/needs/{need_id}"


def _reserved(world: World) -> tuple[int, int]:
    device_id = loan_fixtures.ready(world)
    return device_id, loan_fixtures.approved(world, loan_fixtures.officer(world), device_id)


def need_ended(world: World) -> str:
    device_id, need_id = _reserved(world)
    change(DeviceNeed, need_id, state="lapsed", ended_at=clock.now())
    return f"/devices/{device_id}"


def voucher_failed(world: World) -> str:
    return f"/devices/needs/{voucher_fixtures.approved(world, voucher_fixtures.brought(world))}"


def vouchers_expired(world: World) -> str:
    batch_id = voucher_fixtures.brought(world)
    _publish(VouchersExpired(batch_id, world["phuong"], clock.today(), 3, 1))
    return f"/internet/{batch_id}"


def handover_to_plan(world: World) -> str:
    _reserved(world)
    return f"/units/{world['phuong']}/device-handovers"


def handover_to_close(world: World) -> str:
    handover_id = loan_fixtures.planned(world)
    change(Handover, handover_id, at=clock.now() - HOUR)
    return f"/device-handovers/{handover_id}"


def _lent(world: World, **values: Any) -> str:
    loan_id = loan_fixtures.lent(world)
    change(DeviceLoan, loan_id, **values)
    return f"/device-loans/{loan_id}"


def loan_overdue(world: World) -> str:
    return _lent(world, from_on=clock.today() - 90 * DAY, due_on=clock.today() - 3 * DAY)


def loan_due(world: World) -> str:
    return _lent(world, due_on=clock.today() + 10 * DAY)


def loan_asked(world: World) -> str:
    return _lent(world, renewal_asked_at=clock.now())


def thanks(world: World) -> str:
    loan = db.session.get_one(DeviceLoan, loan_fixtures.lent(world))
    words = DeviceThanks(device_id=loan.device_id, need_id=loan.need_id, side="family", by_id=world["lan"],
                         words="Cảm ơn cô chú")  # fmt: skip
    _add(words)
    return f"/units/{world['phuong']}/device-thanks"


# ---- meetings, training, tasks -----------------------------------------------------------------------------------


def visit_to_plan(world: World) -> str:
    return f"/visits/{visit_fixtures.asked(world, 'desk')}"


def visit_to_close(world: World) -> str:
    visit_id = visit_fixtures.planned(world, "desk")
    change(Visit, visit_id, at=clock.now() - HOUR)
    return f"/visits/{visit_id}"


def _session(world: World, leader: str, **values: Any) -> int:
    row = TrainingSession(
        unit_id=world["phuong"], track="cong-chuc-van-hoa", title="An toàn thông tin", place="Phòng họp 2", minutes=60,
        seats=20, leader_id=world[leader], by_id=world["mai"], **values,
    )  # fmt: skip
    return _add(row)[0]


def training_to_mark(world: World) -> str:
    return f"/training/sessions/{_session(world, 'mai', at=clock.now() - 3 * HOUR, state='over')}/attendance"


def training_leader(world: World) -> str:
    return f"/training/sessions/{_session(world, 'bay', at=clock.now() + 3 * DAY)}"


def training_renewals(world: World) -> str:
    _publish(WardDue(world["phuong"], 4, clock.today(), (world["mai"],)))
    return f"/units/{world['phuong']}/training?show=due"


def own_training(world: World) -> str:
    _publish(RenewalNear(world["mai"], "cong-chuc-van-hoa", clock.today(), True))
    return "/training"


def task(world: World) -> str:
    return f"/groups/tasks/{given(world, 'mai')}"


# ---- what is published -------------------------------------------------------------------------------------------


def queue_waiting(world: World) -> str:
    make_queue(world)
    draw(world)
    return f"/units/{world['phuong']}/queue"


def campaign_draft(world: World) -> str:
    _as_officer(world, "muoi")
    made = write_campaign(person(world["muoi"]), world["phuong"], campaign_plan())
    return f"/campaigns/{made.id}/manage"


def _proposal(world: World, author: str, state: str) -> int:
    made = proposals_commands.propose_change(person(world[author]), CONTENT, LESSON, 1)
    change(Proposal, made, state=state)
    return made


def lesson_review(world: World) -> str:
    _add(LessonEditor(user_id=world["hang"], named_by_id=world["quang"]))
    return f"/writing/{_proposal(world, 'quang', 'submitted')}/review"


def lesson_returned(world: World) -> str:
    return f"/writing/{_proposal(world, 'hang', 'returned')}"


def _recording(world: World, who: str, state: str) -> str:
    _add(SentenceRecording(
        lesson_slug=LESSON, step_id="mo-tin", lang="vi", sentence="0" * 16, state=state, milliseconds=900, opus=b"o",
        aac=b"a", recorded_by_id=world[who],
    ))  # fmt: skip
    return f"/writing/recordings/{LESSON}?lang=vi"


def recording_review(world: World) -> str:
    _add(LessonEditor(user_id=world["hang"], named_by_id=world["quang"]))
    return _recording(world, "quang", "waiting")


def recording_returned(world: World) -> str:
    return _recording(world, "hang", "returned")


def lesson_without_editor(world: World) -> str:
    _proposal(world, "hang", "submitted")
    return "/writing/editors"


def answer_to_release(world: World) -> str:
    answer_id = published_fixtures.write(world)
    published_fixtures.agree(world, answer_id, "minh", "lan")
    return "/answers/review"


def answer_to_check(world: World) -> str:
    change(PublishedAnswer, published_fixtures.write(world), state="released", check_by=clock.now() - DAY)
    return "/answers/review"


def circle_answer(world: World) -> str:
    parent(world, "Hoa")
    topic = circles_commands.ask(person(world["lan"]), world["lop4a"], "Bé bấm micro hoài", "Máy bảng.", LESSON)
    answer = circles_commands.answer(called("Hoa"), topic.id, "Chờ chừng mười giây rồi nói thử.")
    lesson_suggestions.suggest(person(world["quang"]), answer.id)
    lesson_suggestions.agree(called("Hoa"), answer.id, yes=True)
    return f"/circles/{world['lop4a']}/topics/{topic.id}"


def lesson_claim(world: World) -> str:
    _add(LessonEditor(user_id=world["hang"], named_by_id=world["quang"]))
    return "/writing/claims"


def fact(_world: World) -> str:
    return "/admin/facts"


# ---- the site ----------------------------------------------------------------------------------------------------


def failed_jobs(_world: World) -> str:
    _add(Job(kind="notifications.out", key="k", run_at=clock.now(), failed_at=clock.now(), last_error="OSError"))
    return "/admin/failed"


def site_stalled(_world: World) -> str:
    _publish(BackgroundJobsStalled(clock.now() - HOUR, clock.now()))
    return "/admin"


def failing_channel(world: World) -> str:
    now = clock.now()
    _add(Outage(way="mail", since=now - HOUR, last_at=now, first_id=world["lan"], wide=True, told_at=now))
    return "/admin"


def data_request(world: World) -> str:
    privacy_commands.ask(person(world["bay"]), world["bay"], "correct", "Tên tôi viết sai")
    return "/privacy/requests"


def site_setup(_world: World) -> str:
    _add_setup()
    return "/admin/set-up"


@command
def _add_setup() -> None:
    db.session.add(SiteSetup(id=1))


def breach(world: World) -> str:
    made = breaches.note(person(world["admin2"]), clock.now() - HOUR, "Mất một máy tính", "Tên, lớp", 3, "Đã khoá máy")
    return f"/privacy/breaches/{made.id}"


# ---- the person's own --------------------------------------------------------------------------------------------


def helping(world: World) -> str:
    room = _pair(world)
    moderation_commands.enter_as_observer(person(world["hang"]), room)
    _asked(world, "minh", state="helping", helper_id=world["hang"], room_id=room)
    return f"/rooms/{room}"


def asked_to_help(world: World) -> str:
    _add(SkillGrant(user_id=world["muoi"], skill_id=topics("vi")[0][0], level=3, granted_by_id=world["mai"]))
    _asked(world, "bay")
    return "/helping"


def own_request(world: World) -> str:
    return f"/requests/{_asked(world, 'mai').id}"


def child_request(world: World) -> str:
    need_fixtures.tie(world["mai"], world["minh"])
    return f"/requests/{_asked(world, 'minh').id}"


def own_handover(world: World) -> str:
    change(Handover, loan_fixtures.planned(world), receiver_id=world["hang"])
    return "/devices/loans"


def own_loan(world: World) -> str:
    _lent(world, receiver_id=world["hang"], due_on=clock.today() + 10 * DAY)
    return "/devices/loans"


def own_voucher(world: World) -> str:
    change(InternetVoucher, voucher_fixtures.given(world), receiver_id=world["hang"])
    return "/devices/internet"


OUTSIDE = ("mai", "muoi")  # staff of the ward, who look after no pupil
WAITING = (
    Waiting("disclosure", disclosure, "hang", OUTSIDE),
    Waiting("case", case, "quang", OUTSIDE),
    Waiting("uneasy", uneasy, "hang", OUTSIDE),
    Waiting("held_message", held_message, "hang", OUTSIDE),
    Waiting("masked_words", masked_words, "hang", OUTSIDE),
    Waiting("message_appeal", message_appeal, "hang", OUTSIDE),
    Waiting("action_appeal", action_appeal, "hang", ("quang", *OUTSIDE)),
    Waiting("emergency_reading", emergency_reading, "quang", ("hang", *OUTSIDE)),
    Waiting("child_waiting", child_waiting, "hang", OUTSIDE),
    Waiting("learner_waiting", learner_waiting, "mai", ("muoi", "hang", "quang")),
    Waiting("answer_owed", answer_owed, "quang", ("hang", *OUTSIDE)),
    Waiting("awaiting_device", awaiting_device, "muoi", ("hang", "admin1")),
    Waiting("weekly_round", weekly_round, "quang", ("hang", *OUTSIDE)),
    Waiting("alarm_test", alarm_test, "hang", ("mai", "admin1")),
    Waiting("unit_not_ready", unit_not_ready, "quang", ("hang", *OUTSIDE)),
    Waiting("member", member, "hang", OUTSIDE),
    Waiting("class_claim", class_claim, "hang", OUTSIDE),
    Waiting("class_claim_twice", class_claim_twice, "hang", OUTSIDE),
    Waiting("class_work_gone", class_work_gone, "hang", OUTSIDE),
    Waiting("join_code", join_code, "admin2", ("admin1", "mai", "hang")),
    Waiting("nomination", nomination, "admin1", ("muoi", "mai", "hang")),
    Waiting("helper_renewal", helper_renewal, "quang", ("hang", *OUTSIDE)),
    Waiting("factor_reset", factor_reset, "admin1", ("quang", "hang", *OUTSIDE)),
    Waiting("unit_import", unit_import, "admin1", ("admin2", "quang")),
    Waiting("device_offer", device_offer, "mai", ("muoi", "hang", "admin1")),
    Waiting("device_to_check", device_to_check, "mai", ("muoi", "hang", "admin1")),
    Waiting("device_to_return", device_to_return, "mai", ("muoi", "hang", "admin1")),
    Waiting("need_to_confirm", need_to_confirm, "hang", ("muoi", "admin1")),
    Waiting("need_to_meet", need_to_meet, "mai", ("hang", "admin1")),
    Waiting("need_second", need_second, "muoi", ("mai", "hang", "admin1")),
    Waiting("need_basis", need_basis, "mai", ("muoi", "admin1")),
    Waiting("need_ended", need_ended, "mai", ("muoi", "hang", "admin1")),
    Waiting("voucher_failed", voucher_failed, "mai", ("muoi", "hang", "admin1")),
    Waiting("vouchers_expired", vouchers_expired, "mai", ("muoi", "hang", "admin1")),
    Waiting("handover_to_plan", handover_to_plan, "mai", ("muoi", "hang", "admin1")),
    Waiting("handover_to_close", handover_to_close, "mai", ("muoi", "hang", "admin1")),
    Waiting("loan_overdue", loan_overdue, "mai", ("muoi", "hang", "admin1")),
    Waiting("loan_due", loan_due, "mai", ("muoi", "hang", "admin1")),
    Waiting("loan_asked", loan_asked, "mai", ("muoi", "hang", "admin1")),
    Waiting("thanks", thanks, "mai", ("muoi", "hang", "admin1")),
    Waiting("visit_to_plan", visit_to_plan, "mai", ("hang", "quang", "admin1")),
    Waiting("visit_to_close", visit_to_close, "mai", ("hang", "muoi")),
    Waiting("training_to_mark", training_to_mark, "mai", ("muoi", "hang")),
    Waiting("training_leader", training_leader, "mai", ("muoi", "hang")),
    Waiting("training_renewals", training_renewals, "mai", ("muoi", "hang")),
    Waiting("own_training", own_training, "mai", ("muoi", "hang")),
    Waiting("task", task, "mai", ("muoi", "hang")),
    Waiting("queue_waiting", queue_waiting, "mai", ("muoi", "hang", "quang", "admin1")),
    Waiting("campaign_draft", campaign_draft, "mai", ("muoi", "hang")),
    Waiting("lesson_review", lesson_review, "hang", ("quang", *OUTSIDE)),
    Waiting("lesson_returned", lesson_returned, "hang", ("quang", *OUTSIDE)),
    Waiting("recording_review", recording_review, "hang", ("quang", *OUTSIDE)),
    Waiting("recording_returned", recording_returned, "hang", ("quang", *OUTSIDE)),
    Waiting("lesson_without_editor", lesson_without_editor, "quang", ("hang", *OUTSIDE)),
    Waiting("answer_to_release", answer_to_release, "hang", OUTSIDE),
    Waiting("answer_to_check", answer_to_check, "hang", OUTSIDE),
    Waiting("circle_answer", circle_answer, "hang", OUTSIDE),
    Waiting("lesson_claim", lesson_claim, "hang", ("quang", *OUTSIDE)),
    Waiting("fact", fact, "admin1", ("quang", "hang", "mai"), years=3),
    Waiting("failed_jobs", failed_jobs, "admin1", ("quang", "mai")),
    Waiting("site_stalled", site_stalled, "admin1", ("quang", "mai")),
    Waiting("failing_channel", failing_channel, "admin1", ("quang", "mai")),
    Waiting("data_request", data_request, "admin1", ("quang", "mai")),
    Waiting("site_setup", site_setup, "admin1", ("quang", "mai")),
    Waiting("breach", breach, "admin1", ("quang", "mai")),
    Waiting("helping", helping, "hang", ("quang", *OUTSIDE)),
    Waiting("asked_to_help", asked_to_help, "muoi", ("admin1",)),
    Waiting("own_request", own_request, "mai", ("muoi", "hang")),
    Waiting("child_request", child_request, "mai", ("muoi", "hang")),
    Waiting("own_handover", own_handover, "hang", ("muoi", "quang")),
    Waiting("own_loan", own_loan, "hang", ("muoi", "quang")),
    Waiting("own_voucher", own_voucher, "hang", ("muoi", "quang")),
)
