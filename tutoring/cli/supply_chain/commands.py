"""`flask supply …`: print licences and the bill of materials, and check the lock files."""

import sys

import click
from flask.cli import AppGroup

from tutoring.cli.supply_chain import licences as supply_chain_licences
from tutoring.cli.supply_chain import lock_files
from tutoring.cli.supply_chain import sbom as supply_chain_sbom
from tutoring.config import ROOT

group = AppGroup("supply", help="What the site is made of: licences, bill of materials, locks.")


@group.command("licences")
def licences() -> None:
    """Print docs/licences.md; exit status 1 when something stands under a licence that may not come in."""
    try:
        rows = supply_chain_licences.listed(ROOT)
        click.echo(supply_chain_licences.page(ROOT), nl=False)
    except lock_files.LockFileError as error:
        raise click.ClickException(str(error)) from None
    bad = [
        f"{name}: {licence}"
        for name, _version, licence, _where in rows
        if not supply_chain_licences.is_allowed_licence(licence)
    ]
    for line in bad:
        click.echo(line, err=True)
    if bad:
        sys.exit(1)


@group.command("sbom")
def sbom() -> None:
    """Print the bill of materials, CycloneDX 1.6; the same locks give the same bytes."""
    try:
        click.echo(supply_chain_sbom.bill(ROOT), nl=False)
    except lock_files.LockFileError as error:
        raise click.ClickException(str(error)) from None


@group.command("check")
def check() -> None:
    """Hold the locks against themselves and against what is installed; exit status 1 with what does not fit."""
    said = lock_files.faults(ROOT)
    for line in said:
        click.echo(line)
    if said:
        sys.exit(1)
    click.echo("the locks are whole, and what is installed is what they say")
