"""`flask devices …`: check whether the device ledger is consistent, and count what it holds."""

import sys
from collections.abc import Iterator
from typing import Any

import click
import sqlalchemy as sa
from flask.cli import AppGroup

from tutoring.devices.inventory import ledger
from tutoring.devices.models import Device
from tutoring.devices.needs.models import DeviceNeed
from tutoring.devices.vouchers.models import InternetVoucher
from tutoring.kernel.db import db

group = AppGroup("devices", help="Devices given and lent, needs, vouchers.")


@group.command("check")
def check() -> None:
    """Count devices, needs and vouchers by state, and follow the history of every device; exit 1 and name each one
    whose moves do not lead to the state that it is in."""
    for name, table in (("devices", Device), ("needs", DeviceNeed), ("vouchers", InternetVoucher)):
        states = list(_by_state(table))
        told = ", ".join(f"{count} {state}" for state, count in states)
        click.echo(f"{name}: {sum(count for _, count in states)}{f' ({told})' if told else ''}")
    faults = ledger.faults()
    for fault in faults:
        click.echo(f"device {fault.device_id}: {fault.what}")
    if faults:
        sys.exit(1)
    click.echo("the books add up")


def _by_state(table: Any) -> Iterator[tuple[str, int]]:
    query = sa.select(table.state, sa.func.count()).group_by(table.state).order_by(table.state)
    yield from db.session.execute(query)
