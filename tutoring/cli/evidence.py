"""`flask evidence …`: verify that the encrypted copies of a case are unchanged."""

import sys

import click
from flask.cli import AppGroup

from tutoring.kernel import audit
from tutoring.kernel.db import db
from tutoring.moderation.cases.evidence import prove
from tutoring.moderation.models import Case

group = AppGroup("evidence", help="Sealed copies of cases.")


@group.command("verify")
@click.argument("case_id", type=int)
def verify(case_id: int) -> None:
    """Hold the sealed copies of a case against the audit chain and its files; exit 1 and name what does not fit."""
    broken = audit.verify().broken_at
    found = prove(case_id)
    faults = [*([f"the audit chain is broken at row {broken}"] if broken is not None else []), *found.faults]
    for fault in faults:
        click.echo(fault)
    for gone in found.gone:
        click.echo(f"no longer there: {gone}")
    if faults:
        sys.exit(1)
    if not found.copies and db.session.get(Case, case_id) is None:
        raise click.ClickException(f"There is no case {case_id}.")
    click.echo(f"{found.copies} copies hold: {found.lines} lines, {found.files} files")
