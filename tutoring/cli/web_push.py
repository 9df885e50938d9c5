"""`flask push …`: the VAPID key that identifies this site to push services."""

import click
from flask.cli import AppGroup

from tutoring.notifications.channels.push.channel import new_key

group = AppGroup("push", help="Notices to browsers.")


@group.command("keys")
def keys() -> None:
    """Make a key and print it as a setting. Made anew, every device has to be switched on again."""
    private, public = new_key()
    click.echo(f"VAPID_KEY={private}")
    click.echo(f"Keep it where the other keys are. Its public half, which browsers see: {public}", err=True)
