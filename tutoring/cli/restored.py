"""Commands that change a site stop where a backup was restored and nobody has looked after it yet."""

import click

from tutoring.backups import restore_marker
from tutoring.config import Settings
from tutoring.kernel.program_name import with_program_name


def refuse_restored(settings: Settings) -> None:
    """Ends the command with one sentence, in the name of this program."""
    try:
        restore_marker.refuse(settings)
    except RuntimeError as error:
        raise click.ClickException(with_program_name(str(error))) from None
