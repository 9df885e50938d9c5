"""`flask privacy …`: erase accounts again after a restore, print the record of processing."""

import click
from flask.cli import AppGroup

from tutoring.privacy import processing_record, tombstones

group = AppGroup("privacy", help="Data rights.")


@group.command("reapply")
def reapply() -> None:
    """Erase again the accounts that a restored backup brought back. `flask prepare` does it too."""
    click.echo(f"{tombstones.reapply()} accounts erased again")


@group.command("record")
def record() -> None:
    """Print the draft of the record of processing, out of the registry, as Markdown. Have counsel check it."""
    click.echo("# Hồ sơ xử lý dữ liệu cá nhân\n\nBản nháp do máy viết ra; luật sư của bên vận hành phải đọc và sửa.")
    for part in processing_record.parts():
        purpose = part.purpose
        click.echo(
            f"\n## {purpose.title}\n\n{purpose.why} Dựa vào: {part.basis}.\n{purpose.kept} Khi xoá: {purpose.erased}"
        )
        click.echo("\n| bảng | cột cá nhân | khi xoá |\n| --- | --- | --- |")
        for row in part.rows:
            click.echo(f"| {row.table} | {row.columns} | {row.fate} |")
