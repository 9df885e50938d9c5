"""The demonstration's ward is lived in: a store, a line of families, vouchers, and books that add up."""

from collections import Counter

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.factories import World, client_of
from tutoring.cli.demo import community
from tutoring.cli.demo.devices import VOUCHERS, stock
from tutoring.devices.inventory import ledger
from tutoring.devices.models import Device
from tutoring.devices.needs.models import DeviceNeed
from tutoring.devices.vouchers.models import InternetVoucher
from tutoring.kernel.db import db
from tutoring.pairing.models import HelpRequest


@pytest.mark.full
def test_it_is_stocked_by_the_commands_of_everybody(app: Flask, world: World) -> None:
    with app.app_context():
        community._second_officer()
        stock()
        assert ledger.faults() == []
        states = Counter(db.session.scalars(sa.select(Device.state)))
        assert states == {"offered": 1, "expected": 1, "stored": 1, "repair": 1, "ready": 1, "reserved": 1, "lent": 1}
        needs = Counter((one.kind, one.state) for one in db.session.scalars(sa.select(DeviceNeed)))
        assert needs == {
            ("device", "met"): 1, ("device", "approved"): 1, ("device", "confirmed"): 1, ("internet", "met"): 1,
            ("internet", "proposed"): 1,
        }  # fmt: skip
        vouchers = Counter(db.session.scalars(sa.select(InternetVoucher.state)))
        assert vouchers == {"free": VOUCHERS - 1, "assigned": 1}
        assert [one.stage for one in db.session.scalars(sa.select(HelpRequest))] == ["parked"]
    page = client_of(app, world["mai"]).get(f"/units/{world['phuong']}/needs").text
    assert "An" in page and "Hộ cận nghèo" in page
