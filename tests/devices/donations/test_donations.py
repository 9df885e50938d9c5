"""Offers: who offers what to whom, what staff answer, and what becomes of a machine."""

from datetime import timedelta

import pytest
from flask import Flask

from tests.devices import donation_fixtures as make
from tests.factories import World, person
from tests.safety.pictures import photo
from tutoring.accounts import erasure as erase
from tutoring.devices.donations import commands as donations_commands
from tutoring.devices.donations import jobs as donations_jobs
from tutoring.devices.donations import queries
from tutoring.devices.inventory import commands as inventory_commands
from tutoring.kernel import clock, file_storage
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound

BAD = [
    ({"kind": "toaster"}, "kind"),
    ({"terms": "sale"}, "terms"),
    ({"count": 0}, "count"),
    ({"count": 51}, "count"),
    ({"condition": "new"}, "condition"),
    ({"words": "Gọi em 0912345678 nhé"}, "words"),
    ({"words": "a" * 301}, "words"),
]


def test_a_grown_up_offers_to_the_ward_of_the_neighbourhood_and_a_device_stands_for_each_machine(
    app: Flask, world: World
) -> None:
    with app.app_context():
        offer_id = make.offered(world, "laptop", count=3, missing=("charger", "nonsense"), words="Mua năm 2020")
        row = make.offer(offer_id)
        assert row.state == "waiting" and row.missing == ["charger"] and len(row.story_code) == 12
        codes = [make.device(one).code for one in make.device_ids(offer_id)]
        assert len(set(codes)) == 3 and all(code.startswith("M-") and len(code) == 8 for code in codes)
        assert [make.path_of(one) for one in make.device_ids(offer_id)] == [["offered"]] * 3
        assert make.adds_up()


@pytest.mark.parametrize("name", ["minh", "an", "khoa"])
def test_pupils_offer_nothing(app: Flask, world: World, name: str) -> None:
    with app.app_context(), pytest.raises(NotFound):
        make.offered(world, who=name)


def test_a_parent_reaches_the_ward_by_the_childs_class(app: Flask, world: World) -> None:
    with app.app_context():
        assert [ward.id for ward in queries.wards_for(person(world["lan"]))] == [world["phuong"]]
        assert make.offered(world, who="lan")


def test_nobody_offers_to_a_place_that_is_no_ward_of_theirs(app: Flask, world: World) -> None:
    with app.app_context():
        for unit in ("kp3", "truong"):
            with pytest.raises(NotFound):
                donations_commands.offer_devices(person(world["bay"]), world[unit], make.wanted())


@pytest.mark.parametrize(("change", "field"), BAD)
def test_a_fault_in_an_offer_is_said_beside_its_field(
    app: Flask, world: World, change: dict[str, object], field: str
) -> None:
    with app.app_context():
        with pytest.raises(InvalidInput) as caught:
            make.offered(world, **({"kind": "phone"} | change))  # type: ignore[arg-type]
        assert caught.value.field == field


def test_a_loan_may_name_a_day_to_come_and_a_gift_has_none(app: Flask, world: World) -> None:
    with app.app_context():
        today = clock.today()
        for wrong in (today, today - timedelta(days=1), today + timedelta(days=3000)):
            with pytest.raises(InvalidInput) as caught:
                make.offered(world, terms="loan", lend_until=wrong)
            assert caught.value.field == "lend_until"
        lent = make.offer(make.offered(world, terms="loan", lend_until=today + timedelta(days=90)))
        given = make.offer(make.offered(world, terms="gift", lend_until=today + timedelta(days=90)))
        assert lent.lend_until and lent.devices[0].lend_until == lent.lend_until and given.lend_until is None


def test_staff_write_down_what_somebody_without_an_account_brings(app: Flask, world: World) -> None:
    with app.app_context():
        offer_id = make.offered(world, who="mai", donor_name="Bác Năm")
        row = make.offer(offer_id)
        assert row.donor_id is None and row.donor_name == "Bác Năm" and row.by_id == world["mai"]
        with pytest.raises(NotFound):
            make.offered(world, who="bay", donor_name="Bác Năm")
        with pytest.raises(InvalidInput):
            make.offered(world, who="mai", donor_name="Năm 0912345678")
        donations_commands.withdraw_offer(person(world["mai"]), offer_id)  # for them
        assert make.offer(offer_id).state == "withdrawn"


def test_staff_take_an_offer_or_not_and_the_donor_hears_it(app: Flask, world: World) -> None:
    with app.app_context():
        yes, no = make.offered(world, count=2), make.offered(world)
        assert len(make.told(world["mai"])) == 2 and make.told(world["bay"]) == []
        donations_commands.accept_offer(person(world["mai"]), yes, "Mang tới bàn số 3.")
        with pytest.raises(InvalidInput):
            donations_commands.decline_offer(person(world["mai"]), no, " ")
        donations_commands.decline_offer(person(world["mai"]), no, "Phường chưa sửa được loại này.")
        assert [make.path_of(one)[-1] for one in make.device_ids(yes)] == ["expected", "expected"]
        assert [make.path_of(one)[-1] for one in make.device_ids(no)] == ["declined"]
        assert len(make.told(world["bay"])) == 2 and make.told(world["mai"]) == []
        for again in (yes, no):
            with pytest.raises(Conflict):
                donations_commands.accept_offer(person(world["mai"]), again)
        assert make.adds_up()


@pytest.mark.parametrize("name", ["bay", "muoi", "hang", "quang", "admin1", "minh"])
def test_only_staff_of_the_ward_answer(app: Flask, world: World, name: str) -> None:
    with app.app_context():
        offer_id = make.offered(world, who="lan")
        for act in (lambda who: donations_commands.accept_offer(who, offer_id),
                    lambda who: donations_commands.decline_offer(who, offer_id, "Chưa được.")):  # fmt: skip
            with pytest.raises(NotFound):
                act(person(world[name]))


def test_a_donor_takes_back_what_was_not_brought_yet(app: Flask, world: World) -> None:
    with app.app_context():
        offer_id = make.offered(world, count=2)
        donations_commands.accept_offer(person(world["mai"]), offer_id)
        first, second = make.device_ids(offer_id)
        inventory_commands.receive_device(person(world["mai"]), first, "Nokia", "N-01")
        with pytest.raises(NotFound):
            donations_commands.withdraw_offer(person(world["lan"]), offer_id)
        with pytest.raises(Conflict):
            donations_commands.withdraw_offer(person(world["mai"]), offer_id)  # it is for the donor to say
        donations_commands.withdraw_offer(person(world["bay"]), offer_id)
        assert make.device(first).state == "stored" and make.device(second).state == "withdrawn"
        assert make.offer(offer_id).state == "accepted"
        with pytest.raises(Conflict):
            donations_commands.withdraw_offer(person(world["bay"]), offer_id)
        assert make.adds_up() and any("rút lại" in line for line in make.told(world["mai"]))


def test_pictures_are_cleaned_three_at_most_and_gone_30_days_after_the_answer(app: Flask, world: World) -> None:
    with app.app_context():
        offer_id = make.offered(world)
        bay = world["bay"]
        with pytest.raises(InvalidInput) as caught:
            donations_commands.add_picture(person(bay), offer_id, photo(), faceless=False)
        assert caught.value.field == "faceless"
        with pytest.raises(NotFound):
            donations_commands.add_picture(person(world["lan"]), offer_id, photo(), faceless=True)
        for _ in range(3):
            donations_commands.add_picture(person(bay), offer_id, photo(), faceless=True)
        with pytest.raises(Conflict):
            donations_commands.add_picture(person(bay), offer_id, photo(), faceless=True)
        kept = queries.pictures_of(offer_id)
        data = file_storage.read(kept[0].file)
        assert data is not None and data[:4] == b"RIFF" and queries.kept_names([kept[0].file]) == {kept[0].file}
        donations_commands.remove_picture(person(bay), offer_id, kept[0].id)
        assert file_storage.read(kept[0].file) is None and len(queries.pictures_of(offer_id)) == 2
        donations_commands.accept_offer(person(world["mai"]), offer_id)
        with pytest.raises(Conflict):
            donations_commands.add_picture(person(bay), offer_id, photo(), faceless=True)
        donations_commands.drop_old_pictures()
        assert len(queries.pictures_of(offer_id)) == 2
        with clock.travel(clock.now() + timedelta(days=31)):
            donations_commands.drop_old_pictures()
        assert queries.pictures_of(offer_id) == [] and file_storage.read(kept[1].file) is None


def test_the_store_hears_in_time_and_once_that_a_lender_waits(app: Flask, world: World) -> None:
    with app.app_context():
        day = clock.today() + timedelta(days=60)
        device_id = make.received(world, terms="loan", lend_until=day)
        make.offered(world, terms="loan", lend_until=day)  # still with its donor
        told = lambda: [line for line in make.told(world["mai"]) if "ngày hẹn gửi lại" in line]  # noqa: E731
        donations_jobs.remind()
        assert told() == []
        for days in (47, 50, 61, 65):
            with clock.travel(clock.now() + timedelta(days=days)):
                donations_jobs.remind()
        assert len(told()) == 2 and told()[0].startswith("Sắp đến") and told()[1].startswith("Đã qua")
        inventory_commands.send_back(person(world["mai"]), device_id)
        assert told() == []


def test_who_leaves_keeps_what_nobody_answered_and_the_books_still_add_up(app: Flask, world: World) -> None:
    with app.app_context():
        waits, brought = make.offered(world, words="Còn hộp"), make.received(world)
        erase.erase_account(world["bay"])
        row = make.offer(waits)
        assert row.state == "withdrawn" and row.words == "" and make.device(brought).state == "stored"
        assert make.adds_up()
