"""Staff of a unit: second persons, codes, members, vouching, duty, power over accounts, the unit's page."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.accounts.test_sign_in import phrase, said, sign_in
from tests.community.test_join import make_code, pupil
from tests.factories import World, person
from tutoring.accounts.models import Guardian, User
from tutoring.accounts.registration import create_user
from tutoring.community import commands
from tutoring.community.duty import commands as duty_commands
from tutoring.community.join_codes.commands import sign_up, use_code
from tutoring.community.memberships import suspensions
from tutoring.community.memberships.nominations import nominate, set_nomination
from tutoring.community.models import DutyShift, JoinCode, Membership, Nomination, Unit
from tutoring.community.queries import on_duty
from tutoring.community.units import staff_queries
from tutoring.kernel import audit, clock
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound

As = Callable[[str], FlaskClient]


def membership(world: World, name: str, unit: str) -> int:
    query = sa.select(Membership.id).where(Membership.user_id == world[name], Membership.unit_id == world[unit])
    return db.session.scalars(query.order_by(Membership.id.desc())).first() or 0


@pytest.fixture
def inside(app: Flask, world: World) -> Iterator[World]:
    """The demonstration community, within an app context: for tests of commands alone."""
    context = app.app_context()
    context.push()
    yield world
    db.session.remove()
    context.pop()


@pytest.fixture
def youth(app: Flask, world: World, client: FlaskClient) -> int:
    """The membership of a pupil of 17 who waits for a teacher; the class teacher made the code."""
    code = make_code(app, world, "lop11a", "learner", max_uses=5)
    assert client.post(f"/join/{code}", data=pupil()).status_code == 302
    with app.app_context():
        return db.session.scalars(sa.select(Membership.id).order_by(Membership.id.desc())).first() or 0


@pytest.fixture
def bong(app: Flask, world: World) -> int:
    """The membership of a child that Lan has added to class 4A."""
    with app.app_context():
        year = clock.today().year
        child = commands.add_child(
            person(world["lan"]), world["lop4a"], "Bống", 4, year - 9, "mẹ", ["profile", "pairing", "chat"]
        )
        return db.session.scalars(sa.select(Membership.id).where(Membership.user_id == child.id)).one()


# ---- codes ----------------------------------------------------------------------------------------------------


def test_a_code_that_gives_power_is_for_one_for_seven_days_and_waits(inside: World) -> None:
    quang = person(inside["quang"])
    code = commands.create_code(quang, inside["truong"], "teacher", max_uses=50, days=90)
    assert (code.max_uses, code.confirmed_at) == (1, None)
    assert code.expires_at <= clock.now() + timedelta(days=7)
    with pytest.raises(InvalidInput) as refused:
        use_code(person(inside["bay"]), code.code)
    assert refused.value.code == "waiting_code"
    with pytest.raises(Forbidden):
        commands.confirm_code(person(inside["quang"]), code.id)  # never oneself
    for other, error in (("hang", Forbidden), ("mai", Forbidden), ("muoi", NotFound), ("lan", NotFound)):
        with pytest.raises(error):
            commands.confirm_code(person(inside[other]), code.id)
    commands.confirm_code(person(inside["admin1"]), code.id)
    assert use_code(person(inside["bay"]), code.code).state == "active"


def test_teachers_leads_and_officers_make_poster_codes_only(inside: World) -> None:
    for name, unit in (("hang", "truong"), ("muoi", "kp3"), ("mai", "phuong")):
        assert commands.create_code(person(inside[name]), inside[unit], "parent", 5000, 1000).max_uses == 1000
        for role in ("helper", "teacher", "lead", "officer", "coordinator"):
            with pytest.raises(Forbidden):
                commands.create_code(person(inside[name]), inside[unit], role)


def test_a_poster_shows_code_address_role_and_expiry(app: Flask, as_: As, world: World) -> None:
    hang = as_("hang")
    form = {"role": "parent", "max_uses": "40", "days": "30"}
    place = hang.post(f"/units/{world['lop4a']}/codes/new", data=form).headers["Location"]
    page = said(hang.get(place))
    with app.app_context():
        code = db.session.scalars(sa.select(JoinCode.code).order_by(JoinCode.id.desc())).first() or ""
    for words in (f"{code[:4]}-{code[4:]}", f"http://localhost/join/{code}", "Dành cho phụ huynh", "Lớp 4A", "<svg"):
        assert words in page
    day = clock.local(clock.now() + timedelta(days=30))
    assert f"{day.day}/{day.month}/{day.year}" in page


def test_the_waiting_code_names_who_may_confirm_and_shows_no_poster(as_: As, world: World) -> None:
    quang = as_("quang")
    form = {"role": "teacher", "max_uses": "9", "days": "30"}
    place = quang.post(f"/units/{world['truong']}/codes/new", data=form).headers["Location"]
    page = said(quang.get(place))
    assert "cần một người thứ hai xác nhận" in page and "(quản trị)" in page and 'class="qr' not in page
    assert "Xác nhận mã" not in page
    assert quang.post(f"{place}/confirm").status_code == 403
    admin = as_("admin1")
    assert "Mã cho giáo viên" in said(admin.get("/units"))
    assert "Xác nhận mã" in said(admin.get(place))
    assert admin.post(f"{place}/confirm").status_code == 302
    assert 'class="qr' in said(quang.get(place))


def test_a_revoked_code_lets_nobody_in(app: Flask, as_: As, world: World, client: FlaskClient) -> None:
    hang = as_("hang")
    form = {"role": "parent", "max_uses": "40", "days": "30"}
    place = hang.post(f"/units/{world['lop4a']}/codes/new", data=form).headers["Location"]
    with app.app_context():
        code = db.session.scalars(sa.select(JoinCode.code).order_by(JoinCode.id.desc())).first()
    assert "Huỷ mã này?" in said(hang.get(f"{place}/revoke"))
    hang.post(f"{place}/revoke")
    assert client.get(f"/join/{code}").status_code == 422
    assert as_("lan").get(place).status_code == 404


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"role": "coordinator"}, "trong danh sách"), ({"role": ""}, "mã dành cho ai"),
     ({"max_uses": "0"}, "từ 1 đến 1000"),
     ({"max_uses": "nhiều"}, "từ 1 đến 1000"), ({"days": "181"}, "từ 1 đến 180"), ({"days": ""}, "Hãy ghi số ngày.")],
)  # fmt: skip
def test_each_fault_of_a_new_code_is_said(as_: As, world: World, changes: dict[str, str], words: str) -> None:
    form = {"role": "parent", "max_uses": "40", "days": "30", **changes}
    response = as_("hang").post(f"/units/{world['lop4a']}/codes/new", data=form)
    assert response.status_code == 422 and words in said(response)


# ---- members --------------------------------------------------------------------------------------------------


def test_a_childs_profile_is_confirmed_by_a_second_person_never_by_its_guardian(
    app: Flask, world: World, bong: int, as_: As
) -> None:
    with app.app_context():
        code = commands.create_code(person(world["quang"]), world["lop4a"], "teacher")
        commands.confirm_code(person(world["admin1"]), code.id)
        use_code(person(world["lan"]), code.code)  # the mother is a teacher of the class as well
        with pytest.raises(Forbidden):
            commands.confirm_member(person(world["lan"]), bong)
    lan = as_("lan")
    page = said(lan.get(f"/units/{world['lop4a']}"))
    assert "Đây là con của bạn nên cần người khác xác nhận" in page and "thầy Quang" in page
    assert lan.post(f"/members/{bong}/confirm").status_code == 403
    hang = as_("hang")
    assert hang.post(f"/members/{bong}/confirm").status_code == 302
    with app.app_context():
        member = db.session.get_one(Membership, bong)
        link = db.session.scalars(sa.select(Guardian).where(Guardian.child_id == member.user_id)).one()
        assert (member.state, member.confirmed_by_id, person(member.user_id).state) == (
            "active",
            world["hang"],
            "active",
        )
        assert link.confirmed_by_id == world["hang"]
        with pytest.raises(Conflict):
            commands.confirm_member(person(world["quang"]), bong)


@pytest.mark.parametrize("name", ["muoi", "mai", "lan", "bay", "khoa"])
def test_officers_leads_and_strangers_never_see_a_class(
    app: Flask, world: World, bong: int, as_: As, name: str
) -> None:
    other = as_(name)
    assert other.get(f"/members/{bong}").status_code == 404
    assert other.post(f"/members/{bong}/confirm").status_code == 404
    assert "Bống" not in said(other.get(f"/units/{world['lop4a']}"))
    assert "Bống" not in said(other.get("/units"))
    with app.app_context(), pytest.raises(NotFound):
        commands.confirm_member(person(world[name]), bong)


def test_a_teacher_confirms_a_pupil_of_17_only_after_telling_the_guardian(
    app: Flask, world: World, youth: int, as_: As
) -> None:
    hang = as_("hang")
    page = said(hang.get(f"/members/{youth}"))
    assert "Trần Văn Ba" in page and "0987 654 321" not in page
    assert "0987 654 321" in said(hang.post(f"/members/{youth}/guardian"))
    with app.app_context():
        row = db.session.scalars(sa.select(AuditRow).where(AuditRow.action == "read_guardian_contact")).one()
        assert row.actor_id == world["hang"] and "987" not in str(row.facts)
    response = hang.post(f"/members/{youth}/confirm")
    assert response.status_code == 422 and "gọi báo cho ba mẹ em trước" in said(response)
    assert hang.post(f"/members/{youth}/confirm", data={"told": "y"}).status_code == 302
    assert hang.post(f"/members/{youth}/guardian").status_code == 404  # not needed any more
    for name in ("lan", "muoi", "khoa"):
        assert as_(name).post(f"/members/{youth}/guardian").status_code == 404


def test_nobody_confirms_oneself(app: Flask, world: World, youth: int) -> None:
    with app.app_context():
        user_id = db.session.get_one(Membership, youth).user_id
        with pytest.raises(NotFound):
            commands.confirm_member(person(user_id), youth)


def test_refusing_keeps_the_door_for_a_new_code(app: Flask, world: World, youth: int, as_: As) -> None:
    hang = as_("hang")
    assert "Không nhận Nguyễn Thị Hoà?" in said(hang.get(f"/members/{youth}/refuse"))
    assert hang.post(f"/members/{youth}/refuse", data={"reason": "không phải lớp này"}).status_code == 302
    with app.app_context():
        assert db.session.get_one(Membership, youth).state == "ended"
        assert (
            db.session.scalars(sa.select(AuditRow.reason).where(AuditRow.action == "end_member")).one()
            == "không phải lớp này"
        )


def test_a_teacher_ends_parents_and_pupils_but_no_colleague(world: World, app: Flask, as_: As) -> None:
    with app.app_context():
        lan, quang = membership(world, "lan", "lop4a"), membership(world, "quang", "truong")
    hang = as_("hang")
    assert hang.post(f"/members/{quang}/end", data={"reason": "x"}).status_code == 404
    assert hang.post(f"/members/{lan}/end", data={"reason": "chuyển lớp"}).status_code == 302
    with app.app_context():
        assert db.session.get_one(Membership, lan).state == "ended"


def test_the_member_page_shows_the_user_name_and_no_phone(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        user = person(world["lan"])
        user.phone, user.email = "+84912345678", "lan@example.vn"
        db.session.commit()
        id = membership(world, "lan", "lop4a")
    for name in ("hang", "quang", "admin1"):
        staff = as_(name)
        for path in (f"/members/{id}", f"/units/{world['lop4a']}", "/units"):
            page = said(staff.get(path))
            assert "912" not in page and "lan@example.vn" not in page
        assert "lan" in said(staff.get(f"/members/{id}"))


# ---- vouching -------------------------------------------------------------------------------------------------


def test_vouching_goes_forward_by_two_and_back_by_one(inside: World) -> None:
    minh, unit = inside["minh"], inside["lop6a"]
    with pytest.raises(NotFound):
        nominate(person(minh), minh, unit)
    with pytest.raises(NotFound):
        nominate(person(inside["mai"]), minh, unit)  # no ward officer in a class
    nominate(person(inside["hang"]), minh, unit)
    with pytest.raises(Conflict):
        nominate(person(inside["quang"]), minh, unit)
    with pytest.raises(Forbidden):
        set_nomination(person(inside["hang"]), minh, "active")
    with pytest.raises(NotFound):
        set_nomination(person(minh), minh, "active")
    set_nomination(person(inside["quang"]), minh, "active")
    with pytest.raises(InvalidInput):
        set_nomination(person(inside["hang"]), minh, "paused")
    set_nomination(person(inside["hang"]), minh, "paused", "nghỉ thi")
    with pytest.raises(Conflict):
        set_nomination(person(inside["quang"]), minh, "active")
    nominate(person(inside["quang"]), minh, unit)
    set_nomination(person(inside["hang"]), minh, "barred", "xin số điện thoại")
    with pytest.raises(NotFound):
        nominate(person(inside["muoi"]), minh, unit)
    nominate(person(inside["quang"]), minh, unit)
    with pytest.raises(Forbidden):  # whoever was barred comes back by two, one of them a coordinator
        set_nomination(person(inside["hang"]), minh, "active")
    set_nomination(person(inside["admin1"]), minh, "active")
    actions = db.session.scalars(
        sa.select(AuditRow.action).where(AuditRow.target == f"user:{minh}").order_by(AuditRow.id)
    ).all()
    assert [a for a in actions if "nominat" in a] == [
        "nominate", "nomination_active", "nomination_paused", "nominate", "nomination_barred", "nominate",
        "nomination_active",
    ]  # fmt: skip
    assert audit.verify().broken_at is None


def test_the_pages_of_vouching(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        id = membership(world, "minh", "lop6a")
    hang, quang = as_("hang"), as_("quang")
    assert "Bạn nói rằng mình biết người này" in said(hang.get(f"/members/{id}/nominate"))
    assert hang.post(f"/members/{id}/nominate").status_code == 302
    page = said(hang.get(f"/units/{world['lop6a']}"))
    assert "Cần người thứ hai xác nhận, không phải người giới thiệu" in page
    assert hang.post(f"/members/{id}/nomination/active").status_code == 403
    assert "được giới thiệu giúp người khác" in said(quang.get("/units"))
    assert f"/members/{id}/nomination/active" in said(quang.get(f"/units/{world['lop6a']}"))
    assert quang.post(f"/members/{id}/nomination/active").status_code == 302
    assert "được phép giúp" in said(quang.get(f"/units/{world['lop6a']}/members"))
    response = quang.post(f"/members/{id}/nomination/barred", data={"reason": " "})
    assert response.status_code == 422 and "Hãy ghi lý do." in said(response)
    assert quang.post(f"/members/{id}/nomination/barred", data={"reason": "xin số"}).status_code == 302
    assert quang.get(f"/members/{id}/nomination/king").status_code == 404
    with app.app_context():
        assert (
            db.session.scalars(sa.select(Nomination.state).where(Nomination.user_id == world["minh"])).one() == "barred"
        )


# ---- duty -----------------------------------------------------------------------------------------------------


def test_taking_and_ending_a_turn_of_duty(app: Flask, world: World, as_: As, monkeypatch: pytest.MonkeyPatch) -> None:
    hang = as_("hang")
    now = [clock.now().replace(second=0, microsecond=0) + timedelta(minutes=1)]
    monkeypatch.setattr(clock, "now", lambda: now[0])
    ends = clock.local(clock.now() + timedelta(hours=2))
    response = hang.post(f"/units/{world['lop4a']}/duty/take", data={"until": f"{ends:%H:%M}"})
    assert response.status_code == 302
    with app.app_context():
        shift = db.session.scalars(sa.select(DutyShift)).one()
        assert shift.ends_at - shift.starts_at == timedelta(hours=2)
        id = shift.id
    page = said(hang.get(f"/units/{world['lop4a']}"))
    assert "Bạn trực đến" in page
    assert hang.post(f"/units/{world['lop4a']}/shifts/{id}/end").status_code == 302
    now[0] += timedelta(seconds=2)
    assert "Bạn trực đến" not in said(hang.get(f"/units/{world['lop4a']}"))


@pytest.mark.parametrize(("until", "words"), [("", "Hãy ghi giờ kết thúc."), ("tối", "19:30"), ("25:00", "19:30")])
def test_a_wrong_hour_is_said(as_: As, world: World, until: str, words: str) -> None:
    response = as_("hang").post(f"/units/{world['lop4a']}/duty/take", data={"until": until})
    assert response.status_code == 422 and words in said(response)


def test_a_turn_lasts_twelve_hours_at_most(as_: As, world: World) -> None:
    ends = clock.local(clock.now() + timedelta(hours=13))
    response = as_("hang").post(f"/units/{world['lop4a']}/duty/take", data={"until": f"{ends:%H:%M}"})
    assert response.status_code == 422 and "12 giờ tới" in said(response)


def test_the_weekly_rota(app: Flask, world: World, as_: As) -> None:
    quang, path = as_("quang"), f"/units/{world['lop4a']}/duty"
    form = {"user_id": str(world["hang"]), "days": "2", "starts": "19:00", "ends": "00:00"}
    assert quang.post(path, data=form).status_code == 302
    page = said(quang.get(f"{path}?who={world['hang']}&day=2"))
    assert "19:00–24:00" in page and "Cô Hằng" in page
    slot = re.findall(r"/duty/(\d+)/remove", page)[0]
    wednesday = datetime(2026, 12, 2, 20, 0, tzinfo=clock.LOCAL)
    with app.app_context():
        assert world["hang"] in [user.id for user in on_duty(world["lop4a"], wednesday, minors=True)]
    for changes, words in (
        ({"ends": "18:00"}, "trước giờ kết thúc"),
        ({"user_id": str(world["lan"])}, "trong danh sách"),
        ({"days": "7"}, "trong danh sách"),
        ({"days": []}, "Hãy chọn ít nhất một ngày."),
        ({"starts": ""}, "Hãy ghi giờ bắt đầu."),
    ):
        response = quang.post(path, data={**form, **changes})
        assert response.status_code == 422 and words in said(response)
    assert as_("hang").post(path, data=form).status_code == 403
    assert as_("hang").post(f"{path}/{slot}/remove").status_code == 404
    assert quang.post(f"{path}/{slot}/remove").status_code == 302
    assert "Đã bỏ ca 19:00–24:00 Thứ Tư" in said(quang.get(path))  # said once, with the way back
    assert "19:00–24:00" not in said(quang.get(f"{path}?who={world['hang']}&day=2"))


def test_duty_ends_with_the_role(inside: World) -> None:
    unit = inside["truong"]
    assert inside["hang"] in [user.id for user in on_duty(unit, minors=True)]
    commands.end_member(person(inside["quang"]), membership(inside, "hang", "truong"), "chuyển trường")
    assert inside["hang"] not in [user.id for user in on_duty(unit, minors=True)]


# ---- power over accounts --------------------------------------------------------------------------------------


def test_suspending_ends_every_sign_in_and_restoring_opens_the_door(
    app: Flask, world: World, as_: As, client: FlaskClient
) -> None:
    hang, quang = as_("hang"), as_("quang")
    with app.app_context():
        id = membership(world, "hang", "truong")
    response = quang.post(f"/members/{id}/suspend", data={"reason": "  "})
    assert response.status_code == 422 and "Hãy ghi lý do." in said(response)
    assert quang.post(f"/members/{id}/suspend", data={"reason": "mất máy"}).status_code == 302
    assert hang.get("/account").status_code == 302
    assert sign_in(client, "hang", phrase(app, "hang")).status_code == 403
    assert "tạm khoá" in said(quang.get(f"/members/{id}"))
    assert quang.post(f"/members/{id}/restore", data={"reason": "đã tìm thấy"}).status_code == 302
    assert sign_in(client, "hang", phrase(app, "hang")).status_code == 302
    with app.app_context():
        done = sa.select(AuditRow.action, AuditRow.reason).where(AuditRow.action.in_(("suspend", "restore")))
        assert db.session.execute(done.order_by(AuditRow.id)).all() == [
            ("suspend", "mất máy"),
            ("restore", "đã tìm thấy"),
        ]


def test_unlocking_is_not_the_second_persons_yes(inside: World) -> None:
    year = clock.today().year
    child = commands.add_child(person(inside["lan"]), inside["lop4a"], "Tí", 4, year - 9, "mẹ", ["profile"])
    suspensions.suspend(person(inside["quang"]), child.id, "thử")
    suspensions.restore(person(inside["quang"]), child.id, "thử")
    assert person(child.id).state == "waiting"


@pytest.mark.parametrize("act", [duty_commands.issue_reset_code, lambda a, u: suspensions.suspend(a, u, "x")])
def test_a_coordinator_has_no_power_over_those_with_more_to_say_elsewhere(
    inside: World, act: Callable[[User, int], object]
) -> None:
    """Otherwise a class's coordinator could take over the account of a ward officer who has a child there."""
    code = commands.create_code(person(inside["hang"]), inside["lop4a"], "parent", 5)
    use_code(person(inside["mai"]), code.code)
    for name, refusal in (("quang", Forbidden), ("hang", NotFound), ("lan", NotFound)):
        with pytest.raises(refusal):
            act(person(inside[name]), inside["mai"])
    for target in ("quang", "admin1"):
        with pytest.raises((NotFound, Forbidden)):
            act(person(inside["quang"]), inside[target])
    act(person(inside["admin1"]), inside["mai"])


def test_power_needs_a_membership_in_ones_unit(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        id = membership(world, "bay", "kp3")
    quang = as_("quang")
    for act in ("reset-code", "suspend", "restore", "end", "confirm", "nominate"):
        assert quang.get(f"/members/{id}/{act}").status_code == 404
        assert quang.post(f"/members/{id}/{act}", data={"reason": "x"}).status_code == 404


# ---- units ----------------------------------------------------------------------------------------------------


def test_a_coordinator_adds_classes_and_a_site_admin_wards(app: Flask, world: World, as_: As) -> None:
    quang, admin = as_("quang"), as_("admin1")
    form = {"kind": "class", "name": "Lớp 7B", "grade": "7", "school_year": "2026–2027"}
    place = quang.post(f"/units/{world['truong']}/new", data=form).headers["Location"]
    assert "Lớp 7B" in said(quang.get(place))
    with app.app_context():
        made = db.session.scalars(sa.select(Unit).order_by(Unit.id.desc())).first()
        assert made is not None
        assert (made.grade, made.school_id, made.ward_id) == (7, world["truong"], world["phuong"])
    assert quang.post(f"/units/{world['truong']}/new", data={**form, "kind": "ward"}).status_code == 422
    assert quang.get(f"/units/{world['phuong']}/new").status_code == 404
    assert as_("hang").get(f"/units/{world['truong']}/new").status_code == 403
    assert admin.post("/units/new", data={"kind": "partner", "name": "Đoàn phường", "form": "Đoàn"}).status_code == 302
    response = admin.post("/units/new", data={"kind": "city", "name": " ", "code": "demo-tp"})
    assert response.status_code == 422 and "Hãy ghi tên đơn vị." in said(response)
    response = admin.post("/units/new", data={"kind": "city", "name": "Thành phố Hai", "code": "demo-tp"})
    assert response.status_code == 422 and "đã có đơn vị dùng" in said(response)


def test_pupils_helping_grown_ups_can_be_switched_off(app: Flask, world: World, as_: As) -> None:
    path = f"/units/{world['truong']}/youth-help"
    assert as_("hang").post(path, data={"allowed": "no"}).status_code == 404
    assert as_("quang").post(path, data={"allowed": "no"}).status_code == 302
    with app.app_context():
        assert db.session.get_one(Unit, world["truong"]).youth_help_adults is False


def test_members_stand_in_the_order_of_vietnamese_names(app: Flask, world: World, as_: As) -> None:
    names = ["Đặng An", "Trần Thị Ánh", "Đỗ Dũng", "Phạm Minh Đức", "Nguyễn Văn Út", "Lê An"]
    with app.app_context():
        code = commands.create_code(person(world["hang"]), world["lop4a"], "parent", 20)
        for name in names:
            sign_up(code.code, name, "bốn từ dễ nhớ")
    page = said(as_("hang").get(f"/units/{world['lop4a']}/members?role=parent"))
    shown = [name for name in re.findall(r'/members/\d+">([^<]+)</a>', page) if name in names]
    assert shown == ["Đặng An", "Lê An", "Trần Thị Ánh", "Đỗ Dũng", "Phạm Minh Đức", "Nguyễn Văn Út"]
    found = said(as_("hang").get(f"/units/{world['lop4a']}/members?q=anh"))
    assert "Trần Thị Ánh" in found and "Đỗ Dũng" not in found


def test_a_units_page_costs_the_same_for_many_members(app: Flask, world: World, as_: As, queries: list[str]) -> None:
    hang = as_("hang")

    def cost() -> int:
        hang.get(f"/units/{world['lop4a']}")
        queries.clear()
        assert hang.get(f"/units/{world['lop4a']}").status_code == 200
        return len(queries)

    before = cost()
    with app.app_context():
        code = commands.create_code(person(world["hang"]), world["lop4a"], "parent", 100)
        for n in range(40):
            user = sign_up(code.code, f"Phụ huynh {n}", "bốn từ dễ nhớ")
            if n < 8:
                commands.add_child(user, world["lop4a"], f"Bé {n}", 4, clock.today().year - 9, "mẹ", ["profile"])
    assert cost() <= before + 5  # who may confirm, and whether the school is ready, is asked for once something waits
    assert before <= 28


def test_the_desk_of_a_staff_member_costs_the_same_for_many_waiting(
    app: Flask, world: World, queries: list[str]
) -> None:
    with app.app_context():
        lan = person(world["lan"])
        commands.add_child(lan, world["lop4a"], "Bé", 4, clock.today().year - 9, "mẹ", ["profile"])
        queries.clear()
        staff_queries.waiting_for(person(world["hang"]))
        before = len(queries)
        for n in range(10):
            commands.add_child(
                person(world["lan"]), world["lop4a"], f"Bé {n}", 4, clock.today().year - 9, "mẹ", ["profile"]
            )
        db.session.rollback()
        queries.clear()
        assert len(staff_queries.waiting_for(person(world["hang"])).members) == 11
        assert len(queries) <= before + 1


def test_what_waits_is_shown_only_to_those_who_may_answer(app: Flask, world: World, bong: int) -> None:
    with app.app_context():
        seen = {
            name: len(staff_queries.waiting_for(person(world[name])))
            for name in ("hang", "quang", "admin1", "lan", "muoi", "mai", "bay")
        }
    assert seen == {"hang": 1, "quang": 1, "admin1": 0, "lan": 0, "muoi": 0, "mai": 0, "bay": 0}


def test_accounts_made_by_hand_can_join(app: Flask, world: World) -> None:
    """A poster code and a class code of one school lead to different things for one grown-up."""
    with app.app_context():
        user = create_user("Lê Văn Tám", "bốn từ dễ nhớ", birth_year=1980)
        parent = commands.create_code(person(world["hang"]), world["lop4a"], "parent")
        assert use_code(person(user.id), parent.code).state == "active"


def test_one_vouches_for_whom_one_knows_and_a_pause_holds_elsewhere_too(app: Flask, world: World) -> None:
    with app.app_context():
        with pytest.raises(NotFound):  # nobody of the neighbourhood is a pupil of the class
            nominate(person(world["hang"]), world["bay"], world["lop11a"])
        set_nomination(person(world["hang"]), world["khoa"], "paused", "chờ trao đổi")

        @command
        def joins() -> None:
            db.session.add(Membership(user_id=world["khoa"], unit_id=world["kp3"], role="learner"))

        joins()
        with pytest.raises(Conflict):
            nominate(person(world["muoi"]), world["khoa"], world["kp3"])
        nominate(person(world["quang"]), world["khoa"], world["lop11a"])


def test_whoever_runs_the_site_knows_no_pupil_by_name(
    app: Flask, as_: Callable[[str], FlaskClient], world: World
) -> None:
    """names of children are for their teachers and coordinators; a site admin sees who has power there."""
    with app.app_context():
        of_minh = db.session.scalar(
            sa.select(Membership.id).where(Membership.user_id == world["minh"], Membership.unit_id == world["lop6a"])
        )
        of_hang = db.session.scalar(sa.select(Membership.id).where(Membership.user_id == world["hang"]))
    for name, sees_pupils in (("admin1", False), ("hang", True), ("quang", True)):
        page = as_(name).get(f"/units/{world['lop6a']}/members").text
        assert (f"/members/{of_minh}" in page) is sees_pupils, name
    assert as_("admin1").get(f"/members/{of_minh}").status_code == 404
    assert as_("admin1").get(f"/members/{of_hang}").status_code == 200
