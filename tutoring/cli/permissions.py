"""`flask permissions`: prints the permission matrix of docs/permissions.md."""

import click

from tutoring.policy.matrix.markdown import written

HEAD = """# Who may do what

Written by `python3 dev.py flask permissions > docs/permissions.md` from `tutoring/policy/matrix/table.py`.
Its lines ask the very functions that pages, sockets, files and lists ask. `tests/test_permissions.py` holds that this
page is true, that every route and every socket verb stands in it, and each of its cells.

✓ everywhere · ● inside one's scope only (one's own things, child, room, class, ward) · – never ·
² takes a second person · ʳ takes a reason, which is kept · ᵀ one shows again who one is, within ten minutes before it.

Teachers, leads, officers, coordinators and site admins sign in with a second factor before any of it. A newcomer is a
pupil with fewer than three sessions behind them. Names of children, rooms with children and cases about children are
for their teachers and coordinators: not for ward officers and neighbourhood leads, nor for whoever runs the site, who
sees what has come to nobody else (overdue alarms) and the staff of a school, not its pupils. Whoever gives
out devices and internet in a ward reads, though, for which pupil of a family one is: a guardian takes it home."""


@click.command("permissions")
def permissions() -> None:
    """Who may do what, as a page. Needs no database."""
    click.echo(HEAD)
    for line in written():
        click.echo(line)
