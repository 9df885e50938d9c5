"""Every route and verb that takes an id, with ids that exist, as nobody, as each role, and as people of another ward.

What is expected is worked out from policy and from plain facts (who sits where, whose thing it is), never copied
from an answer. Whoever may not come in hears exactly what is said of a thing that does not exist.
"""

import re
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from tests import database_reset
from tests.devices import donation_fixtures, loan_fixtures, need_fixtures, voucher_fixtures
from tests.factories import World, client_of, person
from tests.factories import world as make_world
from tests.pairing.group_sessions.fixtures import announced
from tests.published_answers import solved as published_fixtures
from tests.queues.desk import draw, make_queue
from tests.rooms.conftest import open_adults
from tests.safety.pictures import photo
from tests.visits import fixtures
from tutoring.accounts.models import SignIn, User
from tutoring.accounts.queries import children, is_guardian
from tutoring.accounts.registration import create_user
from tutoring.accounts.sign_ins import lifecycle
from tutoring.api.tokens import commands as tokens_commands
from tutoring.api.tokens.commands import TokenInput
from tutoring.api.tokens.models import ApiToken
from tutoring.campaigns import commands as campaigns
from tutoring.campaigns.commands import Plan
from tutoring.campaigns.materials import make_material
from tutoring.circles import commands as circles_commands
from tutoring.classes.letters import commands as letters_commands
from tutoring.classes.letters.figures import monday_of
from tutoring.classes.work import commands as work_commands
from tutoring.classes.work.commands import WorkInput
from tutoring.community import commands as community
from tutoring.community.alarm_tests.models import AlarmTest
from tutoring.community.bulk_import import commands as bulk_import_commands
from tutoring.community.bulk_import.models import UnitImport
from tutoring.community.class_cards import commands as class_cards
from tutoring.community.class_lists import commands as class_list_commands
from tutoring.community.class_lists.models import ClassLine
from tutoring.community.duty import commands as duty_commands
from tutoring.community.join_codes.commands import use_code
from tutoring.community.memberships.queries import classes_of
from tutoring.community.models import DutySlot, JoinCode, Membership, Unit
from tutoring.community.queries import memberships, roles_at, roles_for, roles_of, unit
from tutoring.community.units import mergers
from tutoring.community.units.archive import may_manage
from tutoring.community.year_ends import commands as year_end_commands
from tutoring.community.year_ends.models import YearEnd
from tutoring.config import ROOT
from tutoring.devices.models import OfferPicture
from tutoring.devices.needs.models import DeviceNeed
from tutoring.devices.thanks import commands as thanks_commands
from tutoring.groups.announcements import commands as announcements_commands
from tutoring.groups.tasks import commands as tasks_commands
from tutoring.kernel import clock, file_storage, overrides, rate_limits
from tutoring.kernel import site_settings as kernel_site_settings
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.lessons.catalogue.models import Lesson
from tutoring.lessons.proposals import commands as proposals_commands
from tutoring.lessons.proposals import queries as proposals_queries
from tutoring.lessons.proposals.queries import is_editor
from tutoring.lessons.quizzes import commands as quizzes_commands
from tutoring.lessons.recordings.models import SentenceRecording
from tutoring.lessons.skills import commands as skills_commands
from tutoring.lessons.skills.queries import topics
from tutoring.moderation.actions import commands as actions_commands
from tutoring.moderation.appeals.commands import appeal_act
from tutoring.moderation.cases import claims
from tutoring.moderation.emergency_access.commands import ask_reading
from tutoring.moderation.models import Case
from tutoring.moderation.reports import commands as reports_commands
from tutoring.notebook import commands as notebook
from tutoring.notifications.models import Notice
from tutoring.openid import commands as openid_commands
from tutoring.openid.commands import ProviderInput
from tutoring.openid.proofs import Proof
from tutoring.pairing import eligibility
from tutoring.pairing.awaiting_device.queries import desks_of
from tutoring.pairing.certificates.models import HoursCertificate
from tutoring.pairing.fallbacks import spoken_answers
from tutoring.pairing.group_sessions import commands as group_sessions_commands
from tutoring.pairing.group_sessions.queries import units_and_ancestors_of
from tutoring.pairing.matching import Weights
from tutoring.pairing.models import HelpRequest, Offer, PassedRequest, WrittenAnswer
from tutoring.pairing.offers import commands as offers_commands
from tutoring.pairing.requests import commands as requests_commands
from tutoring.pairing.requests import queries as requests
from tutoring.pairing.requests.models import RequestPicture, RequestVoiceNote, SpokenAnswer
from tutoring.pairing.scheduling import commands as scheduling_commands
from tutoring.pairing.scheduling.models import Away, Booking, Proposal, WeeklyRound
from tutoring.policy import access_tables
from tutoring.policy import accounts as of_accounts
from tutoring.policy import alarm_tests as of_alarms
from tutoring.policy import api as of_api
from tutoring.policy import campaigns as of_campaigns
from tutoring.policy import circles as of_circles
from tutoring.policy import class_lists as of_class_lists
from tutoring.policy import class_overview as of_overviews
from tutoring.policy import classes as of_classes
from tutoring.policy import community as of_community
from tutoring.policy import groups as of_groups
from tutoring.policy import insights as of_insights
from tutoring.policy import lessons as of_lessons
from tutoring.policy import privacy as of_privacy
from tutoring.policy import published_answers as of_published
from tutoring.policy import queues as of_queues
from tutoring.policy import training as of_training
from tutoring.policy import visits as of_visits
from tutoring.policy import webhooks as of_webhooks
from tutoring.policy import welfare as of_welfare
from tutoring.policy import year_ends as of_year_ends
from tutoring.policy.access import STAFF, STAFF_OR_ADMIN, admits, scope_of_access
from tutoring.policy.devices import inventory as of_devices
from tutoring.policy.devices import loans as of_loans
from tutoring.policy.devices import needs as of_needs
from tutoring.policy.devices import vouchers as of_sponsored
from tutoring.policy.moderation import cases as of_moderation
from tutoring.policy.moderation import emergency_access as of_readings
from tutoring.policy.openid import may_set_providers
from tutoring.policy.pairing import awaiting_device as of_parked
from tutoring.policy.pairing import group_sessions as of_sessions
from tutoring.policy.pairing import offers as of_waves
from tutoring.policy.pairing import requests as of_pairing
from tutoring.policy.pairing.school_subjects import may_switch_subjects
from tutoring.policy.practice import portal as of_practice
from tutoring.policy.practice import shared_runs as of_rehearsing
from tutoring.policy.rooms import helper_notes as of_notes
from tutoring.policy.rooms import participation as of_rooms
from tutoring.policy.rooms import persistent_rooms as of_lasting
from tutoring.policy.rooms import ready_phrases as of_phrases
from tutoring.policy.rooms import volunteer_minutes as of_minutes
from tutoring.policy.rooms.comfort import is_asked
from tutoring.practice.runs import commands as rehearsals
from tutoring.privacy import breaches
from tutoring.privacy import commands as privacy
from tutoring.privacy.models import DataRequest
from tutoring.queues import queries as queues_queries
from tutoring.queues import setup as queues_setup
from tutoring.rooms.helper_notes import commands as notes_commands
from tutoring.rooms.helper_notes.commands import NoteInput
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.models import Seat, SentPicture, VoiceNote
from tutoring.rooms.persistent_rooms.queries import units_for
from tutoring.rooms.pictures import commands as pictures_commands
from tutoring.rooms.ready_phrases import commands as phrases_commands
from tutoring.rooms.ready_phrases.models import ReadyPhrase
from tutoring.rooms.volunteer_minutes.models import HelpSession
from tutoring.safety import image_sanitizer
from tutoring.safety.sound_sanitizer import Sound
from tutoring.training import commands as training_commands
from tutoring.training import tracks
from tutoring.training.models import TrainingAssignment, TrainingSession
from tutoring.training.queries import belongs_to
from tutoring.visits.models import Visit, VisitOffer
from tutoring.web.socket_io import realtime
from tutoring.web.socket_io.batching import Caller
from tutoring.webhooks import commands as webhooks_commands
from tutoring.webhooks.commands import WebhookInput
from tutoring.webhooks.models import WebhookDelivery
from tutoring.welfare.commands import disclose

MISSING = {"ok": False, "error": "missing"}
UNKNOWN = 999_999
QUIZ = "otp-khong-doc-cho-ai"  # a lesson with questions
CLASS_LIST = "Họ tên,Năm sinh,Lớp\nLê An,2016,4A\nLê Bình,,4A\nLê Châu,2016,4A\n"
CLAIMED = class_cards.Answers("mẹ", ["profile"], ["profile"])
INSIDE = ("minh", "an", "lan", "khoa", "bay", "hang", "quang", "muoi", "mai", "admin1")
OUTSIDE = ("xa.dieuphoi", "xa.giaovien", "xa.hocvien")


class Rehearsed(BaseException):
    """An act would have gone through."""


@dataclass(frozen=True)
class Things:
    """Ids of the walk: minh and khoa sit in a room, an waits for help, a teacher's code waits for a second yes."""

    ids: dict[str, Any]
    member: dict[int, int]
    people: dict[str, int]
    paper_unit: int
    weekly: dict[str, tuple[int, int]]  # learner and helper of a pair that is proposed, of one that meets


@command
def _far(one: User, two: User) -> dict[str, int]:
    """A school in another ward with its own staff, who hold skills and are vouched for there."""
    city = community.create_unit(one, "xa-tp", "city", "Thành phố Xa")
    ward = community.create_unit(one, "xa-phuong", "ward", "Phường Xa", parent_id=city.id)
    school = community.create_unit(one, "xa-truong", "school", "Trường Xa", parent_id=ward.id)
    made = {}
    for name, role, place in zip(OUTSIDE, ("coordinator", "teacher", "parent"), (ward, school, ward), strict=True):
        made[name] = create_user("Người Ở Xa", "bốn từ dễ nhớ", handle=name)
        code = community.create_code(one, place.id, role)
        if code.confirmed_at is None:
            community.confirm_code(two, code.id)
        use_code(made[name], code.code)
    for skill, _name in topics("vi"):
        skills_commands.grant_skill(made["xa.dieuphoi"], made["xa.giaovien"].id, skill, 3)
    return {name: user.id for name, user in made.items()}


def first(column: Any, where: Any) -> int:
    return int(db.session.scalars(sa.select(column).where(where).order_by(column)).first() or 0)


@command
def _things(world: World) -> Things:
    people = {**world.people, **_far(person(world["admin1"]), person(world["admin2"]))}
    minh, khoa, an = person(world["minh"]), person(world["khoa"]), person(world["an"])
    topic = topics("vi")[0][0]
    helped = requests_commands.ask_for_help(minh, minh, topic)
    offers_commands.claim(khoa, helped.id)
    requests_commands.answer(minh, helped.id, "accept")
    assert helped.room_id is not None
    messages_commands.post_message(minh, helped.room_id, str(uuid.uuid4()), "Em bị kẹt")
    messages_commands.post_message(khoa, helped.room_id, str(uuid.uuid4()), "Anh đây")
    reported = reports_commands.report(minh, "message", f"{helped.room_id}/2", "bullied")
    quang, content = person(world["quang"]), ROOT / "content"
    warned = actions_commands.act(quang, "warn", case_id=reported.case_id, reason="insult", words="Nhẹ lời nhé.")
    claims.let_go(quang, reported.case_id)
    disclose(minh, "feedback", "Ở nhà em bị đánh", ())
    welfare = db.session.scalars(sa.select(Case).where(Case.target.like("welfare:%"))).one()
    assert welfare.unit_id is not None
    appeal_act(person(world["khoa"]), warned.id, "Em không có ý đó")
    proposal = proposals_commands.propose_change(quang, content, QUIZ, 1)
    proposals_commands.save_proposal(
        quang, proposal, proposals_queries.proposal(proposal).text.replace("## ", "## Biết ", 1), ""
    )
    proposals_commands.submit_proposal(quang, content, proposal)
    proposals_commands.name_editor(quang, world["hang"], True)
    written = proposals_commands.propose_change(quang, content, QUIZ, None)
    written_quiz = proposals_commands.propose_quiz(quang, content, QUIZ)
    shift = duty_commands.take_duty(
        person(world["hang"]), world["truong"], clock.now() + duty_commands.LONGEST_SHIFT / 2
    )
    weekly, waiting_round = _weekly(world)
    scheduling_commands.add_away(an, an.id, clock.today(), clock.today())
    group = announced(world)
    group_sessions_commands.sign_up(minh, group, minh.id)
    waits = requests_commands.ask_for_help(an, an, topic)
    offer = Offer(request_id=waits.id, helper_id=world["hang"], wave=1, ring=0, score=1, reserved_until=clock.now())
    db.session.add(offer)
    db.session.flush()
    return Things(
        ids={
            "room_id": helped.room_id,
            "request_id": waits.id,
            "offer_id": offer.id,
            **waiting_round,
            "session_id": group,
            "away_id": first(Away.id, Away.user_id == an.id),
            "unit_id": world["truong"],
            "alarm_test_id": first(AlarmTest.id, AlarmTest.unit_id == world["truong"]),  # quang and hang were called
            "code_id": community.create_code(person(world["quang"]), world["truong"], "teacher").id,
            "slot_id": first(DutySlot.id, DutySlot.unit_id == world["truong"]),
            "shift_id": shift.id,
            "ward_id": world["phuong"],
            "notice_id": first(Notice.id, Notice.user_id == minh.id),
            "child_id": minh.id,
            "user_id": minh.id,
            "room_unit": world["lop6a"],
            "proposal_id": proposal,
            "written_id": written,
            "written_quiz_id": written_quiz,
            **_hours(world, helped.room_id),
            "try_id": quizzes_commands.begin_quiz(minh.id, QUIZ).id,
            "case_id": reported.case_id,
            "welfare_id": welfare.id,
            "welfare_unit": welfare.unit_id,
            "act_id": warned.id,
            "reading_id": ask_reading(
                person(world["admin1"]), helped.room_id, "Có người báo một em đang gặp nguy hiểm"
            ).id,
            "entry_id": notebook.write_entry(
                person(world["lan"]), notebook.EntryInput("H00.00-000000-0000"), "once"
            ).id,
            "run_id": rehearsals.start_run(world["lan"], "ban-sao-khai-sinh", "alone").id,
            "sign_in_id": lifecycle.begin_sign_in(minh, "điện thoại").id,
            **_rights(world),
            "import_id": _faulty_file(world),
            **_class_list(world),
            "merging_unit": world["lop4a"],
            **_year_end(world),
            **_training(world),
            **_visit(world),
            "need_id": need_fixtures.asked(world),  # lan for minh
            **_device(world),
            **_lent(world),
            **_group(world),
            **_circle(world),
            **_classes(world),
            **_campaign(world),
            **_recording(world),
            **_published(world),
            **_queue(world),
            **_internet(world),
            **_school_account(world),
            **_tokens(world),
            **_webhook(world),
        },
        member={m.user_id: m.id for m in db.session.scalars(sa.select(Membership).order_by(Membership.id))},
        people=people,
        paper_unit=world["lop11a"],
        weekly=weekly,
    )


def _faulty_file(world: World) -> int:
    """A file of units that quang sent, with a fault in it; and a class that will become part of another."""
    sent = bulk_import_commands.send_file(
        person(world["quang"]), "units", "tep.csv", "mã,loại,tên\nX,quận,X\n".encode()
    )
    row = db.session.get_one(UnitImport, sent)
    row.state, row.faults, row.counts = "faulty", [[2, "kind", "Thiếu mã đơn vị.", {}]], {"faults": 1}
    mergers.plan_merger(None, "demo-lop4a", "demo-lop6a", clock.today() + timedelta(days=30))
    return sent


def _queue(world: World) -> dict[str, int]:
    """The queue of the ward, which mai runs; one number waits."""
    make_queue(world)
    ward = world["phuong"]
    desk = queues_setup.add_desk(person(world["mai"]), ward, "Quầy 2")
    service = queues_queries.services_of(ward)[0]
    return {"desk_id": desk.id, "service_id": service.id, "ticket_id": draw(world)[0].id}


def _year_end(world: World) -> dict[str, int]:
    """A plan for the end of the school's year, which a planned merger holds up; and a year that was ended before."""
    quang, school = person(world["quang"]), world["truong"]
    year_end_commands.save_plan(
        quang, school, 0, school_year="2027–2028", teachers_stay=False, classes={}, new_names=[]
    )
    done = YearEnd(school_id=school, school_year="2025–2026", state="done", done_by_id=quang.id, done_at=clock.now())
    db.session.add(done)
    db.session.flush()
    return {"year_end_id": done.id, "class_id": world["lop6a"]}


def _class_list(world: World) -> dict[str, int]:
    """A class list of the school that quang sent: two pupils are staged, bay claims one; one row needs correction."""
    class_list_commands.record_basis(
        person(world["admin1"]), world["truong"], "Ý kiến pháp lý mẫu cho bản thử", "Thoả thuận mẫu cho bản thử"
    )
    draft = class_list_commands.check_file(person(world["quang"]), world["truong"], CLASS_LIST.encode())
    class_list_commands.accept_draft(person(world["quang"]), world["truong"], draft)
    line = db.session.scalars(sa.select(ClassLine).where(ClassLine.called == "An")).one()
    cards = {one.called: one.code for one in class_cards.print_cards(person(world["quang"]), line.unit_id)}
    claim = class_cards.claim_card(cards["Châu"], "form", CLAIMED, person(world["bay"]), None)
    return {"draft_id": draft, "line_id": line.id, "line_unit": line.unit_id, "claim_id": claim.id, "card": cards["An"]}


def _lent(world: World) -> dict[str, int]:
    """A device that lan has for an and that bay gave: bay answers her thanks. Another one is to be handed to bay."""
    lan, bay, mai = person(world["lan"]), person(world["bay"]), person(world["mai"])
    loan = loan_fixtures.loan(loan_fixtures.lent(world, "LENT-1", "an"))
    passed = thanks_commands.thank(lan, loan.need_id, "Cảm ơn cô chú nhiều lắm")
    thanks_commands.pass_thanks(mai, passed.id)
    waiting = thanks_commands.answer_thanks(bay, passed.id, "Chúc em học tốt")
    coming = loan_fixtures.handover(loan_fixtures.planned(world, "LENT-2", "bay", donor="muoi"))
    return {"loan_id": loan.id, "lent_need_id": loan.need_id, "passed_thanks_id": passed.id, "thanks_id": waiting.id,
            "handover_id": coming.id, "reserved_need_id": coming.need_id, "point_id": coming.point_id}  # fmt: skip


def _training(world: World) -> dict[str, int]:
    """A session of the ward's training, and bay put on its track by hand."""
    mai, member = person(world["mai"]), first(Membership.id, Membership.user_id == world["bay"])
    track = next(one.id for one in tracks.tracks().values() if "lead" in one.roles)
    training_commands.assign(mai, world["phuong"], track, [member])
    wanted = training_commands.Plan(
        track, "Hướng dẫn bà con", "", "Phòng họp", clock.now() + timedelta(days=3), 120, 10, mai.id
    )
    made = training_commands.announce_session(mai, world["phuong"], wanted)
    return {"training_id": made.id, "assignment_id": first(TrainingAssignment.id, TrainingAssignment.track == track)}


def _group(world: World) -> dict[str, int]:
    """An announcement of Khu phố 3, and a task there that bay has taken on."""
    muoi, bay, unit_id = person(world["muoi"]), person(world["bay"]), world["kp3"]
    post = announcements_commands.write_post(muoi, unit_id, announcements_commands.PostInput("Họp", "Tám giờ"))
    task = tasks_commands.write_task(muoi, unit_id, tasks_commands.TaskInput("Dán áp phích", assignee_id=bay.id))
    tasks_commands.answer_task(bay, task.id, task.version, True)
    return {"group_id": unit_id, "post_id": post.id, "task_id": task.id}


def _recording(world: World) -> dict[str, int]:
    """A sentence of a lesson that hang has recorded, and nobody has heard."""
    slug = db.session.scalars(sa.select(Lesson.slug).order_by(Lesson.slug)).first()
    row = SentenceRecording(lesson_slug=slug, step_id="mo", lang="vi", sentence="0" * 16, milliseconds=900, opus=b"o",
                            aac=b"a", recorded_by_id=world["hang"])  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return {"recording_id": row.id}


def _published(world: World) -> dict[str, int]:
    """An answer of khoa from minh's request, which waits for a teacher; and a request after which he may write."""
    found = published_fixtures.write(world)
    published_fixtures.agree(world, found, "minh", "lan")
    return {"published_id": found, "solved_request_id": published_fixtures.solve(world), "solved_unit": world["lop6a"]}


def _campaign(world: World) -> dict[str, int]:
    """A draft of Khu phố 3, written by its lead, with a poster."""
    muoi, today = person(world["muoi"]), clock.today()
    plan = Plan("Giúp nhau học", "Cả khu phố rủ nhau học.", "asked", 50, today, today)
    made = campaigns.write_campaign(muoi, world["kp3"], plan)
    poster = make_material(muoi, made.id, "poster", QUIZ)
    return {"campaign_id": made.id, "material_id": poster.id, "hood_id": world["kp3"]}


def _internet(world: World) -> dict[str, int]:
    """A batch that mai brought in for the ward, and a voucher of it that bay has opened."""
    batch_id = voucher_fixtures.brought(world, 2)
    return {"batch_id": batch_id, "voucher_id": voucher_fixtures.opened(world, batch_id)}


def _school_account(world: World) -> dict[str, int]:
    """A provider of the school, to which minh's account is linked."""
    told = ProviderInput("Tài khoản trường", "https://127.0.0.1", "cung-hoc", "", "", True)
    made = openid_commands.save_provider(person(world["quang"]), world["truong"], None, told)
    openid_commands.allow_child(person(world["lan"]), world["minh"])
    link = openid_commands.link(person(world["minh"]), Proof(made.id, "subject", "", "", 2**40))
    return {"provider_id": made.id, "link_id": link.id}


def _tokens(world: World) -> dict[str, int]:
    """A token of lan's own, and one of the school that quang made."""
    lan, quang = person(world["lan"]), person(world["quang"])
    tokens_commands.make_token(lan, TokenInput("Bảng tính", {"calendar"}, 30))
    tokens_commands.make_token(quang, TokenInput("Trang của trường", {"units"}, 30), world["truong"])
    return {
        "token_id": first(ApiToken.id, ApiToken.unit_id.is_(None)),
        "unit_token_id": first(ApiToken.id, ApiToken.unit_id.is_not(None)),
    }


def _webhook(world: World) -> dict[str, int]:
    """A webhook of the school that quang made, with a delivery that has failed."""
    written = WebhookInput("https://truong.example.vn/tin", {"room.opened"})
    webhook_id, _secret = webhooks_commands.make_webhook(person(world["quang"]), world["truong"], written)
    row = WebhookDelivery(webhook_id=webhook_id, message_id="msg_1", cause="1", kind="test", body="{}", state="failed")
    db.session.add(row)
    db.session.flush()
    return {"webhook_id": webhook_id, "delivery_id": row.id}


def _rights(world: World) -> dict[str, int]:
    """What lan asked for about minh, and a breach."""
    lan, admin = person(world["lan"]), person(world["admin1"])
    wrong = privacy.ask(lan, world["minh"], "correct", "Tên gọi của cháu sai.")
    leak = breaches.note(admin, clock.now(), "Một tờ danh sách bị mất.", "tên và lớp", 3, "")
    ready = DataRequest(
        by_id=lan.id, subject_id=world["minh"], kind="export", state="ready", file=file_storage.save(b"-"),
        acknowledge_by=clock.now(), due_by=clock.now(), done_at=clock.now(), gone_at=clock.now(),
    )  # fmt: skip
    gone = DataRequest(
        by_id=lan.id, subject_id=world["minh"], kind="delete", begins_at=clock.now() + timedelta(days=1),
        acknowledge_by=clock.now(), due_by=clock.now(),
    )  # fmt: skip
    db.session.add_all([ready, gone])
    db.session.flush()
    kernel_site_settings.put(admin, "contact", "028 3822", "Có số mới")
    change_id = overrides.history("option", "contact")[0].id
    return {
        "wrong": wrong.id, "ready": ready.id, "data_request_id": gone.id, "breach_id": leak.id, "change_id": change_id
    }  # fmt: skip


def _visit(world: World) -> dict[str, int]:
    """A visit that bay asked for, to which muoi and mai go, as mai planned it; and one that is proposed to bay."""
    visit_id = fixtures.planned(world)
    offer = VisitOffer(room_id=open_adults(world), learner_id=world["bay"], by_id=world["lan"], topic="")
    db.session.add(offer)
    db.session.flush()
    return {"visit_id": visit_id, "visit_offer_id": offer.id}


def _device(world: World) -> dict[str, int]:
    """A machine that bay gave, wiped and ready in the ward's store; and a picture of another that waits."""
    device_id, waits = donation_fixtures.ready(world), donation_fixtures.offered(world)
    row = OfferPicture(offer_id=waits, by_id=world["bay"], file=file_storage.save(b"-"), width=1, height=1)
    db.session.add(row)
    db.session.flush()
    return {"device_id": device_id, "device_offer_id": waits, "offer_picture_id": row.id}


def _circle(world: World) -> dict[str, int]:
    """What lan asks the circle of the school, and what hang answers."""
    topic = circles_commands.ask(
        person(world["lan"]), world["truong"], "Mấy giờ con nên tắt máy", "Con hay thức khuya."
    )
    return {
        "topic_id": topic.id,
        "answer_id": circles_commands.answer(person(world["hang"]), topic.id, "Chín giờ tối.").id,
    }


def _classes(world: World) -> dict[str, int]:
    """What hang sets for class 4A, and her letter to it, which the class reads."""
    hang, unit_id = person(world["hang"]), world["lop4a"]
    row = work_commands.set_work(hang, unit_id, WorkInput(clock.today(), kind="lesson", target=QUIZ))
    week = monday_of(clock.today())
    letter = letters_commands.save_letter(hang, unit_id, week, 0, "Chào cả lớp.", publishes=True)
    return {"work_id": row.id, "letter_id": letter.id, "class_unit": unit_id}


def _hours(world: World, room_id: int) -> dict[str, int]:
    """A session in which khoa helped minh, as if the room were over, and khoa's paper about it."""
    place, now = world["lop6a"], clock.now()
    session = HelpSession(room_id=room_id, helper_id=world["khoa"], learner_id=world["minh"], unit_id=place,
                            topic="", day=clock.today(), ended_at=now, minutes=20)  # fmt: skip
    paper = HoursCertificate(helper_id=world["khoa"], token="a" * 32, token_mark="mark", called_name="Khoa", minutes=20,
                       unit_id=world["lop11a"], from_day=clock.today(), until_day=clock.today(), sessions=1,
                       expires_at=now + timedelta(days=1))  # fmt: skip
    db.session.add_all([session, paper])
    db.session.flush()
    return {"session_id": session.id, "paper_id": paper.id}


def _weekly(world: World) -> tuple[dict[str, tuple[int, int]], dict[str, int]]:
    """A round of the school; a pair that is asked (lan and hang) and one that meets (bay and khoa's place)."""
    made = WeeklyRound(unit_id=world["truong"], by_id=world["quang"], weights=asdict(Weights()), state="ready")
    done = WeeklyRound(unit_id=world["truong"], by_id=world["quang"], state="published", published_at=clock.now())
    db.session.add_all([made, done])
    db.session.flush()
    pairs = {"proposed": (world["lan"], world["hang"]), "booked": (world["bay"], world["khoa"])}
    ids = {"round_id": made.id}
    for name, (learner_id, helper_id) in pairs.items():
        learner = person(learner_id)
        asked = requests_commands.ask_for_help(learner, learner, topics("vi")[0][0], wish="weekly")
        row = Proposal(
            round_id=done.id, request_id=asked.id, learner_id=learner_id, helper_id=helper_id, day=0, quarter=0,
            minutes=45, expires_at=clock.now() + timedelta(days=3), helper_yes_at=clock.now(),
            state="open" if name == "proposed" else "agreed",
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        if name == "proposed":
            ids["proposal_id"] = row.id
            continue
        booked = Booking(
            proposal_id=row.id, learner_id=learner_id, helper_id=helper_id, unit_id=asked.unit_id, topic=asked.topic,
            level=1, day=0, quarter=0, minutes=45, first_on=clock.today(), to_day=1, to_quarter=4,
            moved_by_id=learner_id,
        )  # fmt: skip
        db.session.add(booked)
        db.session.flush()
        ids["booking_id"] = booked.id
    return pairs, ids


# ---- what policy says -----------------------------------------------------------------------------------------


class Asker:
    """One person before the door of each route."""

    def __init__(self, things: Things, user: User, ids: dict[str, int]) -> None:
        self.user, self.things, self.ids = user, things, ids

    # facts of accounts
    def own_sign_in(self) -> bool:
        return db.session.get_one(SignIn, self.ids["sign_in_id"]).user_id == self.user.id

    def guardian(self, confirmed: bool = False) -> bool:
        return of_accounts.may_act_for_child(is_guardian(self.user.id, self.ids["child_id"], confirmed))

    def child_or_guardian(self) -> bool:
        return self.user.id == self.ids["child_id"] or self.guardian()

    # facts of places
    @property
    def held(self) -> frozenset[str]:
        return roles_for(self.user, self.ids["unit_id"])

    def staff(self) -> bool:
        return of_community.may_see_unit(self.held)

    @property
    def member(self) -> Membership:
        return db.session.get_one(Membership, self.ids["membership_id"])

    def sees(self, also: Callable[[frozenset[str], Membership, bool], bool] = lambda _h, _m, _own: True) -> bool:
        """Whether this member's page opens, and the further condition holds."""
        member = self.member
        roles = roles_for(self.user, member.unit_id)
        seen = of_community.may_see_member(roles, unit(member.unit_id).kind, member.role)
        return seen and also(roles, member, member.user_id == self.user.id)

    def power(self) -> bool:
        return self.sees(lambda roles, _member, own: of_community.may_issue_reset_code(roles, own))

    def ends(self) -> bool:
        return self.sees(lambda roles, member, own: not own and of_community.may_end_member(roles, member.role))

    def in_circle(self) -> bool:
        guards = self.ids["unit_id"] in units_for(self.user, "circle")
        return of_circles.may_enter(of_circles.CircleFacts(guards, roles_at(self.user.id, self.ids["unit_id"])))

    def runs_class(self) -> bool:
        return of_classes.may_run_class(roles_at(self.user.id, self.ids["class_unit"]), "class")

    def reads_letter(self) -> bool:
        pupil = self.ids["class_unit"] in classes_of(self.user.id)
        guards = any(self.ids["class_unit"] in classes_of(tie.child_id) for tie in children(self.user.id))
        return of_classes.may_read_letter(runs=self.runs_class(), pupil=pupil, guards=guards, published=True)

    def makes_code(self) -> bool:
        return of_community.may_create_code(self.held, db.session.get_one(JoinCode, self.ids["code_id"]).role)

    # facts of rooms
    @property
    def room(self) -> of_rooms.RoomFacts:
        seat = db.session.scalar(
            sa.select(Seat).where(Seat.room_id == self.ids["room_id"], Seat.user_id == self.user.id)
        )
        return of_rooms.RoomFacts(
            role=seat.role if seat else None, minors=True, held=roles_at(self.user.id, self.things.ids["room_unit"])
        )

    def reads(self) -> bool:
        return of_rooms.may_read_room(self.room)

    def reads_or_watches(self) -> bool:
        return self.reads() or of_rooms.may_enter_as_observer(self.room)

    @property
    def own_message(self) -> bool:
        return self.user.id == self.things.people["minh"]  # who wrote the one that the walk asks for

    def sees_message(self) -> bool:
        return self.reads() or of_rooms.may_appeal(self.room, self.own_message) or self.judges()

    def judges(self) -> bool:
        return of_rooms.may_decide_held(self.room, self.own_message)

    def sees_picture(self) -> bool:
        """The one that khoa sent, which waits."""
        return of_rooms.may_see_held_picture(self.room, self.user.id == self.things.people["khoa"])

    # facts of reports
    def knows(self) -> bool:
        """Whether this person has to do with minh: in the room, as his guardian, as staff of his class."""
        if self.user.id == self.ids["user_id"]:
            return False
        staff = any(
            of_community.may_see_members(roles_for(self.user, one.unit_id), one.unit.kind)
            for one in memberships(self.ids["user_id"])
        )
        return self.reads() or staff or is_guardian(self.user.id, self.ids["user_id"])

    def looks_after_case(self) -> bool:
        """The case of minh's report about khoa: staff of the class; none of either family."""
        roles = roles_at(self.user.id, self.things.ids["room_unit"])
        facts = of_moderation.CaseFacts(
            "S2", minors=True, held=roles, is_about=self.user.id == self.things.people["khoa"],
            family_of_reporter=is_guardian(self.user.id, self.things.people["minh"]),
        )  # fmt: skip
        return of_moderation.may_see_case(facts)

    def looks_after_welfare(self) -> bool:
        """What minh wrote of danger: staff of his class; neither his family nor who helps him."""
        roles = roles_at(self.user.id, self.things.ids["welfare_unit"])
        return of_moderation.may_see_case(of_moderation.CaseFacts("S1", minors=True, held=roles))

    def sees_reading(self) -> bool:
        """What admin1 asked for, to read the room of minh and khoa."""
        known = of_readings.EmergencyAccessFacts(
            holds=roles_of(self.user.id),
            held=roles_for(self.user, self.things.ids["room_unit"]),
            of_the_room=self.room.role in of_rooms.PARTICIPANT_ROLES,
            is_asker=self.user.id == self.things.people["admin1"],
        )
        return of_readings.may_see_emergency_access(known)

    # facts of help
    @property
    def asked(self) -> HelpRequest:
        return requests.request(self.ids["request_id"])

    def of_learner(self) -> bool:
        return is_guardian(self.user.id, self.asked.learner_id)

    def is_learner(self) -> bool:
        return self.user.id == self.asked.learner_id

    def claims(self, watched: bool = False) -> bool:
        asked = self.asked
        return of_pairing.may_claim(
            eligibility.pair_allowed(self.user, asked, watched=watched),
            eligibility.near(memberships(self.user.id), asked) < eligibility.ELSEWHERE,
            eligibility.avoided(self.user.id, asked.learner_id),
            db.session.get(PassedRequest, (asked.id, self.user.id)) is not None,
        )

    @property
    def school(self) -> frozenset[str]:
        return roles_for(self.user, self.things.ids["unit_id"])

    def in_weekly(self, what: str) -> bool:
        """The two of a weekly pair, and the guardian of the child in it."""
        learner_id, helper_id = self.things.weekly[what]
        return self.user.id in {learner_id, helper_id} or is_guardian(self.user.id, learner_id)

    def reads_paper(self) -> bool:
        """Of khoa's paper, which names his class."""
        khoa = self.things.people["khoa"]
        guardian = is_guardian(self.user.id, khoa)
        return of_minutes.may_read_certificate(
            self.user.id == khoa, guardian, roles_for(self.user, self.things.paper_unit)
        )

    @property
    def ward(self) -> frozenset[str]:
        return roles_for(self.user, self.things.ids["ward_id"])

    def trains(self) -> bool:
        return of_training.may_run_training(self.ward)

    def comes(self) -> bool:
        """To the session of the ward's training, which mai leads."""
        return belongs_to(self.user, db.session.get_one(TrainingSession, self.ids["training_id"]))

    @property
    def need(self) -> of_needs.NeedFacts:
        """Before what lan asked for minh, of whom an is the sister."""
        row, one = db.session.get_one(DeviceNeed, self.ids["need_id"]), self.user.id
        family = one in {row.person_id, row.receiver_id}
        return of_needs.NeedFacts(
            family=family, concerned=family or one == self.things.people["an"], held=roles_for(self.user, row.ward_id),
            held_near=roles_for(self.user, row.unit_id), in_school=True, state=row.state,
        )  # fmt: skip

    @property
    def visit(self) -> of_visits.VisitFacts:
        """Before the visit of bay."""
        row, one = db.session.get_one(Visit, self.ids["visit_id"]), self.user.id
        goes = {self.things.people[name] for name in ("muoi", "mai")}
        return of_visits.VisitFacts(
            is_asker=one == self.things.people["bay"], is_visitor=one in goes, is_planner=one == row.planner_id,
            held=roles_for(self.user, row.unit_id), state="planned", at=row.at,
        )  # fmt: skip

    def lent(self, receiver: str) -> of_loans.LoanFacts:
        """Before what lan has for an, or bay is to fetch."""
        mine = self.user.id == self.things.people[receiver]
        return of_loans.LoanFacts(
            is_receiver=mine, is_family=mine, held=self.ward,
            is_person=receiver == "lan" and self.user.id == self.things.people["an"],
        )  # fmt: skip

    def keeps_store(self) -> bool:
        return of_devices.may_run_store(self.ward)

    def sees_device_offer(self) -> bool:
        """Which bay made."""
        return of_devices.may_see_offer(self.user.id == self.things.people["bay"], self.ward)

    def reads_group(self) -> bool:
        belongs = self.ids["unit_id"] in units_and_ancestors_of([self.user.id]).get(self.user.id, ())
        return of_groups.may_read_group(self.held, "neighbourhood", belongs)

    def leads_group(self) -> bool:
        return of_groups.may_lead_group(self.held, "neighbourhood")

    def manages_unit(self) -> bool:
        """Whoever may create the unit: a role at the one above it, or the whole site."""
        return may_manage(self.user, db.session.get_one(Unit, self.ids["unit_id"]))

    @property
    def has_task(self) -> bool:
        return self.user.id == self.things.people["bay"]

    def writes_campaign(self) -> bool:
        """Of Khu phố 3, and the draft of it."""
        return of_campaigns.may_write_campaign(roles_for(self.user, self.things.ids["hood_id"]))

    def over_learner(self) -> bool:
        """Staff of any unit of the person whose skills these are."""
        return any(
            not STAFF.isdisjoint(roles_at(self.user.id, member.unit_id)) for member in memberships(self.ids["user_id"])
        )


DOORS: dict[str, Callable[[Asker], bool]] = {
    **dict.fromkeys(
        [f"webhooks.{act}" for act in ("unit_webhooks", "webhook", "end_webhook")],
        lambda who: of_webhooks.may_see(who.held, "school"),
    ),
    **dict.fromkeys(
        [f"webhooks.{act}" for act in ("make_webhook", "change_secret", "show_secret", "send_test", "send_again")],
        lambda who: of_webhooks.may_manage(who.held, "school", archived=False),
    ),
    "api.end_token": lambda who: who.user.id == who.things.people["lan"],
    **dict.fromkeys(["api.unit_tokens", "api.end_unit_token"], lambda who: of_api.may_see_unit_tokens(who.held)),
    **dict.fromkeys(
        ["api.make_unit_token", "api.made_unit_token"], lambda who: of_api.may_make_unit_token(who.held, archived=False)
    ),
    "accounts.end_sign_in": Asker.own_sign_in,
    "accounts.child": Asker.guardian,
    "notifications.week": Asker.guardian,
    "lessons.child_skills": Asker.guardian,
    "accounts.consent": Asker.child_or_guardian,
    "accounts.assent": Asker.child_or_guardian,
    "accounts.renewal": Asker.child_or_guardian,
    "accounts.child_full_name": lambda who: who.guardian(confirmed=True),
    "accounts.card": lambda who: who.guardian(confirmed=True),
    "community.leave": lambda who: who.member.user_id == who.user.id and who.user.kind != "child",
    **dict.fromkeys(
        [
            f"community.{act}"
            for act in ("unit", "unit_members", "unit_classes", "unit_settings", "confirm_members", "end_members")
        ],
        Asker.staff,
    ),
    **dict.fromkeys(
        ("community.rename_unit", "community.archive_unit", "community.restore_unit"), lambda who: who.manages_unit()
    ),
    "community.new_unit": Asker.staff,
    "rooms.open_lasting": Asker.staff,
    "rooms.desk": lambda who: of_lasting.may_ask_at_desk(
        who.user.is_minor, who.ids["unit_id"] in units_for(who.user, "questions")
    ),
    "community.new_code": Asker.staff,
    "community.codes": Asker.staff,
    "community.duty": Asker.staff,
    "community.add_slot": Asker.staff,
    "community.copy_slots": Asker.staff,
    "community.take_duty": Asker.staff,
    "community.start_alarm_test": lambda who: of_alarms.may_test_alarm(who.held),
    **dict.fromkeys(
        ("community.alarm_test", "community.answer_alarm_test"),
        lambda who: who.user.id in {who.things.people[name] for name in ("quang", "hang")},
    ),
    "community.confirm_code": Asker.staff,
    "community.duty_phone": lambda who: of_community.may_set_duty_phone(who.held),
    **dict.fromkeys(
        [
            f"openid.{act}"
            for act in ("unit_providers", "new_unit_provider", "edit_provider", "test_provider", "remove_provider")
        ],
        lambda who: may_set_providers(who.held),
    ),
    "openid.unlink": lambda who: who.user.id == who.things.people["minh"],
    "openid.child": lambda who: who.guardian(confirmed=True),
    "community.letterhead": lambda who: of_community.may_set_letterhead(who.held),
    "community.school_subjects": lambda who: may_switch_subjects(who.held),
    "community.youth_help": lambda who: of_community.may_set_youth_help(who.held),
    **dict.fromkeys(("community.hours", "community.patience"), lambda who: of_community.may_set_hours(who.held)),
    "community.pause_minors": lambda who: of_community.may_pause_minors(who.held),
    "community.remove_slot": lambda who: of_community.may_set_duty(who.held),
    "community.end_duty": lambda who: of_community.may_set_duty(who.held) or who.user.id == who.things.people["hang"],
    "community.class_list": lambda who: of_class_lists.may_import_class_list(who.held, "school", True),
    **dict.fromkeys(
        (f"community.{act}_class_list" for act in ("accept", "discard")),
        lambda who: who.user.id == who.things.people["quang"],
    ),
    **dict.fromkeys(
        ("community.class_list_check", "community.class_list_faults"),
        lambda who: who.user.id == who.things.people["quang"],
    ),
    "community.remove_class_line": lambda who: of_class_lists.may_import_class_list(
        roles_for(who.user, who.ids["line_unit"]), "class", True
    ),
    **dict.fromkeys(
        (f"community.{act}" for act in ("print_cards", "class_claims", "class_claim", "refuse_claim")),
        lambda who: of_class_lists.may_print_cards(roles_for(who.user, who.ids["line_unit"]), "class", True),
    ),
    # The claim of a guardian names no other one, and is not confirmed.
    **dict.fromkeys(("community.claim_guardian", "community.undo_claim"), lambda _who: False),
    **dict.fromkeys(
        (
            "community.year_end",
            "community.year_end_class",
            "community.discard_year_end",
            "community.year_end_review",
            "community.undo_year_end",
            "pairing.leaver_papers",
        ),
        lambda who: of_year_ends.may_end_year(who.held, "school"),
    ),
    "community.withdraw_claim": lambda who: who.user.id == who.things.people["bay"],
    **dict.fromkeys(
        ("community.class_list_basis", "community.end_class_list_basis"),
        lambda who: of_class_lists.may_record_basis(who.held, "school"),
    ),
    **dict.fromkeys(
        (
            f"community.{act}"
            for act in ("unit_import", "write_import", "discard_import", "try_import_again", "faulty_lines")
        ),
        lambda who: who.user.id == who.things.people["quang"],
    ),
    "community.cancel_merger": lambda who: of_community.may_merge_units(
        [roles_for(who.user, who.ids["unit_id"]), roles_for(who.user, who.things.ids["room_unit"])]
    ),
    "community.code": Asker.makes_code,
    "community.revoke_code": Asker.makes_code,
    "community.member": Asker.sees,
    "community.confirm_member": Asker.sees,
    "community.refuse_member": Asker.ends,
    "community.end_member": Asker.ends,
    "community.guardian_contact": lambda who: who.sees(lambda _held, member, _own: member.state == "waiting"),
    "community.nominate": lambda who: who.sees(lambda roles, _member, own: of_community.may_nominate(roles, own)),
    "community.nomination": Asker.sees,
    "community.renew": Asker.sees,
    "community.reset_code": Asker.power,
    "community.factor_reset": Asker.power,
    "community.suspend": Asker.power,
    "community.restore": Asker.power,
    **dict.fromkeys(("rooms.picture", "rooms.marks"), Asker.sees_picture),
    "rooms.voice_note": lambda who: of_rooms.may_see_held_picture(who.room, who.user.id == who.things.people["minh"]),
    "rooms.voice_notes": lambda who: who.reads() and of_rooms.may_send_voice_note(who.room),
    "rooms.mark": lambda who: who.reads() and who.sees_picture(),
    "rooms.take_back_marks": lambda who: of_rooms.may_withdraw_annotation(
        who.room, who.user.id == who.things.people["khoa"]
    ),
    "community.keep_suspended": Asker.power,
    "community.link_hosts": lambda who: of_community.may_set_link_hosts(who.held),
    "rooms.show": Asker.reads_or_watches,
    "rooms.enter": Asker.reads_or_watches,
    **dict.fromkeys(
        (
            "rooms.messages",
            "rooms.search",
            "rooms.post",
            "rooms.lesson",
            "rooms.follow",
            "rooms.leave",
            "rooms.end",
            "rooms.witness",
            "rooms.send_picture",
            "rooms.send_voice_note",
            "rooms.tick",
            "rooms.answer",
            "rooms.stuck",
            "rooms.unstuck",
            "rooms.send_card",
            "rooms.open_lesson",
            "rooms.next_lesson",
        ),
        Asker.reads,
    ),
    "pairing.ask_on": lambda _who: False,  # the room of this walk is still open
    "rooms.summary": lambda who: of_rooms.may_read_summary(
        who.room, is_guardian(who.user.id, who.things.people["minh"])
    ),
    **dict.fromkeys(("rooms.call", "rooms.cards"), Asker.reads),
    **dict.fromkeys(
        ("rooms.ready_phrases", "rooms.use_phrase", "rooms.keep_phrase"),
        lambda who: of_phrases.may_use_phrases(who.room),
    ),
    **dict.fromkeys(
        ("rooms.own_phrase", "rooms.delete_phrase", "rooms.helper_note", "rooms.delete_helper_note"),
        lambda who: who.user.id == who.things.people["khoa"],
    ),
    **dict.fromkeys(
        [
            f"rooms.{act}"
            for act in (
                "unit_phrases",
                "take_starters",
                "unit_phrase",
                "move_phrase",
                "archive_phrase",
                "restore_phrase",
            )
        ],
        lambda who: of_phrases.may_write_unit_phrases(who.held, "school"),
    ),
    "rooms.read_helper_notes": lambda who: of_notes.may_read_notes_on_duty(
        who.room, who.user.id in {who.things.people[name] for name in ("hang", "quang")}
    ),
    **dict.fromkeys(
        [
            f"rooms.{act}"
            for act in (
                "mute",
                "unmute",
                "remove",
                "close",
                "hold",
                "lock",
                "unlock",
                "hide",
                "undo_hide",
                "hide_marks",
                "announce",
                "split",
            )
        ],
        lambda who: of_rooms.may_moderate(who.room),
    ),
    **dict.fromkeys(
        (f"rooms.{act}" for act in ("release", "refuse", "undo_refuse", "original", "decide_appeal")), Asker.judges
    ),
    "rooms.message": Asker.sees_message,
    "rooms.edit": lambda who: of_rooms.may_edit_message(who.room, who.own_message, timedelta(0)),
    "rooms.withdraw": lambda who: of_rooms.may_withdraw_message(who.room, who.own_message),
    "rooms.export": lambda who: of_rooms.may_export_room(who.room),
    "rooms.react": lambda who: of_rooms.may_react(who.room, who.own_message),
    "rooms.appeal": lambda who: of_rooms.may_appeal(who.room, who.own_message),
    "pairing.request": lambda who: of_pairing.may_read_request(who.is_learner(), who.of_learner(), False),
    "pairing.answer": lambda who: of_pairing.may_answer(who.is_learner(), False),
    "pairing.guardian_answer": lambda who: (
        of_pairing.may_answer_as_guardian(who.of_learner(), True) or who.is_learner()
    ),
    "pairing.cancel": lambda who: who.is_learner() or who.of_learner(),
    **dict.fromkeys(
        [
            f"pairing.{act}"
            for act in (
                "pause",
                "resume",
                "unpark",
                "add_words",
                "add_picture",
                "add_voice_note",
                "remove_voice_note",
                "remove_picture",
                "wish_times",
                "look_now",
                "wait_weekly",
                "judge_answer",
            )
        ],
        lambda who: of_pairing.may_keep_request(who.is_learner(), False),
    ),
    "pairing.parked": lambda who: of_parked.may_see_awaiting_device(who.held),
    "pairing.helped_there": lambda who: any(
        of_parked.may_see_awaiting_device(roles_for(who.user, unit_id)) for unit_id in desks_of(who.asked)
    ),
    "pairing.claim": Asker.claims,
    "pairing.waiting_voice_note": Asker.is_learner,
    "pairing.waiting_picture": lambda who: who.is_learner() or who.of_learner(),
    "pairing.claim_time": lambda who: who.claims(watched=True),
    "pairing.speak_answer": lambda who: (
        spoken_answers.takes_voice(who.user, who.asked) and eligibility.may_answer_in_writing(who.user, who.asked)
    ),
    "pairing.spoken_answer": lambda who: of_pairing.may_read_request(who.is_learner(), who.of_learner(), False),
    "pairing.write_answer": lambda who: eligibility.may_answer_in_writing(who.user, who.asked),
    **dict.fromkeys(
        [
            f"pairing.{act}"
            for act in ("weekly_round", "run_round", "round_weights", "round_pair", "publish_round", "discard_round")
        ],
        lambda who: of_pairing.may_run_rounds(who.school),
    ),
    "pairing.new_round": lambda who: of_pairing.may_run_rounds(who.held),
    "pairing.answer_proposal": lambda who: who.in_weekly("proposed"),
    **dict.fromkeys(
        [f"pairing.{act}" for act in ("move_booking", "end_booking", "met")], lambda who: who.in_weekly("booked")
    ),
    "pairing.answer_move": lambda who: who.user.id == who.things.people["khoa"],  # bay's side asked
    "pairing.propose_group": Asker.claims,
    "pairing.answer_group": lambda who: who.is_learner() or who.of_learner(),
    "pairing.sign_up": lambda who: (
        who.things.ids["unit_id"] in units_and_ancestors_of([who.user.id]).get(who.user.id, ())
    ),
    "pairing.withdraw": lambda who: who.user.id == who.things.people["minh"],
    "pairing.cancel_session": lambda who: of_sessions.may_cancel_session(
        who.user.id == who.things.people["hang"], who.school
    ),
    "pairing.remove_away": lambda who: who.is_learner() or who.of_learner(),
    "pairing.decline_offer": lambda who: who.things.people["hang"] == who.user.id,
    "pairing.waiting": lambda who: of_waves.may_see_waiting(who.held),
    "pairing.see_alarm": lambda who: of_waves.may_see_waiting(roles_for(who.user, who.asked.unit_id)),
    "pairing.hand_over": lambda who: of_rooms.may_moderate(who.room),
    "pairing.give_back": lambda who: who.asked.helper_id == who.user.id,
    "pairing.say_helped": lambda who: who.user.id == who.things.people["minh"] or who.guardian(),
    "pairing.unit_minutes": lambda who: any(of_minutes.may_see_minutes(who.held, minor) for minor in (True, False)),
    "pairing.strike": lambda who: of_minutes.may_see_minutes(who.room.held, minors=True),
    **dict.fromkeys(("pairing.paper", "pairing.revoke_paper"), Asker.reads_paper),
    "notifications.open_notice": lambda who: who.user.id == who.things.people["minh"],
    "lessons.quiz_try": lambda who: who.user.id == who.things.people["minh"],
    **dict.fromkeys(
        (
            f"lessons.{name}"
            for name in ("write", "keep_draft", "write_step", "write_lesson", "keep_form", "write_quiz", "keep_quiz")
        ),
        lambda who: who.user.id == who.things.people["quang"],
    ),
    "lessons.sentence_sound": lambda who: (
        who.user.id == who.things.people["hang"] or of_lessons.may_review(roles_of(who.user.id), is_editor(who.user.id))
    ),
    "lessons.review": lambda who: of_lessons.may_review(roles_of(who.user.id), is_editor(who.user.id)),
    "moderation.ask_to_talk": lambda who: of_welfare.may_ask_to_talk(is_asked(who.room, who.user.is_minor), True),
    "moderation.report_message": Asker.reads,
    "moderation.report_room": Asker.reads_or_watches,
    "moderation.report_person": Asker.knows,
    "moderation.report_reply": lambda who: of_pairing.may_read_request(who.is_learner(), who.of_learner(), False),
    "moderation.report_topic": lambda who: who.in_circle() and who.user.id != who.things.people["lan"],
    "moderation.report_answer": lambda who: who.in_circle() and who.user.id != who.things.people["hang"],
    **dict.fromkeys(
        (
            f"moderation.{name}"
            for name in ("case", "decide", "regrade", "claim", "let_go", "act", "reverse", "lift_lock", "second_look")
        ),
        Asker.looks_after_case,
    ),
    **dict.fromkeys(
        (
            "moderation.welfare_act",
            "moderation.welfare_calm",
            "moderation.welfare_home",
            "moderation.welfare_close",
            "moderation.welfare_hold",
            "moderation.welfare_talk",
        ),
        Asker.looks_after_welfare,
    ),
    "moderation.done": lambda who: who.user.id == who.things.people["khoa"],
    "privacy.person": lambda who: of_privacy.may_see_data(who.user.id == who.ids["user_id"], who.guardian(True)),
    **dict.fromkeys(
        ("privacy.export", "privacy.delete", "privacy.ask"),
        lambda who: of_privacy.may_use_rights(False, True, who.guardian(True)),
    ),
    **dict.fromkeys(("privacy.take_back", "privacy.download"), lambda who: who.user.id == who.things.people["lan"]),
    **dict.fromkeys(
        ("privacy.answer", "privacy.breach", "privacy.letter", "administration.put_back", "administration.person_act"),
        lambda who: of_privacy.may_run_the_site(roles_of(who.user.id)),
    ),
    **dict.fromkeys(
        [f"moderation.{name}" for name in ("reading", "agree_reading", "decline_reading", "read_room")],
        Asker.sees_reading,
    ),
    "moderation.ask_second_look": lambda who: (
        who.user.id == who.things.people["khoa"] or is_guardian(who.user.id, who.things.people["khoa"])
    ),
    **dict.fromkeys(
        (f"practice.{act}" for act in ("run", "play", "give_up")), lambda who: who.user.id == who.things.people["lan"]
    ),
    **dict.fromkeys(
        (f"notebook.{act}_entry" for act in ("edit", "finish", "reopen", "delete")),
        lambda who: of_practice.may_keep_notebook(who.user.kind, is_owner=who.user.id == who.things.people["lan"]),
    ),
    **dict.fromkeys(
        [f"practice.{act}" for act in ("in_room", "begin_in_room", "stop_in_room", "suggest", "point", "unpoint")],
        Asker.reads,
    ),
    "practice.group_page": lambda who: of_rehearsing.may_see_group(who.held),
    **dict.fromkeys(
        ("classes.overview", "classes.nudge"),
        lambda who: of_overviews.may_see_progress(roles_for(who.user, who.ids["unit_id"]), "class"),
    ),
    "classes.classes_overview": lambda who: of_overviews.may_see_class_sums(who.held, "school"),
    "classes.child_progress": Asker.child_or_guardian,
    **dict.fromkeys(
        [
            f"training.{name}"
            for name in (
                "unit",
                "unit_sessions",
                "new_session",
                "edit_session",
                "cancel_session",
                "people",
                "assign",
                "unassign",
            )
        ],
        Asker.trains,
    ),
    "training.attendance": lambda who: of_training.may_mark(who.user.id == who.things.people["mai"], who.ward),
    "training.session": lambda who: of_training.may_see_session(
        who.comes(), False, who.user.id == who.things.people["mai"], who.ward
    ),
    **dict.fromkeys(("training.sign_up", "training.withdraw"), Asker.comes),
    "training.leave_track": lambda who: of_training.may_take_off(who.user.id == who.things.people["bay"], who.ward),
    "devices.need": lambda who: of_needs.may_see_need(who.need),
    "devices.withdraw_need": lambda who: who.need.family,
    "devices.confirm_need": lambda who: of_needs.knows_family(who.need),
    **dict.fromkeys(
        [
            "devices.propose_device",
            "devices.approve_need",
            "devices.give_again",
            "devices.put_back_need",
            "devices.refuse_need",
        ],
        lambda who: of_needs.decides(who.need),
    ),
    "devices.unit_needs": lambda who: of_needs.may_decide_needs(who.held) or "teacher" in who.held,
    "devices.propose_vouchers": lambda who: of_needs.may_decide_needs(who.held),
    "visits.visit": lambda who: of_visits.may_see_visit(who.visit),
    **dict.fromkeys(
        [f"visits.{act}" for act in ("cancel_visit", "visit_without", "judge_visit", "visit_online")],
        lambda who: who.visit.is_asker,
    ),
    **dict.fromkeys(("visits.plan_visit", "visits.refuse_visit"), lambda who: of_visits.may_change_plan(who.visit)),
    **dict.fromkeys(
        ("visits.visit_address", "visits.end_visit", "visits.miss_visit"),
        lambda who: who.visit.goes or (who.visit.is_planner and who.visit.plans),
    ),
    "visits.visit_badge": lambda who: of_visits.may_carry_badge(who.visit),
    "visits.unit_visits": lambda who: of_visits.may_plan(who.held, is_asker=False),
    "visits.offer_visit": lambda who: of_visits.may_offer_visit(who.room, None),
    "visits.decline_visit": lambda who: who.user.id == who.things.people["bay"],
    **dict.fromkeys(
        [
            f"devices.{act}"
            for act in (
                "points",
                "close_point",
                "unit_handovers",
                "plan_handover",
                "miss_handover",
                "hand_over",
                "handover_record",
                "unit_loans",
                "answer_renewal",
                "take_back",
                "write_off",
                "found_again",
                "unit_thanks",
                "pass_thanks",
                "refuse_thanks",
            )
        ],
        Asker.keeps_store,
    ),
    **dict.fromkeys(
        ("devices.handover", "devices.call_off_handover"), lambda who: of_loans.may_see_handover(who.lent("bay"))
    ),
    "devices.loan": lambda who: of_loans.may_see_loan(who.lent("lan")),
    "devices.return_record": lambda who: of_loans.may_read_record(who.lent("lan")),
    **dict.fromkeys(
        [f"devices.{act}" for act in ("ask_renewal", "tell_loss", "write_thanks")],
        lambda who: of_loans.may_speak_for_loan(who.lent("lan")),
    ),
    "devices.answer_thanks": lambda who: who.user.id == who.things.people["bay"],
    **dict.fromkeys(
        [
            f"devices.{act}"
            for act in ("offer", "withdraw_offer", "add_picture", "picture", "remove_picture", "receipt")
        ],
        Asker.sees_device_offer,
    ),
    **dict.fromkeys(
        [
            f"devices.{act}"
            for act in (
                "offer_for",
                "accept_offer",
                "decline_offer",
                "store",
                "device",
                "receive",
                "wipe",
                "certificate",
                "certificate_file",
                "label",
                "labels",
                "act",
            )
        ],
        Asker.keeps_store,
    ),
    **dict.fromkeys(("groups.show", "groups.posts_page"), Asker.reads_group),
    **dict.fromkeys(
        [
            f"groups.{act}"
            for act in (
                "new_post",
                "edit_post",
                "pin_post",
                "take_back_post",
                "put_back_post",
                "month",
                "new_task",
                "edit_task",
            )
        ],
        Asker.leads_group,
    ),
    "groups.tasks_page": lambda who: who.reads_group() and not who.user.is_minor,
    "groups.task": lambda who: of_groups.may_see_task(who.held, "neighbourhood", who.has_task),
    "groups.move_task": lambda who: of_groups.may_move_task(who.leads_group(), who.has_task, agreed=True),
    "groups.answer_task": lambda who: of_groups.may_answer_task(who.has_task),
    "groups.poster": lambda who: of_groups.may_print_poster(who.held, "neighbourhood"),
    **dict.fromkeys(
        [
            f"classes.{act}"
            for act in (
                "works",
                "new_work",
                "edit_work",
                "extend_work",
                "withdraw_work",
                "restore_work",
                "letters",
                "write_letter",
                "withdraw_letter",
                "subjects",
            )
        ],
        Asker.runs_class,
    ),
    "classes.letter": Asker.reads_letter,
    **dict.fromkeys(
        [
            f"circles.{act}"
            for act in (
                "circle",
                "ask",
                "topic",
                "edit_topic",
                "edit_answer",
                "withdraw_topic",
                "withdraw_answer",
                "close_topic",
                "helped",
                "wish",
                "suggest",
                "agree",
                "pin",
                "hide_topic",
                "hide_answer",
                "to_lesson",
            )
        ],
        Asker.in_circle,
    ),
    **dict.fromkeys(
        [f"insights.unit_{door}" for door in ("figures", "figures_file", "report", "chart")],
        lambda who: of_insights.may_see_unit_figures(who.held, "school"),
    ),
    "published_answers.write": lambda who: who.user.id == who.things.people["khoa"],
    "published_answers.withdraw": lambda who: who.user.id == who.things.people["khoa"],
    **dict.fromkeys(
        ("published_answers.show", "published_answers.agree"),
        lambda who: who.user.id in {who.things.people[name] for name in ("minh", "lan", "khoa")},
    ),
    **dict.fromkeys(
        ("published_answers.read", "published_answers.decide"),
        lambda who: of_published.may_release(
            roles_at(who.user.id, who.ids["solved_unit"]),
            who.user.id in {who.things.people[name] for name in ("minh", "lan", "khoa")},
        ),
    ),
    # It waits, so readers do not see it.
    **dict.fromkeys(("published_answers.mark", "published_answers.endorse"), lambda _who: False),
    **dict.fromkeys(
        [f"queues.{act}" for act in ("work", "issue", "paper", "act", "open_desk", "close_desk", "call")],
        lambda who: of_queues.may_call(who.ward, "ward"),
    ),
    **dict.fromkeys(
        [
            f"queues.{act}"
            for act in (
                "switch_on",
                "switch_off",
                "drop_waiting",
                "renew_codes",
                "settings",
                "add_service",
                "remove_service",
                "add_desk",
                "limit_desk",
                "remove_desk",
                "poster",
                "days",
            )
        ],
        lambda who: of_queues.may_set_queue(who.ward, "ward"),
    ),
    **dict.fromkeys(("campaigns.of_unit", "campaigns.new"), lambda who: of_campaigns.may_write_campaign(who.held)),
    **dict.fromkeys(
        [
            f"campaigns.{act}"
            for act in (
                "manage",
                "edit",
                "publish",
                "close",
                "new_material",
                "material",
                "edit_material",
                "paper_file",
                "drop_material",
            )
        ],
        Asker.writes_campaign,
    ),
    "devices.internet": lambda who: of_sponsored.may_read_batches(who.ward),
    **dict.fromkeys(
        [f"devices.{act}" for act in ("new_batch", "batch", "close_batch", "open_batch", "new_report_address")],
        lambda who: of_sponsored.may_bring_in(who.ward),
    ),
    **dict.fromkeys(
        [f"devices.{act}" for act in ("voucher", "open_voucher", "voucher_used", "voucher_failed")],
        lambda who: who.user.id == who.things.people["bay"],
    ),
    "lessons.grant": Asker.over_learner,
    "lessons.revoke": Asker.over_learner,
    **dict.fromkeys(("lessons.grant_subject", "lessons.revoke_subject"), Asker.over_learner),
}


# ---- the walk -------------------------------------------------------------------------------------------------


@command
def _keep(row: RequestPicture | RequestVoiceNote | WrittenAnswer | SpokenAnswer) -> None:
    db.session.add(row)
    db.session.flush()


def make_things(app: Flask, world: World) -> Things:
    """The walk's ids."""
    with app.app_context(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(image_sanitizer.WORKER, "seconds", 300.0)  # a busy machine takes longer than people wait
        found = _things(world)
        sent = pictures_commands.take_picture(person(world["khoa"]), found.ids["room_id"], str(uuid.uuid4()), photo())
        waits = RequestPicture(
            request_id=found.ids["request_id"],
            by_id=world["an"],
            name=file_storage.save(b"-"),
            width=1,
            height=1,
            bytes=1,
        )
        _keep(waits)
        found.ids["waiting_picture_id"] = waits.id
        sound = Sound(b"-", b"-", 1000, bytes(48))
        spoken = {"milliseconds": 1000, "peaks": sound.peaks, "opus": sound.opus, "aac": sound.aac}
        _keep(RequestVoiceNote(request_id=found.ids["request_id"], by_id=world["an"], **spoken))
        answer = WrittenAnswer(request_id=found.ids["request_id"], author_id=world["hang"], words="Tin thoại 0:01")
        _keep(answer)
        _keep(SpokenAnswer(answer_id=answer.id, **spoken))
        found.ids["spoken_id"] = answer.id
        said = messages_commands.post_message(
            person(world["minh"]), found.ids["room_id"], str(uuid.uuid4()), "Tin thoại 0:01", voice=sound
        )
        found.ids["note_id"] = first(VoiceNote.id, VoiceNote.message_id == said.id)
        found.ids["picture_id"] = first(SentPicture.id, SentPicture.message_id == sent.id)
        spot = [{"kind": "number", "number": 1, "at": [500, 500]}]
        found.ids["marks_id"] = pictures_commands.mark_picture(
            person(world["khoa"]), found.ids["room_id"], found.ids["picture_id"], str(uuid.uuid4()), spot
        ).id
        found.ids["learner_id"] = world["minh"]
        phrases_commands.add_unit_phrase(person(world["hang"]), found.ids["unit_id"], "Chào {tên}")
        found.ids["phrase_id"] = first(ReadyPhrase.id, ReadyPhrase.unit_id == found.ids["unit_id"])
        found.ids["own_phrase_id"] = phrases_commands.add_own_phrase(person(world["khoa"]), "Làm từ từ nhé").id
        note = NoteInput("Nhớ nhanh khi nhìn hình", "Ôn lại bài hai")
        notes_commands.save_note(person(world["khoa"]), world["minh"], note)
        db.session.remove()
    return found


_made: dict[Flask, tuple[datetime, Things]] = {}
_files: dict[Path, bytes] = {}  # those of its pictures: tests that clear files away may run in between


def things_of(app: Flask) -> tuple[datetime, Things]:
    """The walk's ids in a database that is empty, and when they were made; made once for each database.

    Some of it is over after minutes: whoever finds it again puts the clock back to then.
    """
    if app in _made:
        database_reset.of(app).put_back("things")
        overrides.forget()
        put_files_back(app)
    else:
        found = make_things(app, make_world(app))
        database_reset.of(app).keep("things")
        keep_files(app)
        _made[app] = clock.now(), found
    return _made[app]


def keep_files(app: Flask) -> None:
    """What the pictures of this database's rows hold now comes back with `put_files_back`."""
    _files.update({file: file.read_bytes() for file in app.config["SETTINGS"].media.rglob("*") if file.is_file()})


def put_files_back(app: Flask) -> None:
    """The pictures lie where this application looks for them."""
    media: Path = app.config["SETTINGS"].media
    for file, data in _files.items():
        if file.is_relative_to(media) and not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)


@pytest.fixture
def things(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Things:
    """Nobody is too quick in the walk, and no time goes by in it: a sign-in is fresh for some minutes only."""
    moment, found = things_of(app)
    monkeypatch.setattr(clock, "now", lambda: moment)
    monkeypatch.setattr(rate_limits, "hit", lambda *_key: None)
    monkeypatch.setattr(rate_limits, "check", lambda *_key: None)
    monkeypatch.setattr(lifecycle, "TOUCH", timedelta(days=1))  # noting that somebody is there is no act either
    return found


def routes(app: Flask) -> Iterator[tuple[str, str, set[str]]]:
    """The routes with an id that a sign-in opens; tests/api/test_api_access.py walks those that a token opens."""
    for rule in app.url_map.iter_rules():
        if scope_of_access(access_tables.ROUTES[rule.endpoint]) is not None:
            continue
        if any(name.endswith("_id") for name in rule.arguments):
            yield rule.endpoint, rule.rule, set(rule.methods or ()) & {"GET", "POST"}


RIGHTS = {"privacy.download": "ready", "privacy.answer": "wrong"}


CARDS = frozenset(
    f"community.{act}"
    for act in ("print_cards", "class_claims", "class_claim", "claim_guardian", "refuse_claim", "undo_claim")
)


def ids_for(things: Things, endpoint: str) -> dict[str, Any]:
    """A membership to look at: of minh, or of khoa where somebody has to be vouched for."""
    whose = (
        "khoa"
        if endpoint in ("community.nomination", "community.renew")
        else "bay"
        if endpoint == "community.leave"
        else "minh"
    )
    own = {"picture_id": things.ids["waiting_picture_id"]} if endpoint.startswith("pairing.") else {}
    own |= {"data_request_id": things.ids[name]} if (name := RIGHTS.get(endpoint)) else {}
    if endpoint.startswith("moderation.welfare_"):
        own = {"case_id": things.ids["welfare_id"]}
    if endpoint == "api.end_unit_token":
        own = {"token_id": things.ids["unit_token_id"]}
    if endpoint in ("rooms.own_phrase", "rooms.delete_phrase"):
        own = {"phrase_id": things.ids["own_phrase_id"]}
    if endpoint == "rooms.desk":
        own = {"unit_id": things.ids["ward_id"]}
    if endpoint == "community.remove_class_line" or endpoint in CARDS:
        own = {"unit_id": things.ids["line_unit"]}
    if endpoint == "community.cancel_merger":
        own = {"unit_id": things.ids["merging_unit"]}
    if endpoint.startswith("training.") or endpoint in {"devices.internet", "devices.new_batch"}:
        own = {"unit_id": things.ids["ward_id"]}
    if endpoint.startswith("queues."):
        own = {"unit_id": things.ids["ward_id"]}
    if endpoint.startswith("groups."):
        own = {"unit_id": things.ids["group_id"]}
    if endpoint.startswith("devices."):
        own = {"unit_id": things.ids["ward_id"], "offer_id": things.ids["device_offer_id"],
               "picture_id": things.ids["offer_picture_id"]}  # fmt: skip
    if endpoint == "devices.plan_handover":
        own["need_id"] = things.ids["reserved_need_id"]
    if endpoint == "devices.write_thanks":
        own["need_id"] = things.ids["lent_need_id"]
    if endpoint == "devices.answer_thanks":
        own["thanks_id"] = things.ids["passed_thanks_id"]
    if endpoint == "visits.decline_visit":
        own = {"offer_id": things.ids["visit_offer_id"]}
    if endpoint in ("lessons.write_lesson", "lessons.write_step"):
        own = {"proposal_id": things.ids["written_id"]}
    if endpoint in ("lessons.write_quiz", "lessons.keep_quiz"):
        own = {"proposal_id": things.ids["written_quiz_id"]}
    if endpoint.startswith("classes."):
        own = {"unit_id": things.ids["class_unit"], "week": monday_of(clock.today()).isoformat()}
    if endpoint == "published_answers.write":
        own = {"request_id": things.ids["solved_request_id"]}
    if endpoint == "classes.classes_overview":
        own = {}
    if endpoint in ("practice.group_page", "classes.overview", "classes.nudge"):
        own = {"unit_id": things.ids["room_unit"]}
    return {**things.ids, **own, "membership_id": things.member[things.people[whose]]}


def address(rule: str, ids: dict[str, Any]) -> str:
    words = {
        "to": "authority" if "letters" in rule else "paused",
        "purpose": "pairing",
        "seq": "1",
        "chart": "people",
        "act": "scrap",
        "deed": "suspend",
        "area": "option",
        "ending": "ogg",
        "number": "1",
    }
    return re.sub(r"<(?:int:)?(\w+)>", lambda found: str(ids.get(found[1], words.get(found[1]))), rule)


def knock(client: Any, method: str, path: str, things: Things) -> tuple[int, Any]:
    """Status and JSON of an answer; an act that would go through is 200."""
    data = {"step": "2", "user": str(things.people["khoa"]), "minutes": "5", "reason": "Nhắc", "seq": "1",
            "guardian": str(things.people["lan"]), "word": "accept"}  # fmt: skip
    try:
        answer = client.open(
            path, method=method, data=data if method == "POST" else None, headers={"Accept": "application/json"}
        )
    except Rehearsed:
        return 200, None
    return answer.status_code, answer.get_json(silent=True)


def test_every_route_that_takes_an_id_has_a_door(app: Flask) -> None:
    assert {endpoint for endpoint, _rule, _methods in routes(app)} == set(DOORS)


def test_nobody_comes_to_anything_by_its_id(app: Flask, things: Things) -> None:
    client = app.test_client()
    for endpoint, rule, methods in routes(app):
        for method in methods:
            status, _json = knock(client, method, address(rule, ids_for(things, endpoint)), things)
            assert status == 401, (endpoint, method)


def rehearse(*_args: object) -> None:
    raise Rehearsed


WALKERS = {  # policy is not the database's: on the second one, somebody of the staff and a stranger show it
    backend: (*INSIDE, *OUTSIDE) if backend == "sqlite" else ("hang", "xa.hocvien")
    for backend in ("sqlite", "postgres")
}


@pytest.mark.parametrize(
    ("backend", "names"), WALKERS.items(), ids=list(WALKERS), indirect=["backend"], scope="session"
)
def test_each_person_comes_to_what_policy_says_and_hears_nothing_of_the_rest(
    app: Flask, things: Things, names: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    clients = {name: client_of(app, things.people[name]) for name in names}
    expected = {name: expectations(app, things, name) for name in clients}
    # What is said of nothing is said to everybody alike: the full run asks for each person, the quick one once.
    of_nothing: dict[tuple[str, ...], Any] = {}
    each = request.config.getoption("--all")
    knocks = every_knock(app, expected) if each else enough_knocks(app, things, expected)
    monkeypatch.setattr(lifecycle, "TOUCH", timedelta(days=1))  # noting that somebody was here would be a commit
    # From here on acts are rehearsed only, so that one does not change the next.
    monkeypatch.setattr(Session, "commit", rehearse)
    for name, endpoint, rule, method in knocks:
        path = address(rule, ids_for(things, endpoint))
        status, said = knock(clients[name], method, path, things)
        here = (name, method, endpoint, status)
        if expected[name][endpoint]:
            assert status < 500 and status not in (401, 404), here
        else:
            key = (endpoint, method, *([name] if each else []))
            if key not in of_nothing:
                nowhere = address(rule, dict.fromkeys(things.ids, UNKNOWN) | {"membership_id": UNKNOWN})
                of_nothing[key] = knock(clients[name], method, nowhere, things)[1]
            assert status == 404 and said == of_nothing[key], here
            assert said.items() >= MISSING.items(), here


Knock = tuple[str, str, str, str]  # by whom, at which endpoint, its rule, how


def every_knock(app: Flask, names: Iterable[str]) -> Iterator[Knock]:
    """Each person at each door, in each way."""
    for name in names:
        for endpoint, rule, methods in routes(app):
            yield from ((name, endpoint, rule, method) for method in methods)


def enough_knocks(app: Flask, things: Things, expected: dict[str, dict[str, bool]]) -> Iterator[Knock]:
    """At each door one person of each kind. Of those whom it should refuse though their roles admit them, these are
    somebody of another place, one of the staff and one of the others: at each door others of them, so that each person
    stands before many. Where roles alone refuse (tests/test_access.py looks at those), and where it opens, the next one
    is answered by the same lines."""
    with app.app_context():
        roles = {name: frozenset(roles_of(things.people[name])) for name in expected}
    alike: dict[tuple[str, str, str], list[Knock]] = {}
    for one in every_knock(app, expected):
        name, endpoint, _rule, method = one
        if not admits(access_tables.ROUTES[endpoint], True, roles[name]):
            kind = "by roles"
        elif expected[name][endpoint]:
            kind = "opens"
        else:
            kind = "outside" if name in OUTSIDE else "staff" if roles[name] & STAFF_OR_ADMIN else "others"
        alike.setdefault((endpoint, method, kind), []).append(one)
    order = list(expected)
    chosen = [some[crc32(place[0].encode()) % len(some)] for place, some in alike.items()]
    yield from sorted(chosen, key=lambda one: order.index(one[0]))


def expectations(app: Flask, things: Things, name: str) -> dict[str, bool]:
    """To which routes this person comes; before the same door with the same ids it is asked once."""
    opens: dict[tuple[Any, ...], bool] = {}
    found = {}
    with app.app_context():
        user = person(things.people[name])
        roles = roles_of(user.id)
        for endpoint, door in DOORS.items():
            ids = ids_for(things, endpoint)
            key = (door, *sorted(ids.items()))
            admitted = admits(access_tables.ROUTES[endpoint], True, roles)
            if admitted and key not in opens:
                opens[key] = bool(door(Asker(things, user, ids)))
            found[endpoint] = admitted and opens[key]
    return found


def test_people_of_another_ward_are_expected_nowhere(app: Flask, things: Things) -> None:
    for name in OUTSIDE:
        assert not any(expectations(app, things, name).values()), name


def test_each_verb_is_missing_to_whoever_may_not_read_the_room(app: Flask, things: Things) -> None:
    with app.app_context():
        people = [person(things.people[name]) for name in (*INSIDE, *OUTSIDE)]
        strangers = [user for user in people if not Asker(things, user, things.ids).reads()]
        assert len(strangers) == len(people) - 3
        for user in strangers:
            for name, (verb, _rule) in realtime.EVENT_HANDLERS.items():
                if name == "here":  # of no room: a page speaks of itself alone
                    continue
                for room in (str(things.ids["room_id"]), str(UNKNOWN)):
                    data = {"room": room, "after": 0, "seq": 1, "step": 1, "text": "A", "client_id": str(uuid.uuid4())}
                    with pytest.raises(NotFound):
                        verb(Caller("nowhere", user), data)
                        pytest.fail(f"{name} by {user.username}")
